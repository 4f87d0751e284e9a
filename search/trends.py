"""How often searches are met over time, beside all articles of the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indexer.engines.base import EngineResult, Interval
from indexer.engines.intervals import finest
from search.presentation.timeline import fill
from search.query.parser import parse_query
from search.query.tree import QueryProblem
from search.requests import SearchRequest, Words
from search.results import TimelineBucket

MOST_QUERIES = 5
MOST_PARTS = 6
"""Values of a facet that a trend is divided into; the others are one part."""

Count = Callable[[SearchRequest], EngineResult]
"""Counts the articles of a request without reading any."""
Often = Callable[[SearchRequest, str | None], Mapping[date, int] | None]
"""How often a query's words stand side by side in the articles of a request, by its interval; None for all
syllables. None where that is not counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """The articles of a trend with one value of a facet.

    Attributes:
        value: None for all other values, and for articles without one.
        counts: of each bucket.
    """

    value: str | None
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """One search over time.

    Attributes:
        request: the search.
        total: its articles, those without a date among them.
        counts: of each bucket.
        problems: faults of its query.
        often: of each bucket how often its words stand side by side in all texts of the time; None where the
            query asks for more than words, or the engine does not count that.
        parts: the same by the values of a facet, the most frequent first; empty where none was asked for.
    """

    request: SearchRequest
    total: int
    counts: tuple[int, ...]
    problems: tuple[QueryProblem, ...]
    often: tuple[int, ...] | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Trends:
    """Searches over the same buckets of time.

    Attributes:
        buckets: from the first with an article of any of the searches to the last; their counts are of all
            articles of the archive with the same filters.
        syllables: of all articles in each bucket; empty where the engine does not count them.
    """

    interval: Interval
    buckets: tuple[TimelineBucket, ...]
    syllables: tuple[int, ...]
    trends: tuple[Trend, ...]


def find_trends(
    count: Count,
    often: Often | None,
    requests: Sequence[SearchRequest],
    interval: Interval | None = None,
    facet: str | None = None,
) -> Trends:
    """The trends of up to `MOST_QUERIES` searches with the same filters and dates.

    Args:
        often: None where nobody asks how often words stand in texts.
        interval: None for the finest that gives a few dozen buckets at most.
        facet: by whose values each trend is divided.
    """
    asked = [_counting(one) for one in requests]
    facets = (facet,) if facet else ()
    found = [count(replace(one, interval=interval, facets=facets)) for one in asked]
    if interval is None:
        days = [day for one in found for day in one.timeline]
        interval = _joint(days, found)
        found = [
            one
            if one.interval is interval
            else count(replace(of, interval=interval, facets=facets))
            for of, one in zip(asked, found, strict=True)
        ]
    whole = replace(asked[0], query="", words=Words.ANY, interval=interval) if asked else None
    totals = count(whole).timeline if whole else {}
    buckets = fill({day: 1 for one in found for day in one.timeline}, interval)
    starts = [one.since for one in buckets]
    trends = []
    for request, result in zip(asked, found, strict=True):
        counts = _at(starts, result.timeline)
        parts = _parts(count, replace(request, interval=interval), result, starts, facet)
        problems = parse_query(request.query).problems
        said = often(whole, request.query) if whole and often else None
        trends.append(
            Trend(
                request,
                result.groups,
                counts,
                problems,
                None if said is None else _at(starts, said),
                parts,
            )
        )
    syllables = often(whole, None) if whole and often else None
    return Trends(
        interval,
        tuple(replace(one, count=totals.get(one.since, 0)) for one in buckets),
        () if syllables is None else _at(starts, syllables),
        tuple(trends),
    )


def _counting(request: SearchRequest) -> SearchRequest:
    words = Words.ANY if request.words is Words.ANY else Words.ALL
    return replace(request, page=1, offset=0, after=None, per_page=0, facets=(), words=words)


def _joint(days: Sequence[date], results: Sequence[EngineResult]) -> Interval:
    """The interval for all: that of a timeline from the first to the last day of any."""
    longest = [Interval.DAY, Interval.MONTH, Interval.YEAR]
    coarsest = max((longest.index(one.interval) for one in results if one.timeline), default=2)
    if not days:
        return Interval.YEAR
    return longest[max(coarsest, longest.index(finest(min(days), max(days))))]


def _parts(
    count: Count,
    request: SearchRequest,
    result: EngineResult,
    starts: Sequence[date],
    facet: str | None,
) -> tuple[Part, ...]:
    """A trend divided by the most frequent values of a facet, and the rest."""
    if facet is None or not result.timeline:
        return ()
    values = list(result.facets[facet])[:MOST_PARTS]
    parts = [
        Part(value, _at(starts, count(_with(request, facet, value)).timeline)) for value in values
    ]
    whole = _at(starts, result.timeline)
    # A report that several papers print counts for each of them: the rest may then be less than nothing.
    rest = tuple(
        max(0, all_ - sum(part.counts[at] for part in parts)) for at, all_ in enumerate(whole)
    )
    return (*parts, Part(None, rest)) if any(rest) else tuple(parts)


def _with(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    return replace(request, filters={**request.filters, facet: value})


def _at(starts: Sequence[date], counts: Mapping[date, int]) -> tuple[int, ...]:
    return tuple(counts.get(start, 0) for start in starts)
