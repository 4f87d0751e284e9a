"""Spelling correction of words that the archive does not hold, or not beside their neighbours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from indexer.language.analysis import fold_term

_LONG = 6
"""Words of this many letters may differ in two places, shorter words in one."""
_DISTANCE, _FREQUENCY = 6.0, 0.3
"""What a letter counts against the logarithm of how often pairs are, and what that of the word counts."""
_RARE, _LEAST_RARE = 0.0025, 2
"""A word is doubted that no more than this share of the articles hold, or so few."""
_EVIDENCE, _MORE = 20, 20
"""At least this many articles hold a better word beside a neighbour, and this many times as many hold it at all."""


class NearWords(Protocol):
    """An archive's knowledge of words and their neighbours."""

    size: int
    """How many articles there are."""

    def near(self, word: str, most: int, *, folded: bool) -> list[tuple[str, int]]:
        """Syllables that differ from a word in up to `most` letters, and in how many.

        Args:
            folded: syllables without diacritics, which stand for all their accented forms.
        """

    def frequencies(self, syllables: Sequence[str]) -> list[int]:
        """How many articles hold each syllable."""

    def accented_forms(self, folded: str) -> tuple[str, ...]:
        """The syllables that fold to `folded`."""

    def pair_frequencies(self, pairs: Sequence[str]) -> list[int]:
        """How many articles hold each pair of folded syllables side by side."""


def correction(
    word: str, left: str | None, right: str | None, words: NearWords, *, folded: bool, held: int
) -> str | None:
    """The word that was meant: close in spelling, frequent, and above all frequent beside its neighbours.

    A word that articles hold is doubted only where it is rare and none of them holds it beside these
    neighbours, while many hold another one so. Neighbouring letters that changed places count as one
    difference.

    Args:
        left, right: the words beside it, without diacritics; None where there is none.
        folded: the query is typed without diacritics.
        held: how many articles hold the word.

    Returns:
        None for words of one letter, for words with digits, and when nothing is close enough.
    """
    if len(word) < 2 or any(char.isdigit() for char in word):
        return None
    if held:
        rare = held <= max(_LEAST_RARE, _RARE * words.size)
        own = _pairs(word, left, right)
        if not own or not rare or any(words.pair_frequencies(own)):
            return None
    most = 1 if held or len(word) < _LONG else 2
    found = [one for one in words.near(word, most, folded=folded) if one[1]]
    beside = [_pairs(other, left, right) for other, _ in found]
    unique = list({pair for pairs in beside for pair in pairs})
    together = dict(zip(unique, words.pair_frequencies(unique), strict=True))
    best: tuple[float, str] | None = None
    for (other, distance), pairs in zip(found, beside, strict=True):
        counts = [together[pair] for pair in pairs]
        frequency = _frequency(other, words, folded=folded)
        if held and not (
            min(counts) and max(counts) >= _EVIDENCE and frequency >= _MORE * held
            # Diacritics are told by other means.
            and fold_term(other) != fold_term(word)
        ):  # fmt: skip
            continue
        score = (
            sum(math.log(count + 0.5) for count in counts)
            + _FREQUENCY * math.log(frequency + 0.5)
            - _DISTANCE * distance
        )
        best = max(best or (score, other), (score, other))
    return best[1] if best else None


def _pairs(word: str, left: str | None, right: str | None) -> list[str]:
    base = fold_term(word)
    before = [] if left is None else [f"{left} {base}"]
    return before if right is None else [*before, f"{base} {right}"]


def _frequency(word: str, words: NearWords, *, folded: bool) -> int:
    forms = words.accented_forms(word) if folded else (word,)
    return max(words.frequencies(forms), default=0)


def replace_words(text: str, better: Mapping[tuple[int, int], str]) -> str | None:
    """A query with some of its words, given by their places, written anew; None where there are none."""
    if not better:
        return None
    for (start, end), word in sorted(better.items(), reverse=True):
        text = text[:start] + like_typed(word, text[start:end]) + text[end:]
    return text


def like_typed(word: str, typed: str) -> str:
    """A better word with the capitals of the one that was typed, which may be longer or shorter."""
    if len(typed) > 1 and typed.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word
