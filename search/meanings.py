"""The vectors of an archive and the model, as searches use them: opened when there are any."""

from __future__ import annotations

import logging
import math
import re
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread

import numpy as np

from indexer.engines.base import Plan, Searcher
from indexer.engines.capabilities import CanCompareVectors, Near, capability
from indexer.errors import KhobaoError
from indexer.language.analysis import syllables
from indexer.language.syllables import is_syllable
from indexer.meanings.embedder import E5Embedder, Embedder, Vectors
from indexer.meanings.vector_graph import GraphFile, VectorGraph
from indexer.meanings.vector_store import FILE, VectorStore, has_vectors
from indexer.meanings.vector_table import VectorTable
from search.arrays import Values
from search.query.tree import QueryWord
from search.ranking.execution import RankedResult
from search.ranking.planning import QueryPlan
from search.related.more_like_this import Likeness
from search.requests import Meaning, SearchRequest, Sort, Words
from search.understanding.spelling_correction import replace_words
from search.understanding.understood_query import UnderstoodQuery

_FOREIGN = 4
"""A query in which more than one word in so many is no Vietnamese syllable is in another language."""
FEW = 10
"""Hits that hold every word of a query, and are enough without those near in meaning."""
TOGETHER = 0.6
"""The share of a query that a hit has to hold close together for the words to be enough.

By the known items and the paraphrases of the benchmarks: below it words alone find hardly half.
"""
HARDLY = 0.3
"""Where no hit holds so much, the query is in other words or in another language."""
KEPT = 3
"""The first hits of the words, which stay first otherwise where nobody has asked for meaning."""
_SIGN = re.compile(r"\s*(?:ý|y|nghĩa|nghia|meaning)\s*:", re.IGNORECASE)
_LOG = logging.getLogger(__name__)
_EVERY = 10.0
"""Seconds between two looks: reading all vectors anew takes a part of a second."""
_QUERIES = 256
"""Vectors of queries that are kept: the pages of a search ask for the same one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The meanings of the articles of one commit, and the engine that compares them.

    Attributes:
        table: the vectors of the articles.
    """

    table: VectorTable
    _engine: CanCompareVectors
    _vector_of: Callable[[str], Vectors]

    def nearest(self, text: str, plan: Plan, most: int) -> list[Near]:
        """The articles of a plan that are nearest to a text; see `CanCompareVectors.nearest`."""
        return self._engine.nearest(self.table, self._vector_of(text), plan, most)

    def lacking(self) -> int:
        """How many articles have no vector."""
        return self._engine.without_vector(self.table)

    def likeness_to(self, id: str) -> Likeness | None:
        """How like others are in meaning to an article; None where it has no vector."""
        (row,) = self._engine.vector_rows(self.table, [id]).tolist()
        if row < 0:
            return None

        def likeness(ids: Sequence[str]) -> Values:
            rows = self._engine.vector_rows(self.table, ids)
            return self.table.likeness(row, rows).astype(np.float64)

        return likeness


