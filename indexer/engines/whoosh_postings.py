"""One state of a Whoosh index as arrays: postings, lengths, dates and facets, each read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import TermNotFound

from indexer.engines.base import Phrase
from indexer.engines.evaluation import K1, B, Documents, Mask, Scores, holds_phrase

_CACHED_POSTINGS = 16_000_000
"""Postings kept in memory, 12 bytes each."""
_CACHED_PHRASES = 256


class WhooshPostings:
    """`evaluation.Postings` over a Whoosh reader; safe to share between threads."""

    def __init__(self, reader: Any, generation: int) -> None:
        self.generation = generation
        self._reader = reader
        self._lock = Lock()
        self._cached: OrderedDict[tuple[str, str], tuple[Documents, Scores]] = OrderedDict()
        self._cached_size = 0
        self._phrases: OrderedDict[Phrase, Documents] = OrderedDict()
        self._norms: dict[str, Scores] = {}
        self._facets: dict[str, tuple[NDArray[np.int32], list[str]]] = {}
        self._published: NDArray[np.int64] | None = None
        self._live: Mask | None = None

    def close(self) -> None:
        """Release the reader's files."""
        self._reader.close()

    def live(self) -> Mask:
        """Which document numbers are in use."""
        if self._live is None:
            live = np.zeros(self._reader.doc_count_all(), dtype=np.bool_)
            live[np.fromiter(self._reader.all_doc_ids(), dtype=np.int64)] = True
            self._live = live
        return self._live

    def postings(self, field: str, term: str) -> tuple[Documents, Scores]:
        """Documents that hold a term and its weighted count in each; read once, then remembered."""
        key = (field, term)
        with self._lock:
            if (found := self._cached.get(key)) is not None:
                self._cached.move_to_end(key)
                return found
            found = self._read_postings(field, term)
            self._cached[key] = found
            self._cached_size += len(found[0]) + 100
            while self._cached_size > _CACHED_POSTINGS and len(self._cached) > 1:
                _, (dropped, _) = self._cached.popitem(last=False)
                self._cached_size -= len(dropped) + 100
        return found

    def _read_postings(self, field: str, term: str) -> tuple[Documents, Scores]:
        try:
            matcher = self._reader.postings(f"t_{field}", term)
        except TermNotFound:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        documents: list[int] = []
        counts: list[float] = []
        while matcher.is_active():
            documents.append(matcher.id())
            counts.append(matcher.weight())
            matcher.next()
        return np.array(documents, dtype=np.int64), np.array(counts, dtype=np.float32)

    def _column(self, name: str) -> Any:
        return self._reader.column_reader(name)

    def norms(self, field: str) -> Scores:
        """k1 (1 - b + b length / mean length) for every document; k1 where a field has no lengths."""
        with self._lock:
            if field not in self._norms:
                count = self._reader.doc_count_all()
                norms = np.full(count, K1, dtype=np.float32)
                if f"n_{field}" in self._reader.schema and count:
                    lengths = np.fromiter(self._column(f"n_{field}"), dtype=np.float32, count=count)
                    mean = (
                        max(1.0, float(lengths[self.live()].mean())) if self.live().any() else 1.0
                    )
                    norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
                self._norms[field] = norms
            return self._norms[field]

    def phrase(self, phrase: Phrase, candidates: Documents) -> Documents:
        """The candidates whose token array holds the phrase; remembered."""
        with self._lock:
            if (found := self._phrases.get(phrase)) is not None:
                self._phrases.move_to_end(phrase)
                return found
            column = self._column("tokens")
            found = np.array(
                [
                    number
                    for number in candidates
                    if holds_phrase(
                        np.frombuffer(column[int(number)], dtype=np.uint32), phrase.positions
                    )
                ],
                dtype=np.int64,
            )
            self._phrases[phrase] = found
            if len(self._phrases) > _CACHED_PHRASES:
                self._phrases.popitem(last=False)
            return found

    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC of every document; `UNDATED` for those without a date."""
        with self._lock:
            if self._published is None:
                count = self._reader.doc_count_all()
                self._published = (
                    np.fromiter(self._column("published"), dtype=np.int64, count=count)
                    if count
                    else np.zeros(0, dtype=np.int64)
                )
            return self._published

    def facet_names(self) -> list[str]:
        """Names of the facets."""
        return [name[2:] for name in self._reader.schema.names() if name.startswith("f_")]

    def facet(self, name: str) -> tuple[NDArray[np.int32], list[str]]:
        """For every document the index of its value, and the values."""
        with self._lock:
            if name not in self._facets:
                codes: dict[bytes, int] = {}
                count = self._reader.doc_count_all()
                column = self._column(f"f_{name}") if count else ()
                numbers = np.fromiter(
                    (codes.setdefault(value, len(codes)) for value in column),
                    dtype=np.int32,
                    count=count,
                )
                self._facets[name] = numbers, [value.decode("utf-8") for value in codes]
            return self._facets[name]

    def id(self, number: int) -> str:
        """The id of a document."""
        with self._lock:
            return str(self._reader.stored_fields(number)["id"])

    def record(self, id: str) -> bytes | None:
        """A document's record, or None."""
        with self._lock:
            try:
                matcher = self._reader.postings("id", id)
            except TermNotFound:
                return None
            return bytes(self._column("record")[matcher.id()]) if matcher.is_active() else None

    def stored_fields(self) -> Iterator[dict[str, str]]:
        """Stored fields of every document in use."""
        yield from (fields for _, fields in self._reader.iter_docs())

    def terms(self, field: str, prefix: str) -> Iterator[str]:
        """The terms of a field that begin with `prefix`."""
        for term in self._reader.expand_prefix(f"t_{field}", prefix):
            yield term.decode("utf-8", "surrogatepass")
