"""Bars of the timeline."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Interval
from search.results import TimelineBucket
from webapp.timeline import HEIGHT, WIDTH, bars, label


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_bars_fill_the_drawing(counts: list[int]) -> None:
    day = date(2024, 1, 1)
    found = bars([TimelineBucket(day, day, count) for count in counts], Interval.DAY)
    assert [bar.count for bar in found] == counts
    for bar in found:
        assert 0 <= bar.x <= bar.left
        assert bar.left + bar.width <= WIDTH + 1
        assert 0 <= bar.y <= HEIGHT
        assert (bar.height > 0) == (bar.count > 0)
    if any(counts):
        assert max(bar.height for bar in found) == HEIGHT


def test_labels() -> None:
    day = date(2024, 9, 1)
    assert [label(day, interval) for interval in Interval] == ["2024", "9/2024", "1/9/2024"]
