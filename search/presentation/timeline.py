"""Timelines: buckets of calendar years, months or days without gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from indexer.engines.base import Interval
from search.results import TimelineBucket

MOST_BUCKETS = 400
"""A longer timeline leaves out empty buckets: one wrong date must not make thousands of bars."""


def next_start(day: date, interval: Interval) -> date | None:
    """The first day of the interval after the one that begins with `day`; None past year 9999."""
    try:
        match interval:
            case Interval.YEAR:
                return day.replace(year=day.year + 1)
            case Interval.MONTH:
                return (day + timedelta(days=31)).replace(day=1)
            case Interval.DAY:
                return day + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def fill(counts: Mapping[date, int], interval: Interval) -> tuple[TimelineBucket, ...]:
    """Buckets from the first to the last with a count, the empty ones between included.

    Args:
        counts: first day of each bucket -> documents.
    """
    if not counts:
        return ()
    starts: list[date] = []
    day: date | None = min(counts)
    while day is not None and day <= max(counts) and len(starts) <= MOST_BUCKETS:
        starts.append(day)
        day = next_start(day, interval)
    if len(starts) > MOST_BUCKETS:
        starts = sorted(counts)
    return tuple(
        TimelineBucket(start, _last_day(start, interval), counts.get(start, 0)) for start in starts
    )


def _last_day(start: date, interval: Interval) -> date:
    following = next_start(start, interval)
    return following - timedelta(days=1) if following else date.max
