"""Text that was laid out in lines -> paragraphs, and an article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import quantiles

from indexer.article import Article
from indexer.moments import Moment
from indexer.parsing.dates import parse_moment
from indexer.parsing.encodings import decode_raw
from indexer.parsing.plain_text import parse_plain_text

_ENDS = re.compile(r"[.!?…:;”\"»)]$")
_BEGINS = re.compile(r"(?:[-–•*+]|\d+[.)]|[a-zđ][.)])\s|[“\"]?[A-ZÀ-ỸĐ]")
_NUMBER = re.compile(r"(?:trang|page|-|–)?\s*\d{1,4}\s*(?:[-–/]\s*\d{0,4})?", re.IGNORECASE)
_DAY = re.compile(r"ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}", re.IGNORECASE)
_NEAR_TITLE = 6
_TITLE_LINES = 5
_SEARCHED = 20
# What fonts of TCVN3 show for bytes that Unicode has signs for.
_SHOWN = {0x2212: "\xad", 0x2219: "\xb7", 0x2013: "\xad"}


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line.

    Attributes:
        size: of its letters, in points; 0 where it is not known.
    """

    text: str
    size: float = 0.0


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without numbers, and without what stands at the top or foot of most of them."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_key(line.text) for line in (*page[:2], *page[-2:])})
    repeated = {key for key, count in edges.items() if count > 2 and 2 * count > len(pages)}
    cleaned = []
    for page in pages:
        last = len(page) - 1
        cleaned.append(
            [
                line
                for at, line in enumerate(page)
                if not (
                    (at < 2 or at > last - 2)
                    and (_NUMBER.fullmatch(line.text.strip()) or _key(line.text) in repeated)
                )
            ]
        )
    return cleaned


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.split()).lower())


def headline(lines: Sequence[Line]) -> tuple[str, int, int]:
    """The lines in the largest letters near the top as one line, and where they begin and end."""
    near = lines[:_SEARCHED]
    largest = max((round(line.size, 1) for line in near), default=0.0)
    first = next((at for at, line in enumerate(near) if round(line.size, 1) == largest), 0)
    end = first + 1
    while (
        largest
        and end < min(len(near), first + _TITLE_LINES)
        and round(near[end].size, 1) == largest
    ):
        end += 1
    if largest and end == first + _TITLE_LINES:
        # All is printed in one size: the first line is as good as any.
        first, end = 0, 1
    return " ".join(line.text.strip() for line in lines[first:end]), first, end


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """Lines joined to paragraphs: a line that is full, or ends no sentence, goes on in the next one."""
    if not lines:
        return []
    lengths = [len(line.text.strip()) for line in lines]
    full = 0.85 * (quantiles(lengths, n=10)[-1] if len(lengths) > 1 else lengths[0])
    found: list[str] = []
    before: Line | None = None
    for line in lines:
        text = " ".join(line.text.split())
        if not text:
            before = None
        elif before is None or _is_apart(before, line, full):
            found.append(text)
            before = line
        else:
            found[-1] = _joined(found[-1], text)
            before = line
    return found


def _is_apart(before: Line, line: Line, full: float) -> bool:
    text, following = before.text.strip(), line.text.strip()
    if abs(before.size - line.size) > 0.6:
        return True
    is_short = len(text) < full
    return bool(is_short and (_ENDS.search(text) or _BEGINS.match(following)))


def _joined(text: str, following: str) -> str:
    if re.search(r"[^\W\d_]-$", text) and following[:1].islower():
        return text[:-1] + following
    return f"{text} {following}"


def article_of(title: str, texts: Sequence[str], path: str, published: Moment | None) -> Article:
    """The article of a title and paragraphs; old encodings are told by the letters.

    Args:
        published: a date from outside the text, which counts where the text states none.

    Raises:
        ParseError: there is no text.
    """
    whole = "\n\n".join([title, *texts]) if title else "\n\n".join(texts)
    read = decode_raw(whole.encode("utf-8", "replace"), path)
    old = decode_raw(whole.translate(_SHOWN).encode("utf-8", "replace"), path)
    # The signs belong to letters only where the rest is of that encoding.
    text = old if old != whole.translate(_SHOWN) else read
    article = parse_plain_text(text, path)
    if article.published:
        return article
    return replace(article, published=_stated(text) or published)


def _stated(text: str) -> Moment | None:
    """The day that a decree or a letter bears below its title."""
    match = _DAY.search("\n".join(text.split("\n\n")[:_NEAR_TITLE]))
    return parse_moment(match[0]) if match else None
