"""One commit of a Whoosh index as arrays: postings where they lie in the files, columns read once."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from heapq import merge
from itertools import groupby
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from indexer.engines.base import EngineResult, Interval, Origin, Plan
from indexer.engines.capabilities import Near, TokenArrays, TokenHashes
from indexer.engines.columns import FacetColumn, sums_over_time
from indexer.engines.conditions import Listed, Spot, Term
from indexer.engines.doc_sets import DocSet, Documents, Mask, Scores
from indexer.engines.groups import GroupColumn
from indexer.engines.term_at_a_time import DENSE, K1, STEP, B, Impacts, run_plan
from indexer.engines.token_hashes import unpack_starts
from indexer.engines.whoosh.commits import Commit
from indexer.engines.whoosh.impact_cache import ImpactCache
from indexer.engines.whoosh.nearest import nearest
from indexer.engines.whoosh.placed import Placed, PlacedDocuments
from indexer.engines.whoosh.postings import Counts, Numbers
from indexer.engines.whoosh.results import answer, order
from indexer.engines.whoosh.segments import OpenSegment, Segment
from indexer.engines.whoosh.sketches import sharing
from indexer.engines.whoosh.token_texts import TextBlock
from indexer.meanings.embedder import Vectors
from indexer.meanings.vector_table import Rows, VectorTable

_CACHED_NUMBERS = 1 << 14
_CACHED_LISTS = 64


class WhooshSearcher:
    """`Searcher` and `term_at_a_time.Postings` over one commit; safe to share between threads.

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
        self._placed = PlacedDocuments(self, self._size)
        self._norms: dict[str, Scores] = {}
        self._facets: dict[str, FacetColumn] = {}
        self._groups: GroupColumn | None = None
        self._rows: tuple[VectorTable, Rows] | None = None
        self._numbers_of: dict[str, NDArray[Any]] = {}
        self._known: dict[str, int] = {}
        self._lists: OrderedDict[Listed, Documents] = OrderedDict()
        self._live: Mask = np.ones(self._size, dtype=np.bool_)
        for segment in segments:
            self._live[np.array(segment.deleted, dtype=np.int64) + segment.offset] = False
        self._has_deleted = not self._live.all()

    def count(self) -> int:
        """How many documents are in use."""
        return int(np.count_nonzero(self._live))

    def search(self, plan: Plan) -> EngineResult:
        """Run a plan."""
        return answer(plan, self)

    def live(self) -> Mask:
        """Which document numbers are in use."""
        return self._live

    def postings(self, field: str, term: str) -> tuple[Numbers, Counts]:
        """Documents that hold a term and its weighted count in each; deleted ones are among them."""
        encoded = _encoded(term)
        parts = [
            (segment.offset, found)
            for segment in self._segments
            if (found := segment.files.terms.postings(f"t_{field}", encoded)) is not None
        ]
        if len(parts) == 1:
            offset, (documents, counts) = parts[0]
            return (documents + np.uint32(offset) if offset else documents), counts
        if not parts:
            return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint8)
        return (
            np.concatenate([documents + np.uint32(offset) for offset, (documents, _) in parts]),
            np.concatenate([counts for _, (_, counts) in parts]),
        )

    def impacts(self, term: Term) -> Impacts:
        """The impacts of a term or a group of spellings on the documents in use; kept."""
        if (found := self._impacts.get(term)) is None:
            found = self._make_impacts(term)
            self._impacts.put(term, found)
        return found

    def _make_impacts(self, term: Term) -> Impacts:
        found = [one for text in term.terms if len((one := self.postings(term.field, text))[0])]
        for phrase in term.phrases:
            holding = self.placed(phrase)
            found.append((holding.astype(np.uint32), np.ones(len(holding), dtype=np.uint8)))
        live, norms = self._live, self.norms(term.field)
        documents, counts = _sum_of(found, len(live))
        if self._has_deleted:
            counts = counts[live[documents]]
            documents = documents[live[documents]]
        shares = counts / (counts + norms[documents])
        if len(documents) * DENSE > len(live):
            levels = np.zeros(len(live), dtype=np.uint16)
            levels[documents] = np.maximum(np.rint(shares / STEP), 1)
            return Impacts(DocSet(None, levels, len(documents)), np.zeros(0, dtype=np.uint16))
        return Impacts(DocSet.listed(documents), _steps(shares))

    def often(self, term: Term, least: int) -> Documents:
        """The documents in use that may hold a term so many times at least.

        A place counts once at least: what is counted less often than `least` stands there less often.
        """
        found = [one for text in term.terms if len((one := self.postings(term.field, text))[0])]
        documents, counts = _sum_of(found, self._size)
        return documents[(counts >= least) & self._live[documents]]

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

    def narrowed(self, ids: Sequence[str]) -> WhooshSearcher:
        """A searcher over the segments that hold some documents; see `capabilities.CanNarrow`."""
        listed = Listed(tuple(ids))
        numbers = self.listed(listed)
        places = np.searchsorted(self._offsets, numbers, side="right") - 1
        chosen, moved, offset = [], numbers.copy(), 0
        for at in np.unique(places).tolist():
            segment = self._segments[at]
            moved[places == at] += offset - segment.offset
            chosen.append(replace(segment, offset=offset))
            offset += segment.count
        few = WhooshSearcher(self._commit, chosen)
        few._lists[listed] = moved
        return few

    def picked(self, plan: Plan, places: Sequence[int]) -> list[str]:
        """The ids of the hits at some places; see `capabilities.CanPick`."""
        if not places:
            return []
        plan = replace(plan, offset=0, limit=places[-1] + 1)
        matched = run_plan(plan, self)
        groups = self.group_column() if plan.folded else None
        positions = order(plan, matched, self.published(), groups)[list(places)]
        return self.ids(matched.documents[positions].tolist())

    def matching(self, plan: Plan) -> list[str]:
        """The ids of all documents that match a plan; see `capabilities.CanPick`."""
        return self.ids(run_plan(plan, self).documents.tolist())

    def occurrences(self, plan: Plan, part: Spot | None) -> dict[date, int]:
        """How often a part stands in documents, by time; see `capabilities.CountsOccurrences`."""
        documents = run_plan(plan, self).documents
        if part is None:
            weights = self.lengths()[documents].astype(np.int64)
        else:
            wanted = np.zeros(self._size, dtype=np.bool_)
            wanted[documents] = True
            documents, weights = self._placed.counts(part)
            kept = wanted[documents]
            documents, weights = documents[kept], weights[kept]
        return sums_over_time(
            self.published()[documents],
            self.published_until()[documents],
            weights,
            plan.interval or Interval.YEAR,
            plan.utc_offset,
        )

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
                named = FacetColumn.joined(parts) if parts else FacetColumn.of([])
                self._groups = GroupColumn.of(named, self._live, self._number)
            return self._groups

    def groups(self, ids: Sequence[str]) -> list[str | None]:
        """The name of each document's group; None where there is no such document."""
        found: list[str | None] = []
        for id in ids:
            number = self._number(id)
            if number is None:
                found.append(None)
                continue
            segment = self._segments[bisect_right(self._offsets, number) - 1]
            named, place = segment.files.groups(), number - segment.offset
            first, end = named.begins[place : place + 2].tolist()
            found.append(named.values[named.codes[first]] if end > first else id)
        return found

    def members(self, groups: Sequence[str]) -> list[tuple[str, ...]]:
        """The ids of the documents that were put into each group."""
        columns = [(one.files.groups(), one.offset) for one in self._segments]
        found: list[tuple[str, ...]] = []
        for name in groups:
            numbers: list[int] = []
            for named, offset in columns:
                if (code := named.numbers.get(name)) is not None:
                    numbers += (named.holders(code) + offset).tolist()
            found.append(tuple(self.ids([one for one in numbers if self._live[one]])))
        return found

    def sharing(self, sketches: Sequence[Sequence[int]], least: int, most: int) -> list[list[str]]:
        """For each sketch the documents that share numbers with it, those that share most first."""
        segments = [(one.files, one.offset) for one in self._segments]
        return [
            self.ids(numbers) for numbers in sharing(segments, self._live, sketches, least, most)
        ]

    def nearest(self, table: VectorTable, vector: Vectors, plan: Plan, most: int) -> list[Near]:
        """The documents whose vectors are nearest to one; see `capabilities.CanCompareVectors`."""
        return nearest(self, self._rows_in(table), table, vector, plan, most)

    def vector_rows(self, table: VectorTable, ids: Sequence[str]) -> Rows:
        """The row of each document in a table of vectors; -1 for one without a vector."""
        rows = self._rows_in(table)
        numbers = [self._number(id) for id in ids]
        return np.array([-1 if one is None else rows[one] for one in numbers], dtype=np.int64)

    def _rows_in(self, table: VectorTable) -> Rows:
        """The row of each document in a table of vectors; kept for the newest table."""
        known = self._rows
        if known is None or known[0] is not table:
            keys = [segment.files.keys() for segment in self._segments]
            rows = table.rows_of(np.concatenate(keys) if keys else np.zeros(0, np.uint64))
            known = self._rows = table, rows
        return known[1]

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

    def records(self, ids: Sequence[str]) -> list[bytes | None]:
        """The records of documents in the order of `ids`; None where there is no such document."""
        numbers = [self._number(id) for id in ids]
        found = iter(self._values("record", [one for one in numbers if one is not None]))
        return [None if one is None else next(found) for one in numbers]

    def hashes_of(self, numbers: Sequence[int]) -> list[TokenHashes]:
        """The token hashes of documents by their numbers."""
        return [np.frombuffer(row, dtype=np.uint32) for row in self._values("tokens", numbers)]

    def texts_of(self, documents: Documents, *, with_scopes: bool) -> Iterator[TextBlock]:
        """The texts of some documents, block after block; other documents may be among them."""
        for segment in self._segments:
            first, last = np.searchsorted(
                documents, (segment.offset, segment.offset + segment.count)
            )
            local = documents[first:last] - segment.offset
            for block in segment.files.texts.of(local, with_scopes=with_scopes):
                yield block._replace(documents=block.documents + segment.offset)

    def token_hashes(self, ids: Sequence[str]) -> list[TokenHashes | None]:
        """The token hashes of documents in the order of `ids`; None where there is no such document."""
        numbers = [self._number(id) for id in ids]
        found = iter(self.hashes_of([one for one in numbers if one is not None]))
        return [None if one is None else next(found) for one in numbers]

    def token_arrays(self, ids: Sequence[str]) -> list[TokenArrays | None]:
        """The tokens of documents in the order of `ids`; None where there is no such document."""
        numbers = [self._number(id) for id in ids]
        there = [one for one in numbers if one is not None]
        hashes, packed = self.hashes_of(there), self._values("starts", there)
        found = (
            TokenArrays(one, unpack_starts(its, len(one)))
            for one, its in zip(hashes, packed, strict=True)
        )
        return [None if one is None else next(found) for one in numbers]

    def samples(self, term: Term, count: int) -> list[TokenHashes]:
        """Token hashes of some documents that hold a term, spread evenly over all that do."""
        numbers = self.impacts(term).documents.numbers()
        count = min(count, len(numbers))
        places = np.arange(count) * (len(numbers) - 1) // max(1, count - 1)
        return self.hashes_of(numbers[places].tolist())

    def _number(self, id: str) -> int | None:
        if (known := self._known.get(id)) is not None:
            return known
        documents, _ = self.postings("id", id)
        alive = documents[self._live[documents]]
        return int(alive[-1]) if len(alive) else None

    def origins(self) -> Iterator[Origin]:
        """Where every document in use came from."""
        for segment in self._segments:
            columns = [segment.files.values(name) for name in ("id", "digest", "origin")]
            for number, values in enumerate(zip(*columns, strict=True), segment.offset):
                if self._live[number]:
                    yield Origin(*(value.decode("utf-8", "surrogatepass") for value in values))

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents hold each term; deleted ones may be among them."""
        readers = [segment.files.terms for segment in self._segments]
        return [
            sum(one.doc_frequency(f"t_{field}", _encoded(term)) for one in readers)
            for term in terms
        ]

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, sorted, and how many documents hold each."""
        readers = [segment.files.terms for segment in self._segments]
        found = [one.counted_terms(f"t_{field}", _encoded(prefix)) for one in readers]
        counted = found[0] if len(found) == 1 else _add_up(merge(*found))
        for term, count in counted:
            yield term.decode("utf-8", "surrogatepass"), count


def _encoded(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")


def _sum_of(found: list[tuple[Numbers, Counts]], size: int) -> tuple[Documents, Scores]:
    """The documents that any of some terms holds, ascending, and the sum of their counts in each."""
    if len(found) == 1:
        documents, counts = found[0]
        return documents.astype(np.int64), counts.astype(np.float32)
    sums = np.zeros(size, dtype=np.float32)
    for documents, counts in found:
        sums[documents] += counts
    holding = np.flatnonzero(sums)
    return holding, sums[holding]


def _add_up(counted: Iterator[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
    """Sorted terms with one count each."""
    last, total = b"", 0
    for term, count in counted:
        if term == last:
            total += count
            continue
        if last:
            yield last, total
        last, total = term, count
    if last:
        yield last, total


def _steps(shares: Scores) -> NDArray[np.uint16]:
    """Shares from 0 to 1 in steps of `STEP`."""
    steps: NDArray[np.uint16] = np.rint(shares / STEP).astype(np.uint16)
    return steps
