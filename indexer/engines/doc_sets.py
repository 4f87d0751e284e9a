"""Sets of documents: few as their numbers, many as one flag a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

Documents = NDArray[np.int64]
"""Document numbers, ascending; of the width that NumPy indexes with, so that it need not convert."""
Mask = NDArray[np.bool_]
"""One flag a document."""
Levels = NDArray[np.unsignedinteger[Any]]
"""One number a document, 0 for documents that are not in the set."""
Scores = NDArray[np.float32]
"""One score for each of some documents."""


@dataclass(frozen=True, slots=True)
class DocSet:
    """A set of documents; exactly one of `documents` and `levels` is given, but for a `Filter`.

    Attributes:
        documents: the numbers of the documents in the set.
        levels: one flag or number for each document of the index, not 0 for those in the set.
        total: how many documents are in the set.
    """

    documents: Documents | None
    levels: Mask | Levels | None
    total: int

    @classmethod
    def listed(cls, documents: Documents) -> DocSet:
        """The set of these documents."""
        return cls(documents, None, len(documents))

    @classmethod
    def flagged(cls, levels: Mask | Levels) -> DocSet:
        """The set of the documents whose flag is set, or whose number is not 0."""
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
            return np.flatnonzero(self.levels != 0)
        return self.documents if self.documents is not None else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Filter(DocSet):
    """A set that is given by a test, so that only the documents in question are tested.

    Attributes:
        total: how many documents it may hold at most.
        test: which of some documents are in it.
        whole: one flag for each document of the index.
    """

    test: Callable[[Documents], Mask]
    whole: Callable[[], Mask]

    @classmethod
    def of(cls, most: int, test: Callable[[Documents], Mask], whole: Callable[[], Mask]) -> Filter:
        """The documents that pass a test."""
        return cls(None, None, most, test, whole)

    def holds(self, numbers: Documents) -> Mask:
        """Which of some documents are in the set."""
        return self.test(numbers)

    def flags(self, size: int) -> Mask:  # noqa: ARG002
        """The set as flags."""
        return self.whole()

    def numbers(self) -> Documents:
        """The set as document numbers."""
        return np.flatnonzero(self.whole())

    def counted(self) -> DocSet:
        """The same set with its documents."""
        return DocSet.flagged(self.whole())


def counted(one: DocSet) -> DocSet:
    """A set that knows how many documents it holds."""
    return one.counted() if isinstance(one, Filter) else one


def intersection(sets: Sequence[DocSet]) -> DocSet:
    """The documents that are in each of the sets; there is at least one set."""
    listed = min(
        (one for one in sets if one.documents is not None), key=lambda one: one.total, default=None
    )
    if listed is None:
        return DocSet.flagged(reduce(np.logical_and, [one.flags(0) for one in sets]))
    numbers = listed.numbers()
    for one in sorted(sets, key=lambda one: one.total):
        if one is not listed:
            numbers = numbers[one.holds(numbers)]
    return DocSet.listed(numbers)


def union(sets: Sequence[DocSet], size: int) -> DocSet:
    """The documents that are in any of the sets; `size`: documents of the index."""
    mask = np.zeros(size, dtype=np.bool_)
    for one in sets:
        if one.documents is not None:
            mask[one.documents] = True
        else:
            mask |= one.flags(size)
    return DocSet.flagged(mask)
