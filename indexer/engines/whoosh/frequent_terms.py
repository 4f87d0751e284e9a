"""The most frequent terms with a beginning, over all segments; most rare terms are not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.postings import StoredField

_WANTED = 64
"""Terms that are found at once; those behind them are only looked for if they are wanted."""
_FEW = 512
"""So many terms are read as fast as the frequent ones are chosen."""
_PARTS = 8
"""A term that is less frequent than this part of the last wanted term is not read at first."""


@dataclass(frozen=True, slots=True)
class TermRange:
    """The terms of a segment's field that begin alike.

    Attributes:
        first: the number of the first of them.
        counts: how many documents hold each.
    """

    field: StoredField
    first: int
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, field: StoredField, prefix: bytes) -> TermRange:
        """The terms of a field that begin with a prefix."""
        # No UTF-8 has this byte.
        first, end = field.place(prefix), field.place(prefix + b"\xff")
        return cls(field, first, np.diff(field.starts[first : end + 1]))

    def counted(self, least: int = 1) -> dict[bytes, int]:
        """The terms that at least so many documents hold."""
        its = np.flatnonzero(self.counts >= least)
        terms = self.field.terms_among(self.first, self.first + len(self.counts), its)
        return dict(zip(terms, self.counts[its].tolist(), strict=True))

    def count(self, term: bytes) -> int:
        """How many documents hold a term, which begins like these."""
        number = self.field.number(term)
        return 0 if number is None else int(self.counts[number - self.first])


def sums(ranges: Sequence[TermRange]) -> Counter[bytes]:
    """All terms, and how many documents hold each."""
    return _added(one.counted() for one in ranges)


def most_frequent(ranges: Sequence[TermRange]) -> Iterator[tuple[bytes, int]]:
    """All terms, the most frequent first, then as sorted, and how many documents hold each."""
    if sum(len(one.counts) for one in ranges) <= _FEW:
        yield from _in_order(sums(ranges).items())
        return
    best = _best(ranges)
    yield from _in_order(best.items())
    yield from _in_order(one for one in sums(ranges).items() if one[0] not in best)


def _added(counted: Iterable[dict[bytes, int]]) -> Counter[bytes]:
    totals = Counter[bytes]()
    for its in counted:
        totals.update(its)
    return totals


def _in_order(counted: Iterable[tuple[bytes, int]]) -> list[tuple[bytes, int]]:
    return sorted(counted, key=lambda one: (-one[1], one[0]))


def _best(ranges: Sequence[TermRange]) -> dict[bytes, int]:
    """The most frequent terms: those that are as frequent as the last wanted term at least.

    The terms that are frequent in a segment are added up. What such a sum may lack is bounded; it is looked up
    where the bound reaches the last wanted term. Source: Fagin, Lotem and Naor, Optimal Aggregation
    Algorithms for Middleware, 2003.
    """
    last = max(map(_last_wanted, ranges))
    least = max(1, last // (_PARTS * len(ranges)))
    counted = [one.counted(least) for one in ranges]
    totals = _added(counted)
    # A term that no segment has so often is held by fewer documents than any of these.
    last = min(nlargest(_WANTED, totals.values()))
    lacking = (least - 1) * (len(ranges) - 1)
    found = {term: count for term, count in totals.items() if count >= last - lacking}
    if lacking:
        for one, its in zip(ranges, counted, strict=True):
            for term in found.keys() - its.keys():
                found[term] += one.count(term)
    return {term: count for term, count in found.items() if count >= last}


def _last_wanted(one: TermRange) -> int:
    """The count of the last wanted term in a segment alone; 0 where there are fewer terms."""
    if len(one.counts) < _WANTED:
        return 0
    return int(np.partition(one.counts, -_WANTED)[-_WANTED])
