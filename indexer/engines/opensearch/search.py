"""One plan as searches of a cluster: totals first, which give the weights, then matching and order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Protocol

from indexer.engines.base import EngineHit, EngineResult, Order, Plan
from indexer.engines.conditions import Condition
from indexer.engines.opensearch.columns import GROUP, ID
from indexer.engines.opensearch.counting import (
    MOST_EXACT,
    Counts,
    counts,
    distinct_groups,
    facet_aggregations,
    timeline_aggregations,
)
from indexer.engines.opensearch.escaping import value_out
from indexer.engines.opensearch.point_in_time import PointInTime
from indexer.engines.opensearch.queries import (
    Earning,
    Query,
    all_of,
    earnings,
    filters,
    mass_above,
    matching,
)
from indexer.engines.opensearch.ranked_page import Newness, RankedPage
from indexer.engines.opensearch.token_matching import is_of_tokens
from indexer.engines.scoring import idf

WINDOW = 10_000
"""Hits that a cluster puts in order at once."""
COMPARED, _MOST_COMPARED = 50, 200
"""Of so many best hits the tokens are asked for next: they come with them."""
_CONTINUED = 500
"""Hits of a block behind a hit."""
_PARAMS: Mapping[str, Any] = {
    "include_named_queries_score": True,
    # Shards of other years are passed over, however few there are.
    "pre_filter_shard_size": 1,
}


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
    """A plan on its way through one commit.

    Args:
        tokens_field: the field of terms in which the tokens are counted.
    """

    def __init__(self, plan: Plan, view: PointInTime, archive: Totals, tokens_field: str) -> None:
        self._plan = plan
        self._view = view
        self._archive = archive
        self._clauses = [matching(clause) for clause in plan.clauses]
        self._fixed = filters(plan)
        scored = (*plan.clauses, *plan.required)
        earned = [one for condition in scored for one in earnings(condition)]
        terms = [one.term for one in earned] + [one.term for one in plan.boosts]
        conditions = [*plan.clauses, *terms]
        totals = archive.totals(conditions)
        self._totals = tuple(totals[: len(plan.clauses)])
        self._idf = {
            condition: idf(archive.count(), total)
            for condition, total in zip(conditions, totals, strict=True)
        }
        has_tokens = plan.order is Order.SCORE and COMPARED <= plan.limit <= _MOST_COMPARED
        self._page = RankedPage(
            plan,
            _sums((one, self._idf[one.term]) for one in earned),
            _sums((Earning(one.term), one.weight * self._idf[one.term]) for one in plan.boosts),
            is_strict=len(plan.clauses) < 2 or min(plan.minimum_idf_shares) >= 1,
            has_tokens=has_tokens,
            reads_missing=has_tokens
            and all(is_of_tokens(one, tokens_field) for one in plan.clauses),
        )

        # Of a strict plan every hit matches all clauses.
        self._counts_complete = plan.counts_complete and not self._page.is_strict

    def result(self) -> EngineResult:
        """Run the plan."""
        plan = self._plan
        for matched in self._ways():
            answer = self._run(matched)
            total = answer["hits"]["total"]["value"]
            if total:
                break
        counted = answer.get("aggregations", {})
        others = self._counts(matched, answer)
        hits = answer["hits"]["hits"]
        if plan.limit and plan.offset + plan.limit > WINDOW:
            deep = self._blocks(self._page, matched, [], WINDOW)
            if plan.folded:
                deep = _folded(deep)
            hits = list(islice(deep, plan.offset, plan.offset + plan.limit))
        if self._page.has_tokens:
            self._archive.keep(hits)
        groups = counted["groups"]["value"] if plan.folded else total
        total_all, groups_all = total, groups
        if not self._page.is_strict:
            complete = counted["complete"]
            total_all = groups_all = complete["doc_count"]
            if plan.folded:
                groups_all = complete["groups"]["value"]
        return EngineResult(
            total=total,
            total_all=total_all,
            groups=groups,
            groups_all=groups_all,
            clause_totals=self._totals,
            hits=tuple(self._page.read(hits)),
            facets=others.facets,
            interval=others.interval,
            timeline=others.timeline,
        )

    def _counts(self, matched: list[Query], answer: Mapping[str, Any]) -> Counts:
        """The facets and the timeline of an answer."""
        found, counted = answer.get("aggregations", {}), matched
        if self._counts_complete:
            found = found["complete"]
            counted = [*matched, *self._clauses]

        def ask(aggregations: dict[str, Any]) -> Mapping[str, Any]:
            again = self._view.search({"filter": counted}, {"size": 0, "aggs": aggregations})
            asked: Mapping[str, Any] = again["aggregations"]
            return asked

        if self._counts_complete and not found["doc_count"]:
            # None matches every clause: what is counted is all that was found.
            counted = matched
            found = ask(self._counted())
        return counts(self._plan, found, answer["_shards"]["total"], ask)

    def _counted(self) -> dict[str, Any]:
        return {**facet_aggregations(self._plan), **timeline_aggregations(self._plan)}

    def _ways(self) -> Iterator[list[Query]]:
        """The conditions that a document has to match; the next ones where none matches these."""
        if self._page.is_strict:
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
        of_all = distinct_groups(MOST_EXACT) if plan.folded else {}
        counted: dict[str, Any] = dict(of_all)
        of_complete = dict(of_all)
        (of_complete if self._counts_complete else counted).update(self._counted())
        if not self._page.is_strict:
            complete = counted["complete"] = {"filter": all_of(self._clauses)}
            if of_complete:
                complete["aggs"] = of_complete
        body = {"aggs": counted, "track_total_hits": True}
        if plan.limit:
            self._page = self._compared(matched)
        if not plan.limit or plan.offset + plan.limit > WINDOW:
            return self._view.search({"filter": matched}, {**body, "size": 0}, **_PARAMS)
        query, page = self._page.query(matched)
        body |= {**page, "from": plan.offset, "size": plan.limit}
        if plan.folded:
            body["collapse"] = {"field": GROUP}
        return self._view.search(query, body, **_PARAMS)

    def _compared(self, matched: list[Query]) -> RankedPage:
        """The page with what a bonus by date is a share of, where there is such a bonus."""
        if self._plan.date_bonus is None:
            return self._page
        answer = self._view.search(
            {"filter": matched, "should": self._page.earnings()},
            {"size": 1, "track_total_hits": False},
        )
        best: float = answer["hits"]["max_score"] or 0.0
        return replace(self._page, newness=Newness(self._archive.newest(), best))

    def hits_behind(self, id: str) -> Iterator[EngineHit]:
        """The hits behind the one with an id, not folded; raises LookupError when it is none."""
        for matched in self._ways():
            found = self._view.search({"filter": matched}, {"size": 1}, **_PARAMS)
            if found["hits"]["hits"]:
                break
        page = replace(self._compared(matched), has_tokens=False, reads_missing=False)
        query, body = page.query(matched)
        this = {**query, "filter": [*matched, {"term": {ID: value_out(id)}}]}
        hits = self._view.search(this, {**body, "size": 1}, **_PARAMS)["hits"]["hits"]
        if not hits:
            raise LookupError(id)
        behind = self._blocks(page, matched, hits[0]["sort"], _CONTINUED)
        return (one for hit in behind for one in page.read([hit]))

    def _blocks(
        self, page: RankedPage, matched: list[Query], after: list[Any], size: int
    ) -> Iterator[Any]:
        """Hits behind a place, block after block: a cluster puts only so many in order at once."""
        query, body = page.query(matched)
        while True:
            behind = {"search_after": after} if after else {}
            answer = self._view.search(
                query, {**body, "size": size, "track_total_hits": False, **behind}, **_PARAMS
            )
            hits = answer["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            after = hits[-1]["sort"]


def _folded(hits: Iterable[Any]) -> Iterator[Any]:
    """The first hit of each group."""
    met: set[str] = set()
    for hit in hits:
        (group,) = hit["fields"][GROUP]
        if group not in met:
            met.add(group)
            yield hit


def _sums(weights: Iterator[tuple[Earning, float]]) -> dict[Earning, float]:
    """The weight of each term in all."""
    found: dict[Earning, float] = {}
    for one, weight in weights:
        found[one] = found.get(one, 0.0) + weight
    return found
