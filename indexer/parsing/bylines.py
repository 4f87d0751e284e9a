"""Bylines and source lines: the short lines near an article's end that say who wrote it."""

from __future__ import annotations

import re

from indexer.language.normalise import lower

_LABEL = re.compile(
    r"(?:(?:tác giả|bài và ảnh|tin và ảnh|tin, ảnh|bài, ảnh|bài|tin|thực hiện|người viết|nhóm pv"
    r"|phóng viên|biên tập|viết bởi)\s*[:：]|by\s+|pv\s+)\s*",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"\(?\s*(?:(?:nguồn|theo nguồn)\s*[:：]|theo(?!\s+(?:đó|như))\s)\s*(?P<name>.+?)\s*\)?\.?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*(?:,|;|/|&|\s[-–—]\s|\svà\s)\s*")
_NAME = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*\.?")
_AGENCY = re.compile(r"\s*\([^()]{2,40}\)$")
_LONGEST = 60
_LONGEST_NAME = 5


def _is_name(text: str, *, shortest: int) -> bool:
    """Whether every word is letters with a capital first, as in ``Thanh Thương`` or ``THU HÀ``."""
    words = text.split()
    return shortest <= len(words) <= _LONGEST_NAME and all(
        _NAME.fullmatch(word) and word[0].isupper() for word in words
    )


def parse_byline(line: str) -> str | None:
    """The author when a whole line is a byline: ``Thanh Thương``, ``Bài và ảnh: Thu Hà – Anh Tú``.

    A bare line has to be a name of at least two words; after a label one word is enough. Returns
    the names as written, without label and agency in brackets.
    """
    line = line.strip().strip("*_")
    if len(line) > _LONGEST:
        return None
    labelled = _LABEL.match(line)
    rest = _AGENCY.sub("", line[labelled.end() :] if labelled else line).strip()
    names = [name for name in _SEPARATOR.split(rest) if name]
    shortest = 1 if labelled else 2
    if names and len(names) <= 4 and all(_is_name(name, shortest=shortest) for name in names):
        return rest
    return None


def parse_source_line(line: str) -> str | None:
    """The source when a whole short line names one: ``Nguồn: Báo Lào Cai``, ``(Theo TTXVN)``."""
    line = line.strip()
    match = _SOURCE.fullmatch(line)
    if not match or len(line) > _LONGEST or not match["name"][0].isupper():
        return None
    # A sentence that begins with "Theo" goes on in lower case and ends in a full stop.
    if lower(line).startswith("theo") and (line.endswith(".") or len(match["name"].split()) > 6):
        return None
    return match["name"]
