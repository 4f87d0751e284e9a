"""Hits in their order: the query that scores and sorts them, and what is read off its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.engines.base import EngineHit, InPeriod, Order, Plan
from indexer.engines.opensearch.columns import GROUP, HASHES, ID, WHOLE_ID, hashes_of, id_of
from indexer.engines.opensearch.layout import MOST_CLAUSES
from indexer.engines.opensearch.queries import (
    DETAILS,
    Detail,
    Earning,
    Query,
    all_of,
    constant,
    earned,
    matching,
    named,
    only_named,
    terms_in,
)
from indexer.engines.opensearch.token_matching import matches

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
_CLAUSE_SCORE, _BOOST_SCORE, _SCORE, _IN_PERIOD = "clauses", "boosts", "score", "period"
_SPARE = 40
"""Terms of a query that are left for what hides articles of other commits, and for rounding."""
_COMPLETE = 1000.0
"""What being complete counts for where complete documents come first: more than any score."""


@dataclass(frozen=True, slots=True)
class Newness:
    """What a bonus by date is reckoned from.

    Attributes:
        newest: the newest moment of publication, seconds since 1970.
        best: the best score of the search without it.
    """

    newest: int
    best: float


@dataclass(frozen=True, slots=True)
class RankedPage:
    """How the hits of a plan are scored, put in order and told.

    Attributes:
        clauses: what each term of the clauses and required conditions gives.
        boosts: what each term of the boosts gives.
        is_strict: whether every hit matches every clause.
        has_tokens: whether the tokens of hits come with them.
        reads_missing: whether the tokens say which clauses a hit lacks.
        newness: None where the date counts for nothing.
    """

    plan: Plan
    clauses: Mapping[Earning, float]
    boosts: Mapping[Earning, float]
    is_strict: bool
    has_tokens: bool
    reads_missing: bool
    newness: Newness | None = None

    @property
    def _is_by_score(self) -> bool:
        return self.plan.order is Order.SCORE

    @property
    def _sums_up(self) -> bool:
        """Whether what hits are put in order by is another thing than their score."""
        return not self._is_by_score or self.plan.complete_first or self.newness is not None

    @property
    def _tells_boosts(self) -> bool:
        """Whether the boosts are told, else the clauses; the other part is the rest of a score.

        Boosts are small queries, but a cluster knows no scores below 0.
        """
        return all(weight >= 0 for weight in self.boosts.values())

    def earnings(self) -> list[Query]:
        """What a document earns by all its terms, as exactly as a query can say."""
        for detail in DETAILS:
            found = self._scored(detail)
            if terms_in(found) <= MOST_CLAUSES // 2:
                break
        return found

    def _scored(self, detail: Detail) -> list[Query]:
        everything = {
            one: self.clauses.get(one, 0.0) + self.boosts.get(one, 0.0)
            for one in {**self.clauses, **self.boosts}
        }
        return _earned(everything, detail)

    def query(self, matched: list[Query]) -> tuple[Query, dict[str, Any]]:
        """The clauses of a bool query, and how its hits are sorted and told.

        Args:
            matched: conditions of all hits.
        """
        for detail in DETAILS:
            page = self._query(matched, detail)
            if terms_in(list(page)) <= MOST_CLAUSES - _SPARE:
                break
        return page

    def _query(self, matched: list[Query], detail: Detail) -> tuple[Query, dict[str, Any]]:
        plan = self.plan
        scored = everything = self._scored(detail)
        sort = _ORDERS[plan.order]
        if not self._is_by_score:
            scored = []
        if plan.complete_first and not self.is_strict:
            scored = [*scored, constant(all_of([*map(matching, plan.clauses)]), _COMPLETE)]
            sort = sort if self._is_by_score else [{"_score": {"order": "desc"}}, *sort]
        query: Query = {"filter": matched, "must_not": only_named(self._told(everything, detail))}
        if self.newness is not None and self._is_by_score:
            query["must"] = [self._with_newness(scored, self.newness)]
        elif scored:
            query["should"] = scored
        columns = [ID, WHOLE_ID, GROUP, "published", *([HASHES] if self.has_tokens else [])]
        return query, {"sort": sort, "docvalue_fields": columns}

    def _told(self, everything: list[Query], detail: Detail) -> list[Query]:
        """Queries whose scores or matches are told of each hit."""
        name = _BOOST_SCORE if self._tells_boosts else _CLAUSE_SCORE
        part = _earned(self.boosts if self._tells_boosts else self.clauses, detail)
        told = [named(name, part)] if part else []
        if not self.is_strict and not self.reads_missing:
            told += [
                {"bool": {"filter": [matching(clause, hints=False)], "_name": str(number)}}
                for number, clause in enumerate(self.plan.clauses)
            ]
        if self._sums_up and everything:
            told.append(named(_SCORE, everything))
        if self.newness is not None and isinstance(self.plan.date_bonus, InPeriod):
            within = matching(self.plan.date_bonus.period)
            told.append({"bool": {"filter": [within], "_name": _IN_PERIOD}})
        return told

    def _with_newness(self, scored: list[Query], newness: Newness) -> Query:
        """Scores with the bonus of new documents, or of those of a period."""
        base: Query = {"bool": {"filter": [{"match_all": {}}], "should": scored}}
        bonus = self.plan.date_bonus
        if bonus is None or not newness.best:
            return base
        earning: Query = {"weight": bonus.weight * newness.best}
        if isinstance(bonus, InPeriod):
            those = matching(bonus.period)
        else:
            those = {"exists": {"field": "published"}}
            scale = f"{round(bonus.half_life * _DAY)}s"
            decay = {"origin": newness.newest, "scale": scale, "decay": 0.5}
            earning["exp"] = {"published": decay}
        others: Query = {"filter": {"bool": {"must_not": [those]}}, "weight": 0}
        functions = [{"filter": those, **earning}, others]
        return {"function_score": {"query": base, "functions": functions, "boost_mode": "sum"}}

    def read(self, hits: Sequence[Any]) -> list[EngineHit]:
        """The hits of an answer."""
        found = [self._hit(hit) for hit in hits]
        if self.is_strict or not self.reads_missing or not found:
            return found
        arrays = [hashes_of(hit) for hit in hits]
        matched = zip(*(matches(one, arrays).tolist() for one in self.plan.clauses), strict=True)
        return [
            replace(hit, missing=tuple(number for number, one in enumerate(its) if not one))
            for hit, its in zip(found, matched, strict=True)
        ]

    def _hit(self, hit: Any) -> EngineHit:
        told = hit.get("matched_queries") or {}
        score = told.get(_SCORE, 0.0) if self._sums_up else hit["_score"] or 0.0
        boost_score = told.get(_BOOST_SCORE, 0.0)
        if not self._tells_boosts:
            boost_score = score - told.get(_CLAUSE_SCORE, 0.0)
        missing: tuple[int, ...] = ()
        if not self.is_strict and not self.reads_missing:
            missing = tuple(n for n in range(len(self.plan.clauses)) if str(n) not in told)
        published = hit["fields"].get("published")
        return EngineHit(
            id=id_of(hit),
            clause_score=score - boost_score,
            boost_score=boost_score,
            date_score=self._date_score(int(published[0]) if published else None, told),
            missing=missing,
        )

    def _date_score(self, published: int | None, told: Mapping[str, float]) -> float:
        bonus, newness = self.plan.date_bonus, self.newness
        if bonus is None or newness is None or published is None:
            return 0.0
        if isinstance(bonus, InPeriod):
            return bonus.weight * newness.best if _IN_PERIOD in told else 0.0
        age = (newness.newest - published) / _DAY
        return float(bonus.weight * newness.best * 0.5 ** (age / bonus.half_life))


def _earned(weights: Mapping[Earning, float], detail: Detail) -> list[Query]:
    return [earned(one, weight, detail) for one, weight in weights.items() if weight > 0]
