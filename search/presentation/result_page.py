"""Ranked hits and their articles -> the page of results that a reader sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexer.engines.base import InPeriod
from indexer.language.analysis import searched_text
from indexer.stages import stage
from search.articles import StoredArticle
from search.presentation.highlighter import Highlighter
from search.presentation.snippets import Shown, TokenisedText, show
from search.presentation.timeline import fill
from search.presentation.versions import older_lines
from search.ranking.execution import RankedHit, RankedResult
from search.ranking.planning import QueryPlan
from search.requests import SearchRequest, Words
from search.results import (
    ArticleCopy,
    FacetValue,
    Hit,
    PreferredPeriod,
    SearchResult,
)
from search.understanding.spelling_correction import replace_words
from search.understanding.understood_query import UnderstoodQuery


def present(
    request: SearchRequest,
    query: UnderstoodQuery,
    query_plan: QueryPlan,
    ranked: RankedResult,
    articles: Sequence[StoredArticle],
    copies: Sequence[tuple[ArticleCopy, ...]],
    *,
    is_literal: bool,
    took_ms: float,
) -> SearchResult:
    """One page of results.

    Args:
        articles: of the hits, in their order.
        copies: of each hit.
        is_literal: whether the query's quotation marks and signs were given up.
        took_ms: milliseconds that the search has taken so far.
    """
    result, offset = ranked.result, query_plan.plan.offset
    added = ranked.added or 0
    timeline = fill(result.timeline, result.interval)
    corrected = replace_words(query.text, query.corrections)
    return SearchResult(
        query=query.text,
        total=result.groups + added,
        total_all_words=result.groups_all,
        counts_all_words=request.words is not Words.ANY and result.total_all > 0,
        articles=result.total + added,
        hits=_hits(request, query, query_plan, ranked.hits, articles, copies),
        facets=facet_values(result.facets),
        interval=result.interval,
        timeline=timeline,
        unknown_words=_unknown_words(query, query_plan, result.clause_totals),
        reading=query.reading,
        asking=_asking(query),
        by_meaning=ranked.added,
        period=_period(query, query_plan, ranked),
        did_you_mean=corrected,
        accented=None if corrected else replace_words(query.text, query.restored),
        folded=query.folded,
        unquoted=is_literal,
        problems=query.problems,
        offset=offset,
        page=offset // request.per_page + 1,
        pages=-(-(result.groups + added) // request.per_page),
        took_ms=took_ms,
    )


def _unknown_words(
    query: UnderstoodQuery, query_plan: QueryPlan, totals: Sequence[int]
) -> tuple[str, ...]:
    """The words of a query, as typed, that no article holds."""
    places = {place for place, found in zip(query_plan.places, totals, strict=True) if not found}
    return tuple(query.text[start:end] for start, end in sorted(places | query.unknown))


def _asking(query: UnderstoodQuery) -> tuple[str, ...]:
    """What of a query only asks, as typed; words side by side are one piece."""
    pieces: list[tuple[int, int]] = []
    for start, end in query.asking:
        if pieces and query.text[pieces[-1][1] : start].isspace():
            pieces[-1] = pieces[-1][0], end
        else:
            pieces.append((start, end))
    return tuple(query.text[start:end] for start, end in pieces)


def _period(
    query: UnderstoodQuery, query_plan: QueryPlan, ranked: RankedResult
) -> PreferredPeriod | None:
    named = query.period
    if named is None or not isinstance(query_plan.plan.date_bonus, InPeriod):
        return None
    if not any(hit.date_score for hit in ranked.result.hits):
        return None
    return PreferredPeriod(query.text[named.start : named.end], named.first, named.last)


def _hits(
    request: SearchRequest,
    query: UnderstoodQuery,
    query_plan: QueryPlan,
    hits: Sequence[RankedHit],
    articles: Sequence[StoredArticle],
    copies: Sequence[tuple[ArticleCopy, ...]],
) -> tuple[Hit, ...]:
    texts = [
        TokenisedText(
            searched_text(one.article),
            len(one.article.title),
            one.tokens,
            older_lines(one.article),
        )
        for one in articles
    ]
    with stage("make snippets"):
        shown = show(texts, Highlighter(query.marks))
    return tuple(
        _hit(hit, stored, its_shown, its_copies, query, query_plan, explain=request.explain)
        for hit, stored, its_shown, its_copies in zip(hits, articles, shown, copies, strict=True)
    )


def _hit(
    hit: RankedHit,
    stored: StoredArticle,
    shown: Shown,
    copies: tuple[ArticleCopy, ...],
    query: UnderstoodQuery,
    query_plan: QueryPlan,
    *,
    explain: bool,
) -> Hit:
    article = stored.article
    places = [query_plan.places[clause] for clause in hit.missing]
    return Hit(
        id=article.id,
        title=shown.title,
        url=article.url,
        published=article.published,
        source=article.source,
        section=article.section,
        author=article.author,
        score=hit.score,
        missing=tuple(query.text[start:end] for start, end in places),
        snippets=shown.fragments,
        parts=hit.parts if explain else None,
        copies=copies,
        by_meaning=hit.by_meaning,
    )


def facet_values(facets: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[FacetValue, ...]]:
    """Facets as they are shown, the most frequent value first."""
    return {
        name: tuple(FacetValue(value, count) for value, count in counts.items())
        for name, counts in facets.items()
    }
