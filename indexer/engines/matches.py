"""Sets of documents: few as their numbers, many as one flag a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Documents = NDArray[np.int64]
"""Document numbers, ascending; of the width that NumPy indexes with, so that it need not convert."""
Mask = NDArray[np.bool_]
"""One flag a document."""
Levels = NDArray[np.uint8]
"""One number a document, 0 for those that are not meant."""
Scores = NDArray[np.float32]
"""One score a document, or a document found."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Documents that match a condition; exactly one of `documents` and `levels` is given.

    Attributes:
        documents: their numbers.
        levels: one flag or number a document, not 0 for those that match.
        total: how many they are.
    """

    documents: Documents | None
    levels: Mask | Levels | None
    total: int

    @classmethod
    def listed(cls, documents: Documents) -> Matches:
        """A set of these documents."""
        return cls(documents, None, len(documents))

    @classmethod
    def flagged(cls, levels: Mask | Levels) -> Matches:
        """A set of the documents whose flag is set, or whose number is not 0."""
        return cls(None, levels, int(np.count_nonzero(levels)))

    def holds(self, numbers: Documents) -> Mask:
        """Which of some documents are in the set."""
        if self.levels is not None:
            return np.not_equal(self.levels[numbers], 0)
        listed = self.numbers()
        if not len(listed):
            return np.zeros(len(numbers), dtype=np.bool_)
        places = np.searchsorted(listed, numbers)
        places[places == len(listed)] = 0
        found: Mask = listed[places] == numbers
        return found

    def flags(self, size: int) -> Mask:
        """The set as flags."""
        if self.levels is not None:
            return np.not_equal(self.levels, 0)
        mask = np.zeros(size, dtype=np.bool_)
        mask[self.documents] = True
        return mask

    def numbers(self) -> Documents:
        """The set as document numbers; not to be changed."""
        if self.levels is not None:
            return np.flatnonzero(self.levels)
        return self.documents if self.documents is not None else np.zeros(0, dtype=np.int64)


def intersection(sets: Sequence[Matches]) -> Matches:
    """The documents that are in each of the sets, of which there is one at least."""
    listed = min(
        (one for one in sets if one.documents is not None), key=lambda one: one.total, default=None
    )
    if listed is None:
        return Matches.flagged(reduce(np.logical_and, [one.flags(0) for one in sets]))
    numbers = listed.numbers()
    for one in sorted(sets, key=lambda one: one.total):
        if one is not listed:
            numbers = numbers[one.holds(numbers)]
    return Matches.listed(numbers)


def union(sets: Sequence[Matches], size: int) -> Matches:
    """The documents that are in any of the sets; `size`: documents of the index."""
    mask = np.zeros(size, dtype=np.bool_)
    for one in sets:
        if one.documents is not None:
            mask[one.documents] = True
        else:
            mask |= one.flags(size)
    return Matches.flagged(mask)
