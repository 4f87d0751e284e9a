"""Bylines and credits: short lines near an article's head or end that name its author and its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.language.cues import FAMILY_NAMES
from indexer.language.naming import provinces
from indexer.language.normalise import lower, normalise
from indexer.parsing.outlets import outlet, source_name

_LABEL = re.compile(
    r"(?:(?:tác\s+giả|(?:bài|tin)(?:\s+viết)?\s*(?:,|và|&|-|/)\s*(?:ảnh|clip|video)|ảnh\s*(?:,|và|&|-)\s*(?:bài|tin)"
    r"|bài(?:\s+viết)?|tin|(?:tổ\s+chức\s+)?thực\s+hiện|nội\s+dung|người\s+viết|phóng\s+viên|biên\s+(?:tập|dịch)"
    r"|(?:lược|người)\s+dịch|viết\s+bởi|nhóm\s+(?:tác\s+giả|thực\s+hiện)|theo\s+dõi|tổng\s+hợp|ghi)\s*[:：]|by\s+(?=[A-Z])"
    r"|(?:pv|ctv|phóng\s+viên|nhà\s+báo)\s+(?=[^\W\d_]))\s*",
    re.IGNORECASE,
)
_PICTURES = re.compile(
    r"[\s,;.–/-]*(?:ảnh|clip|video|đồ\s+(?:họa|hoạ)|infographics?|minh\s+(?:họa|hoạ)|thiết\s+kế|kỹ\s+thuật)"
    r"(?:\s*[,&-]\s*(?:ảnh|clip|video|đồ\s+họa))*\s*[:：].*$",
    re.IGNORECASE,
)
_WORK = (
    r"(?:tổng\s+hợp|t\s?[/.]\s?h\.?|th|thực\s+hiện|ghi(?:\s+lại|\s+chép)?|(?:lược|biên|chuyển|phỏng)\s+dịch|dịch"
    r"|biên\s+soạn|sưu\s+tầm|st|s\.t|lược\s+thuật|thuật|bài\s+và\s+ảnh|ảnh|video|từ\s+[^()]{2,30}"
    r"|(?:clip|video)\s*[:：][^()]{2,40})"
)
_ROLE = re.compile(
    rf"\s*[(\[]\s*{_WORK}\s*[)\]]|(?<=\w)\s+(?:thực\s+hiện|tổng\s+hợp|lược\s+dịch|biên\s+dịch|ghi)$",
    re.IGNORECASE,
)
_FROM = (
    r"(?:theo(?:\s+nguồn)?|nguồn(?:\s+tin)?|dịch\s+từ|tổng\s+hợp\s+(?:từ|theo)|trích(?:\s+từ)?"
    r"|dẫn\s+(?:theo|nguồn)|t/h\s+theo|via)"
)
_IN_BRACKETS = re.compile(
    rf"\s*[(\[]\s*{_FROM}\s*[:：]?\s+([^()\[\]]{{2,80}})\s*[)\]]", re.IGNORECASE
)
_SOURCED = re.compile(
    r"\s*[(\[]\s*(?:nguồn|theo)\s*[:：]\s*([^()\[\]]{2,80})\s*[)\]]", re.IGNORECASE
)
_AT_END = re.compile(
    rf"(?:^|(?<=[\s,;/|–-]))\s*[(\[]?{_FROM}\s*(?:[:：]\s*|\s)(?P<from>[^\s:].*?)[)\]]?$",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"theo\s+(?:đó|như|tôi|ông|bà|anh|chị|quy|luật|kế|thống|lời|cơ|nhiều|một|các|những)\b", re.I
)
_BRACKETS = re.compile(r"\s*[(\[]\s*([^()\[\]]{2,60})\s*[)\]]\s*$")
_SEPARATOR = re.compile(r"\s*(?:,|;|/|&|\s[-–—]\s|\svà\s|\n)\s*")
_BETWEEN_CREDITS = re.compile(r"\s*(?:,|;|/|\s&\s|\svà\s)\s*")
_DASH = re.compile(r"\s+[-–—]\s+")
_NAME = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*\.?")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.\s?){1,4}[^\W\d_]{0,2}\.?|[^\W\d_]{1,3}")
_GROUP = re.compile(
    r"(?:nhóm|tổ|ban)\s+(?:pv|phóng\s+viên|tác\s+giả|biên\s+tập|bạn\s+đọc|thời\s+sự)(?:\s+[^\W\d_]+){0,3}"
    r"|p\.?\s?v\.?|phóng\s+viên|ctv|cộng\s+tác\s+viên|pv\s+.{2,30}|btv",
    re.IGNORECASE,
)
_REPORTER_OF = re.compile(r"^(?:p\.?v\.?|phóng\s+viên)\s+|\s+tại\s.+$", re.IGNORECASE)
_THINGS = frozenset({"ảnh", "clip", "video", "tin", "bài", "nguồn", "infographic"})
_RANK = re.compile(
    r"^(?:(?:gs|pgs|ts|ths|th\.s|bs|ls|ks|kts|nsnd|nsưt|tiến\s+sĩ|thạc\s+sĩ|luật\s+sư|bác\s+sĩ|nhà\s+(?:báo|văn|thơ))\.?,?\s+)+",
    re.IGNORECASE,
)
_OUTLET_WORD = re.compile(
    r"(?:báo|tạp\s+chí|tờ|trang|cổng|hãng|đài|kênh|website|fanpage|facebook|bộ|cục|tổng\s+cục|sở)\s",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|vn|net|org|info|tv|us|uk|ru|cn|jp|kr|edu|gov)(?:\.vn)?",
    re.I,
)
_LONGEST = 100
_LONGEST_NAME = 5
_LONGEST_CREDIT = 8


@dataclass(frozen=True, slots=True)
class Byline:
    """The author and the credit of a byline.

    Attributes:
        author: the names as printed, without label, role and agency; None where it names nobody.
        credit: agencies and papers that the story was taken from, by the names of the table of outlets.
    """

    author: str | None
    credit: tuple[str, ...] = ()


def is_name(text: str, *, shortest: int = 2) -> bool:
    """Whether a text is a person's name, initials or a group of reporters.

    Every word is letters with a capital first, as in ``Thanh Thương``, ``THU HÀ``, ``K. Miên``.

    Args:
        shortest: words that a name has at least, unless it is initials.
    """
    text = _RANK.sub("", text.strip())
    words = text.split()
    if text[:1].isupper() and (_GROUP.fullmatch(text) or _is_desk(words)):
        return True
    if not words or len(words) > _LONGEST_NAME:
        return False
    if not all(_NAME.fullmatch(word) and word[0].isupper() for word in words):
        return False
    if len(words) == 1 and "." in text and _INITIALS.fullmatch(text):
        return True
    return len(words) >= shortest


def _is_desk(words: list[str]) -> bool:
    """Whether words name a part of a newsroom ("Ban Kinh tế"), not a thing ("Ban đêm", "Tổ chức")."""
    return (
        1 < len(words) <= _LONGEST_NAME
        and words[0].lower() in ("nhóm", "tổ", "ban")
        and words[1][0].isupper()
        and all(_NAME.fullmatch(word) for word in words)
    )


def looks_vietnamese(name: str) -> bool:
    """Whether a name begins with a family name of Việt Nam and is as long as a person's."""
    words = name.split()
    return 2 <= len(words) <= 4 and normalise(words[0]) in FAMILY_NAMES and is_name(name)


