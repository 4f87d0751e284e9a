"""One commit of a Whoosh index as a `Searcher`, with all that this engine can do besides."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from heapq import merge

import numpy as np

from indexer.engines.base import EngineResult, Interval, Origin, Plan
from indexer.engines.capabilities import Near, TermPart, TokenArrays, TokenHashes
from indexer.engines.columns import sums_over_time
from indexer.engines.conditions import Listed, Spot, Term
from indexer.engines.term_at_a_time import run_plan
from indexer.engines.token_hashes import unpack_starts
from indexer.engines.whoosh.codec import encoded_term
from indexer.engines.whoosh.commit_arrays import CACHED_FREQUENCIES, CommitArrays
from indexer.engines.whoosh.frequent_terms import TermRange, most_frequent, sums
from indexer.engines.whoosh.nearest import nearest
from indexer.engines.whoosh.results import answer, order
from indexer.engines.whoosh.sketches import sharing
from indexer.meanings.embedder import Vectors
from indexer.meanings.vector_table import Rows, VectorTable


class WhooshSearcher(CommitArrays):
    """`Searcher` over one commit; safe to share between threads."""

    def count(self) -> int:
        """How many documents are in use."""
        return int(np.count_nonzero(self._live))

    def search(self, plan: Plan) -> EngineResult:
        """Run a plan."""
        return answer(plan, self)

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

    @property
    def private(self) -> frozenset[str]:
        """See `capabilities.CanHide`."""
        return self._commit.private

    @property
    def hidden(self) -> frozenset[str]:
        """See `capabilities.CanHide`."""
        return self._commit.hidden

    def showing(self, private: frozenset[str]) -> WhooshSearcher:
        """The commit as somebody sees it; see `capabilities.CanHide`."""
        hidden = self._commit.private - private
        if not hidden:
            return self
        chosen, offset = [], 0
        for entry, segment in zip(self._commit.segments, self._segments, strict=True):
            if hidden.isdisjoint(entry.private):
                chosen.append((entry, replace(segment, offset=offset)))
                offset += segment.count
        commit = replace(self._commit, segments=tuple(entry for entry, _ in chosen), hidden=hidden)
        return WhooshSearcher(commit, [segment for _, segment in chosen])

    def picked(self, plan: Plan, places: Sequence[int]) -> list[str]:
        """The ids of the hits at some places; see `capabilities.CanPick`."""
        if not places:
            return []
        plan = replace(plan, offset=0, limit=places[-1] + 1)
        matched = run_plan(plan, self)
        groups = self.group_column() if plan.folded else None
        ordered = order(plan, matched, self.published(), groups).places[list(places)]
        return self.ids(matched.documents[ordered].tolist())

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

    def groups(self, ids: Sequence[str]) -> list[str | None]:
        """The name of each document's group; None where there is no such document."""
        found: list[str | None] = []
        for id in ids:
            number = self._number(id)
            if number is None:
                found.append(None)
                continue
            segment = self._segments[bisect_right(self._offsets, number) - 1]
            found.append(segment.files.groups().first_of(number - segment.offset) or id)
        return found

    def members(self, groups: Sequence[str]) -> list[tuple[str, ...]]:
        """The ids of the documents that were put into each group."""
        columns = [(one.files.groups(), one.offset) for one in self._segments]
        found: list[tuple[str, ...]] = []
        for name in groups:
            numbers: list[int] = []
            for named, offset in columns:
                numbers += (named.holders((name,)) + offset).tolist()
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

    def without_vector(self, table: VectorTable) -> int:
        """How many documents have no vector in a table."""
        rows = self._rows_in(table)
        return int(np.count_nonzero((rows < 0) & self._live))

    def _rows_in(self, table: VectorTable) -> Rows:
        """The row of each document in a table of vectors; kept for the newest table."""
        known = self._rows
        if known is None or known[0] is not table:
            keys = [segment.files.keys() for segment in self._segments]
            rows = table.rows_of(np.concatenate(keys) if keys else np.zeros(0, np.uint64))
            known = self._rows = table, rows
        return known[1]

    def records(self, ids: Sequence[str]) -> list[bytes | None]:
        """The records of documents in the order of `ids`; None where there is no such document."""
        numbers = [self._number(id) for id in ids]
        found = iter(self._values("record", [one for one in numbers if one is not None]))
        return [None if one is None else next(found) for one in numbers]

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

    def origins(self) -> Iterator[Origin]:
        """Where every document in use came from."""
        for segment in self._segments:
            columns = [segment.files.values(name) for name in ("id", "digest", "origin")]
            for number, values in enumerate(zip(*columns, strict=True), segment.offset):
                if self._live[number]:
                    yield Origin(*(value.decode("utf-8", "surrogatepass") for value in values))

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents hold each term; deleted ones may be among them; kept."""
        known = self._frequencies[field]
        if len(known) > CACHED_FREQUENCIES:
            # A new table: another thread may read the old one.
            known = self._frequencies[field] = {}
        missing = list({term for term in terms if term not in known})
        known.update(zip(missing, self._terms.frequencies(field, missing), strict=True))
        return [known[term] for term in terms]

    def term_parts(self) -> Sequence[TermPart]:
        """The segments."""
        return [segment.files for segment in self._segments]

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, sorted, and how many documents hold each."""
        name, beginning = f"t_{field}", encoded_term(prefix)
        found = [one.files.postings.counted_terms(name, beginning) for one in self._segments]
        if len(found) == 1:
            counted = found[0]
        elif prefix:
            # Few terms: adding up and sorting them is faster than merging.
            counted = iter(sorted(sums(self._ranges(field, prefix)).items()))
        else:
            counted = _add_up(merge(*found))
        for term, count in counted:
            yield term.decode("utf-8", "surrogatepass"), count

    def frequent_terms(self, field: str, prefix: str) -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, the most frequent first, then as sorted."""
        for term, count in most_frequent(self._ranges(field, prefix)):
            yield term.decode("utf-8", "surrogatepass"), count

    def _ranges(self, field: str, prefix: str) -> list[TermRange]:
        """The terms of a field that begin with `prefix`, in each segment."""
        fields = (one.files.postings.fields.get(f"t_{field}") for one in self._segments)
        return [TermRange.of(one, encoded_term(prefix)) for one in fields if one is not None]


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
