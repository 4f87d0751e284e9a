"""What terms earn, kept in little memory, the least recently used dropped first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import Term
from indexer.engines.evaluation import Impacts
from indexer.engines.matches import Levels, Mask, Matches

_BYTES = 64 << 20
_ENTRY_BYTES = 400
"""About what Python itself takes for an entry."""


class ImpactMemory:
    """Impacts of terms; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Term, _Kept] = OrderedDict()
        self._bytes = 0

    def get(self, term: Term) -> Impacts | None:
        """What is remembered of a term."""
        with self._lock:
            if (found := self._kept.get(term)) is None:
                return None
            self._kept.move_to_end(term)
        return found.impacts()

    def put(self, term: Term, impacts: Impacts) -> None:
        """Remember what a term earns."""
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
        size: about how many bytes it takes.
    """

    documents: NDArray[np.uint32] | None
    levels: Mask | Levels | None
    total: int
    shares: NDArray[np.uint16]
    size: int

    @classmethod
    def of(cls, impacts: Impacts) -> _Kept:
        matches, shares = impacts.matches, impacts.shares
        documents = None if matches.documents is None else matches.documents.astype(np.uint32)
        arrays = (documents, matches.levels, shares)
        size = _ENTRY_BYTES + sum(array.nbytes for array in arrays if array is not None)
        return cls(documents, matches.levels, matches.total, shares, size)

    def impacts(self) -> Impacts:
        documents = None if self.documents is None else self.documents.astype(np.int64)
        return Impacts(Matches(documents, self.levels, self.total), self.shares)
