"""Dates of documents as arrays, for counting."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import Interval
from indexer.engines.folding import GroupNumbers, firsts_of_values
from indexer.engines.intervals import LONGER, LONGEST_OPEN, finest

_UNITS = {Interval.YEAR: "Y", Interval.MONTH: "M", Interval.DAY: "D"}
_DAY = 24 * 3600
UNDATED = np.iinfo(np.int64).min


def timeline(
    published: NDArray[np.int64],
    until: NDArray[np.int64],
    interval: Interval | None,
    utc_offset: int,
    groups: GroupNumbers | None = None,
) -> tuple[Interval, dict[date, int]]:
    """How many of some documents were published in each calendar year, month or day.

    Args:
        published: seconds since 1970 UTC, or `UNDATED`.
        until: the last second that each may mean, later than `published` where only a month or a year is
            known. These count in intervals as long as they are, or longer.
        interval: None for the finest that gives a few dozen buckets at most and counts half of them.
        utc_offset: seconds east of Greenwich of the clock by which days begin.
        groups: of each document its group, of which each is counted once in a bucket; None to count
            every document.

    Returns:
        The interval, and the first day of each bucket -> documents, empty buckets left out.
    """
    dated = published != UNDATED
    if not dated.all():
        published, until = published[dated], until[dated]
        groups = None if groups is None else groups[dated]
    known = published + utc_offset
    if not len(known):
        return interval or Interval.YEAR, {}
    spans = until - published
    ends = np.array([known.min(), known.max()])
    if interval is None:
        interval = finest(*ends.astype("datetime64[s]").astype("datetime64[D]").tolist())
        while interval in LONGER and 2 * np.count_nonzero(spans <= LONGEST_OPEN[interval]) < len(
            spans
        ):
            interval = LONGER[interval]
    counted = spans <= LONGEST_OPEN[interval]
    if not counted.all():
        known = known[counted]
        groups = None if groups is None else groups[counted]
    if not len(known):
        return interval, {}
    ends = np.array([known.min(), known.max()])
    first = int(_numbers(ends, interval)[0])
    buckets = _numbers(known, interval) - first
    if groups is not None:
        buckets = buckets[firsts_of_values(groups, buckets)]
    counts = np.bincount(buckets)
    filled = np.flatnonzero(counts)
    days = (filled + first).astype(f"datetime64[{_UNITS[interval]}]").astype("datetime64[D]")
    return interval, dict(zip(days.tolist(), counts[filled].tolist(), strict=True))


def sums_over_time(
    published: NDArray[np.int64],
    until: NDArray[np.int64],
    weights: NDArray[np.int64],
    interval: Interval,
    utc_offset: int,
) -> dict[date, int]:
    """The sum of documents' weights in each calendar year, month or day; the rest as in `timeline`."""
    counted = (published != UNDATED) & (until - published <= LONGEST_OPEN[interval])
    if not counted.any():
        return {}
    numbers = _numbers(published[counted] + utc_offset, interval)
    first = int(numbers.min())
    sums = np.bincount(numbers - first, weights=weights[counted]).astype(np.int64)
    filled = np.flatnonzero(sums)
    days = (filled + first).astype(f"datetime64[{_UNITS[interval]}]").astype("datetime64[D]")
    return dict(zip(days.tolist(), sums[filled].tolist(), strict=True))


def _numbers(seconds: NDArray[np.int64], interval: Interval) -> NDArray[np.int64]:
    """The years, months or days since 1970 of moments."""
    days = seconds // _DAY
    if interval is Interval.DAY or not len(days):
        return days
    first, last = int(days.min()), int(days.max())
    unit = f"datetime64[{_UNITS[interval]}]"
    if last - first > len(days):
        return days.astype("datetime64[D]").astype(unit).astype(np.int64)
    # Of many moments few are of different days.
    of_days = np.arange(first, last + 1).astype("datetime64[D]").astype(unit).astype(np.int64)
    numbers: NDArray[np.int64] = of_days[days - first]
    return numbers
