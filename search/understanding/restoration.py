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

from indexer.engines.capabilities import TokenHashes
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import fold_term
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

    def samples(self, first: str, second: str, count: int) -> list[TokenHashes]:
        """Token arrays of some articles that hold two folded syllables side by side."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """The spellings of one folded syllable.

    Attributes:
        share: of each among all occurrences of the syllable.
    """

    forms: tuple[str, ...]
    hashes: NDArray[np.uint32]
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
    steps = zip(pairwise(choices), pairwise(words), trusted[1:], strict=True)
    for (left, right), (first, second), typed in steps:
        alone = len(left.forms) == len(right.forms) == 1
        pair = fold_term(first), fold_term(second)
        arrays = [] if alone else spellings.samples(*pair, sample)
        joint = _counts(arrays, left, right) + _PRIOR * np.outer(left.share, right.share)
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
    hashes = hash_tokens(forms)
    return _Forms(forms, hashes, counts / counts.sum())


def _counts(arrays: Sequence[TokenHashes], left: _Forms, right: _Forms) -> Values:
    """How often each spelling of a pair stands in some texts; shape (left forms, right forms)."""
    table = np.zeros((len(left.forms), len(right.forms)))
    if not arrays:
        return table
    tokens = np.concatenate(arrays)
    places, first = look_up(tokens[:-1], left.hashes)
    found, second = look_up(tokens[places + 1], right.hashes)
    width = len(right.forms)
    counts = np.bincount(first[found] * width + second, minlength=table.size)
    return counts.reshape(table.shape).astype(np.float64)
