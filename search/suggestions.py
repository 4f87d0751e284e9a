"""Did you mean: a better spelling for words that no article of the archive holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_LONG = 6
"""Words of so many letters may differ in two places, shorter ones in one."""
_CANDIDATES = 30


def nearest_word(
    word: str, vocabulary: Sequence[str], frequency: Callable[[str], int]
) -> str | None:
    """The word of a vocabulary that is closest in spelling; among equally close ones the most frequent.

    Neighbouring letters that changed places count as one difference.

    Returns:
        None for words of one letter, for words with digits, and when nothing is close enough.
    """
    if len(word) < 2 or any(char.isdigit() for char in word):
        return None
    found = process.extract(
        word,
        vocabulary,
        scorer=DamerauLevenshtein.distance,
        score_cutoff=2 if len(word) >= _LONG else 1,
        limit=_CANDIDATES,
    )
    ranked = [(distance, -frequency(other), other) for other, distance, _ in found if distance]
    return min(ranked)[2] if ranked else None


def replace_words(text: str, better: Mapping[tuple[int, int], str]) -> str | None:
    """A query with some of its words, given by their places, written anew; None where there are none."""
    if not better:
        return None
    for (start, end), word in sorted(better.items(), reverse=True):
        text = text[:start] + word + text[end:]
    return text
