"""Where terms stand in the segments of a commit: each term is looked up once, many of them together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.conditions import Term
from indexer.engines.doc_sets import Documents
from indexer.engines.scoring import DENSE, Values
from indexer.engines.whoosh.codec import encoded_term
from indexer.engines.whoosh.postings import MOST, Counts, Numbers, StoredField
from indexer.engines.whoosh.segments import Segment

_MOST = 1 << 14
"""Terms of a field whose places are kept: 4 MB."""


class Place(NamedTuple):
    """A segment that holds a term, and the term's number there."""

    segment: Segment
    field: StoredField
    number: int

    def postings(self) -> tuple[Numbers, Counts]:
        """The documents of the commit that hold the term, and its count in each."""
        documents, counts = self.field.postings(self.number)
        offset = self.segment.offset
        return (documents + np.uint32(offset) if offset else documents), counts


Places = Sequence[Place]
"""The segments that hold a term, in their order."""


class TermPlaces:
    """The places of terms in some segments; safe to share between threads."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._known: defaultdict[str, dict[str, Places]] = defaultdict(dict)

    def of(self, field: str, term: str) -> Places:
        """Where a term stands; kept."""
        return self.of_all(field, (term,))[0]

    def of_all(self, field: str, terms: Sequence[str]) -> list[Places]:
        """Where each of some terms stands; kept."""
        known = self._known[field]
        found = list(map(known.get, terms))
        if None not in found:
            return [one for one in found if one is not None]
        missing = [term for term, its in zip(terms, found, strict=True) if its is None]
        if len(known) + len(missing) > _MOST:
            # A new table: another thread may read the old one.
            known = self._known[field] = {}
        looked_up = dict(zip(missing, self._look_up(field, missing), strict=True))
        known.update(looked_up)
        return [
            looked_up[term] if its is None else its for term, its in zip(terms, found, strict=True)
        ]

    def _look_up(self, field: str, terms: Sequence[str]) -> list[Places]:
        encoded = list(map(encoded_term, terms))
        hashes: NDArray[np.int64] = np.fromiter(map(hash, encoded), np.int64, len(encoded))
        found: list[list[Place]] = [[] for _ in encoded]
        for segment in self._segments:
            stored = segment.files.postings.fields.get(f"t_{field}")
            if stored is not None:
                for at, number in stored.numbers(encoded, hashes):
                    found[at].append(Place(segment, stored, number))
        return [tuple(one) for one in found]

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents hold each of some terms; deleted ones are among them."""
        return [
            sum(one.field.frequency(one.number) for one in places)
            for places in self.of_all(field, terms)
        ]

    def total(self, term: Term) -> int:
        """How many documents in use hold any of a group of spellings."""
        return sum(_held(segment, places) for segment, places in self.by_segment(term))

    def counts(self, term: Term) -> Values:
        """How often each document holds any of a group of spellings; deleted ones are among them.

        The numbers have room for the term's phrases.
        """
        size = sum(segment.count for segment in self._segments)
        counts: Values = np.zeros(size, dtype=_wide_enough(term))
        for segment, places in self.by_segment(term):
            its = counts[segment.offset : segment.offset + segment.count]
            for _, field, number in places:
                if field.frequency(number) * DENSE > segment.count:
                    its += field.spread(number)
                else:
                    documents, own = field.postings(number)
                    its[documents.astype(np.int64)] += own
        return counts

    def counts_among(self, term: Term, numbers: Documents) -> Values:
        """How often some documents, ascending, hold any of a group of spellings."""
        counts: Values = np.zeros(len(numbers), dtype=_wide_enough(term))
        for segment, places in self.by_segment(term):
            end = segment.offset + segment.count
            first, past = np.searchsorted(numbers, (segment.offset, end)).tolist()
            if first < past:
                local = numbers[first:past] - segment.offset if segment.offset else numbers[:past]
                for _, field, number in places:
                    counts[first:past] += field.counts_among(number, local)
        return counts

    def by_segment(self, term: Term) -> Iterable[tuple[Segment, Places]]:
        """The segments that hold any of a group of spellings, and the places of those there."""
        every = self.of_all(term.field, term.terms)
        if len(every) == 1:
            return ((one.segment, (one,)) for one in every[0])
        grouped: defaultdict[int, list[Place]] = defaultdict(list)
        for place in chain.from_iterable(every):
            grouped[place.segment.offset].append(place)
        return ((places[0].segment, places) for _, places in sorted(grouped.items()))


def _held(segment: Segment, places: Places) -> int:
    """How many documents in use of a segment hold any of some terms."""
    if len(places) == 1:
        _, field, number = places[0]
        if not len(segment.deleted):
            return field.frequency(number)
        lost = np.count_nonzero(field.counts_among(number, segment.deleted))
        return field.frequency(number) - int(lost)
    holding = np.zeros(segment.count, dtype=np.bool_)
    for _, field, number in places:
        holding[field.postings(number)[0]] = True
    holding[segment.deleted] = False
    return int(np.count_nonzero(holding))


def _wide_enough(term: Term) -> np.dtype[np.unsignedinteger[Any]]:
    """The type of a sum of the counts of a term's alternatives."""
    return np.min_scalar_type(MOST * max(1, len(term.terms) + len(term.phrases)))
