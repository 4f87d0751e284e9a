"""Conditions and what terms earn, as queries of OpenSearch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.engines.base import Plan
from indexer.engines.conditions import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    InPassage,
    Listed,
    Long,
    Not,
    Phrase,
    Placed,
    Repeated,
    Scope,
    Spot,
    Term,
    Together,
    Valued,
    spot_terms,
)
from indexer.engines.opensearch.escaping import (
    COUNT_MARK,
    NOWHERE,
    PART_END,
    SCOPE_MARKS,
    passage_marks,
    term_out,
    value_out,
)
from indexer.engines.opensearch.layout import (
    LENGTH,
    LENGTHS,
    MOST_CLAUSES,
    facet_field,
    term_field,
)
from indexer.engines.scoring import K1

Query = dict[str, Any]
_MARGIN = 1e-6
"""A search that asks for more than a mass asks for at least so much more."""


def all_of(queries: Sequence[Query]) -> Query:
    """Articles that match every query."""
    return queries[0] if len(queries) == 1 else {"bool": {"filter": list(queries)}}


def any_of(queries: Sequence[Query]) -> Query:
    """Articles that match at least one query."""
    if not queries:
        return {"match_none": {}}
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def matching(condition: Condition, *, hints: bool = True) -> Query:
    """The articles that match a condition; scores count for nothing.

    Args:
        hints: whether phrases name what leads to few articles; not where these are found already.
    """

    def part_of(part: Condition) -> Query:
        return matching(part, hints=hints)

    match condition:
        case Term(field, terms, phrases):
            return any_of([*_holding(field, terms), *map(part_of, phrases)])
        case Phrase():
            return _phrase(condition, hints=hints)
        case AllOf(parts):
            return all_of(list(map(part_of, parts))) if parts else {"match_all": {}}
        case AnyOf(parts):
            return any_of(list(map(part_of, parts)))
        case Not(part):
            return {"bool": {"must_not": [part_of(part)]}}
        case Together():
            return _together(condition, hints=hints)
        case InPassage(key, parts):
            leading = [matching(part, hints=hints) for part in (key, *parts)]
            near = _containing(passage_marks(key.terms[0]), list(map(_places, parts)))
            return all_of([*leading, _intervals(near)])
        case Repeated(part, least):
            often = {"all_of": {"mode": "ordered", "intervals": [_places(part)] * least}}
            return all_of([matching(part, hints=hints), _intervals(often)])
        case Between() | Long() | Valued() | Listed():
            return _of_document(condition)


def _of_document(condition: Between | Long | Valued | Listed) -> Query:
    """The articles that match a condition which asks for no terms."""
    match condition:
        case Between(since, until):
            return _between(since, until)
        case Long(least, most):
            bounds = {"gte": least, "lte": most}
            known = {name: value for name, value in bounds.items() if value is not None}
            return {"range": {"length": known}}
        case Valued(facet, values):
            return {"terms": {facet_field(facet): list(map(value_out, values))}}
        case Listed(ids):
            return {"terms": {"id": list(map(value_out, ids))}} if ids else {"match_none": {}}


def _holding(field: str, terms: Sequence[str]) -> list[Query]:
    texts = list(map(term_out, terms))
    if len(texts) == 1:
        return [{"term": {term_field(field): texts[0]}}]
    return [{"terms": {term_field(field): texts}}] if texts else []


def _phrase(phrase: Phrase, *, hints: bool) -> Query:
    if not all(phrase.positions):
        return {"match_none": {}}
    text = " ".join(COUNT_MARK.join(map(term_out, texts)) for texts in phrase.positions)
    # The pairs lead the search to a few articles whose positions are worth a look.
    leading = [matching(one) for one in phrase.hints] if hints else []
    return all_of([*leading, {"match_phrase": {"tokens": {"query": text}}}])


def _together(condition: Together, *, hints: bool) -> Query:
    parts = [_places(part) for part in condition.parts]
    leading = [matching(part, hints=hints) for part in condition.parts]
    if isinstance(condition.within, Scope):
        near = _containing(SCOPE_MARKS[condition.within], parts)
    else:
        # In either order: of an order nothing overlaps.
        orders = [
            {"all_of": {"mode": "ordered", "max_gaps": condition.within, "intervals": its}}
            for its in (parts, parts[::-1])
        ]
        near = {"any_of": {"intervals": orders, "filter": {"not_containing": _mark(PART_END)}}}
    return all_of([*leading, _intervals(near)])


def _containing(marks: tuple[str, str, str], parts: Sequence[Query]) -> Query:
    """The places of the sentences, paragraphs or passages with some marks in which all parts stand."""
    begins, ends, alone = map(_mark, marks)
    whole: Query = {"all_of": {"mode": "ordered", "intervals": [begins, ends]}}
    near: Query = {"any_of": {"intervals": [whole, alone]}}
    # Parts may overlap: each is looked for by itself.
    for part in parts:
        near = {"all_of": {"intervals": [near], "filter": {"containing": part}}}
    return near


def _intervals(rule: Query) -> Query:
    return {"intervals": {"tokens": rule}}


def _mark(text: str) -> Query:
    return {"match": {"query": text}}


def _places(part: Spot) -> Query:
    """The places of a part, as a rule for intervals."""
    if isinstance(part, AnyOf):
        spots = [_places(one) for one in part.parts if isinstance(one, Term | Phrase | AnyOf)]
        return {"any_of": {"intervals": spots}}
    positions = part.positions if isinstance(part, Phrase) else (part.terms,)
    if not all(positions):
        return _mark(NOWHERE)
    text = " ".join(COUNT_MARK.join(map(term_out, texts)) for texts in positions)
    return {"match": {"query": text, "mode": "ordered", "max_gaps": 0}}


def _between(since: int | None, until: int | None) -> Query:
    conditions: list[Query] = [{"exists": {"field": "published"}}]
    if since is not None:
        conditions.append({"range": {"published": {"gte": since}}})
    if until is not None:
        conditions.append({"range": {"published_until": {"lt": until}}})
    return all_of(conditions)


def filters(plan: Plan) -> list[Query]:
    """The conditions that a document has to match whatever it earns."""
    required = [matching(condition) for condition in plan.required]
    chosen = [
        {"term": {facet_field(name): value_out(value)}} for name, value in plan.filters.items()
    ]
    return [*required, *chosen]


def mass_above(clauses: Iterable[Query], weights: Iterable[float], least: float) -> Query:
    """The articles that match clauses whose weights add up to more than `least`."""
    counted = [
        {"constant_score": {"filter": clause, "boost": weight}}
        for clause, weight in zip(clauses, weights, strict=True)
        if weight
    ]
    if not counted:
        return {"match_none": {}}
    return {
        "function_score": {
            "query": {"bool": {"should": counted, "minimum_should_match": 1}},
            "min_score": least + _MARGIN,
        }
    }


@dataclass(frozen=True, slots=True)
class Earning:
    """A term that adds to the scores of articles.

    Attributes:
        among: the articles that earn it; None for all that hold the term.
    """

    term: Term
    among: Placed | None = None


def earnings(condition: Condition) -> list[Earning]:
    """The terms of a condition that earn something."""
    match condition:
        case Term():
            return [Earning(condition)]
        case Phrase() | Together() | Repeated() | InPassage():
            return [Earning(term, condition) for term in spot_terms(condition)]
        case AllOf(parts) | AnyOf(parts):
            return [one for part in parts for one in earnings(part)]
        case _:
            return []


@dataclass(frozen=True, slots=True)
class Detail:
    """How exactly groups are scored: a query may not have more than so many terms in all.

    Attributes:
        terms: terms of a group whose counts are added; the others count together as one occurrence.
        alternatives: how many phrases, or other terms, of a group are told apart in one document.
    """

    terms: int
    alternatives: int


DETAILS = (
    *(Detail(MOST_CLAUSES, alternatives) for alternatives in (LENGTHS, 3, 2)),
    Detail(MOST_CLAUSES, 1),
    *(Detail(terms, 1) for terms in (256, 128, 64, 32, 16, 8, 4, 2)),
    Detail(1, 0),
)
"""The most exact first."""


def earned(earning: Earning, weight: float, detail: Detail) -> Query:
    """What articles earn by a term: weight * count / (count + k1 norm)."""
    term = earning.term
    listed, rest = term.terms[: detail.terms], term.terms[detail.terms :]
    phrases = [matching(one, hints=False) for one in term.phrases]
    scored = _scored(
        term.field, listed, [*_holding(term.field, rest), *phrases], weight, detail.alternatives
    )
    if earning.among is None:
        return scored
    return {"bool": {"must": [scored], "filter": [matching(earning.among, hints=False)]}}


def _scored(
    field: str, terms: Sequence[str], others: Sequence[Query], weight: float, alternatives: int
) -> Query:
    alone = [_group(field, terms, weight)] if terms else []
    if not others:
        return any_of(alone)
    # A document that matches some of the others has the term so many times more often.
    more = [
        {
            "bool": {
                "must": [_group(field, terms, weight, f"{LENGTH}{held}")],
                "filter": [{"bool": {"should": list(others), "minimum_should_match": held}}],
            }
        }
        for held in range(1, min(len(others), alternatives) + 1)
    ]
    if not more:
        more = [constant(any_of(others), weight / (1 + K1))]
    return {"dis_max": {"queries": [*alone, *more]}}


def terms_in(query: Any) -> int:
    """About how many terms a query has, as a cluster counts them."""
    if isinstance(query, list):
        return sum(map(terms_in, query))
    if not isinstance(query, dict):
        return 0
    found = 0
    for name, value in query.items():
        if name in ("match", "match_phrase"):
            # A rule for intervals names no field.
            text = value["query"] if "query" in value else next(iter(value.values()))["query"]
            found += 1 + text.count(COUNT_MARK) + text.count(" ")
        elif name in ("term", "terms", "range", "exists", "ids"):
            found += 1
        else:
            found += terms_in(value)
    return found


def _group(field: str, terms: Sequence[str], weight: float, length: str = "") -> Query:
    """Terms whose counts are added, as those of one term."""
    texts = [*map(term_out, terms), *([length] if length else [])]
    return {"match": {term_field(field): {"query": COUNT_MARK.join(texts), "boost": weight}}}


def only_named(queries: Sequence[Query]) -> list[Query]:
    """Queries that decide nothing; for each hit it is told which of them it matches, and its score."""
    if not queries:
        return []
    # No article has such an id: the search never looks at the rest.
    nothing: Query = {"term": {"id": "\x00"}}
    return [{"bool": {"must": [nothing, {"bool": {"should": list(queries)}}]}}]


def named(name: str, queries: Sequence[Query]) -> Query:
    """The sum of queries under a name."""
    return {"bool": {"should": list(queries), "minimum_should_match": 1, "_name": name}}


def constant(query: Query, boost: float) -> Query:
    """Articles that match a query, all with one score."""
    return {"constant_score": {"filter": query, "boost": boost}}
