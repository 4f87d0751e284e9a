"""Documents and values of which each group counts once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.doc_sets import Mask

ALONE = -1
"""The number of the group of documents that are in none, or alone in theirs."""
GroupNumbers = NDArray[np.int32]


_ROOM = 8
"""A table may have so many places for each number that is looked up in it."""


def firsts(groups: GroupNumbers) -> Mask:
    """Which of some documents are the first of their group."""
    kept: Mask = groups == ALONE
    grouped = np.flatnonzero(~kept)
    kept[grouped[_firsts_of(groups[grouped])]] = True
    return kept


def firsts_of_values(groups: GroupNumbers, values: NDArray[np.integer]) -> Mask:
    """Which of some documents' values are the first of their group with this value.

    Args:
        groups: of each value the group of its document.
        values: not negative.
    """
    kept: Mask = groups == ALONE
    grouped = np.flatnonzero(~kept)
    if len(grouped):
        most = int(values[grouped].max()) + 1
        pairs = groups[grouped].astype(np.int64) * most + values[grouped]
        kept[grouped[_firsts_of(pairs)]] = True
    return kept


def _firsts_of(numbers: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Where each of some numbers, none of them negative, stands first."""
    if not len(numbers):
        return np.zeros(0, dtype=np.int64)
    size = int(numbers.max()) + 1
    if size > _ROOM * len(numbers):
        found: NDArray[np.int64] = np.unique(numbers, return_index=True)[1]
        return found
    # Written from the end: of equal numbers the first is written last.
    places = np.arange(len(numbers))
    first = np.zeros(size, dtype=np.int64)
    first[numbers[::-1]] = places[::-1]
    return np.flatnonzero(first[numbers] == places)
