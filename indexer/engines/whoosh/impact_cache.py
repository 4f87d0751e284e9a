"""A cache of impacts in little memory; the least recently used term is dropped first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from indexer.engines.conditions import Term
from indexer.engines.doc_sets import DocSet, Levels, Mask, Scores
from indexer.engines.scoring import Impacts, Values

_BYTES = 64 << 20
_ENTRY_BYTES = 400
"""Memory that Python itself takes for an entry, about."""


class ImpactCache:
    """Impacts of terms; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Term, _Kept] = OrderedDict()
        self._bytes = 0

    def get(self, term: Term) -> Impacts | None:
        """The impacts of a term, if they are kept."""
        with self._lock:
            if (found := self._kept.get(term)) is None:
                return None
            self._kept.move_to_end(term)
        return found.impacts()

    def put(self, term: Term, impacts: Impacts) -> None:
        """Keep the impacts of a term."""
        kept = _Kept.of(impacts)
        with self._lock:
            self._bytes += kept.size
            if (other := self._kept.pop(term, None)) is not None:  # by another thread
                self._bytes -= other.size
            self._kept[term] = kept
            while self._bytes > _BYTES and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].size


@dataclass(frozen=True, slots=True)
class _Kept:
    """Impacts with document numbers in four bytes.

    Attributes:
        size: bytes of memory, about.
    """

    documents: NDArray[np.uint32] | None
    levels: Mask | Levels | None
    total: int
    values: Values
    norms: Scores | None
    size: int

    @classmethod
    def of(cls, impacts: Impacts) -> _Kept:
        held, values = impacts.documents, impacts.values
        documents = None if held.documents is None else held.documents.astype(np.uint32)
        arrays = (documents, values)  # the levels are the values
        size = _ENTRY_BYTES + sum(array.nbytes for array in arrays if array is not None)
        return cls(documents, held.levels, held.total, values, impacts.norms, size)

    def impacts(self) -> Impacts:
        documents = None if self.documents is None else self.documents.astype(np.int64)
        return Impacts(DocSet(documents, self.levels, self.total), self.values, self.norms)
