"""An archive as one commit has it: searching, reading, related stories, completion, numbers.

A query goes one way: parse, understand, plan, search, rerank, fetch, present. Each step is a function
from frozen values to a frozen value; docs/architecture.md draws the way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice

from indexer.article import Article
from indexer.documents import HOLDS, KEYS, PARTS, decode_with_names
from indexer.engines.base import Plan, Term
from indexer.engines.capabilities import CanCompareVectors, CanContinue, capability
from indexer.errors import ArticleNotFoundError
from indexer.link_keys import id_link_key
from indexer.meanings.vector_table import VectorTable
from search.articles import fetch_articles, fetch_stored, fetch_tokens
from search.completion.completer import Completer
from search.copies import copies_of
from search.coverage.coverage import SourceCoverage, sources_of
from search.meanings import FEW, Meanings, may_mean, meant, without_meaning_sign
from search.presentation.article_view import view_article
from search.presentation.result_page import facet_values, present
from search.presentation.timeline import fill
from search.presentation.versions import versions_of
from search.query.parser import LiteralReading, literal_reading, parse_query
from search.query.tree import ParsedQuery
from search.ranking.execution import RankedResult, as_found, run_query_plan
from search.ranking.fusion import NEAREST, NEAREST_UNASKED, run_fused
from search.ranking.planning import FACET_VALUES, UTC_OFFSET, QueryPlan, Ranking, plan_query
from search.ranking.reranking import CANDIDATES
from search.related.related_stories import find_related
from search.results import (
    ArchiveStats,
    ArticleCopy,
    ArticleVersion,
    ArticleView,
    Copies,
    Meaning,
    RelatedStories,
    SearchRequest,
    SearchResult,
    SourceStats,
    Suggestion,
)
from search.snapshot import Snapshot
from search.understanding.understood_query import UnderstoodQuery, understand

_MAX_PAGE_SIZE = 100
_MOVED = 1000
"""Commits may push a hit back by this many places while somebody pages on."""
_BLOCK = 100
"""Articles that are read at once."""
SUGGESTIONS = 10
"""As many as a list under a search box shows."""
_MOST_SOURCES = 1000
"""Sources with numbers of their own; the articles of the others are counted together."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A query on its way, after it was searched and reranked."""

    query: UnderstoodQuery
    query_plan: QueryPlan
    ranked: RankedResult


