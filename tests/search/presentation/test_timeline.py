"""Timelines without gaps."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Interval
from search.presentation.timeline import MOST_BUCKETS, fill


@given(st.sets(st.dates(), max_size=5), st.sampled_from(Interval))
def test_buckets_follow_each_other_and_lose_nothing(days: set[date], interval: Interval) -> None:
    if interval is not Interval.DAY:
        days = {day.replace(day=1) for day in days}
    if interval is Interval.YEAR:
        days = {day.replace(month=1) for day in days}
    counts = dict.fromkeys(days, 3)
    buckets = fill(counts, interval)
    assert {one.since: one.count for one in buckets if one.count} == counts
    assert all(one.since <= one.until for one in buckets)
    if len(buckets) > len(days):
        assert len(buckets) <= MOST_BUCKETS
        for one, other in pairwise(buckets):
            assert one.until + timedelta(days=1) == other.since