def read_byline(line: str, *, marked: bool = False) -> Byline | None:
    """A whole line as a byline or a credit; None for any other line.

    Args:
        marked: whether the page marks it as one, by a class name, bold letters or the right margin:
            then a single word may be a name.
    """
    text = line.strip().strip("*_•►>").strip()
    # Before any pattern, whose time may grow with the square of the length.
    if len(text) > 2 * _LONGEST:
        return None
    text = re.sub(r"^[-–—|]\s*|\s*[./]+$", "", text).strip()
    if not 1 < len(text) <= _LONGEST or _PROSE.match(text) or "?" in text or "!" in text[:-1]:
        return None
    if (known := outlet(text)) is not None and not looks_vietnamese(text):
        return Byline(None, (known,))
    credit: list[str] = []
    for pattern in (_SOURCED, _IN_BRACKETS):
        for match in pattern.finditer(text):
            credit += _credits(match[1], bracketed=True)
        text = pattern.sub("", text).strip()
    person: str | None = None
    if (end := _AT_END.search(text)) is not None:
        person, more = _after(end["from"], marked)
        if person is None and not more:
            return None
        credit += more
        text = text[: end.start()].rstrip(" -–—|/,;.(")
    author, more = _author(text, marked=marked, alone=not credit)
    if author is None and text and not more:
        return None
    credit += more
    author = author or person
    if author is None and not credit:
        return None
    return Byline(author, tuple(dict.fromkeys(credit)))


def _after(text: str, marked: bool) -> tuple[str | None, list[str]]:
    """The names after "Theo": a person and the paper behind, or papers and agencies."""
    text = text.strip(" .:")
    text = f"{text})" if text.count("(") > text.count(")") else text
    bracket = _BRACKETS.search(text)
    inner = _outlets(bracket[1]) if bracket else []
    head = _BRACKETS.sub("", text).strip()
    if inner and outlet(head) is None and is_name(head):
        return head, inner
    person, slash, rest = head.partition("/")
    if slash and is_name(person.strip()) and outlet(person) is None and (found := _outlets(rest)):
        return person.strip(), [*found, *inner]
    names = [name for name in _SEPARATOR.split(head) if name]
    if (
        outlet(head) is None
        and names
        and all(
            outlet(name) is None
            and (
                looks_vietnamese(name)
                or (marked and is_name(name) and not _OUTLET_WORD.match(name))
            )
            for name in names
        )
    ):
        return head, inner
    return None, [*_credits(head, bracketed=False), *inner]


