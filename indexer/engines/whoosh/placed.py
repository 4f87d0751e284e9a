"""The documents of a commit whose tokens match a condition on their places; what was found is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import TokenHashes
from indexer.engines.conditions import AnyOf, Condition, Phrase, Repeated, Scope, Term, Together
from indexer.engines.doc_sets import DocSet, Documents, intersection, union
from indexer.engines.phrases import hold_phrase
from indexer.engines.spans import Breaks, Texts, hold
from indexer.engines.term_at_a_time import Impacts
from indexer.engines.token_hashes import token_hash

_KEPT = 256
_BLOCK = 512
"""Documents whose tokens are looked through at once."""

Placed = Phrase | Together | Repeated


class TokenColumns(Protocol):
    """What is needed of a commit."""

    def impacts(self, term: Term) -> Impacts:
        """See `term_at_a_time.Postings`."""

    def hashes_of(self, numbers: Sequence[int]) -> list[TokenHashes]:
        """The token hashes of documents by their numbers."""

    def breaks_of(self, numbers: Sequence[int], tokens: Sequence[TokenHashes]) -> list[Breaks]:
        """The ends of the sentences of documents, given their tokens."""


class PlacedDocuments:
    """The documents that match conditions on places, of one commit of `size` documents."""

    def __init__(self, columns: TokenColumns, size: int) -> None:
        self._columns = columns
        self._size = size
        self._known: OrderedDict[Placed, Documents] = OrderedDict()
        self._lock = Lock()

    def find(self, condition: Placed) -> Documents:
        """The documents in use that match a condition, ascending."""
        with self._lock:
            if (found := self._known.get(condition)) is not None:
                self._known.move_to_end(condition)
                return found
        candidates = self._candidates(condition).numbers()
        parts = [np.zeros(0, dtype=np.int64)]
        for first in range(0, len(candidates), _BLOCK):
            block = candidates[first : first + _BLOCK]
            parts.append(block[self._hold(condition, block.tolist())])
        found = np.concatenate(parts)
        with self._lock:
            self._known[condition] = found
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def _candidates(self, condition: Condition) -> DocSet:
        """The documents that may match: those that hold the terms."""
        match condition:
            case Term():
                return self._columns.impacts(condition).documents
            case Phrase():
                return self._all([*condition.terms, *condition.hints])
            case Together(parts):
                return self._all(parts)
            case Repeated(part):
                return self._candidates(part)
            case AnyOf(parts):
                return union([self._candidates(part) for part in parts], self._size)
        raise TypeError(f"{type(condition).__name__} has no places in a text")

    def _all(self, conditions: Sequence[Condition]) -> DocSet:
        if not conditions:
            return DocSet.listed(np.zeros(0, dtype=np.int64))
        return intersection(list(map(self._candidates, conditions)))

    def _hold(self, condition: Placed, numbers: list[int]) -> NDArray[np.bool_]:
        arrays = self._columns.hashes_of(numbers)
        if isinstance(condition, Phrase):
            positions = [[*map(token_hash, texts)] for texts in condition.positions]
            return hold_phrase(arrays, positions)
        is_scoped = isinstance(condition, Together) and isinstance(condition.within, Scope)
        breaks = self._columns.breaks_of(numbers, arrays) if is_scoped else []
        return hold(condition, Texts.of(arrays, breaks))
