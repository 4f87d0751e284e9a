"""The embedded engine: Whoosh's files, transactions and merges; searched over arrays of its postings."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.index import EmptyIndexError, FileIndex, LockError

from indexer.engines.base import (
    Candidates,
    Document,
    EngineHit,
    EngineResult,
    Order,
    Origin,
    Plan,
    Stored,
    Term,
    TokenArray,
)
from indexer.engines.columns import UNDATED, timeline
from indexer.engines.evaluation import Evaluation, Matched
from indexer.engines.matches import Scores
from indexer.engines.whoosh.schema import make_schema, pack_starts
from indexer.engines.whoosh.searcher import IndexState
from indexer.engines.whoosh.segments import SegmentMemory
from indexer.engines.whoosh.storage import MappedStorage
from indexer.engines.whoosh.trust import check_table
from indexer.engines.whoosh.writer import MEMORY, ArrayWriter
from indexer.errors import ArchiveError

_ATTEMPTS = 50
_YOUNG = 10 * 10**9
"""Nanoseconds."""


class WhooshWriter:
    """`EngineWriter` over one Whoosh transaction."""

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer = writer
        self._names = set(writer.schema.names())

    def put(self, document: Document) -> None:
        """Add a document, in place of the one with its id."""
        self.delete(document.id)
        columns: dict[str, Any] = {
            "id": document.id.encode("utf-8"),
            "digest": document.digest.encode("utf-8"),
            "origin": document.origin.encode("utf-8", "surrogatepass"),
            "record": document.record,
            "tokens": document.tokens.tobytes(),
            "starts": pack_starts(document.starts),
            "published": UNDATED if document.published is None else document.published,
            "published_until": _until(document),
        }
        terms: dict[str, Mapping[str, int]] = {"t_id": {document.id: 1}}
        for name, counts in document.terms.items():
            terms[f"t_{name}"] = counts
            if f"n_{name}" in self._names:
                columns[f"n_{name}"] = sum(counts.values())
        for name, value in document.facets.items():
            columns[f"f_{name}"] = "\n".join(value).encode("utf-8", "surrogatepass")
        self._writer.put(document.id, columns, terms)

    def delete(self, id: str) -> None:
        """Remove the document with this id, if there is one."""
        self._writer.delete_id(id)


class WhooshEngine:
    """`Engine` in one folder, by Whoosh; open one for each process.

    A search reads the newest commit; threads may search at the same time.
    """

    def __init__(self, index: Any) -> None:
        self.memory = MEMORY
        """Bytes that the postings of a transaction may take."""
        self._index = index
        self._seen = (0, 0)
        self._segments = SegmentMemory()
        self._postings = self._read()

    @classmethod
    def create(
        cls, folder: Path, term_fields: Sequence[str], facets: Sequence[str], scored: Sequence[str]
    ) -> WhooshEngine:
        """Make an empty index in a folder that exists.

        Raises:
            ArchiveError: the folder cannot be written.
        """
        try:
            schema = make_schema(term_fields, facets, scored)
            return cls(FileIndex.create(MappedStorage(str(folder)), schema, "MAIN"))
        except OSError as error:
            raise ArchiveError(f"{folder}: cannot be written: {error.strerror}") from error

    @classmethod
    def open(cls, folder: Path) -> WhooshEngine:
        """Open the index in a folder.

        Raises:
            ArchiveError: there is none, or it is damaged.
        """
        try:
            storage = MappedStorage(str(folder))
            check_table(storage, "MAIN")
            return cls(FileIndex(storage, indexname="MAIN"))
        except EmptyIndexError as error:
            raise ArchiveError(
                f"{folder}: there is no index here; run khobao index first"
            ) from error
        except ArchiveError:
            raise
        except Exception as error:  # Whoosh unpickles its files: damage can raise anything
            raise ArchiveError(f"{folder}: the index is damaged: {error}; index it anew") from error

    def close(self) -> None:
        """Release files."""
        self._postings.close()
        self._index.close()

    def generation(self) -> int:
        """Number of the newest commit."""
        changed = os.stat(self._index.storage.folder).st_mtime_ns
        # Clocks of files are coarse: while the folder is young, it may have changed unnoticed.
        if changed != self._seen[0] or time.time_ns() - changed < _YOUNG:
            self._seen = changed, int(self._index.latest_generation())
        return self._seen[1]

    @contextmanager
    def writer(self, *, timeout: float = 5.0, merge_all: bool = False) -> Iterator[WhooshWriter]:
        """One atomic commit at the end, a rollback on an exception.

        Args:
            timeout: seconds to wait for another process that writes.
            merge_all: merge all segments into one at the commit.

        Raises:
            ArchiveError: another process is still writing.
        """
        try:
            writer = ArrayWriter(self._index, memory=self.memory, timeout=timeout)
        except LockError as error:
            raise ArchiveError(
                "another process is writing to the archive; wait until it is done"
            ) from error
        try:
            yield WhooshWriter(writer)
        except BaseException:
            writer.cancel()
            raise
        writer.commit(optimize=merge_all)

    def _current(self) -> IndexState:
        """Postings of the newest commit; those of the one before stay usable to who holds them."""
        if self._postings.generation != self.generation():
            self._postings = self._read()
        return self._postings

    def _read(self) -> IndexState:
        """Open the newest commit.

        Raises:
            ArchiveError: a file is missing, or commits follow each other faster than they can be opened.
        """
        for _ in range(_ATTEMPTS):
            generation = self.generation()
            try:
                state = IndexState(self._index.reader(), generation, self._segments)
            except (FileNotFoundError, ArchiveError) as error:
                if self.generation() != generation:
                    continue
                if isinstance(error, ArchiveError):
                    raise
                raise ArchiveError(f"{error.filename}: is missing; index it anew") from error
            # A commit removes the files of the one before only after it has its own number: while
            # the number stays, every file that was opened was there.
            if self.generation() == generation:
                return state
            state.close()
        raise ArchiveError("the archive changes too fast to be read; try again")

    def search(self, plan: Plan) -> EngineResult:
        """Run a plan."""
        index = self._current()
        matched = Evaluation(index).run(plan)
        places, scores, parts = _page(plan, matched, index)
        documents = matched.documents[places]
        numbers = documents.tolist()
        nothing = [None] * len(numbers)
        hits = map(
            EngineHit,
            index.ids(numbers),
            scores.tolist(),
            matched.missing(documents),
            index.stored(numbers) if plan.with_records else nothing,
            parts if plan.explain else nothing,
        )
        interval, timed = timeline(
            index.published()[matched.documents],
            index.published_until()[matched.documents],
            plan.interval,
        )
        return EngineResult(
            total=len(matched.documents),
            total_all=int(np.count_nonzero(matched.complete)),
            clause_totals=tuple(clause.total for clause in matched.clauses),
            hits=tuple(hits),
            facets={
                name: index.facet(name).counts(matched.documents, most)
                for name, most in plan.facets.items()
            },
            interval=interval,
            timeline=timed,
        )

    def get(self, ids: Iterable[str]) -> list[Stored | None]:
        """What is kept of documents in the order of `ids`; None where there is no such document."""
        index = self._current()
        return [index.find(id) for id in ids]

    def compact(self) -> None:
        """Merge all segments into one."""
        with self.writer(merge_all=True):
            pass

    def verify(self) -> None:
        """Check every postings file; raises ArchiveError."""
        self._current().verify()

    def origins(self) -> list[Origin]:
        """Where every document came from."""
        return list(self._current().origins())

    def count(self) -> int:
        """How many documents there are."""
        return self._current().count()

    def frequencies(self, field: str, terms: Iterable[str]) -> list[int]:
        """How many documents hold each term."""
        index = self._current()
        return [len(index.postings(field, term)[0]) for term in terms]

    def samples(self, term: Term, count: int) -> list[TokenArray]:
        """Token arrays of some documents that hold a term, spread evenly over all that do."""
        index = self._current()
        numbers = index.impacts(term).matches.numbers()
        step = max(1, len(numbers) // count)
        return index.tokens(numbers[::step][:count].tolist())

    def terms(self, field: str, prefix: str = "") -> Iterable[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, sorted, and how many documents hold each."""
        return self._current().terms(field, prefix)


