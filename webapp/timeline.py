"""The timeline of a result as bars of an SVG and rows of a table; each narrows the dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indexer.engines.base import Interval
from search.results import TimelineBucket

WIDTH, HEIGHT = 600, 72
"""Of the drawing, in its own units; the page stretches it."""
_LEAST = 2.0
"""Height of a bar that stands for few articles beside many."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval; lengths in units of the drawing.

    Attributes:
        x: left edge of the space that belongs to it, which is `room` wide.
        left: its own left edge.
        label: the interval in words.
    """

    x: float
    room: float
    left: float
    width: float
    y: float
    height: float
    since: date
    until: date
    count: int
    label: str


def bars(buckets: Sequence[TimelineBucket], interval: Interval, most: int = 0) -> list[Bar]:
    """One bar a bucket.

    Args:
        most: the count that fills the height, where it is more than the largest of the buckets.
    """
    most = max([most, *(bucket.count for bucket in buckets)], default=1) or 1
    room = WIDTH / max(1, len(buckets))
    width = room * 0.8
    found = []
    for number, bucket in enumerate(buckets):
        height = max(_LEAST, HEIGHT * bucket.count / most) if bucket.count else 0.0
        found.append(
            Bar(
                x=round(number * room, 2),
                left=round(number * room + (room - width) / 2, 2),
                room=round(room, 2),
                width=round(width, 2),
                y=round(HEIGHT - height, 2),
                height=round(height, 2),
                since=bucket.since,
                until=bucket.until,
                count=bucket.count,
                label=label(bucket.since, interval),
            )
        )
    return found


def label(since: date, interval: Interval) -> str:
    """2024, 9/2024 or 18/9/2024."""
    match interval:
        case Interval.YEAR:
            return f"{since.year}"
        case Interval.MONTH:
            return f"{since.month}/{since.year}"
        case Interval.DAY:
            return f"{since.day}/{since.month}/{since.year}"
