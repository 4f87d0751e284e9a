"""The groups of the documents of an index, as an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.doc_sets import Documents, Mask
from indexer.engines.facets import FacetColumn
from indexer.engines.folding import ALONE, GroupNumbers


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """The groups of all documents of an index.

    Attributes:
        numbers: of each document's group; `ALONE` for most.
        count: how many groups of several documents there are.
    """

    numbers: GroupNumbers
    count: int

    @classmethod
    def of(
        cls, named: FacetColumn, live: Mask, numbers_of: Callable[[Sequence[str]], Documents]
    ) -> GroupColumn:
        """The groups of an index.

        Args:
            named: the groups that documents were put into, at most one each.
            live: which documents are in use.
            numbers_of: the numbers of the documents with some ids, -1 for none.
        """
        numbers = np.full(len(live), ALONE, dtype=np.int32)
        holders, codes = named.pairs()
        numbers[holders] = codes
        firsts = numbers_of(named.values())
        # A document that was put into another group gives its own no name any more.
        names = np.flatnonzero((firsts >= 0) & (numbers[firsts] == ALONE))
        numbers[firsts[names]] = names
        numbers[~live] = ALONE
        sizes = np.bincount(numbers[numbers != ALONE], minlength=len(named))
        several = sizes > 1
        renumbered = np.where(several, np.cumsum(several) - 1, ALONE).astype(np.int32)
        grouped = numbers != ALONE
        numbers[grouped] = renumbered[numbers[grouped]]
        return cls(numbers, int(np.count_nonzero(several)))

    def of_documents(self, documents: Documents) -> GroupNumbers:
        """The groups of some documents."""
        return self.numbers[documents]

    def total(self, documents: Documents) -> int:
        """How many groups some documents are of; each that is alone is a group."""
        groups = self.numbers[documents]
        grouped = groups[groups != ALONE]
        if not len(grouped):
            return len(documents)
        present = np.zeros(self.count, dtype=np.bool_)
        present[grouped] = True
        return len(documents) - len(grouped) + int(np.count_nonzero(present))
