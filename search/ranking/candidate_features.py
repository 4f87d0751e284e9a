"""Features that compare the candidates with each other.

A word that all of them hold says nothing more, however rare it is in the archive; one that few of
them hold says much. Here words weigh by their rarity among the candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.engines.scoring import K1, B
from search.arrays import Integers, Values

NEAR = 8
"""Words are near each other up to this many positions apart."""


def rarity(present: NDArray[np.bool_]) -> Values:
    """The rarity of each word among the candidates: log of candidates over candidates that hold it.

    Args:
        present: shape (candidates, words).
    """
    count = len(present)
    result: Values = np.log((count + 0.5) / (present.sum(axis=0) + 0.5))
    return result


def share(earned: Values, weights: Values) -> Values:
    """The share of the possible weight that each candidate earned; 0 where none was possible."""
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


def pair_counts(
    positions: Integers,
    words: Integers,
    candidates: Integers,
    shape: tuple[int, int],
    distance: int,
) -> Values:
    """How often a word is followed by another within a distance.

    Args:
        positions: of all occurrences, ascending; those of two candidates are farther apart than `distance`.
        words: number of the word at each.
        candidates: number of the candidate of each.
        shape: number of candidates and of words.
        distance: the most positions from one to the other.

    Returns:
        A table of shape (candidates, words, words): first word, then second.
    """
    count, size = shape
    table = np.zeros(count * size * size)
    rows = candidates * (size * size)
    for step in range(1, min(distance + 1, len(positions))):
        near = np.flatnonzero(positions[step:] - positions[:-step] <= distance)
        if not len(near):
            break
        cells = rows[near] + words[near] * size + words[near + step]
        table += np.bincount(cells, minlength=len(table))
    return table.reshape(count, size, size)


def neighbours_found(pairs: Values, order: Sequence[int]) -> Values:
    """The share of neighbouring words of the query that are together, by the pairs' rarity.

    Args:
        pairs: as `pair_counts` gives it.
        order: the words of the query in order.
    """
    neighbours = [(left, right) for left, right in pairwise(order) if left != right]
    if not neighbours:
        return np.zeros(len(pairs))
    left, right = np.array(neighbours).T
    found = pairs[:, left, right] > 0
    return share(found.astype(np.float64), rarity(found))


def in_either_order(pairs: Values) -> Values:
    """How often two words are together, whichever is first, as a table of the same shape."""
    return pairs + pairs.transpose(0, 2, 1)


def different_words(pairs: Values) -> Values:
    """The columns of a table of pairs in either order, each pair of different words once."""
    one, other = np.triu_indices(pairs.shape[1], 1)
    result: Values = pairs[:, one, other]
    return result