class Meanings:
    """What an archive's folder holds of meanings; threads share it.

    Args:
        archive: the folder; vectors may come into it later.
        embedder: None for the model of the extra `meanings`, loaded when there are vectors.
        every: seconds between two looks for new vectors.
    """

    def __init__(
        self, archive: Path, embedder: Embedder | None = None, every: float = _EVERY
    ) -> None:
        self._archive = archive
        self._every = every
        self._embedder = embedder
        self._store: VectorStore | None = None
        self._table: VectorTable | None = None
        self._state = 0, 0
        self._graph: VectorGraph | None = None
        self._graph_file: GraphFile | None = None
        self._looked = -math.inf
        self._told = ""
        self._queries: OrderedDict[str, Vectors] = OrderedDict()
        self._file = 0
        # Held by who looks for new vectors; the other one is for the vectors of queries.
        self._lock = Lock()
        self._queries_lock = Lock()

    def table(self) -> VectorTable | None:
        """The vectors of the articles; None where there are none, or no model for queries.

        Newer ones are read in a thread, while searches go on with those that there are.
        """
        is_due = time.monotonic() >= self._looked + self._every
        if is_due and self._lock.acquire(blocking=False):
            if self._table is None:
                self._look()
            else:
                Thread(target=self._look, name="vectors", daemon=True).start()
        return self._table

    def comparison(self, searcher: Searcher) -> Comparison | None:
        """The vectors for the articles of a commit; None where its engine compares none, or there are none."""
        engine = capability(searcher, CanCompareVectors)
        table = self.table() if engine else None
        return Comparison(table, engine, self.vector_of) if engine and table else None

    def _look(self) -> None:
        """Look for new vectors, and let go of the lock."""
        try:
            self._refresh()
        except (KhobaoError, OSError) as error:
            self._tell(str(error))
        finally:
            self._looked = time.monotonic()
            self._lock.release()

    def _refresh(self) -> None:
        if not has_vectors(self._archive):
            self._forget()
            return
        file = (self._archive / FILE).stat().st_ino
        if file != self._file:
            # Somebody has deleted the file, and it was made again.
            self._forget()
        if self._embedder is None:
            self._embedder = E5Embedder()
        if self._store is None:
            self._store = VectorStore(self._archive, self._embedder.model, is_reader=True)
            self._file = file
        state, graph = self._store.newest(), self._store.graph()
        if state != self._state:
            table = self._store.table() if state[1] else None
            self._table = table.with_graph(self._graph) if table else None
            self._state = state
        if self._table is not None and graph != self._graph_file:
            self._graph = VectorGraph.opened(self._archive, graph) if graph else None
            self._graph_file = graph
            self._table = self._table.with_graph(self._graph)

    def _tell(self, fault: str) -> None:
        """Say once why nothing is found by meaning, or not the newest."""
        if fault != self._told:
            _LOG.warning("%s; searching by words alone", fault)
        self._told = fault

    def _forget(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()
        self._table, self._state = None, (0, 0)
        self._graph = self._graph_file = None

    def vector_of(self, query: str) -> Vectors:
        """The vector of a query; raises LookupError where there is no model."""
        with self._queries_lock:
            known = self._queries.get(query)
            if known is not None:
                self._queries.move_to_end(query)
                return known
        if self._embedder is None:
            raise LookupError(query)
        vector = self._embedder.query(query)
        with self._queries_lock:
            self._queries[query] = vector
            if len(self._queries) > _QUERIES:
                self._queries.popitem(last=False)
        return vector

    def close(self) -> None:
        """Release the database."""
        with self._lock:
            self._forget()
            self._looked = time.monotonic()


def without_meaning_sign(query: str) -> tuple[str, bool]:
    """A query without "ý:" at its beginning, and whether it begins so: it asks for its meaning then."""
    query = unicodedata.normalize("NFC", query)
    sign = _SIGN.match(query)
    return (query[sign.end() :].lstrip(), True) if sign else (query, False)


def finds_enough(ranked: RankedResult) -> bool:
    """Whether the words of a query find so much that nobody needs its meaning."""
    found = ranked.result
    if not found.groups_all and found.groups < FEW:
        return False
    return found.groups_all >= FEW or ranked.together >= TOGETHER


def may_mean(query: UnderstoodQuery, query_plan: QueryPlan, request: SearchRequest) -> bool:
    """Whether a search may go by meaning: one by relevance, whose words are all plain unless it asks.

    Where articles have to hold every word, those near in meaning are not asked for.
    """
    if request.meaning is Meaning.OFF or request.sort is not Sort.RELEVANCE:
        return False
    if request.words is Words.ALL:
        return False
    words = [isinstance(part, QueryWord) for part in query.root.parts]
    if request.meaning is Meaning.ON:
        return any(words)
    return bool(words) and all(words) and bool(query_plan.plan.limit)


def meant(query: UnderstoodQuery) -> str:
    """The text of a query as it is most probably meant: corrected, with its diacritics.

    A query in another language stays as it is: its words are no misspelt Vietnamese ones.
    """
    changed = {**query.restored, **query.corrections}
    better = replace_words(query.text, changed)
    if better is None:
        return query.text
    words = [word for word in syllables(better) if not word.isdecimal()]
    foreign = sum(not is_syllable(word) for word in words)
    return better if foreign * _FOREIGN <= len(words) else query.text
