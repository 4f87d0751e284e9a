"""Words as a recognition gives them -> running text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from indexer.article import Scan

_HYPHENS = "-‐‑¬⸗=­"
_BROKEN = re.compile(rf"(?<=[^\W\d_])[{_HYPHENS}]$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word.

    Attributes:
        confidence: from 0 to 1; None where the recognition says nothing.
    """

    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or headline on a page.

    Attributes:
        id: unique in its file.
        page: its number as printed, or as the file counts it.
        lines: the words of each line.
        is_heading: whether the recognition calls it so.
    """

    id: str
    page: str
    lines: tuple[tuple[Word, ...], ...]
    is_heading: bool = False

    @property
    def text(self) -> str:
        """The text on one line; a word that is parted at the end of a line is put together."""
        found = ""
        for line in self.lines:
            text = " ".join(word.text for word in line if word.text)
            if _BROKEN.search(found) and text[:1].islower():
                found = found[:-1] + text
            else:
                found = f"{found} {text}" if found and text else found or text
        return " ".join(found.split())


def scan_of(blocks: Sequence[Block]) -> Scan:
    """Where blocks are printed, and how sure their words are."""
    known = [
        word.confidence
        for block in blocks
        for line in block.lines
        for word in line
        if word.confidence is not None
    ]
    return Scan(
        tuple(dict.fromkeys(block.page for block in blocks if block.page)),
        tuple(block.id for block in blocks if block.id),
        round(fmean(known), 3) if known else None,
    )
