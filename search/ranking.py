"""Query tree -> `Plan`: which terms, fields and filters an engine looks for, and with which weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from indexer.engines.base import (
    Order,
    Plan,
    Recency,
    Term,
)
from indexer.language.analysis import (
    SYLLABLES,
    token_hash,
)
from search.clauses import Marker, PlanBuilder, Vocabulary, between
from search.occurrences import SoughtForm
from search.reranking import LinearReranker, RankingModel, load_model
from search.results import SearchRequest, Sort
from search.tree import ParsedQuery

FACET_VALUES = 50
"""The most values of a facet that are counted out."""
SHARES = (0.5, 0.25)
"""An article is found when it holds half of the query's idf; when none does, a quarter is enough."""
RECENCY = Recency(weight=0.15, half_life=180)
"""Decides between articles that match about equally; what it does to ranking is in docs/benchmarks.md."""
_ORDERS = {
    Sort.RELEVANCE: Order.SCORE,
    Sort.RECENT: Order.SCORE,
    Sort.NEWEST: Order.NEWEST,
    Sort.OLDEST: Order.OLDEST,
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the parts of a score count for; in the first step a matching syllable counts 1.

    Attributes:
        pair: two neighbouring syllables, without diacritics.
        word: a word as pyvi segments it.
        model: puts the best of the first step in order again; None leaves them as they are.
    """

    pair: float = 0.7
    word: float = 0.3
    model: RankingModel | None = None


@cache
def default_ranking() -> Ranking:
    """The ranking that the project comes with."""
    return Ranking(model=load_model())


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A plan and what it is about.

    Attributes:
        places: for each clause of the plan where the query's characters are that it stands for.
        folded: the query was typed without diacritics and is matched so.
        corrections: places of words -> what they are taken for: keystrokes, misspellings.
        unknown: places of those of them that no article holds.
        restored: places of words without diacritics -> how they are most probably spelt.
    """

    plan: Plan
    places: tuple[tuple[int, int], ...]
    marker: Marker
    folded: bool
    corrections: Mapping[tuple[int, int], str]
    unknown: frozenset[tuple[int, int]]
    restored: Mapping[tuple[int, int], str]


def interpret(
    query: ParsedQuery,
    request: SearchRequest,
    vocabulary: Vocabulary,
    ranking: Ranking | None = None,
) -> Interpretation:
    """Turn a query into the plan of one page of its results.

    Args:
        ranking: None for the one that the project comes with.
    """
    ranking = ranking or default_ranking()
    builder = PlanBuilder(query, vocabulary)
    builder.note_synonyms(query.root)
    builder.understand(query.root)
    builder.add(query.root)
    if not query.root.parts and query.text.strip():
        # Nothing to search for is not the same as no query, which browses.
        builder.required.append(Term(SYLLABLES, ()))
    if request.since or request.until:
        builder.required.append(between(request.since, request.until))
    plan = Plan(
        clauses=tuple(builder.clauses),
        required=tuple(builder.required),
        boosts=tuple(builder.boosts(ranking.pair, ranking.word)),
        filters=request.filters,
        facets=dict.fromkeys(request.facets, FACET_VALUES),
        interval=request.interval,
        shares=(1.0,) if request.all_words else SHARES,
        # By date, articles that lack a word would stand between those that hold all.
        complete_first=_ORDERS[request.sort] is not Order.SCORE,
        recency=RECENCY if request.sort is Sort.RECENT else None,
        order=_ORDERS[request.sort],
        offset=(request.page - 1) * request.per_page if request.offset is None else request.offset,
        limit=request.per_page,
        with_records=True,
        explain=request.explain,
    )
    if not plan.clauses and not plan.boosts and plan.order is Order.SCORE:
        plan = _newest_first(plan)
    words = {
        number: frozenset(map(token_hash, clause.terms))
        for number, clause in enumerate(builder.clauses)
        if isinstance(clause, Term)
    }
    if len(words) > 1 and ranking.model:
        forms = _other_forms(builder)
        for number in words:
            # What stands for several words is looked for as such.
            words[number] -= {
                one.hashes[0] for one in forms if number in one.words and len(one.hashes) == 1
            }
        plan = replace(plan, reranker=LinearReranker(ranking.model, words, forms))
    return Interpretation(
        plan,
        tuple(builder.places),
        builder.marker(),
        builder.speller.folded,
        builder.speller.corrections,
        frozenset(builder.speller.unknown),
        builder.speller.restored,
    )


def _other_forms(builder: PlanBuilder) -> list[SoughtForm]:
    """What else the words of a query may be written as, but for one word that stands for one."""
    numbers = {start: number for number, (start, _) in enumerate(builder.places)}
    return [
        SoughtForm(
            tuple(numbers[other.starts[word]] for word in other.written(form)),
            tuple(map(token_hash, form)),
        )
        for other in builder.others
        if all(start in numbers for start in other.starts)
        for form in other.forms
        if len(form) > 1 or len(other.starts) > 1
    ]


def _newest_first(plan: Plan) -> Plan:
    """Without words there is nothing to rank by: browsing shows the newest first."""
    return replace(plan, order=Order.NEWEST)
