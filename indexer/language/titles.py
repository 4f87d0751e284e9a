"""The office that a person is given with: "Phó Chủ tịch UBND TP HCM Trần Văn A", "bà B, Giám đốc Sở Y tế"."""

from __future__ import annotations

import re

from indexer.language.entities import Entity
from indexer.language.normalise import nfc, normalise
from indexer.language.tones import place_tones

_MOST = 70
"""Characters of an office before or behind a name."""
_MOST_SYLLABLES = 10
_OFFICES = normalise(nfc(
    "chủ tịch|phó chủ tịch|bí thư|phó bí thư|tổng bí thư|thủ tướng|phó thủ tướng|bộ trưởng|thứ trưởng|tổng thống|"
    "phó tổng thống|ngoại trưởng|giám đốc|phó giám đốc|tổng giám đốc|phó tổng giám đốc|cục trưởng|phó cục trưởng|"
    "vụ trưởng|phó vụ trưởng|viện trưởng|phó viện trưởng|viện phó|chánh án|phó chánh án|chánh thanh tra|"
    "chánh văn phòng|trưởng ban|phó trưởng ban|phó ban|trưởng phòng|phó trưởng phòng|phó phòng|hiệu trưởng|"
    "phó hiệu trưởng|hiệu phó|trưởng khoa|phó trưởng khoa|chủ nhiệm|phó chủ nhiệm|tổng biên tập|phó tổng biên tập|"
    "tổng thư ký|phó tổng thư ký|đại sứ|tham tán|lãnh sự|tổng lãnh sự|thủ hiến|thống đốc|phó thống đốc|thị trưởng|"
    "tổng tư lệnh|tư lệnh|phó tư lệnh|tham mưu trưởng|tổng tham mưu trưởng|chỉ huy trưởng|đồn trưởng|"
    "trưởng công an|phó trưởng công an|trưởng đoàn|phó trưởng đoàn|đội trưởng|phó đội trưởng|"
    "huấn luyện viên|hlv|trợ lý|người phát ngôn|phát ngôn viên|đại biểu|uỷ viên|thượng nghị sĩ|hạ nghị sĩ|nghị sĩ|"
    "quốc vương|thái tử|hoàng tử|nữ hoàng|công chúa|giáo hoàng|hồng y|giám mục|hoà thượng|thượng toạ|chưởng ấn|"
    "đại tướng|thượng tướng|trung tướng|thiếu tướng|đại tá|thượng tá|trung tá|thiếu tá|đại uý|thượng uý|"
    "giáo sư|phó giáo sư|tiến sĩ|bác sĩ|luật sư|gs|pgs|nhà sử học|nhà báo|nhà văn|nhà thơ|đạo diễn|ca sĩ|nhạc sĩ|"
    "diễn viên|nghệ sĩ|hoạ sĩ|kiến trúc sư|kỹ sư|doanh nhân|tỷ phú|hoa hậu|á hậu|người mẫu|tiền đạo|tiền vệ|hậu vệ|"
    "thủ môn|kiểm sát viên|điều tra viên|thẩm phán|trưởng thôn|bí thư chi bộ|trưởng bản"
))  # fmt: skip
_HEAD = "|".join(sorted(_OFFICES.split("|"), key=len, reverse=True))
_WHOLE = rf"(?:(?:nguyên|cựu|quyền) )?(?:{_HEAD})\b"
_SMALL = frozenset(normalise(nfc(
    "nước quốc hội chính phủ trung ương tỉnh tỉnh uỷ thành uỷ thành phố tp huyện huyện uỷ quận quận uỷ xã phường thị"
    " thường trực ban bộ sở cục vụ viện hội đồng uỷ nhân dân quản trị điều hành kiêm và công an công ty tập đoàn tổng"
    " trường đại học cao đẳng bệnh viện trung tâm phòng khoa khối thanh tra kiểm tra tổ chức đảng đoàn chấp hành liên"
    " ngân hàng quỹ hiệp hội mặt trận tổ quốc lâm thời danh dự quyền cơ quan nghiên cứu sứ quán toàn quốc nghị viện"
    " ngoại giao quốc phòng tài chính thương mại tư pháp nội vụ giáo dục y tế năng lượng đội tuyển câu lạc bộ clb"
    " chuyên trách đương nhiệm tiền nhiệm hđqt ubnd hđnd khu kinh tế công nghiệp văn phòng đối ngoại chiến lược"
)).split())  # fmt: skip
"""Syllables of an office and of what it is of that are written in small letters; others have capitals."""
_BEFORE = re.compile(rf"(?:^|(?<=\W))(?:{_HEAD})(?= |$)")
_BEHIND = re.compile(rf"\s*[,(–-]\s*(?={_WHOLE})")
_ENDS = re.compile(r"[,.;:()\[\]“”\"!?\n–]|\s-\s")
_WORD = re.compile(r"\S+")
_STOPS = re.compile(normalise(nfc(
    r"(?<!tp)[.]|[,;:()\[\]“”\"!?\n–]|\s-\s|\s(?:cho biết|cho hay|cho rằng|nói|đã|đang|sẽ|ký|khẳng định|"
    r"nhấn mạnh|chia sẻ|là|cũng|vẫn|vừa|phát biểu|trả lời|đề nghị|giữ|bày tỏ|nhận định|tại|trong|với|người|để|bị|"
    r"được|trình bày|thông tin|đánh giá|yêu cầu|tuyên bố|kể|xác nhận|giải thích|và ông|và bà|có|từ|khi|về|hôm|sáng|"
    r"chiều|ngày|phân tích|tiết lộ)\b"
)))  # fmt: skip
"""What ends an office behind a name: a mark, or what is said of the person."""
_LEADING = re.compile(_WHOLE)
_PEOPLES_COMMITTEE = re.compile(nfc(r"\b[Uu]ỷ ban [Nn]hân dân\b"))
_PEOPLES_COUNCIL = re.compile(nfc(r"\b[Hh]ội đồng [Nn]hân dân\b"))
_STATE = re.compile(
    nfc(r"\b(?:chính phủ|quốc hội|(?:tỉnh|thành|huyện|quận|đảng) uỷ|trung ương|nhà nước)\b"),
    re.IGNORECASE,
)
"""Written in either case; with a capital here."""
_NO_DEPUTY = "".join(
    f"(?<!{nfc(one)} )"
    for one in ("chính", "chủ", "uỷ", "thẩm", "đặc", "nhân", "cầm", "nắm", "lộng", "trao", "bản")
)
"""Before "quyền" where it means power: "chính quyền Tổng thống" is his government."""
_FORMER = re.compile(rf"(?:nguyên|cựu|{_NO_DEPUTY}quyền) $")


