"""The block of related stories at the end of a text article, read as titles, leads and addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.article import RelatedLink
from indexer.language.normalise import lower

_HEADINGS = frozenset(
    {
        "tin liên quan", "bài liên quan", "bài viết liên quan", "tin bài liên quan", "các tin liên quan",
        "tin, bài liên quan", "tin cùng chủ đề", "xem thêm", "đọc thêm", "có thể bạn quan tâm",
    }
)  # fmt: skip
_BULLET = re.compile(r"\s*(?:[-–—•*▪●►>+]|\d{1,2}[.)])\s+")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.…!?:;][\"'”’)\]]*$")


def is_heading(line: str) -> bool:
    """Whether a line heads a block of related stories, whatever its case or closing colon."""
    return " ".join(lower(line).strip(" \t:#*=-–_[]").split()) in _HEADINGS


def _ends_sentence(line: str) -> bool:
    return bool(_SENTENCE_END.search(line))


def _is_lead(title: str, line: str) -> bool:
    """Whether `line` continues the item that `title` opened rather than opening another."""
    return _ends_sentence(line) or len(line) > 1.4 * len(title)


def parse_related_block(blocks: list[list[str]]) -> tuple[RelatedLink, ...]:
    """Related stories out of the lines below the heading.

    An item is a title line, then maybe a lead line (which may be cut with ``...``) and a line with
    its address. Items are told apart by bullets, else by blank lines around items of several lines,
    else by what a line looks like: a lead is a sentence, a title ends without a full stop.

    Args:
        blocks: the lines between blank lines, headings left out.
    """
    lines = [line for block in blocks for line in block]
    if any(_BULLET.match(line) for line in lines):
        items = _split_before(lines, lambda _, line: _BULLET.match(line) is not None)
        items = [[_BULLET.sub("", line, count=1) for line in item] for item in items]
    elif len(blocks) > 1 and all(len(block) > 1 for block in blocks):
        items = blocks
    else:
        items = _split_before(lines, _opens_item)
    return tuple(link for item in items if (link := _link(item)) is not None)


def _split_before(lines: list[str], opens: Callable[[list[str], str], bool]) -> list[list[str]]:
    """Cut a list of lines before each line that opens a new item."""
    items: list[list[str]] = []
    for line in lines:
        if not items or opens(items[-1], line):
            items.append([line])
        else:
            items[-1].append(line)
    return items


def _opens_item(item: list[str], line: str) -> bool:
    """Whether `line` is the title of the next item rather than the lead or address of `item`."""
    texts = [text for text in item if not _ADDRESS.fullmatch(text)]
    if _ADDRESS.fullmatch(line):
        return len(texts) < len(item)
    return not (len(texts) == 1 and _is_lead(texts[0], line))


def _link(item: list[str]) -> RelatedLink | None:
    url = next((match[0] for line in item if (match := _ADDRESS.search(line))), None)
    texts = [text for line in item if (text := _ADDRESS.sub("", line).strip(" \t()[]<>"))]
    if not texts:
        return None if url is None else RelatedLink(title=url, url=url)
    return RelatedLink(title=texts[0], url=url, lead=" ".join(texts[1:]) or None)
