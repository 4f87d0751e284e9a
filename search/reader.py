"""An archive as one commit has it: searching, reading, related stories, completion, numbers.

A query goes one way: parse, understand, plan, search, rerank, fetch, present. Each step is a function
from frozen values to a frozen value; docs/architecture.md draws the way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from indexer.article import Article
from indexer.deadline import is_cut
from indexer.documents import HOLDS, KEYS, PARTS
from indexer.engines.base import Interval, Plan
from indexer.engines.conditions import Term
from indexer.errors import ArticleNotFoundError
from indexer.link_keys import id_link_key
from indexer.records import decode_with_findings
from indexer.stages import stage
from search.article_results import ArticleVersion, ArticleView, RelatedStories
from search.articles import fetch_articles, fetch_stored, fetch_tokens
from search.completion.completer import Completer
from search.copies import copies_of
from search.coverage.coverage import SourceCoverage, sources_of
from search.desk.desk import Desk
from search.meanings import Meanings, without_meaning_sign
from search.newsroom import Newsroom
from search.presentation.article_view import view_article
from search.presentation.result_page import facet_values, present
from search.presentation.timeline import fill
from search.presentation.versions import versions_of
from search.query.parser import parse_query
from search.query_runner import QueryRunner
from search.ranking.planning import FACET_VALUES, UTC_OFFSET, Ranking
from search.related.related_stories import find_related
from search.requests import Copies, Meaning, SearchRequest, Words
from search.results import ArchiveStats, ArticleCopy, SearchResult, SourceStats, Suggestion
from search.snapshot import Snapshot
from search.trends import Trends, find_trends
from search.understanding.understood_query import understand

_MAX_PAGE_SIZE = 100
_BLOCK = 100
"""Articles that are read at once."""
SUGGESTIONS = 10
"""As many as a list under a search box shows."""
_MOST_SOURCES = 1000
"""Sources with numbers of their own; the articles of the others are counted together."""


class ArchiveReader:
    """An archive as one commit has it; a request uses one reader from its beginning to its end."""

    def __init__(
        self,
        snapshot: Snapshot,
        ranking: Ranking | None = None,
        meanings: Meanings | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._searcher = snapshot.searcher
        self._runner = QueryRunner(snapshot, ranking, meanings, desk)
        self.newsroom = Newsroom(snapshot, self._runner)
        """What the desk asks of the same commit."""

    def search(self, request: SearchRequest) -> SearchResult:
        """Run a search; a faulty query is read literally and its problems are in the result.

        Raises:
            ValueError: page or page size is out of range.
        """
        if request.page < 1 or not 1 <= request.per_page <= _MAX_PAGE_SIZE:
            raise ValueError(f"page from 1, per_page from 1 to {_MAX_PAGE_SIZE}")
        started = time.perf_counter()
        answer, is_literal = self._runner.find(request)
        ids = [hit.id for hit in answer.ranked.hits]
        with stage("read articles"):
            articles = fetch_stored(self._searcher, ids)
        is_folded = request.copies is Copies.FOLDED
        with stage("find copies"):
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
        if is_cut():
            # Of words that were not looked at nobody knows whether an article lacks them.
            hits = tuple(replace(hit, missing=()) for hit in result.hits)
            result = replace(result, is_partial=True, unknown_words=(), hits=hits)
        compared = self._runner.comparison()
        if compared is None:
            return replace(result, took_ms=took_ms)
        return replace(
            result, took_ms=took_ms, has_meanings=True, without_vectors=compared.lacking()
        )

    def decided(self, request: SearchRequest) -> SearchRequest:
        """A search with `words` decided: whether what it counts holds every word, or enough of them."""
        if request.words is not Words.AUTO:
            return request
        if self._runner.asks_meaning(request):
            # What is near in meaning need not hold a word.
            return replace(request, words=Words.ANY)
        is_all = self._runner.count(replace(request, facets=())).total_all > 0
        return replace(request, words=Words.ALL if is_all else Words.ANY)

    def trends(
        self,
        requests: Sequence[SearchRequest],
        interval: Interval | None = None,
        facet: str | None = None,
        *,
        counts_words: bool = True,
    ) -> Trends:
        """Searches over time, by words alone; see `find_trends`.

        Args:
            counts_words: whether to count how often the words stand in the texts.
        """
        asked = [replace(one, query=without_meaning_sign(one.query)[0]) for one in requests]
        often = self._runner.often if counts_words else None
        return find_trends(self._runner.count, often, asked, interval, facet)

    def results(self, request: SearchRequest) -> Iterator[Article]:
        """All articles of a search, in its order, each copy by itself; pages count for nothing.

        The search runs at once; the articles are read while they are asked for. They are those that
        hold every word, where there are any and the request does not say otherwise.
        """
        request = self.decided(request)
        # What is only near in meaning is no match: it is taken away where somebody asks for it.
        if request.meaning is Meaning.AUTO:
            request = replace(request, meaning=Meaning.OFF)
        return self._articles(self._runner.ids(replace(request, facets=(), copies=Copies.ALL)))

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
        parsed = parse_query(without_meaning_sign(query)[0])
        marks = understand(parsed, self._snapshot.vocabulary_of(parsed)).marks
        return view_article(*decode_with_findings(record), tokens, marks)

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
        article, compared = self.article(id), self._runner.comparison()
        likeness = compared.likeness_to(article.id) if compared else None
        return find_related(self._searcher, article, likeness)

    def suggest(self, text: str, limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """Suggestions for a half-typed query: phrases, then titles; best first."""
        snapshot = self._snapshot
        completer = Completer(
            snapshot.searcher, snapshot.vocabulary, snapshot.completion_dictionary
        )
        return completer.complete(text, limit)

    def articles(self, ids: Sequence[str]) -> list[Article | None]:
        """Articles in the order of `ids`; None where the archive holds none with this id."""
        return fetch_articles(self._searcher, ids)

    def count(self) -> int:
        """How many articles there are."""
        return self._searcher.count()

    def sources(self) -> Mapping[str, int]:
        """The sources with the most articles, and how many they have."""
        return sources_of(self._searcher)

    def coverage(self, source: str) -> SourceCoverage:
        """How the archive covers a source: articles a day, gaps and sudden drops, shares of fields."""
        return self._snapshot.coverage(source)

    def usual_stats(self) -> ArchiveStats:
        """`stats` without those of each source, looked up once a commit."""
        return self._snapshot.kept("stats", self.stats)

    def stats(self, *, by_source: bool = False) -> ArchiveStats:
        """Numbers about the whole archive.

        Args:
            by_source: whether to count how complete the articles of each source are; a search a source.
        """
        facets = {"source": _MOST_SOURCES if by_source else FACET_VALUES, "section": FACET_VALUES}
        everything = self._searcher.search(
            Plan(
                limit=0,
                facets={**facets, HOLDS: len(PARTS) + 1},
                has_timeline=True,
                utc_offset=UTC_OFFSET,
            )
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
        plan = Plan(limit=0, filters=filters, facets={HOLDS: len(PARTS) + 1})
        found = self._searcher.search(plan).facets[HOLDS]
        return {part: found.get(part, 0) for part in PARTS}


def _not_found(id: str) -> ArticleNotFoundError:
    return ArticleNotFoundError(f"{id}: the archive holds no article with this id")
