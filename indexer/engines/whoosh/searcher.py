"""One state of a Whoosh index as arrays: postings where they lie in the files, columns read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from heapq import merge
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from indexer.engines.base import Origin, Phrase, Stored, Term, TokenArray
from indexer.engines.columns import FacetColumn
from indexer.engines.evaluation import DENSE, FINE_STEP, K1, STEP, B, Impacts, hold_phrase
from indexer.engines.matches import Documents, Mask, Matches, Scores, intersection
from indexer.engines.whoosh.postings import Counts, Numbers
from indexer.engines.whoosh.remembered import ImpactMemory
from indexer.engines.whoosh.schema import unpack_starts
from indexer.engines.whoosh.segments import Segment, SegmentMemory, join_columns

_CACHED_PHRASES = 256
_PHRASE_BLOCK = 512


class IndexState:
    """`evaluation.Postings` over one commit of a Whoosh index; safe to share between threads.

    Documents are numbered through all segments.
    """

    def __init__(self, reader: Any, generation: int, memory: SegmentMemory) -> None:
        self.generation = generation
        self._reader = reader
        self._lock = RLock()
        self._segments = [
            Segment(leaf, offset, memory)
            for leaf, offset in reader.leaf_readers()
            if leaf.doc_count_all()
        ]
        self._columns = join_columns(self._segments)
        self._remembered = ImpactMemory()
        self._phrases: OrderedDict[Phrase, Documents] = OrderedDict()
        self._norms: dict[str, Scores] = {}
        self._facets: dict[str, FacetColumn] = {}
        self._published: NDArray[np.int64] | None = None
        self._until: NDArray[np.int64] | None = None
        self._live: Mask | None = None
        self._has_deleted = False

    def close(self) -> None:
        """Release the reader's files."""
        self._reader.close()

    def count(self) -> int:
        """How many documents are in use."""
        return int(self._reader.doc_count())

    def live(self) -> Mask:
        """Which document numbers are in use."""
        with self._lock:
            if self._live is None:
                live = np.ones(self._reader.doc_count_all(), dtype=np.bool_)
                for leaf, offset in self._reader.leaf_readers() if len(live) else ():
                    deleted = np.fromiter(leaf.deleted_docs_set or (), dtype=np.int64)
                    live[deleted + offset] = False
                self._live = live
                self._has_deleted = not live.all()
            return self._live

    def postings(self, field: str, term: str) -> tuple[Numbers, Counts]:
        """Documents that hold a term and its weighted count in each; deleted ones are among them."""
        encoded = term.encode("utf-8", "surrogatepass")
        parts = [
            (segment.offset, found)
            for segment in self._segments
            if (found := segment.terms.postings(f"t_{field}", encoded)) is not None
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
        """What a term, or a group of spellings, earns the documents in use; remembered."""
        if (found := self._remembered.get(term)) is None:
            found = self._make_impacts(term)
            self._remembered.put(term, found)
        return found

    def _make_impacts(self, term: Term) -> Impacts:
        found = [one for text in term.terms if len((one := self.postings(term.field, text))[0])]
        for phrase in term.phrases:
            holding = self.phrase(phrase)
            found.append((holding.astype(np.uint32), np.ones(len(holding), dtype=np.uint8)))
        live, norms = self.live(), self.norms(term.field)
        documents, counts = _sum_of(found, len(live))
        if self._has_deleted:
            counts = counts[live[documents]]
            documents = documents[live[documents]]
        shares = counts / (counts + norms[documents])
        if len(documents) * DENSE > len(live):
            levels = np.zeros(len(live), dtype=np.uint8)
            levels[documents] = np.maximum(np.rint(shares / STEP), 1)
            return Impacts(Matches(None, levels, len(documents)), np.zeros(0, dtype=np.uint16))
        return Impacts(Matches.listed(documents), _steps(shares))

    def norms(self, field: str) -> Scores:
        """k1 (1 - b + b length / mean length) for every document; k1 where a field has no lengths."""
        with self._lock:
            if field not in self._norms:
                count = self._reader.doc_count_all()
                norms = np.full(count, K1, dtype=np.float32)
                if f"n_{field}" in self._reader.schema and count:
                    lengths = self._numbers(f"n_{field}", np.float32)
                    mean = (
                        max(1.0, float(lengths[self.live()].mean())) if self.live().any() else 1.0
                    )
                    norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
                self._norms[field] = norms
            return self._norms[field]

    def phrase(self, phrase: Phrase) -> Documents:
        """The documents in use whose token array holds the phrase; remembered."""
        with self._lock:
            if (found := self._phrases.get(phrase)) is not None:
                self._phrases.move_to_end(phrase)
                return found
        sets = [self.impacts(term).matches for term in (*phrase.terms, *phrase.hints)]
        candidates = intersection(sets).numbers()
        found = np.zeros(0, dtype=np.int64)
        for first in range(0, len(candidates), _PHRASE_BLOCK):
            block = candidates[first : first + _PHRASE_BLOCK]
            holding = hold_phrase(self.tokens(block.tolist()), phrase.positions)
            found = np.concatenate((found, block[holding]))
        with self._lock:
            self._phrases[phrase] = found
            if len(self._phrases) > _CACHED_PHRASES:
                self._phrases.popitem(last=False)
            return found

    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC of every document; `UNDATED` for those without a date."""
        with self._lock:
            if self._published is None:
                self._published = self._numbers("published", np.int64)
            return self._published

    def published_until(self) -> NDArray[np.int64]:
        """The last second that `published` may mean, for every document; `UNDATED` for those without."""
        with self._lock:
            if self._until is None:
                self._until = self._numbers("published_until", np.int64)
            return self._until

    def _numbers(self, name: str, dtype: DTypeLike) -> NDArray[Any]:
        parts = [segment.numbers(name, dtype) for segment in self._segments]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)

    def facet(self, name: str) -> FacetColumn:
        """The values of a facet; raises KeyError when there is no such facet."""
        with self._lock:
            if name not in self._facets:
                parts = [segment.facet(name) for segment in self._segments]
                self._facets[name] = FacetColumn.joined(parts)
            return self._facets[name]

    def ids(self, numbers: list[int]) -> list[str]:
        """The ids of documents."""
        if not numbers:
            return []
        column = self._columns["id"]
        return [column[number].decode("utf-8") for number in numbers]

    def records(self, numbers: list[int]) -> list[bytes]:
        """The records of documents."""
        return [bytes(self._columns["record"][number]) for number in numbers]

    def find(self, id: str) -> Stored | None:
        """What is kept of the document with an id, if there is one."""
        number = self._number(id)
        return None if number is None else self.stored([number])[0]

    def tokens(self, numbers: list[int]) -> list[TokenArray]:
        """The token arrays of documents."""
        if not numbers:
            return []
        column = self._columns["tokens"]
        return [np.frombuffer(column[number], dtype=np.uint32) for number in numbers]

    def stored(self, numbers: list[int]) -> list[Stored]:
        """What is shown of documents."""
        tokens = self.tokens(numbers)
        starts = self._columns["starts"] if numbers else []
        return [
            Stored(record, its_tokens, unpack_starts(starts[number], len(its_tokens)))
            for number, record, its_tokens in zip(
                numbers, self.records(numbers), tokens, strict=True
            )
        ]

    def _number(self, id: str) -> int | None:
        documents, _ = self.postings("id", id)
        alive = documents[self.live()[documents]]
        return int(alive[-1]) if len(alive) else None

    def origins(self) -> Iterator[Origin]:
        """Where every document in use came from."""
        live = self.live()
        names = ("id", "digest", "origin")
        columns = [self._columns[name] for name in names] if len(live) else []
        for number, values in enumerate(zip(*columns, strict=True)):
            if live[number]:
                yield Origin(*(value.decode("utf-8", "surrogatepass") for value in values))

    def terms(self, field: str, prefix: str) -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, sorted, and how many documents hold each."""
        encoded = prefix.encode("utf-8", "surrogatepass")
        found = [one.terms.counted_terms(f"t_{field}", encoded) for one in self._segments]
        counted = found[0] if len(found) == 1 else _add_up(merge(*found))
        for term, count in counted:
            yield term.decode("utf-8", "surrogatepass"), count

    def verify(self) -> None:
        """Check every postings file; raises ArchiveError."""
        for segment in self._segments:
            segment.terms.verify()


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
    """Shares from 0 to 1 in steps of `FINE_STEP`."""
    steps: NDArray[np.uint16] = np.rint(shares / FINE_STEP).astype(np.uint16)
    return steps