def _credits(text: str, *, bracketed: bool) -> list[str]:
    """The names of a list of papers and agencies; nothing where it is prose instead."""
    if (known := outlet(text)) is not None:
        return [known]
    dashed = [outlet(part) for part in _DASH.split(text)]
    if len(dashed) > 1 and all(dashed):
        return [name for name in dashed if name]
    parts = [part.strip(" .\"'“”") for part in _BETWEEN_CREDITS.split(text.strip())]
    parts = [part for part in parts if part]
    if not parts or len(parts) > 6 or not all(_is_credit(part, bracketed) for part in parts):
        return []
    return [source_name(part) for part in parts]


def _is_credit(text: str, bracketed: bool) -> bool:
    words = text.split()
    if outlet(text) is not None or _DOMAIN.fullmatch(text):
        return True
    if len(words) > _LONGEST_CREDIT:
        return False
    if _OUTLET_WORD.match(text):
        return True
    # The name of a paper is words with capitals; small ones stand between: "Báo Tin của Đài".
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in words)
    return words[0][0].isupper() and (
        len(words) <= 3
        or (bracketed and 2 * capitals > len(words))
        or (len(words) == 4 and capitals >= 2)
    )


def _outlets(text: str) -> list[str]:
    """Papers and agencies named in brackets or behind a slash: known ones, or said to be."""
    text = _REPORTER_OF.sub("", text)
    if (known := outlet(text)) is not None:
        return [known]
    named = [part.strip() for part in text.split("/")]
    if len(named) == 2 and all(part and _is_credit(part, True) for part in named):
        return [source_name(part) for part in named]
    return [
        source_name(part.strip())
        for part in _BETWEEN_CREDITS.split(text)
        if part and (outlet(part) or _OUTLET_WORD.match(part) or _DOMAIN.fullmatch(part))
    ]


def _author(text: str, *, marked: bool, alone: bool) -> tuple[str | None, list[str]]:
    """The names of a byline, and the agency that stands with them."""
    credit: list[str] = []
    is_role_marked = bool(_ROLE.search(text)) and text.endswith((")", "]"))
    text = _ROLE.sub("", text).strip(" -–—|,;")
    labelled = _LABEL.match(text)
    rest = _PICTURES.sub("", text[labelled.end() :] if labelled else text).strip()
    if labelled and not rest:
        return None, []
    if bracket := _BRACKETS.search(rest):
        found_in = _outlets(bracket[1])
        is_told = not (found_in or labelled or marked) and alone
        if is_told and normalise(bracket[1].strip()) not in provinces():
            # "Kim Jong-un (giữa)", "Đăng Dương (ngụ xã Định An)": someone of whom the text tells.
            return None, []
        credit += found_in
        rest = _BRACKETS.sub("", rest).strip()
    for separator in ("/", " - ", " – ", "-", ","):
        head, found, tail = rest.rpartition(separator)
        if found and outlet(tail) is not None and not looks_vietnamese(tail.strip()):
            credit += _outlets(tail)
            rest = head.strip()
        elif found and separator == "/" and (first := outlet(re.split(r"[\s-]", tail.strip())[0])):
            # "Đỗ Tuấn Anh/VOV-Phnom Penh": the agency, and from where.
            credit.append(first)
            rest = head.strip()
    rest = rest.strip(" -–—|,;/")
    if not rest:
        return None, credit
    if outlet(rest) is not None and not looks_vietnamese(rest):
        return None, [*credit, source_name(rest)]
    names = [name.strip() for name in _SEPARATOR.split(rest) if name.strip()]
    # "Dung (t/h)" is a name, "Ảnh (tổng hợp)" and "Cách thực hiện" are none.
    has_role = is_role_marked and rest.lower() not in _THINGS
    shortest = 1 if labelled or marked or not alone or credit or has_role else 2
    if not marked and not labelled and not credit and normalise(rest) in provinces():
        return None, []
    if len(rest) <= 60 and names and len(names) <= 4 and _all_names(names, shortest):
        return rest, credit
    return None, credit if not rest else []


def _all_names(names: Iterable[str], shortest: int) -> bool:
    return all(is_name(name, shortest=shortest) for name in names)


def split_author(names: Iterable[str]) -> Byline:
    """A field for authors, parted into people and into the agencies that stand with them."""
    people: list[str] = []
    credit: list[str] = []
    for name in names:
        byline = read_byline(name, marked=True)
        if byline is None or not byline.credit:
            people.append(name)
            continue
        credit += byline.credit
        people += [byline.author] if byline.author else []
    return Byline(", ".join(people) or None, tuple(credit))


def of_others(credit: Iterable[str], source: str | None) -> tuple[str, ...]:
    """Agencies and papers, each once, without the paper itself."""
    return tuple(dict.fromkeys(name for name in credit if name != source))


def parse_byline(line: str) -> str | None:
    """The author when a whole line is a byline: ``Thanh Thương``, ``Bài và ảnh: Thu Hà – Anh Tú``."""
    found = read_byline(line)
    return found.author if found else None


def parse_source_line(line: str) -> str | None:
    """The paper when a whole short line names the source: ``Nguồn: Báo Lào Cai``."""
    line = line.strip().strip("()")
    if not lower(line).startswith("nguồn") or ":" not in line or len(line) > 60:
        return None
    name = line.partition(":")[2].strip(" .")
    return name if name and name[0].isupper() else None
