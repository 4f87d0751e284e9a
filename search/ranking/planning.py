"""Understood query -> plan: which terms, fields and filters an engine looks for, and their weights."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, replace
from functools import cache

from indexer.engines.base import InPeriod, Order, Plan, Recency
from indexer.engines.conditions import Condition, Term
from indexer.engines.token_hashes import token_hash
from indexer.language.analysis import SYLLABLES
from indexer.moments import VIETNAM_OFFSET
from search.query.tree import Either, Node, QueryPattern, QueryWord, place_of
from search.ranking.conditions import between, boosts, condition_of, top_parts
from search.ranking.occurrences import SoughtForm
from search.ranking.reranking import RankingModel, SoughtClauses, load_model
from search.requests import Copies, SearchRequest, Sort, Words
from search.understanding.understood_query import UnderstoodQuery

FACET_VALUES = 50
"""The most values of a facet that are counted out."""
MINIMUM_IDF_SHARES = (0.5, 0.25)
"""An article is found when it holds half of the query's idf; when none does, a quarter is enough."""
RECENCY = Recency(weight=0.15, half_life=180)
"""Decides between articles that match about equally; its effect is in docs/benchmarks.md."""
IN_PERIOD = 0.3
"""What an article of the time that a query names earns, as a share of the best score."""
UTC_OFFSET = int(VIETNAM_OFFSET.total_seconds())
_ORDERS = {
    Sort.RELEVANCE: Order.SCORE,
    Sort.RECENT: Order.SCORE,
    Sort.NEWEST: Order.NEWEST,
    Sort.OLDEST: Order.OLDEST,
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights of the parts of a score; in the first step a matching syllable counts 1.

    Attributes:
        pair: two neighbouring syllables, without diacritics.
        word: a word as pyvi segments it.
        model: puts the best candidates in order again; None leaves them as the engine ranks them.
    """

    pair: float = 0.7
    word: float = 0.3
    model: RankingModel | None = None


@cache
def default_ranking() -> Ranking:
    """The ranking that the project comes with."""
    return Ranking(model=load_model())


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """An engine's plan for a query, and the words and model for reranking its best candidates.

    Attributes:
        places: for each clause of the plan where the query's characters are that it stands for.
        sought: the words by which candidates are reranked; None where they are not.
        model: the model for that.
    """

    plan: Plan
    places: tuple[tuple[int, int], ...]
    sought: SoughtClauses | None = None
    model: RankingModel | None = None


def plan_query(
    query: UnderstoodQuery, request: SearchRequest, ranking: Ranking | None = None
) -> QueryPlan:
    """The plan of one page of a query's results.

    Args:
        ranking: None for the ranking that the project comes with.
    """
    ranking = ranking or default_ranking()
    parts = top_parts(query.root)
    scored = [part for part in parts if _is_clause(part)]
    clauses = tuple(condition_of(part, query) for part in scored)
    needs_all = query.needs_all or request.words is Words.ALL
    plan = Plan(
        clauses=clauses,
        required=_required(parts, query, request),
        boosts=tuple(boosts(query, ranking.pair, ranking.word)),
        filters=request.filters,
        facets=dict.fromkeys(request.facets, FACET_VALUES),
        has_timeline=True,
        interval=request.interval,
        utc_offset=UTC_OFFSET,
        minimum_idf_shares=(1.0,) if needs_all else MINIMUM_IDF_SHARES,
        # By date, articles that lack a word would stand between those that hold all.
        complete_first=_ORDERS[request.sort] is not Order.SCORE,
        date_bonus=_date_bonus(query, request),
        folded=request.copies is Copies.FOLDED,
        counts_groups=not request.is_each_copy_counted,
        counts_complete=request.words is Words.AUTO,
        order=_ORDERS[request.sort],
        offset=(request.page - 1) * request.per_page if request.offset is None else request.offset,
        limit=request.per_page,
    )
    plan = _newest_first_if_unranked(plan)
    places = tuple(map(place_of, scored))
    sought = _sought(_said_now(scored, query), places, query)
    if len(sought.words) < 2 or plan.order is not Order.SCORE:
        return QueryPlan(plan, places)
    return QueryPlan(plan, places, sought, ranking.model)


def _date_bonus(query: UnderstoodQuery, request: SearchRequest) -> Recency | InPeriod | None:
    if request.sort is Sort.RECENT:
        return RECENCY
    period = query.period
    if period is None or request.sort is not Sort.RELEVANCE:
        return None
    return InPeriod(between(period.first, period.last), IN_PERIOD)


def _said_now(parts: SequenceOf[Node], query: UnderstoodQuery) -> tuple[Condition, ...]:
    """The conditions of some parts on what an article says now, by which it is ranked."""
    now = replace(query, all_versions=False, period=None)
    return tuple(condition_of(part, now) for part in parts)


def _is_clause(part: Node) -> bool:
    """Whether an article should match a part, rather than has to."""
    return isinstance(part, QueryWord | QueryPattern | Either)


def _required(
    parts: SequenceOf[Node], query: UnderstoodQuery, request: SearchRequest
) -> tuple[Condition, ...]:
    required = [condition_of(part, query) for part in parts if not _is_clause(part)]
    if not parts and query.text.strip():
        # Nothing to search for is not the same as no query, which browses.
        required.append(Term(SYLLABLES, ()))
    if request.since or request.until:
        required.append(between(request.since, request.until))
    return tuple(required)


def _newest_first_if_unranked(plan: Plan) -> Plan:
    """Without words there is nothing to rank by: browsing shows the newest first."""
    unranked = not plan.clauses and not plan.boosts and plan.order is Order.SCORE
    return replace(plan, order=Order.NEWEST) if unranked else plan


def _sought(
    clauses: tuple[Condition, ...], places: tuple[tuple[int, int], ...], query: UnderstoodQuery
) -> SoughtClauses:
    """The words of a query by which candidates are reranked: clauses that are plain words."""
    words = {
        number: frozenset(map(token_hash, clause.terms))
        for number, clause in enumerate(clauses)
        if isinstance(clause, Term)
    }
    forms = _other_forms(places, query)
    for number in words:
        # What stands for several words is looked for as such.
        words[number] -= {
            one.hashes[0] for one in forms if number in one.words and len(one.hashes) == 1
        }
    told = query.period.words if query.period else frozenset()
    of_time = frozenset(number for number in words if places[number][0] in told)
    return SoughtClauses(words, forms, of_time)


def _other_forms(
    places: tuple[tuple[int, int], ...], query: UnderstoodQuery
) -> tuple[SoughtForm, ...]:
    """Other forms of the words of a query, except single words that stand for single words."""
    numbers: Mapping[int, int] = {start: number for number, (start, _) in enumerate(places)}
    return tuple(
        SoughtForm(
            tuple(numbers[other.starts[word]] for word in other.written(form)),
            tuple(map(token_hash, form)),
        )
        for other in query.others
        if all(start in numbers for start in other.starts)
        for form in other.forms
        if len(form) > 1 or len(other.starts) > 1
    )
