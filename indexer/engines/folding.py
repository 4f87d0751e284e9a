"""Documents and values of which each group counts once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.engines.doc_sets import Mask

ALONE = -1
"""The number of the group of documents that are in none, or alone in theirs."""
GroupNumbers = NDArray[np.int32]


def firsts(groups: GroupNumbers) -> Mask:
    """Which of some documents are the first of their group."""
    kept: Mask = groups == ALONE
    grouped = np.flatnonzero(~kept)
    if len(grouped):
        _, first = np.unique(groups[grouped], return_index=True)
        kept[grouped[first]] = True
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
        _, first = np.unique(pairs, return_index=True)
        kept[grouped[first]] = True
    return kept
