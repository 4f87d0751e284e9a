"""A request -> the ranked hits of a page, or the ids of all hits.

A query goes one way: parse, understand, plan, search, rerank. What is asked for by meaning is fused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice

from indexer.deadline import is_cut
from indexer.engines.base import EngineResult
from indexer.engines.capabilities import (
    CanContinue,
    CountsOccurrences,
    capability,
)
from indexer.engines.conditions import AllOf, Condition, Not
from indexer.stages import stage
from search.desk.desk import Desk
from search.meanings import (
    HARDLY,
    KEPT,
    Comparison,
    Meanings,
    finds_enough,
    may_mean,
    meant,
    without_meaning_sign,
)
from search.names import find_all_names, names_like
from search.query.headlines import LiteralReading, literal_reading
from search.query.parser import parse_query
from search.query.tree import ParsedQuery
from search.ranking.execution import RankedResult, as_found, run_query_plan
from search.ranking.fields import with_values
from search.ranking.fusion import NEAREST, NEAREST_UNASKED, run_fused
from search.ranking.places import spot_of
from search.ranking.planning import QueryPlan, Ranking, plan_query
from search.ranking.reranking import CANDIDATES
from search.requests import Meaning, SearchRequest, Words
from search.snapshot import Snapshot
from search.understanding.understood_query import UnderstoodQuery, understand

_MOVED = 1000
"""Commits may push a hit back by this many places while somebody pages on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A query on its way, after it was searched and reranked."""

    query: UnderstoodQuery
    query_plan: QueryPlan
    ranked: RankedResult


class QueryRunner:
    """Runs requests over one commit of an archive."""

    def __init__(
        self,
        snapshot: Snapshot,
        ranking: Ranking | None,
        meanings: Meanings | None,
        desk: Desk | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._searcher = snapshot.searcher
        self._ranking = ranking
        self._meanings = meanings
        self._desk = desk

    def find(self, request: SearchRequest, *, every_id: bool = False) -> tuple[Answer, bool]:
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
        if literal is None or is_cut() or not _falls_short(answer, literal):
            return answer, False
        other = self._answer(literal.query, request, every_id=every_id)
        if answer.ranked.result.total and not other.ranked.result.total_all:
            return answer, False
        return other, True

    def _answer(self, query: ParsedQuery, request: SearchRequest, *, every_id: bool) -> Answer:
        with stage("understand the query"):
            understood = self._understand(query)
            query_plan = self._beside(plan_query(understood, request, self._ranking), request)
        if every_id:
            plan = replace(query_plan.plan, offset=0, limit=self._searcher.count())
            query_plan = replace(query_plan, plan=plan)
        compared = self.comparison() if may_mean(understood, query_plan, request) else None
        if compared is not None and request.meaning is Meaning.ON:
            return self._by_meaning(understood, query_plan, request, compared, together=0.0)
        answer = self._by_words(understood, query_plan, None if every_id else request.after)
        if compared is None:
            return answer
        first = answer.ranked
        if query_plan.plan.offset or request.after:
            # All pages of a search go the same way.
            beginning = replace(query_plan.plan, offset=0, limit=1)
            first = run_query_plan(replace(query_plan, plan=beginning), self._searcher)
        if finds_enough(first):
            return answer
        return self._by_meaning(understood, query_plan, request, compared, first.together)

    def plan_of(self, request: SearchRequest, ranking: Ranking | None = None) -> QueryPlan:
        """The plan of a request, read as it is typed.

        Args:
            ranking: None for that of the archive.
        """
        understood = self._understood(request.query)
        return self._beside(plan_query(understood, request, ranking or self._ranking), request)

    def _beside(self, query_plan: QueryPlan, request: SearchRequest) -> QueryPlan:
        """A plan that finds what matches, or does not match, another query as well, where there is one."""
        if not request.also and not request.without:
            return query_plan
        plan = query_plan.plan
        required = list(plan.required)
        if request.also:
            required.append(self.condition_of(request.also))
        if request.without:
            required.append(Not(self.condition_of(request.without)))
        return replace(query_plan, plan=replace(plan, required=tuple(required)))

    def condition_of(self, query: str) -> Condition:
        """Every word of a query, in the reading that a search for it takes, as one condition."""
        counting = SearchRequest(query, per_page=0, facets=(), words=Words.ALL, meaning=Meaning.OFF)
        plan = self.find(counting)[0].query_plan.plan
        return AllOf((*plan.clauses, *plan.required))

    def _by_words(self, query: UnderstoodQuery, query_plan: QueryPlan, after: str | None) -> Answer:
        if after is not None:
            if far := self._far_behind(query_plan, after):
                return Answer(query, query_plan, far)
            query_plan = self._behind(query_plan, after)
        return Answer(query, query_plan, run_query_plan(query_plan, self._searcher))

    def _by_meaning(
        self,
        query: UnderstoodQuery,
        query_plan: QueryPlan,
        request: SearchRequest,
        compared: Comparison,
        together: float,
    ) -> Answer:
        is_asked = request.meaning is Meaning.ON
        most = NEAREST if is_asked else NEAREST_UNASKED
        near = compared.nearest(meant(query), query_plan.plan, most)
        kept = 0 if is_asked or together < HARDLY else KEPT
        ranked = run_fused(
            query_plan,
            self._searcher,
            near,
            request.after,
            complete_first=not is_asked,
            kept=kept,
        )
        return Answer(query, query_plan, ranked)

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

    def count(self, request: SearchRequest) -> EngineResult:
        """How many articles a request finds, by time and by facets; none of them is read."""
        counting = replace(request, per_page=0, page=1, offset=0, after=None)
        answer, _ = self.find(replace(counting, meaning=Meaning.OFF))
        return answer.ranked.result

    def often(self, request: SearchRequest, query: str | None) -> dict[date, int] | None:
        """How often a query's words stand side by side in the articles of a request, by its interval.

        Args:
            query: None for all syllables.

        Returns:
            None for a query of more than words, or where the engine does not count that.
        """
        engine = capability(self._searcher, CountsOccurrences)
        if engine is None:
            return None
        plan = plan_query(self._understood(""), request, self._ranking).plan
        if query is None:
            return engine.occurrences(plan, None)
        understood = self._understood(query)
        spot = spot_of(understood)
        return engine.occurrences(plan, spot) if spot else None

    def _understood(self, query: str) -> UnderstoodQuery:
        return self._understand(parse_query(query))

    def _understand(self, query: ParsedQuery) -> UnderstoodQuery:
        vocabulary = self._snapshot.vocabulary_of(query)
        return with_values(
            understand(query, vocabulary, self._in_dossier, self._names), self._searcher
        )

    def _names(self, facet: str, typed: str) -> tuple[str, ...]:
        everything = self._snapshot.kept("names", lambda: find_all_names(self._searcher))
        return names_like(everything, facet, typed)

    def _in_dossier(self, name: str) -> tuple[str, ...] | None:
        return self._desk.ids_named(self._searcher, name) if self._desk else None

    def ids(self, request: SearchRequest) -> Iterator[str]:
        """The ids of all hits; an engine that goes on from a hit is asked for them little by little."""
        engine = capability(self._searcher, CanContinue)
        if engine is None or self.asks_meaning(request):
            answer, _ = self.find(request, every_id=True)
            return (hit.id for hit in answer.ranked.hits)
        best = replace(request, page=1, offset=0, after=None, per_page=CANDIDATES)
        answer, _ = self.find(best)
        ids = [hit.id for hit in answer.ranked.hits]
        found = answer.ranked.result.hits
        if len(found) < CANDIDATES:
            return iter(ids)
        rest = engine.hits_behind(answer.query_plan.plan, found[-1].id)
        return chain(ids, (hit.id for hit in rest))

    def comparison(self) -> Comparison | None:
        """The vectors of the archive's articles; None where it cannot be searched by meaning."""
        return self._meanings.comparison(self._searcher) if self._meanings else None

    def asks_meaning(self, request: SearchRequest) -> bool:
        """Whether a request asks for what is near in meaning."""
        asks = request.meaning is Meaning.ON or without_meaning_sign(request.query)[1]
        return asks and self._meanings is not None


def _falls_short(answer: Answer, literal: LiteralReading) -> bool:
    """Whether a headline should be tried without its quotation marks and signs.

    So it should when nothing is found. A minus before a number is hardly ever meant as an exclusion: the
    headline's own article, which holds the number, may be the only complete one.
    """
    return literal.has_negative_number or not answer.ranked.result.total
