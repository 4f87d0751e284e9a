"""What tells the best articles of a search apart.

A word that all of them hold says nothing more, however rare it is in the archive; one that few of
them hold says much. Here words weigh by their rarity among the candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.engines.evaluation import K1, B
from search.windows import Integers, Values

NEAR = 8
"""Words are near each other up to so many positions apart."""

Table = NDArray[np.bool_]


def rarity(present: Table) -> Values:
    """How few of the candidates hold each word: the logarithm of their number over that of holders.

    Args:
        present: shape (candidates, words).
    """
    count = len(present)
    result: Values = np.log((count + 0.5) / (present.sum(axis=0) + 0.5))
    return result


def share(earned: Values, weights: Values) -> Values:
    """What each candidate earned of all that could be earned; 0 where nothing could."""
    result: Values = earned @ weights / max(float(weights.sum()), 1e-9)
    return result


def saturated(counts: Values, lengths: Values) -> Values:
    """Term frequencies as BM25 counts them, with the candidates' mean length in place of the archive's.

    Args:
        counts: shape (candidates, words).
        lengths: of the candidates.
    """
    mean = float(lengths.sum()) / max(len(lengths), 1)
    norms = K1 * (1 - B + B * lengths / max(mean, 1.0))
    result: Values = counts / (counts + norms[:, None])
    return result


def near_pairs(
    positions: Integers, words: Integers, candidates: Integers, shape: tuple[int, int]
) -> Table:
    """Which words stand near each other in which candidates.

    Args:
        positions: of all occurrences, ascending; those of two candidates are farther apart than `NEAR`.
        words: number of the word at each.
        candidates: number of the candidate of each.
        shape: number of candidates and of words.

    Returns:
        A table of shape (candidates, words, words), true in both directions.
    """
    count, size = shape
    table = np.zeros(count * size * size, dtype=np.bool_)
    rows = candidates * (size * size)
    for step in range(1, min(NEAR + 1, len(positions))):
        near = np.flatnonzero(positions[step:] - positions[:-step] <= NEAR)
        if not len(near):
            break
        table[rows[near] + words[near] * size + words[near + step]] = True
    cube = table.reshape(count, size, size)
    return cube | cube.transpose(0, 2, 1)


def neighbours_near(near: Table, order: Sequence[int]) -> Values:
    """The share of neighbouring words of the query that stand near each other, by the pairs' rarity.

    Args:
        near: as `near_pairs` gives it.
        order: the words of the query in order.
    """
    pairs = [(left, right) for left, right in pairwise(order) if left != right]
    if not pairs:
        return np.zeros(len(near))
    left, right = np.array(pairs).T
    found = near[:, left, right]
    return share(found.astype(np.float64), rarity(found))


def pairs_near(near: Table) -> Values:
    """The share of all pairs of different words that stand near each other."""
    count, size, _ = near.shape
    if size < 2:
        return np.zeros(count)
    own = near[:, np.arange(size), np.arange(size)].sum(axis=1)
    result: Values = (near.sum(axis=(1, 2)) - own) / (size * (size - 1))
    return result
