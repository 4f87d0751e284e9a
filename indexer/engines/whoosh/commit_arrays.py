"""One commit of a Whoosh index as arrays: postings where they lie in the files, columns read once."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from threading import RLock
from typing import Any
from weakref import proxy

import numpy as np
from numpy.typing import DTypeLike, NDArray

from indexer.engines.capabilities import TokenHashes
from indexer.engines.conditions import Listed, Placed, Term
from indexer.engines.doc_sets import DocSet, Documents, Mask, Scores
from indexer.engines.facets import FacetColumn
from indexer.engines.groups import GroupColumn
from indexer.engines.scoring import DENSE, K1, SMALL, STEP, B, Impacts, Looked, Values, shares_of
from indexer.engines.whoosh.commits import Commit
from indexer.engines.whoosh.impact_cache import ImpactCache
from indexer.engines.whoosh.placed import PlacedDocuments
from indexer.engines.whoosh.postings import Counts, Numbers
from indexer.engines.whoosh.segments import OpenSegment, Segment
from indexer.engines.whoosh.term_places import TermPlaces
from indexer.engines.whoosh.token_texts import TextBlock
from indexer.meanings.vector_table import Rows, VectorTable

_CACHED_NUMBERS = 1 << 14
_CACHED_LISTS = 64
_READ_WHOLE = 32
"""Where a common term is looked up among more than one document in so many, it is read whole and kept."""
CACHED_FREQUENCIES = 1 << 16
"""Frequencies that are kept of each field."""


class CommitArrays:
    """`term_at_a_time.Postings` over one commit; safe to share between threads.

    Documents are numbered through all segments.
    """

    def __init__(self, commit: Commit, segments: list[Segment]) -> None:
        self.commit = commit.name
        self._commit = commit
        self._fields = commit.fields
        self._segments = segments
        self._offsets = [segment.offset for segment in segments]
        self._size = sum(segment.count for segment in segments)
        self._lock = RLock()
        self._impacts = ImpactCache()
        self._totals: dict[Term, int] = {}
        self._frequencies: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._terms = TermPlaces(segments)
        # Weak: an object that holds itself is freed late, and its files stay open until then.
        self._placed = PlacedDocuments(proxy(self), self._size)
        self._norms: dict[str, Scores] = {}
        self._facets: dict[str, FacetColumn] = {}
        self._groups: GroupColumn | None = None
        self._rows: tuple[VectorTable, Rows] | None = None
        self._numbers_of: dict[str, NDArray[Any]] = {}
        self._known: dict[str, int] = {}
        self._lists: OrderedDict[Listed, Documents] = OrderedDict()
        self._live: Mask = np.ones(self._size, dtype=np.bool_)
        for segment in segments:
            self._live[segment.deleted + segment.offset] = False
        self._dead = np.flatnonzero(~self._live)

    def live(self) -> Mask:
        """Which document numbers are in use."""
        return self._live

    def postings(self, field: str, term: str) -> tuple[Numbers, Counts]:
        """Documents that hold a term and its weighted count in each; deleted ones are among them."""
        parts = [place.postings() for place in self._terms.of(field, term)]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint8)
        documents, counts = zip(*parts, strict=True)
        return np.concatenate(documents), np.concatenate(counts)

    def impacts(self, term: Term) -> Impacts:
        """The impacts of a term or a group of spellings on the documents in use; kept."""
        if (found := self._impacts.get(term)) is None:
            found = self._make_impacts(term)
            self._impacts.put(term, found)
        return found

    def total(self, term: Term) -> int:
        """How many documents in use hold a term or any of a group of spellings; kept."""
        if (known := self._totals.get(term)) is None:
            if self._size <= SMALL or term.phrases:
                known = self.impacts(term).documents.total
            else:
                known = self._terms.total(term)
            if len(self._totals) > _CACHED_NUMBERS:
                self._totals = {}
            self._totals[term] = known
        return known

    def looked(self, term: Term) -> Looked:
        """A term or a group of spellings, to be looked up among some documents in use."""
        impacts = self._impacts.get(term)
        if impacts is None and (self._size <= SMALL or term.phrases):
            impacts = self.impacts(term)
        return impacts or _TermLookUp(self, term)

    def prepare(self, terms: Sequence[Term]) -> None:
        """Find terms together that will be asked for one by one."""
        of_fields: defaultdict[str, list[str]] = defaultdict(list)
        for term in terms:
            if term not in self._totals:
                of_fields[term.field] += term.terms
        for field, its in of_fields.items():
            self._terms.of_all(field, its)

    def counts_among(self, term: Term, numbers: Documents) -> Values:
        """How often some documents in use, ascending, hold a term or any of a group of spellings."""
        return self._terms.counts_among(term, numbers)

    def _make_impacts(self, term: Term) -> Impacts:
        is_large = self._size > SMALL
        norms = self.norms(term.field)
        if self._is_rare(term):
            documents, values = self._listed_counts(term)
        else:
            levels = self._spread(term)
            total = int(np.count_nonzero(levels != 0))
            if is_large and total * DENSE > self._size:
                return Impacts(DocSet(None, levels, total), levels, norms)
            documents = np.flatnonzero(levels != 0)
            values = levels[documents]
        if is_large:
            return Impacts(DocSet.listed(documents), values, norms)
        steps = np.rint(shares_of(values, norms[documents]) / STEP).astype(np.uint16)
        steps = np.maximum(steps, np.uint16(1))
        if len(documents) * DENSE <= self._size:
            return Impacts(DocSet.listed(documents), steps)
        levels = np.zeros(self._size, dtype=np.uint16)
        levels[documents] = steps
        return Impacts(DocSet(None, levels, len(documents)), levels)

    def _is_rare(self, term: Term) -> bool:
        """Whether it is no group, and few documents hold it."""
        if len(term.terms) != 1 or term.phrases:
            return False
        return self._terms.frequencies(term.field, term.terms)[0] * DENSE <= self._size

    def _listed_counts(self, term: Term) -> tuple[Documents, Counts]:
        """The documents in use that hold a term, and its count in each."""
        documents, counts = self.postings(term.field, term.terms[0])
        numbers = documents.astype(np.int64)
        if len(self._dead) and len(numbers):
            places = np.searchsorted(numbers, self._dead)
            places[places == len(numbers)] = 0
            if len(lost := places[numbers[places] == self._dead]):
                numbers, counts = np.delete(numbers, lost), np.delete(counts, lost)
        return numbers, counts

    def _spread(self, term: Term) -> Values:
        """How often all documents hold a term or any of a group of spellings; 0 for deleted ones."""
        counts = self._terms.counts(term)
        for phrase in term.phrases:
            counts[self.placed(phrase)] += 1
        counts[self._dead] = 0
        return counts

    def often(self, term: Term, least: int) -> Documents:
        """The documents in use that may hold a term so many times at least.

        A place counts once at least: what is counted less often than `least` stands there less often.
        """
        counts = self._spread(replace(term, phrases=()))
        return np.flatnonzero(counts >= least)

    def norms(self, field: str) -> Scores:
        """k1 (1 - b + b length / mean length) for every document; k1 where a field has no lengths."""
        with self._lock:
            if field not in self._norms:
                norms = np.full(self._size, K1, dtype=np.float32)
                if field in self._fields.scored and self._size:
                    lengths = self._numbers(f"n_{field}", np.float32)
                    live = lengths[self._live]
                    mean = max(1.0, float(live.mean())) if len(live) else 1.0
                    norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
                self._norms[field] = norms
            return self._norms[field]

    def placed(self, condition: Placed) -> Documents:
        """The documents in use whose tokens match a condition on their places; kept."""
        return self._placed.find(condition)

    def listed(self, condition: Listed) -> Documents:
        """The documents in use that have one of some ids; kept."""
        with self._lock:
            if (found := self._lists.get(condition)) is None:
                numbers = {
                    number for id in condition.ids if (number := self._number(id)) is not None
                }
                found = self._lists[condition] = np.array(sorted(numbers), dtype=np.int64)
                if len(self._lists) > _CACHED_LISTS:
                    self._lists.popitem(last=False)
            else:
                self._lists.move_to_end(condition)
        return found

    def lengths(self) -> NDArray[np.int32]:
        """How long every document is."""
        return self._numbers("length", np.int32)

    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC of every document; `UNDATED` for those without a date."""
        return self._numbers("published", np.int64)

    def published_until(self) -> NDArray[np.int64]:
        """The last second that `published` may mean, for every document; `UNDATED` for those without."""
        return self._numbers("published_until", np.int64)

    def _numbers(self, name: str, dtype: DTypeLike) -> NDArray[Any]:
        with self._lock:
            if name not in self._numbers_of:
                parts = [segment.files.numbers(name, dtype) for segment in self._segments]
                joined = np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)
                self._numbers_of[name] = parts[0] if len(parts) == 1 else joined
            return self._numbers_of[name]

    def facet(self, name: str) -> FacetColumn:
        """The values of a facet; raises KeyError when there is no such facet."""
        with self._lock:
            if name not in self._facets:
                if name not in self._fields.facets:
                    raise KeyError(name)
                parts = [segment.files.facet(name) for segment in self._segments]
                self._facets[name] = FacetColumn.joined(parts)
            return self._facets[name]

    def group_column(self) -> GroupColumn:
        """The groups of all documents."""
        with self._lock:
            if self._groups is None:
                parts = [segment.files.groups() for segment in self._segments]
                self._groups = GroupColumn.of(
                    FacetColumn.joined(parts), self._live, self._numbers_of_ids
                )
            return self._groups

    def _values(self, column: str, numbers: Sequence[int]) -> list[bytes]:
        """The values of documents in a column."""
        parts = self._by_segment(numbers)
        return [value for files, places in parts for value in files.rows(column, places)]

    def _by_segment(self, numbers: Sequence[int]) -> Iterator[tuple[OpenSegment, list[int]]]:
        """Documents in their order, as numbers within their segments."""
        if len(self._segments) == 1:
            yield self._segments[0].files, list(numbers)
            return
        for at, its in groupby(numbers, key=lambda one: bisect_right(self._offsets, one) - 1):
            segment = self._segments[at]
            yield segment.files, [number - segment.offset for number in its]

    def ids(self, numbers: list[int]) -> list[str]:
        """The ids of documents."""
        ids = [id for files, places in self._by_segment(numbers) for id in files.ids(places)]
        if len(self._known) > _CACHED_NUMBERS:
            self._known = {}
        # Their records and tokens are asked for next.
        self._known.update(zip(ids, numbers, strict=True))
        return ids

    def hashes_of(self, numbers: Sequence[int]) -> list[TokenHashes]:
        """The token hashes of documents by their numbers."""
        return [np.frombuffer(row, dtype=np.uint32) for row in self._values("tokens", numbers)]

    def rows_of(self, column: str, documents: Documents) -> list[bytes]:
        """The values of documents in a column that is read row by row."""
        return self._values(column, documents.tolist())

    def texts_of(self, documents: Documents, *, with_scopes: bool) -> Iterator[TextBlock]:
        """The texts of some documents, block after block; other documents may be among them."""
        for segment in self._segments:
            first, last = np.searchsorted(
                documents, (segment.offset, segment.offset + segment.count)
            )
            local = documents[first:last] - segment.offset
            for block in segment.files.texts.of(local, with_scopes=with_scopes):
                yield block._replace(documents=block.documents + segment.offset)

    def _numbers_of_ids(self, ids: Sequence[str]) -> Documents:
        """The numbers of the documents in use with some ids, -1 for none; kept from commit to commit."""
        found = np.full(len(ids), -1, dtype=np.int64)
        for segment in self._segments:
            for at, numbers in enumerate(segment.files.numbers_of(ids)):
                if numbers is not None:
                    its = numbers.astype(np.int64) + segment.offset
                    if len(alive := its[self._live[its]]):
                        found[at] = alive[-1]
        return found

    def _number(self, id: str) -> int | None:
        if (known := self._known.get(id)) is not None:
            return known
        documents, _ = self.postings("id", id)
        alive = documents[self._live[documents]]
        return int(alive[-1]) if len(alive) else None


class _TermLookUp:
    """`Looked` of a term in the postings."""

    def __init__(self, arrays: CommitArrays, term: Term) -> None:
        self._arrays, self._term = arrays, term

    @property
    def norms(self) -> Scores:
        """See `scoring.Looked`."""
        return self._arrays.norms(self._term.field)

    def among(self, numbers: Documents) -> Values:
        """See `scoring.Looked`."""
        arrays, term = self._arrays, self._term
        size = len(arrays.live())
        if len(numbers) * _READ_WHOLE > size and arrays.total(term) * DENSE > size:
            return arrays.impacts(term).among(numbers)
        return arrays.counts_among(term, numbers)
