"""One plan as searches of a cluster: totals first, which give the weights, then matching and order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any, Protocol

from indexer.engines.base import Condition, EngineHit, EngineResult, Order, Plan
from indexer.engines.opensearch.columns import HASHES, ID, WHOLE_ID, hashes_of, id_of
from indexer.engines.opensearch.counting import (
    counts,
    facet_aggregations,
    timeline_aggregations,
)
from indexer.engines.opensearch.escaping import value_out
from indexer.engines.opensearch.layout import MOST_CLAUSES
from indexer.engines.opensearch.point_in_time import PointInTime
from indexer.engines.opensearch.queries import (
    DETAILS,
    Detail,
    Earning,
    Query,
    all_of,
    constant,
    earned,
    earnings,
    filters,
    mass_above,
    matching,
    named,
    only_named,
    terms_in,
)
from indexer.engines.opensearch.token_matching import is_of_tokens, matches
from indexer.engines.term_at_a_time import idf

WINDOW = 10_000
"""Hits that a cluster puts in order at once."""
COMPARED, _MOST_COMPARED = 50, 200
"""Of so many best hits the tokens are asked for next: they come with them."""
_CONTINUED = 500
"""Hits of a block behind a hit."""
_DAY = 86400
_NEWEST_FIRST: list[Query] = [
    {"published": {"order": "desc", "missing": "_last"}},
    {"added": {"order": "desc"}},
]
_ORDERS: Mapping[Order, list[Query]] = {
    Order.SCORE: [{"_score": {"order": "desc"}}, *_NEWEST_FIRST],
    Order.NEWEST: _NEWEST_FIRST,
    Order.OLDEST: [
        {"published": {"order": "asc", "missing": "_last"}},
        {"added": {"order": "desc"}},
    ],
}
_CLAUSE_SCORE, _BOOST_SCORE, _SCORE = "clauses", "boosts", "score"
_SPARE = 40
"""Terms of a query that are left for what hides articles of other commits, and for rounding."""
_COMPLETE = 1000.0
"""What being complete counts for where complete documents come first: more than any score."""


class Totals(Protocol):
    """What a search needs to know of its archive."""

    def count(self) -> int:
        """How many documents there are."""

    def totals(self, conditions: Sequence[Condition]) -> list[int]:
        """How many documents match each condition."""

    def newest(self) -> int:
        """The newest moment of publication."""

    def keep(self, hits: Sequence[Any]) -> None:
        """Remember hits with their tokens, which are asked for next."""


class Search:
    """A plan on its way through one commit."""

    def __init__(self, plan: Plan, view: PointInTime, archive: Totals, tokens_field: str) -> None:
        self._plan = plan
        self._view = view
        self._archive = archive
        self._clauses = [matching(clause) for clause in plan.clauses]
        self._fixed = filters(plan)
        scored = (*plan.clauses, *plan.required)
        self._earned = [one for condition in scored for one in earnings(condition)]
        terms = [one.term for one in self._earned] + [one.term for one in plan.boosts]
        conditions = [*plan.clauses, *terms]
        totals = archive.totals(conditions)
        self._totals = tuple(totals[: len(plan.clauses)])
        self._idf = {
            condition: idf(archive.count(), total)
            for condition, total in zip(conditions, totals, strict=True)
        }
        self._best_score = 0.0
        self._is_strict = len(plan.clauses) < 2 or min(plan.minimum_idf_shares) >= 1
        self._has_tokens = plan.order is Order.SCORE and COMPARED <= plan.limit <= _MOST_COMPARED
        # What clauses a hit lacks is read off its tokens where these come with it.
        self._asks_missing = not self._is_strict and not (
            self._has_tokens and all(is_of_tokens(one, tokens_field) for one in plan.clauses)
        )

    def result(self) -> EngineResult:
        """Run the plan."""
        plan = self._plan
        for matched in self._ways():
            answer = self._run(matched)
            total = answer["hits"]["total"]["value"]
            if total:
                break
        counted = answer["aggregations"]

        def ask(aggregations: dict[str, Any]) -> Mapping[str, Any]:
            again = self._view.search({"filter": matched}, {"size": 0, "aggs": aggregations})
            found: Mapping[str, Any] = again["aggregations"]
            return found

        others = counts(plan, answer, ask)
        return EngineResult(
            total=total,
            total_all=total if self._is_strict else counted["complete"]["doc_count"],
            clause_totals=self._totals,
            hits=tuple(self._hits(matched, answer)),
            facets=others.facets,
            interval=others.interval,
            timeline=others.timeline,
        )

    def _ways(self) -> Iterator[list[Query]]:
        """The conditions that a document has to match; the next ones where none matches these."""
        if self._is_strict:
            yield [*self._fixed, *self._clauses]
            return
        weights = [
            self._idf[clause] if total else 0.0
            for clause, total in zip(self._plan.clauses, self._totals, strict=True)
        ]
        for share in self._plan.minimum_idf_shares:
            # The margin lets through what only rounding keeps below the threshold.
            least = max(0.0, share * sum(weights) - 1e-4)
            yield [*self._fixed, mass_above(self._clauses, weights, least)]

    def _run(self, matched: list[Query]) -> Any:
        """The first hits up to the end of the page, and all that is counted."""
        plan = self._plan
        counted = {**facet_aggregations(plan), **timeline_aggregations(plan)}
        if not self._is_strict:
            counted["complete"] = {"filter": all_of(self._clauses)}
        body = {"aggs": counted, "track_total_hits": True}
        end = plan.offset + plan.limit
        if not plan.limit or end > WINDOW:
            return self._view.search({"filter": matched}, {**body, "size": 0}, **self._params)
        query, page = self._page(matched)
        body |= {**page, "from": plan.offset, "size": plan.limit}
        return self._view.search(query, body, **self._params)

    @property
    def _params(self) -> dict[str, Any]:
        """Parameters of each search: shards of other years are passed over."""
        return {"include_named_queries_score": True, "pre_filter_shard_size": 1}

    @cached_property
    def _weights(self) -> Mapping[str, dict[Earning, float]]:
        """What each term gives in all; of a score's parts the one that is told, the other is the rest."""
        clauses: dict[Earning, float] = {}
        for one in self._earned:
            clauses[one] = clauses.get(one, 0.0) + self._idf[one.term]
        boosts: dict[Earning, float] = {}
        for boost in self._plan.boosts:
            one = Earning(boost.term)
            boosts[one] = boosts.get(one, 0.0) + boost.weight * self._idf[boost.term]
        everything = {
            one: clauses.get(one, 0.0) + boosts.get(one, 0.0) for one in (clauses | boosts)
        }
        # Boosts are small queries, but a cluster knows no scores below 0.
        if all(weight >= 0 for weight in boosts.values()):
            return {_SCORE: everything, _BOOST_SCORE: boosts}
        return {_SCORE: everything, _CLAUSE_SCORE: clauses}

    def _page(self, matched: list[Query]) -> tuple[Query, dict[str, Any]]:
        """The query of hits in their order, and what is told of each."""
        for detail in DETAILS:
            page = self._page_in(detail, matched)
            if terms_in(list(page)) <= MOST_CLAUSES - _SPARE:
                break
        return page

    def _page_in(self, detail: Detail, matched: list[Query]) -> tuple[Query, dict[str, Any]]:
        plan = self._plan
        parts = {
            name: [earned(one, weight, detail) for one, weight in its.items() if weight > 0]
            for name, its in self._weights.items()
        }
        everything = parts.pop(_SCORE)
        told = [named(name, part) for name, part in parts.items() if part]
        if self._asks_missing:
            told += [
                {"bool": {"filter": [matching(clause, hints=False)], "_name": str(number)}}
                for number, clause in enumerate(plan.clauses)
            ]
        scored = everything
        if plan.order is not Order.SCORE:
            scored = []
        if (plan.order is not Order.SCORE or plan.complete_first or plan.recency) and everything:
            told.append(named(_SCORE, everything))
        if plan.complete_first and not self._is_strict:
            scored = [*scored, constant(all_of(self._clauses), _COMPLETE)]
        sort = _ORDERS[plan.order]
        if plan.complete_first and not self._is_strict and plan.order is not Order.SCORE:
            sort = [{"_score": {"order": "desc"}}, *sort]
        query: Query = {"filter": matched, "must_not": only_named(told)}
        if plan.recency and plan.order is Order.SCORE:
            query["must"] = [self._with_recency(scored, self._best(matched, scored))]
        elif scored:
            query["should"] = scored
        columns = [ID, WHOLE_ID, "published"]
        if self._has_tokens:
            columns.append(HASHES)
        return query, {"sort": sort, "docvalue_fields": columns}

    def _hits(self, matched: list[Query], answer: Any) -> Iterator[EngineHit]:
        plan = self._plan
        if plan.limit and plan.offset + plan.limit > WINDOW:
            deep = self._blocks(self._page(matched), [], WINDOW)
            yield from map(self._hit, islice(deep, plan.offset, plan.offset + plan.limit))
            return
        hits = answer["hits"]["hits"]
        self._archive.keep(hits)
        if self._is_strict or self._asks_missing:
            yield from map(self._hit, hits)
            return
        arrays = [hashes_of(hit) for hit in hits]
        matched_by = [matches(clause, arrays).tolist() for clause in plan.clauses]
        for hit, matched_clauses in zip(
            map(self._hit, hits), zip(*matched_by, strict=True), strict=True
        ):
            missing = tuple(n for n, it in enumerate(matched_clauses) if not it)
            yield replace(hit, missing=missing)

    def hits_behind(self, id: str) -> Iterator[EngineHit]:
        """The hits behind the one with an id; raises LookupError when it is none."""
        for matched in self._ways():
            found = self._view.search({"filter": matched}, {"size": 1}, **self._params)
            if found["hits"]["hits"]:
                break
        query, page = self._page(matched)
        this = {**query, "filter": [*matched, {"term": {ID: value_out(id)}}]}
        hits = self._view.search(this, {**page, "size": 1}, **self._params)["hits"]["hits"]
        if not hits:
            raise LookupError(id)
        return map(self._hit, self._blocks((query, page), hits[0]["sort"], _CONTINUED))

    def _blocks(
        self, page: tuple[Query, dict[str, Any]], after: list[Any], size: int
    ) -> Iterator[Any]:
        """Hits behind a place, block after block: a cluster puts only so many in order at once."""
        query, body = page
        while True:
            behind = {"search_after": after} if after else {}
            answer = self._view.search(
                query, {**body, "size": size, "track_total_hits": False, **behind}, **self._params
            )
            hits = answer["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            after = hits[-1]["sort"]

    def _best(self, matched: list[Query], scored: list[Query]) -> float:
        """The best score of the search."""
        answer = self._view.search(
            {"filter": matched, "should": scored},
            {"size": 1, "track_total_hits": False},
        )
        found: float = answer["hits"]["max_score"] or 0.0
        self._best_score = found
        return found

    def _with_recency(self, scored: list[Query], best: float) -> Query:
        """Scores with the bonus of new documents."""
        recency = self._plan.recency
        if recency is None or not best:
            return {"bool": {"filter": [{"match_all": {}}], "should": scored}}
        dated: Query = {"exists": {"field": "published"}}
        decay = {
            "origin": self._archive.newest(),
            "scale": f"{round(recency.half_life * _DAY)}s",
            "decay": 0.5,
        }
        return {
            "function_score": {
                "query": {"bool": {"filter": [{"match_all": {}}], "should": scored}},
                "functions": [
                    {"filter": dated, "exp": {"published": decay}, "weight": recency.weight * best},
                    {"filter": {"bool": {"must_not": [dated]}}, "weight": 0},
                ],
                "boost_mode": "sum",
            }
        }

    def _hit(self, hit: Any) -> EngineHit:
        plan = self._plan
        scores = hit.get("matched_queries") or {}
        published = hit["fields"].get("published")
        is_sum = plan.order is not Order.SCORE or plan.complete_first or plan.recency
        score = scores.get(_SCORE, 0.0) if is_sum else hit["_score"] or 0.0
        told = scores.get(_CLAUSE_SCORE, 0.0)
        clause_score = (
            told if _CLAUSE_SCORE in self._weights else score - scores.get(_BOOST_SCORE, 0.0)
        )
        missing: tuple[int, ...] = ()
        if self._asks_missing:
            missing = tuple(n for n in range(len(self._clauses)) if str(n) not in scores)
        return EngineHit(
            id=id_of(hit),
            clause_score=clause_score,
            boost_score=score - clause_score,
            recency_score=self._recency_score(published),
            missing=missing,
        )

    def _recency_score(self, published: list[str] | None) -> float:
        recency = self._plan.recency
        if recency is None or published is None:
            return 0.0
        age = (self._archive.newest() - int(published[0])) / _DAY
        return float(recency.weight * self._best_score * 0.5 ** (age / recency.half_life))
