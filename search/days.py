"""Days: all papers of one, the same day in earlier years, what is new, and which names have risen of late."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from indexer.article import Article
from indexer.engines.base import Interval, Order, Plan, Searcher
from search.articles import fetch_headings
from search.ranking.conditions import between
from search.ranking.planning import UTC_OFFSET
from search.telling_words import log_likelihood

MOST_SOURCES = 200
LISTED = 200
"""Articles of a day that are listed; counts are of all."""
EACH_YEAR = 3
"""Articles of a day in each earlier year that are listed."""
_DAY = timedelta(days=1)
WEEK, BEFORE = timedelta(days=7), timedelta(days=56)
NAMES = ("person", "place", "organisation")
RISING = 8
_NAMES = 1000
_LEAST = 3
_SURE = 6.63
"""Of the log-likelihood: one in a hundred by chance."""


@dataclass(frozen=True, slots=True)
class DayOfSource:
    """What a paper printed on a day.

    Attributes:
        source: empty for articles without one.
        count: all of its articles of the day; a copy counts by itself.
        articles: the first of them, without their bodies.
    """

    source: str
    count: int
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """All papers of a day in Việt Nam.

    Attributes:
        total: articles of the day.
        before: the last day before it with an article; None where there is none.
        after: the first day after it with an article.
    """

    day: date
    total: int
    sources: tuple[DayOfSource, ...]
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class EarlierDay:
    """The same day in another year."""

    day: date
    total: int
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class RisenName:
    """A name that stands in more articles of the last week than before.

    Attributes:
        facet: its kind.
        count: articles of the week.
        before: articles a week in the eight weeks before.
        score: the log-likelihood.
    """

    facet: str
    name: str
    count: int
    before: float
    score: float


@dataclass(frozen=True, slots=True)
class Week:
    """The last week of an archive: it ends with the day of the newest article that is not of the future."""

    since: date
    until: date
    risen: tuple[RisenName, ...]


def find_days(searcher: Searcher) -> tuple[date, ...]:
    """All days in Việt Nam on which something of an archive was printed, ascending."""
    everything = Plan(limit=0, has_timeline=True, interval=Interval.DAY, utc_offset=UTC_OFFSET)
    return tuple(sorted(searcher.search(everything).timeline))


def find_day(searcher: Searcher, day: date, days: Sequence[date]) -> Day:
    """What the papers of an archive printed on a day.

    Args:
        days: as `find_days` gives them.
    """
    of_day = between(day, day)
    plan = Plan(
        required=(of_day,), order=Order.OLDEST, limit=LISTED, facets={"source": MOST_SOURCES}
    )
    found = searcher.search(plan)
    articles = _headings(searcher, [hit.id for hit in found.hits])
    by_source: dict[str, list[Article]] = {}
    for one in articles:
        by_source.setdefault(" ".join((one.source or "").split()), []).append(one)
    counts = dict(found.facets["source"])
    if rest := found.total - sum(counts.values()):
        counts[""] = rest
    return Day(
        day,
        found.total,
        tuple(
            DayOfSource(name, count, tuple(by_source.get(name, ())))
            for name, count in counts.items()
        ),
        days[at - 1] if (at := bisect_left(days, day)) else None,
        days[at] if (at := bisect_right(days, day)) < len(days) else None,
    )


def find_earlier(searcher: Searcher, today: date, days: Sequence[date]) -> tuple[EarlierDay, ...]:
    """A day in all earlier years with an article on it, the latest first; for `days` see `find_day`."""
    found = []
    for day in reversed(days):
        if day.year >= today.year or (day.month, day.day) != (today.month, today.day):
            continue
        plan = Plan(required=(between(day, day),), order=Order.NEWEST, limit=EACH_YEAR, folded=True)
        result = searcher.search(plan)
        articles = _headings(searcher, [hit.id for hit in result.hits])
        found.append(EarlierDay(day, result.groups, tuple(articles)))
    return tuple(found)


def find_newest(searcher: Searcher, count: int) -> tuple[Article, ...]:
    """The newest articles, each report once, without their bodies."""
    plan = Plan(order=Order.NEWEST, limit=count, folded=True)
    return tuple(_headings(searcher, [hit.id for hit in searcher.search(plan).hits]))


def find_week(searcher: Searcher, today: date, days: Sequence[date]) -> Week | None:
    """What rose in the last week of an archive; None for one without a dated article until today.

    For `days` see `find_day`.

    Source: Dunning (1993); counts of articles, each report once.
    """
    if not (at := bisect_right(days, today)):
        return None
    last = days[at - 1]
    since = last - WEEK + _DAY
    before = since - BEFORE, since - _DAY
    week, earlier = (
        searcher.search(
            Plan(
                required=(between(*days),),
                limit=0,
                facets=dict.fromkeys(NAMES, _NAMES),
                folded=True,
                counts_groups=True,
            )
        )
        for days in ((since, last), before)
    )
    risen: list[RisenName] = []
    if week.groups and earlier.groups:
        for facet in NAMES:
            risen += _risen(
                facet, week.facets[facet], earlier.facets[facet], week.groups, earlier.groups
            )
    risen.sort(key=lambda one: (-one.score, one.name))
    return Week(since, last, tuple(risen[:RISING]))


def _risen(
    facet: str, now: Mapping[str, int], before: Mapping[str, int], total: int, total_before: int
) -> list[RisenName]:
    names = [name for name, count in now.items() if count >= _LEAST]
    ours = np.array([now[name] for name in names], dtype=np.int64)
    theirs = np.array([before.get(name, 0) for name in names], dtype=np.int64)
    scores = log_likelihood(ours, theirs, total, total_before)
    rises = ours * total_before > theirs * total
    weeks = BEFORE / WEEK
    return [
        RisenName(facet, names[at], int(ours[at]), int(theirs[at]) / weeks, float(scores[at]))
        for at in np.flatnonzero(rises & (scores > _SURE)).tolist()
    ]


def _headings(searcher: Searcher, ids: Sequence[str]) -> list[Article]:
    return [one for one in fetch_headings(searcher, ids) if one is not None]
