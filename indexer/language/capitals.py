"""The words of a text as names are looked for in them, and runs of those with capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from indexer.language.cues import KOREAN_ENDINGS, PARTICLES, PLACE_CUES
from indexer.language.segmented_text import SegmentedText

_SENTENCE_START = re.compile(r"(?:^|[.!?:;…\n\"“”'‘(\[–-])\s*$")

_BEFORE = 4
"""Characters before a word that say whether it begins a sentence."""


@dataclass(slots=True)
class TextWord:
    """A word of a text.

    Attributes:
        normal: lower case, one tone placement.
    """

    text: str
    normal: str
    start: int
    end: int

    @property
    def syllables(self) -> int:
        return self.text.count(" ") + 1


class TextWords(dict[int, TextWord]):
    """pyvi's words, and the syllables that are none, by number; made when they are looked at."""

    def __init__(self, part: SegmentedText) -> None:
        super().__init__()
        self._part = part
        self._spans = _joined(part)
        self.count = len(self._spans)
        text = part.text
        self.is_capital = [text[start].isupper() for start, _ in self._spans]
        self.capitals = [at for at, capital in enumerate(self.is_capital) if capital]

    def __missing__(self, at: int) -> TextWord:
        start, end = self._spans[at]
        text = self._part.text
        self[at] = TextWord(
            text[start:end],
            " ".join(self._part.normal[start:end].split()),
            start,
            end,
        )
        return self[at]

    def gap(self, second: int) -> str:
        """The characters between a word and the word before it."""
        return self._part.text[self._spans[second - 1][1] : self._spans[second][0]]

    def starts_sentence(self, at: int) -> bool:
        """Whether a word's capital may be that of the sentence."""
        start = self._spans[at][0]
        first = max(0, start - _BEFORE)
        return _SENTENCE_START.search(self._part.text, first, start) is not None

    def lone_beginning(self, at: int) -> tuple[str, str] | None:
        """A word and the mark before it, where a word in small letters follows; None for any other word."""
        start, end = self._spans[at]
        if not at or at + 1 == self.count or self.is_capital[at + 1] or self.gap(at + 1) != " ":
            return None
        gap = self.gap(at)
        # Behind "TP." the same name goes on.
        if gap == " " or (gap in (". ", ".") and self[at - 1].normal == "tp"):
            return None
        return self._part.text[start:end], gap[-_BEFORE:]

    def between(self, first: int, end: int) -> list[TextWord]:
        """Those from one on until before another."""
        return [self[at] for at in range(first, end)]


def _joined(part: SegmentedText) -> list[tuple[int, int]]:
    """The spans of the syllables, those of a word as one."""
    starts = np.array(part.starts, dtype=np.int64)
    ends = starts + np.fromiter(map(len, part.syllables), np.int64, len(starts))
    words = np.array(part.words, dtype=np.int64).reshape(-1, 2)
    first, past = np.searchsorted(starts, words[:, 0]), np.searchsorted(starts, words[:, 1])
    # pyvi's word may begin with a mark that is no syllable.
    begins = first < past
    begins[begins] = starts[first[begins]] == words[begins, 0]
    first, past = first[begins], past[begins]
    ends[first] = words[begins, 1]
    inside = np.zeros(len(starts) + 1, dtype=np.int64)
    inside[first + 1] += 1
    inside[past] -= 1
    kept = np.cumsum(inside[:-1]) == 0
    return list(zip(starts[kept].tolist(), ends[kept].tolist(), strict=True))


_LONGEST_RUN = 24
"""Words of a run that are looked at together: no name is longer, but a text may be capitals throughout."""


def end_of_run(words: TextWords, at: int) -> int:
    """Past the last of the capitalised words from one on with only a space between them."""
    end = at
    while end < min(words.count, at + _LONGEST_RUN):
        follows = end == at or side_by_side(words, end)
        if not (words.is_capital[end] and follows) and not (
            end > at and _goes_on_small(words, end)
        ):
            break
        end += 1
    # "Quận 1": a number belongs to what stands before it.
    if at < end < words.count and words[end - 1].normal in PLACE_CUES:
        end += words[end].text.isdecimal() and side_by_side(words, end)
    return end


def side_by_side(words: TextWords, second: int) -> bool:
    """Whether only a space parts a word from the one before it; in "TP. HCM" a stop as well."""
    between = words.gap(second)
    return between == " " or (between in (". ", ".") and words[second - 1].normal == "tp")


def _goes_on_small(words: TextWords, second: int) -> bool:
    """Whether a word is the second half of a foreign one: Kim Jong-un, Bashar al - Assad."""
    between = words.gap(second)
    if between.strip(" ") != "-":
        return False
    last = words[second - 1].text.rsplit(" ", 1)[-1]
    if last[0].islower():
        return last in PARTICLES
    if words.is_capital[second]:
        return False
    return between == "-" or words[second].normal in KOREAN_ENDINGS
