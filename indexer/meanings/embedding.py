"""Making the vectors of an archive's articles, the newest first; what is done is kept when it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from indexer.article import Article
from indexer.engine_factory import open_engine
from indexer.engines.base import Order, Plan, Searcher
from indexer.engines.capabilities import CanCompareVectors, capability
from indexer.errors import ArchiveError
from indexer.locks import Waiting, held_by_run
from indexer.meanings.embedder import Embedder
from indexer.meanings.vector_graph import GRAPH_FROM, VectorGraph, can_make_graphs
from indexer.meanings.vector_store import VectorStore
from indexer.meanings.vector_table import key_of
from indexer.records import decode_record

_BATCH = 32
"""Articles whose vectors are made, and kept, at once: some seconds of work."""
_PAGE = 20_000
"""Articles that are listed at once."""
_SHORT_LEAD = 100
"""Characters of a lead below which the body's beginning is read as well."""
_OUTSIDE, _GONE = 0.02, 0.2
"""Shares of the vectors that are not in a graph, or no longer: with more of them it is renewed, or made again."""
_LONGEST = 600
"""Characters of an article that are read: what it is about stands at its beginning."""

Told = Callable[[int, int], None]
"""Called with how many vectors are made, and of how many that were lacking."""


@dataclass(frozen=True, slots=True)
class EmbeddingReport:
    """What a run did.

    Attributes:
        made: vectors that were made.
        kept: articles that had a vector.
        dropped: vectors of articles that are gone.
        lacking: articles that are still without a vector.
    """

    made: int
    kept: int
    dropped: int
    lacking: int


def embed_archive(
    archive: Path,
    embedder: Embedder,
    *,
    most: int | None = None,
    waiting: Waiting | None = None,
    told: Told | None = None,
    threads: int = 1,
) -> EmbeddingReport:
    """Make the vectors that an archive lacks, while others search and index it.

    Args:
        most: vectors that are made at most; None for all.
        waiting: called when another run has to end first.
        told: called after each batch.
        threads: that link the vectors of a large archive.

    Raises:
        ArchiveError: there is no archive, its engine compares no vectors, or they cannot be stored.
    """
    engine = open_engine(archive)
    try:
        searcher = engine.searcher()
        if capability(searcher, CanCompareVectors) is None:
            raise ArchiveError(
                f"{archive}: only the embedded engine searches by meaning; this archive is in a cluster"
            )
        with held_by_run(archive, "MEANINGSLOCK", waiting), _stored(archive, embedder) as store:
            report = _embed(searcher, embedder, store, most, told or (lambda *_: None))
            update_graph(archive, store, threads)
            return report
    finally:
        engine.close()


@contextmanager
def _stored(archive: Path, embedder: Embedder) -> Iterator[VectorStore]:
    store = VectorStore(archive, embedder.model)
    try:
        yield store
    finally:
        store.close()


def _embed(
    searcher: Searcher, embedder: Embedder, store: VectorStore, most: int | None, told: Told
) -> EmbeddingReport:
    # What is damaged is found, and made again.
    known = set(store.table().keys.tolist())
    keys = {one.id: key_of(one.digest) for one in searcher.origins()}
    gone = known.difference(keys.values())
    store.drop(gone)
    lacking = {id: key for id, key in keys.items() if key not in known}
    total = len(lacking) if most is None else min(most, len(lacking))
    made = 0
    newest = islice((id for id in _newest_first(searcher) if id in lacking), total)
    while ids := list(islice(newest, _BATCH)):
        records = searcher.records(ids)
        found = {
            lacking[id]: text_of(decode_record(record))
            for id, record in zip(ids, records, strict=True)
            if record is not None
        }
        store.put(list(found), embedder.passages(list(found.values())))
        made += len(ids)
        told(made, total)
    return EmbeddingReport(made, len(keys) - len(lacking), len(gone), len(lacking) - made)


def update_graph(
    archive: Path, store: VectorStore, threads: int = 1, *, least: int = GRAPH_FROM
) -> None:
    """Make or renew the graph of a large archive's vectors, when many of them are not in it.

    Args:
        least: vectors from which on there is a graph.
    """
    if store.newest()[1] < least or not can_make_graphs():
        return
    table, former = store.table(), store.graph()
    graph = VectorGraph.opened(archive, former) if former else None
    held = graph.holds(table.keys) if graph else np.zeros(len(table.keys), dtype=np.bool_)
    gone = len(graph) - int(held.sum()) if graph else 0
    if graph and former and gone <= _GONE * len(held):
        if (~held).sum() <= _OUTSIDE * len(held):
            return
        graph = VectorGraph.opened(archive, former, to_add=True)
    else:
        graph = None
    if graph is None:
        graph, held = VectorGraph.made(table.center), np.zeros_like(held)
    rows = np.flatnonzero(~held)
    graph.add(table.keys[rows], table.blocks(rows), threads)
    store.keep_graph(graph, former)


def _newest_first(searcher: Searcher) -> Iterator[str]:
    for offset in range(0, searcher.count(), _PAGE):
        plan = Plan(order=Order.NEWEST, offset=offset, limit=_PAGE)
        yield from (hit.id for hit in searcher.search(plan).hits)


def text_of(article: Article) -> str:
    """The part of an article that its vector is made of: title and lead, and the beginning of a body
    without a lead.
    """
    parts = [article.title, article.lead]
    if len(article.lead) < _SHORT_LEAD:
        parts.append(article.body[:_LONGEST])
    return "\n".join(" ".join(part.split()) for part in parts if part)[:_LONGEST]
