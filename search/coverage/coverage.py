"""How an archive covers a source: articles a day as they can be found, and where too few are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from indexer.documents import HOLDS, PARTS
from indexer.engines.base import Interval, Plan, Searcher
from search.coverage.gaps import Gap, find_gaps
from search.ranking.planning import UTC_OFFSET

MOST_SOURCES = 200
"""Sources that are looked at, those with the most articles first."""


@dataclass(frozen=True, slots=True)
class YearCoverage:
    """One year of a source.

    Attributes:
        articles: with a day in this year.
        days: on which there is an article.
        missing: days in gaps.
    """

    year: int
    articles: int
    days: int
    missing: int


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """What a search finds of one source.

    Attributes:
        source: its name; empty for articles that name none.
        articles: all of them.
        undated: those that no day is known of, so that no calendar shows them.
        days: day -> articles.
        gaps: days with too few, in order.
        having: part of an article -> articles that have it.
    """

    source: str
    articles: int
    undated: int
    days: Mapping[date, int]
    gaps: tuple[Gap, ...]
    having: Mapping[str, int]

    @property
    def years(self) -> tuple[YearCoverage, ...]:
        """Every year from the first article to the last one."""
        if not self.days:
            return ()
        found = []
        for year in range(min(self.days).year, max(self.days).year + 1):
            counts = [count for day, count in self.days.items() if day.year == year]
            missing = sum(_overlap(gap, year) for gap in self.gaps)
            found.append(YearCoverage(year, sum(counts), len(counts), missing))
        return tuple(found)


def _overlap(gap: Gap, year: int) -> int:
    since, until = max(gap.since, date(year, 1, 1)), min(gap.until, date(year, 12, 31))
    return max(0, (until - since).days + 1)


def sources_of(searcher: Searcher) -> Mapping[str, int]:
    """The sources of an archive and their articles, the most first."""
    return searcher.search(Plan(limit=0, facets={"source": MOST_SOURCES})).facets["source"]


def cover(searcher: Searcher, source: str) -> SourceCoverage:
    """The coverage of one source."""
    plan = Plan(
        limit=0,
        filters={"source": source},
        facets={HOLDS: len(PARTS) + 1},
        has_timeline=True,
        interval=Interval.DAY,
        utc_offset=UTC_OFFSET,
    )
    found = searcher.search(plan)
    days = {day: count for day, count in sorted(found.timeline.items()) if count}
    having = {part: found.facets[HOLDS].get(part, 0) for part in PARTS}
    covered = SourceCoverage(
        source, found.total, found.total - sum(days.values()), days, (), having
    )
    return replace(covered, gaps=tuple(_gaps(days))) if days else covered


def _gaps(days: Mapping[date, int]) -> list[Gap]:
    first, last = min(days), max(days)
    counts = np.zeros((last - first).days + 1)
    for day, count in days.items():
        counts[(day - first).days] = count
    return find_gaps(counts, first)


def weeks_of(year: int) -> list[list[date | None]]:
    """The days of a year in weeks that begin on Monday; None before its first day and after its last."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    start = first - timedelta(first.weekday())
    weeks = []
    while start <= last:
        week = [start + timedelta(at) for at in range(7)]
        weeks.append([day if day.year == year else None for day in week])
        start += timedelta(7)
    return weeks
