"""The intervals of a timeline: which is fine enough, and which a date may count in."""

from __future__ import annotations

from datetime import date

from indexer.engines.base import Interval

_MOST_DAYS, _MOST_MONTHS = 45, 48
LONGEST_OPEN = {Interval.DAY: 0, Interval.MONTH: 31 * 86400, Interval.YEAR: 366 * 86400}
"""Interval -> seconds that a date may leave open and yet count in one bucket."""
LONGER = {Interval.DAY: Interval.MONTH, Interval.MONTH: Interval.YEAR}
"""Interval -> the next longer one."""


def finest(first: date, last: date) -> Interval:
    """The finest interval that has no more than a few dozen buckets between two days."""
    months = 12 * (last.year - first.year) + last.month - first.month
    if (last - first).days < _MOST_DAYS:
        return Interval.DAY
    return Interval.MONTH if months < _MOST_MONTHS else Interval.YEAR
