"""The best articles of a search put in order again, by how close the query's words stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import Candidates, TokenArray
from indexer.engines.evaluation import K1, idf

CANDIDATES = 50
_WINDOW = 1.6
"""Length of the window of `coverage`, in query lengths; never less than `_SHORTEST_WINDOW`."""
_SHORTEST_WINDOW = 8
_GAP = 64
"""Positions between two articles: farther apart than any window reaches."""

_SIEVE = 4096

Positions = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SoughtWord:
    """One distinct word of a query.

    Attributes:
        hashes: of its spellings, as in a token array; no two words share one.
        idf: its inverse document frequency.
    """

    hashes: frozenset[int]
    idf: float


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """Every place where a sought word stands in a candidate, candidate after candidate.

    Attributes:
        positions: through all candidates, ascending, with gaps between them.
        words: index of the word at each.
        candidates: index of the candidate of each.
    """

    positions: Positions
    words: NDArray[np.int64]
    candidates: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weights:
    """What the parts of a score count for; a matching syllable counts 1.

    Fitted by `benchmarks/fit.py`, see docs/benchmarks.md.

    Attributes:
        bigram: of two neighbouring syllables, without diacritics.
        word: of a word as pyvi segments it.
        proximity: of how close the query's words stand to each other.
        window: of the most idf of the query that one window holds.
    """

    bigram: float = 0.44
    word: float = 0.05
    proximity: float = 0.5
    window: float = 0.42


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class ClosenessReranker:
    """Adds to the scores of the best articles what `closeness` gives.

    Attributes:
        weights: of its two parts.
        words: clauses of the plan that are plain words, each with the hashes of its spellings.
    """

    weights: Weights
    words: Mapping[int, frozenset[int]]
    count: int = CANDIDATES

    def rescore(self, candidates: Candidates) -> NDArray[np.float32]:
        """A new score for each candidate."""
        words = {
            hashes: SoughtWord(hashes, idf(candidates.documents, candidates.clause_totals[number]))
            for number, hashes in self.words.items()
            if hashes
        }
        more = closeness(candidates.tokens, list(words.values()), len(self.words), self.weights)
        return candidates.scores + more.astype(np.float32)


def closeness(
    tokens: Sequence[TokenArray],
    words: Sequence[SoughtWord],
    query_length: int,
    weights: Weights = WEIGHTS,
) -> Values:
    """What closeness adds to the score of each candidate.

    Args:
        tokens: token arrays of the candidates.
        words: distinct words of the query.
        query_length: syllables of the query.
        weights: of proximity and window.

    Returns:
        An array of shape (candidates,), on the scale of the engine's scores.
    """
    idf = np.array([word.idf for word in words])
    found = _occurrences(tokens, words)
    if not len(found.positions):
        return np.zeros(len(tokens))
    window = max(_SHORTEST_WINDOW, min(int(_WINDOW * query_length), _GAP))
    return weights.proximity * _proximity(found, idf, len(tokens)) + weights.window * _coverage(
        found, idf, len(tokens), window
    )


def _occurrences(tokens: Sequence[TokenArray], words: Sequence[SoughtWord]) -> _Occurrences:
    pairs = sorted((value, number) for number, word in enumerate(words) for value in word.hashes)
    values = np.array([value for value, _ in pairs], dtype=np.uint32)
    numbers = np.array([number for _, number in pairs], dtype=np.int64)
    lengths = np.array([len(one) for one in tokens], dtype=np.int64)
    everything = np.concatenate(tokens) if len(tokens) else np.zeros(0, dtype=np.uint32)
    if not len(values) or not len(everything):
        empty = np.zeros(0, dtype=np.int64)
        return _Occurrences(empty, empty, empty)
    # Most tokens are none of the words: their last bits already tell.
    sieve = np.zeros(_SIEVE, dtype=np.bool_)
    sieve[values % _SIEVE] = True
    likely = np.flatnonzero(sieve[everything % _SIEVE])
    slots = np.searchsorted(values, everything[likely])
    slots[slots == len(values)] = 0
    same = values[slots] == everything[likely]
    hits, slots = likely[same], slots[same]
    candidates = np.searchsorted(np.cumsum(lengths), hits, side="right")
    return _Occurrences(hits + candidates * _GAP, numbers[slots], candidates)


def _proximity(found: _Occurrences, idf: Values, candidates: int) -> Values:
    """Term proximity: neighbours of different words add idf / distance² to each other.

    Source: Büttcher, Clarke and Lushman, Term Proximity Scoring for Ad-Hoc Retrieval on Very Large
    Text Collections, 2006.
    """
    left, right = found.words[:-1], found.words[1:]
    distance = np.diff(found.positions).astype(np.float64)
    together = (left != right) & (found.candidates[:-1] == found.candidates[1:])
    weight = np.where(together, 1 / np.maximum(distance, 1) ** 2, 0.0)
    size = candidates * len(idf)
    row = found.candidates * len(idf)
    gathered = np.bincount(row[1:] + right, weights=idf[left] * weight, minlength=size)
    gathered += np.bincount(row[:-1] + left, weights=idf[right] * weight, minlength=size)
    table = gathered.reshape(candidates, len(idf))
    result: Values = (np.minimum(1.0, idf) * table / (table + K1)).sum(axis=1)
    return result


def _coverage(found: _Occurrences, idf: Values, candidates: int, window: int) -> Values:
    """The most idf of different words that one window of `window` syllables holds."""
    positions, words = found.positions, found.words
    count = len(positions)
    ends = np.searchsorted(positions, positions + window)
    # Where the same word stood last before each place: in a window that begins after that place the
    # word counts here for the first time.
    order = np.lexsort((positions, words))
    previous = np.full(count, -1)
    same = words[order][1:] == words[order][:-1]
    previous[order[1:][same]] = order[:-1][same]
    covered = np.zeros(count)
    places = np.arange(count)
    for step in range(int((ends - places).max())):
        at = np.minimum(places + step, count - 1)
        fresh = (places + step < ends) & (previous[at] < places)
        covered += np.where(fresh, idf[words[at]], 0.0)
    best = np.zeros(candidates)
    np.maximum.at(best, found.candidates, covered)
    return best
