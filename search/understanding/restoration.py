"""Diacritics put back into words that were typed without: ``lao cai`` -> ``lào cai``.

How a pair of neighbours is spelt is read off articles of the archive that hold the pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import PairCounts, TokenHashes
from indexer.engines.token_hashes import hash_tokens
from indexer.language.normalise import has_diacritics
from search.arrays import look_up

SAMPLE = 40
"""Articles that are looked at for a pair; fewer in a long query, whose pairs share `_BUDGET`."""
_LEAST_SAMPLE = 10
_BUDGET = 160
_PRIOR = 0.5
"""How many occurrences of a pair the frequencies of its syllables alone are worth."""

Values = NDArray[np.float64]


class Spellings(Protocol):
    """An archive's knowledge of the spelling of syllables."""

    def accented_forms(self, folded: str) -> tuple[str, ...]:
        """The syllables that fold to `folded`."""

    def frequencies(self, forms: Sequence[str]) -> list[int]:
        """How many articles hold each syllable."""

    def pair_counts(self, firsts: Sequence[str], seconds: Sequence[str], sample: int) -> PairCounts:
        """How often each form of a syllable stands right before each form of another.

        Args:
            firsts: all forms of one folded syllable.
            seconds: those of another.
            sample: articles that are enough, where articles have to be looked at.
        """


@dataclass(frozen=True, slots=True)
class _Forms:
    """The spellings of one folded syllable.

    Attributes:
        share: of each among all occurrences of the syllable.
    """

    forms: tuple[str, ...]
    share: Values


def restore(words: Sequence[str], spellings: Spellings, trust: float = 1.0) -> list[str]:
    """The most probable spelling of words that stand side by side (Viterbi, 1967).

    A word with diacritics stays as it is, and so does one that the archive does not hold.

    Args:
        trust: how many times as probable it is that a word is meant as it is typed, as any other
            spelling of it, before the articles are looked at.
    """
    if not words:
        return []
    choices = [_forms_of(word, spellings) for word in words]
    trusted = [
        np.log(np.where(np.array(one.forms) == word, trust, 1.0))
        for one, word in zip(choices, words, strict=True)
    ]
    sample = min(SAMPLE, max(_LEAST_SAMPLE, _BUDGET // len(words)))
    best = np.log(choices[0].share) + trusted[0]
    back = []
    for (left, right), typed in zip(pairwise(choices), trusted[1:], strict=True):
        joint = _PRIOR * np.outer(left.share, right.share)
        if joint.size > 1:
            joint += spellings.pair_counts(left.forms, right.forms, sample)
        # The chain of pairs, each less what the syllable that it begins with has counted already.
        reached = best[:, None] + np.log(joint / joint.sum()) - np.log(left.share)[:, None]
        back.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + typed
    at = int(best.argmax())
    path = [at]
    for step in reversed(back):
        at = int(step[at])
        path.append(at)
    return [one.forms[at] for one, at in zip(choices, reversed(path), strict=True)]


def _forms_of(word: str, spellings: Spellings) -> _Forms:
    forms = () if has_diacritics(word) else spellings.accented_forms(word)
    forms = forms or (word,)
    counts = np.array(spellings.frequencies(forms), dtype=np.float64) + 0.1
    return _Forms(forms, counts / counts.sum())


def count_pairs(
    arrays: Sequence[TokenHashes], firsts: Sequence[str], seconds: Sequence[str]
) -> PairCounts:
    """How often each of some tokens stands right before each of others in some texts."""
    table = np.zeros((len(firsts), len(seconds)))
    if not arrays:
        return table
    tokens = np.concatenate(arrays)
    places, first = look_up(tokens[:-1], hash_tokens(firsts))
    found, second = look_up(tokens[places + 1], hash_tokens(seconds))
    width = len(seconds)
    counts = np.bincount(first[found] * width + second, minlength=table.size)
    return counts.reshape(table.shape).astype(np.float64)