def _page(
    plan: Plan, matched: Matched, index: IndexState
) -> tuple[NDArray[np.int64], Scores, list[dict[str, float]]]:
    """Positions in `matched` of the plan's page, their scores, and what these are the sum of."""
    end = plan.offset + plan.limit
    if plan.reranker is None or plan.order is not Order.SCORE or plan.offset >= plan.reranker.count:
        page = _ordered(plan, matched, index, end)[plan.offset :]
        return page, matched.scores[page], _first_parts(matched, page)
    first = _ordered(plan, matched, index, max(end, plan.reranker.count))
    best, rest = first[: plan.reranker.count], first[plan.reranker.count :]
    rescored = plan.reranker.rescore(
        Candidates(
            matched.scores[best] - matched.boosts[best] - _recency(matched, best),
            matched.boosts[best],
            index.tokens(matched.documents[best].tolist()),
            matched.index_size,
            tuple(clause.total for clause in matched.clauses),
        )
    )
    scores = rescored.scores + _recency(matched, best)
    order = np.argsort(-scores, kind="stable")
    shown = slice(plan.offset, end)
    parts = [
        dict(zip(rescored.names, rescored.parts[at].tolist(), strict=True))
        | _recency_part(matched, best[at : at + 1])
        for at in order[shown].tolist()
        if plan.explain
    ]
    return (
        np.concatenate((best[order], rest))[shown],
        np.concatenate((scores[order], matched.scores[rest]))[shown],
        parts + _first_parts(matched, rest)[: max(0, end - len(order))],
    )


