"""Where sentences and paragraphs of Vietnamese news end."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from indexer.engines.base import PARAGRAPH_END

_LONGEST = PARAGRAPH_END - 1
_END = re.compile(
    r"(?P<stop>[.!?…]+)[\"'”’»)\]]*(?=[^\S\n]+[\"'“‘«(\[–—-]*[^\S\n]*(?P<next>[^\W_]))|\n"
)
_SPLIT = re.compile(r"[\s(\"“‘]")
_ABBREVIATIONS = frozenset({
    "tp", "tx", "tt", "ths", "ts", "tskh", "pgs", "gs", "bs", "ks", "ls", "kts", "nsnd", "nsưt", "nxb", "st", "dr",
    "mr", "mrs", "ms", "jr", "sr", "ltd", "tr",
})  # fmt: skip
"""What is written with a full stop and mostly before a name, in lower case."""
_INITIALS = frozenset({"Th", "Tr", "Ng", "Ngh", "Ph", "Nh", "Kh", "Ch", "Gi", "Gh", "Qu"})
"""Beginnings of names that stand for the whole."""


def ends(text: str) -> Iterator[tuple[int, bool]]:
    """Where sentences end in a text, and whether a paragraph ends with them; each line end ends both.

    A full stop ends a sentence before a capital or a digit, except behind an initial, an abbreviation
    before a name, or the number of a list.
    """
    for match in _END.finditer(text):
        if match["stop"] is None:
            yield match.end(), True
        elif _is_end(text, match):
            yield match.end(), False


def _is_end(text: str, match: re.Match[str]) -> bool:
    following = match["next"]
    if match["stop"] != ".":
        # "Ai?" hỏi: what goes on in small letters is one sentence.
        return not following.islower()
    if following.islower():
        return False
    before = _SPLIT.split(text[max(0, match.start() - 24) : match.start()])[-1]
    last = before.rpartition(".")[2]
    if last.lower() in _ABBREVIATIONS:
        return False
    if last.istitle() and (len(last) == 1 or last in _INITIALS):
        # An initial, as in "Nguyễn V. An" or "J.K. Rowling".
        return False
    begins_line = text.rfind("\n", 0, match.start()) + 1 == match.start() - len(before)
    return not (begins_line and before.isdecimal())


def sentence_lengths(text: str, offsets: Sequence[int]) -> list[int]:
    """The lengths of a text's sentences, in tokens.

    Args:
        offsets: where each token begins, ascending; an empty token stands at each end of a part.

    Returns:
        The lengths, `PARAGRAPH_END` added where a paragraph ends; without that their sum is the number of
        tokens. Ends without a token between them count as one; a sentence of more than 32,767 tokens
        is cut.
    """
    lengths: list[int] = []
    last = 0
    for end, closes in (*ends(text), (len(text), True)):
        at = bisect_left(offsets, end, last) if end < len(text) else len(offsets)
        while at - last > _LONGEST:
            lengths.append(_LONGEST)
            last += _LONGEST
        if at > last:
            lengths.append(at - last)
            last = at
        if closes and lengths:
            lengths[-1] |= PARAGRAPH_END
    return lengths