def title_of(text: str, normal: str, person: Entity) -> str:
    """The office that stands beside a name, as it is written there; empty for none.

    Args:
        normal: `text` in lower case, character for character.
    """
    return _before(text, normal, start_of_name(text, person)) or _behind(text, normal, person.end)


def _before(text: str, normal: str, end: int) -> str:
    first = max(0, end - _MOST)
    stops = [one.end() for one in _ENDS.finditer(text, first, end)]
    first = stops[-1] if stops else first
    for match in _BEFORE.finditer(normal, first, end):
        start = match.start()
        if former := _FORMER.search(normal, first, start):
            start = former.start()
        title = text[start:end].strip()
        rest = text[match.end() : end].split()
        if rest and rest[-1] in ("và", "kiêm", "với"):
            continue
        if len(title.split()) <= _MOST_SYLLABLES and all(map(_is_of_office, rest)):
            return _tidy(title)
    return ""


def _behind(text: str, normal: str, start: int) -> str:
    mark = _BEHIND.match(normal, start)
    if mark is None:
        return ""
    stop = _STOPS.search(normal, mark.end(), mark.end() + _MOST)
    if stop is None:
        return ""
    title = text[mark.end() : stop.start()].strip()
    return _tidy(title) if len(title.split()) <= _MOST_SYLLABLES else ""


def start_of_name(text: str, person: Entity) -> int:
    """Where the name itself begins: an entity may begin with what its office is of."""
    words = list(_WORD.finditer(text, person.start, person.end))
    count = len(person.name.split())
    return words[-count].start() if count <= len(words) else person.start


def _is_of_office(word: str) -> bool:
    return not word[0].islower() or word[0].isdecimal() or normalise(word) in _SMALL


def _tidy(title: str) -> str:
    """The office itself with one capital, in one placement of tone marks; what it is of as it is written."""
    title = place_tones(" ".join(title.split()))
    title = _PEOPLES_COMMITTEE.sub("UBND", _PEOPLES_COUNCIL.sub("HĐND", title))
    title = _STATE.sub(lambda one: one[0][0].upper() + one[0][1:].lower(), title)
    head = _LEADING.match(normalise(title))
    end = head.end() if head and not title[: head.end()].isupper() else 0
    title = title[:end].lower() + title[end:]
    return title[0].upper() + title[1:]