def _first_parts(matched: Matched, page: NDArray[np.int64]) -> list[dict[str, float]]:
    """The parts of scores of the first step."""
    boosts = matched.boosts[page].tolist()
    clauses = (matched.scores[page] - matched.boosts[page] - _recency(matched, page)).tolist()
    return [
        {"syllables": score, "pairs": boost} | _recency_part(matched, page[at : at + 1])
        for at, (score, boost) in enumerate(zip(clauses, boosts, strict=True))
    ]


def _recency(matched: Matched, places: NDArray[np.int64]) -> Scores | np.float32:
    """What being new earned."""
    return np.float32(0) if matched.recency is None else matched.recency[places]


def _recency_part(matched: Matched, place: NDArray[np.int64]) -> dict[str, float]:
    """The same of one document, where it counts."""
    return {} if matched.recency is None else {"recency": float(matched.recency[place][0])}


def _ordered(plan: Plan, matched: Matched, index: IndexState, end: int) -> NDArray[np.int64]:
    """Positions in `matched` of the first `end` hits; ties: newest, then the latest added."""
    if not end:
        return np.zeros(0, dtype=np.int64)
    candidates = np.arange(len(matched.documents))
    if plan.order is Order.SCORE and not plan.complete_first and 0 < end < len(candidates):
        # Everything that scores as the page's last hit or better; the rest need not be sorted.
        least = np.partition(matched.scores, len(candidates) - end)[len(candidates) - end]
        candidates = np.flatnonzero(matched.scores >= least)
    documents = matched.documents[candidates]
    published = index.published()[documents]
    undated = published == UNDATED
    keys: list[NDArray[np.generic]] = [
        -documents,
        np.where(undated, np.iinfo(np.int64).max, -np.where(undated, 0, published)),
    ]
    if plan.order is Order.SCORE:
        keys.append(-matched.scores[candidates])
    elif plan.order is Order.OLDEST:
        keys.append(np.where(undated, np.iinfo(np.int64).max, published))
    if plan.complete_first:
        keys.append(~matched.complete[candidates])
    order: NDArray[np.int64] = candidates[np.lexsort(keys)]
    return order[:end]


def _until(document: Document) -> int:
    if document.published is None:
        return int(UNDATED)
    return document.published if document.published_until is None else document.published_until
