"""A text with its syllables and words, found once for all that look at it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from indexer.language.normalise import lower, normalise, syllable_pieces
from indexer.language.remembered import Remembered
from indexer.language.segmenter import joiner, segment_placed
from indexer.language.tones import place_tones
from indexer.stages import stage

_FINAL_SIGMA = "Σ"
"""The one letter whose lower case depends on the letters around it."""


@dataclass(frozen=True, slots=True)
class SegmentedText:
    """An NFC text with its syllables and words.

    Attributes:
        normal: `text` in lower case with one tone placement, character for character.
        syllables: each maximal run of letters and digits of `normal`, in order.
        starts: where each of them begins.
        words: ``(start, end)`` of the words that pyvi joins out of two or more syllables, in order.
    """

    text: str
    normal: str
    syllables: list[str]
    starts: list[int]
    words: list[tuple[int, int]]


_PLACED = Remembered(place_tones)
_NORMAL = Remembered(normalise)


def segmented_text(text: str, *, segmented: bool = True) -> SegmentedText:
    """Find the syllables, and unless told otherwise the words, of an NFC text."""
    # Gaps and runs in turn. A tone's place depends on the letters of its own run alone.
    pieces = syllable_pieces(text)
    runs = pieces[1::2]
    starts = list(accumulate(map(len, pieces), initial=0))[1:-1:2]
    placed_runs = list(map(_PLACED.__getitem__, runs))
    placed = text
    if placed_runs != runs:
        pieces[1::2] = placed_runs
        placed = "".join(pieces)
    normal = lower(placed)
    if _FINAL_SIGMA in text:
        syllables = [
            normal[start : start + len(run)] for start, run in zip(starts, runs, strict=True)
        ]
    else:
        syllables = list(map(_NORMAL.__getitem__, runs))
    with stage("join words"):
        words = segment_placed(placed, joiner()) if segmented else []
    return SegmentedText(text, normal, syllables, starts, words)