class ArchiveReader:
    """An archive as one commit has it; a request uses one reader from its beginning to its end."""

    def __init__(
        self,
        snapshot: Snapshot,
        ranking: Ranking | None = None,
        meanings: Meanings | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._searcher = snapshot.searcher
        self._ranking = ranking
        self._meanings = meanings

    def search(self, request: SearchRequest) -> SearchResult:
        """Run a search; a faulty query is read literally and its problems are in the result.

        Raises:
            ValueError: page or page size is out of range.
        """
        if request.page < 1 or not 1 <= request.per_page <= _MAX_PAGE_SIZE:
            raise ValueError(f"page from 1, per_page from 1 to {_MAX_PAGE_SIZE}")
        started = time.perf_counter()
        answer, is_literal = self._find(request)
        ids = [hit.id for hit in answer.ranked.hits]
        articles = fetch_stored(self._searcher, ids)
        is_folded = request.copies is Copies.FOLDED
        copies = copies_of(self._searcher, ids) if is_folded else [()] * len(ids)
        result = present(
            request,
            answer.query,
            answer.query_plan,
            answer.ranked,
            articles,
            copies,
            is_literal=is_literal,
            took_ms=0.0,
        )
        took_ms = (time.perf_counter() - started) * 1000
        table = self._table()
        if table is None:
            return replace(result, took_ms=took_ms)
        lacking = max(0, self._searcher.count() - len(table.keys))
        return replace(result, took_ms=took_ms, has_meanings=True, without_vectors=lacking)

    def _find(self, request: SearchRequest, *, every_id: bool = False) -> tuple[_Answer, bool]:
        """Search and rerank; whether the query had to go without its quotation marks and signs.

        Args:
            every_id: find all hits, in place of one page.
        """
        text, asks = without_meaning_sign(request.query)
        if asks:
            request = replace(request, meaning=Meaning.ON)
        query = parse_query(text)
        answer = self._answer(query, request, every_id=every_id)
        literal = literal_reading(query)
        if literal is None or not _falls_short(answer, literal):
            return answer, False
        other = self._answer(literal.query, request, every_id=every_id)
        if answer.ranked.result.total and not other.ranked.result.total_all:
            return answer, False
        return other, True

    def _answer(self, query: ParsedQuery, request: SearchRequest, *, every_id: bool) -> _Answer:
        understood = understand(query, self._snapshot.vocabulary_of(query))
        query_plan = plan_query(understood, request, self._ranking)
        if every_id:
            plan = replace(query_plan.plan, offset=0, limit=self._searcher.count())
            query_plan = replace(query_plan, plan=plan)
        by_meaning = self._by_meaning(understood, query_plan, request)
        if by_meaning is not None:
            return _Answer(understood, query_plan, by_meaning)
        if request.after is not None and not every_id:
            if far := self._far_behind(query_plan, request.after):
                return _Answer(understood, query_plan, far)
            query_plan = self._behind(query_plan, request.after)
        return _Answer(understood, query_plan, run_query_plan(query_plan, self._searcher))

    def _by_meaning(
        self, query: UnderstoodQuery, query_plan: QueryPlan, request: SearchRequest
    ) -> RankedResult | None:
        """The hits by words and by meaning; None where a search goes by words alone."""
        if self._meanings is None or not may_mean(query, query_plan, request):
            return None
        engine, table = capability(self._searcher, CanCompareVectors), self._table()
        if engine is None or table is None:
            return None
        plan = query_plan.plan
        if request.meaning is Meaning.AUTO:
            found = self._searcher.search(replace(plan, facets={}, limit=0))
            if found.groups_all >= FEW:
                return None
        vector = self._meanings.vector_of(meant(query))
        is_asked = request.meaning is Meaning.ON
        near = engine.nearest(table, vector, plan, NEAREST if is_asked else NEAREST_UNASKED)
        return run_fused(
            query_plan, self._searcher, near, request.after, complete_first=not is_asked
        )

    def _far_behind(self, query_plan: QueryPlan, id: str) -> RankedResult | None:
        """The hits behind a hit that is far down, where the engine goes on from it."""
        plan = query_plan.plan
        engine = capability(self._searcher, CanContinue)
        if engine is None or plan.offset < _MOVED or plan.folded:
            return None
        with suppress(LookupError):
            hits = tuple(islice(engine.hits_behind(plan, id), plan.limit))
            result = replace(self._searcher.search(replace(plan, limit=0)), hits=hits)
            return as_found(result, plan)
        return None

    def _behind(self, query_plan: QueryPlan, id: str) -> QueryPlan:
        """A plan from behind the hit with an id on; as it is where there is no such hit near."""
        plan = query_plan.plan
        first = replace(query_plan, plan=replace(plan, offset=0, limit=plan.offset + _MOVED))
        hits = run_query_plan(first, self._searcher).hits
        at = next((place for place, hit in enumerate(hits, 1) if hit.id == id), plan.offset)
        return replace(query_plan, plan=replace(plan, offset=at))

    def results(self, request: SearchRequest) -> Iterator[Article]:
        """All articles of a search, in its order, each copy by itself; pages count for nothing.

        The search runs at once; the articles are read while they are asked for.
        """
        # What is only near in meaning is no match: it is taken away where somebody asks for it.
        if request.meaning is Meaning.AUTO:
            request = replace(request, meaning=Meaning.OFF)
        return self._articles(self._ids(replace(request, facets=(), copies=Copies.ALL)))

    def _ids(self, request: SearchRequest) -> Iterator[str]:
        """The ids of all hits; an engine that goes on from a hit is asked for them little by little."""
        engine = capability(self._searcher, CanContinue)
        if engine is None or self._asks_meaning(request):
            answer, _ = self._find(request, every_id=True)
            return (hit.id for hit in answer.ranked.hits)
        best = replace(request, page=1, offset=0, after=None, per_page=CANDIDATES)
        answer, _ = self._find(best)
        ids = [hit.id for hit in answer.ranked.hits]
        found = answer.ranked.result.hits
        if len(found) < CANDIDATES:
            return iter(ids)
        rest = engine.hits_behind(answer.query_plan.plan, found[-1].id)
        return chain(ids, (hit.id for hit in rest))

    def _table(self) -> VectorTable | None:
        """The vectors of the archive's articles; None where it cannot be searched by meaning."""
        engine = capability(self._searcher, CanCompareVectors)
        return self._meanings.table() if engine and self._meanings else None

    def _asks_meaning(self, request: SearchRequest) -> bool:
        asks = request.meaning is Meaning.ON or without_meaning_sign(request.query)[1]
        return asks and self._meanings is not None

    def _articles(self, ids: Iterator[str]) -> Iterator[Article]:
        while block := list(islice(ids, _BLOCK)):
            for article in fetch_articles(self._searcher, block):
                if article is not None:
                    yield article

    def article(self, id: str) -> Article:
        """An article by its id.

        Raises:
            ArticleNotFoundError: the archive holds none with this id.
        """
        (article,) = fetch_articles(self._searcher, [id])
        if article is None:
            raise _not_found(id)
        return article

    def view(self, id: str, query: str = "") -> ArticleView:
        """An article to read, with the words of a query marked.

        Raises:
            ArticleNotFoundError: the archive holds none with this id.
        """
        (record,) = self._searcher.records([id])
        (tokens,) = fetch_tokens(self._searcher, [id])
        if record is None or tokens is None:
            raise _not_found(id)
        parsed = parse_query(query)
        marks = understand(parsed, self._snapshot.vocabulary_of(parsed)).marks
        return view_article(*decode_with_names(record), tokens, marks)

    def versions(self, id: str) -> tuple[ArticleVersion, ...]:
        """What an article is and was, the newest first, each with its changes from the one before.

        Raises:
            ArticleNotFoundError: the archive holds none with this id.
        """
        return versions_of(self.article(id))

    def moved_to(self, id: str) -> str | None:
        """The id of the article that an id stood for which is now a version of another; None for others."""
        found = self._searcher.search(Plan(required=(Term(KEYS, (id_link_key(id),)),), limit=1))
        return found.hits[0].id if found.hits else None

    def copies(self, id: str) -> tuple[ArticleCopy, ...]:
        """The copies of an article, the oldest first.

        Raises:
            ArticleNotFoundError: the archive holds none with this id.
        """
        if self._searcher.groups([id]) == [None]:
            raise _not_found(id)
        return copies_of(self._searcher, [id])[0]

    def related(self, id: str) -> RelatedStories:
        """Stories that are related to an article, each with why.

        Raises:
            ArticleNotFoundError: the archive holds none with this id.
        """
        return find_related(self._searcher, self.article(id))

    def suggest(self, text: str, limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """Suggestions for a half-typed query: phrases, then titles; best first."""
        snapshot = self._snapshot
        completer = Completer(
            snapshot.searcher, snapshot.vocabulary, snapshot.completion_dictionary
        )
        return completer.complete(text, limit)

    def count(self) -> int:
        """How many articles there are."""
        return self._searcher.count()

    def sources(self) -> Mapping[str, int]:
        """The sources with the most articles, and how many they have."""
        return sources_of(self._searcher)

    def coverage(self, source: str) -> SourceCoverage:
        """How the archive covers a source: articles a day, gaps and sudden drops, shares of fields."""
        return self._snapshot.coverage(source)

    def stats(self, *, by_source: bool = False) -> ArchiveStats:
        """Numbers about the whole archive.

        Args:
            by_source: whether to count how complete the articles of each source are; a search a source.
        """
        facets = {"source": _MOST_SOURCES if by_source else FACET_VALUES, "section": FACET_VALUES}
        everything = self._searcher.search(
            Plan(limit=0, facets={**facets, HOLDS: len(PARTS)}, utc_offset=UTC_OFFSET)
        )
        counts = dict(everything.facets)
        having = counts.pop(HOLDS)
        sources: list[SourceStats] = []
        if by_source:
            sources = [
                SourceStats(source, count, self._having({"source": source}))
                for source, count in counts["source"].items()
            ]
            rest = everything.total - sum(one.articles for one in sources)
            left = {
                part: having.get(part, 0) - sum(one.having[part] for one in sources)
                for part in PARTS
            }
            sources += [SourceStats("", rest, left)] if rest else []
        return ArchiveStats(
            articles=everything.total,
            facets=facet_values(counts),
            timeline=fill(everything.timeline, everything.interval),
            sources=tuple(sources),
        )

    def _having(self, filters: Mapping[str, str]) -> dict[str, int]:
        """How many articles of a source have each part."""
        plan = Plan(limit=0, filters=filters, facets={HOLDS: len(PARTS)})
        found = self._searcher.search(plan).facets[HOLDS]
        return {part: found.get(part, 0) for part in PARTS}


def _not_found(id: str) -> ArticleNotFoundError:
    return ArticleNotFoundError(f"{id}: the archive holds no article with this id")


def _falls_short(answer: _Answer, literal: LiteralReading) -> bool:
    """Whether a headline should be tried without its quotation marks and signs.

    So it should when nothing is found. A minus before a number is hardly ever meant as an exclusion: the
    headline's own article, which holds the number, may be the only complete one.
    """
    return literal.has_negative_number or not answer.ranked.result.total
