"""Facet columns and timelines against what plain Python counts."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Interval
from indexer.engines.columns import UNDATED, sums_over_time, timeline
from indexer.moments import Moment, PartialDate, last_second, timestamp

VIETNAM = timezone(timedelta(hours=7))


@given(
    st.lists(
        st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
    ),
    st.sampled_from([*Interval, None]),
)
def test_timeline(moments: list[datetime | None], asked: Interval | None) -> None:
    seconds = [UNDATED if one is None else int(one.timestamp()) for one in moments]
    interval, counts = timeline(known := np.array(seconds, dtype=np.int64), known, asked, 7 * 3600)
    days = [one.astimezone(VIETNAM).date() for one in moments if one]
    starts = {
        Interval.YEAR: lambda day: day.replace(month=1, day=1),
        Interval.MONTH: lambda day: day.replace(day=1),
        Interval.DAY: lambda day: day,
    }
    assert counts == Counter(starts[interval](day) for day in days)
    assert asked in (None, interval)


@given(
    st.lists(
        st.tuples(
            st.none()
            | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
            st.integers(0, 5),
            st.sampled_from([0, 86_399, 40 * 86_400, 400 * 86_400]),
        )
    ),
    st.sampled_from(list(Interval)),
)
def test_sums_over_time(documents: list[tuple[datetime | None, int, int]], asked: Interval) -> None:
    published = np.array(
        [UNDATED if one is None else int(one.timestamp()) for one, _, _ in documents],
        dtype=np.int64,
    )
    until = published + np.array([open_for for _, _, open_for in documents], dtype=np.int64)
    weights = np.array([weight for _, weight, _ in documents], dtype=np.int64)
    sums = sums_over_time(published, until, weights, asked, 7 * 3600)
    alone = Counter[date]()
    for at in range(len(documents)):
        _, counts = timeline(published[at : at + 1], until[at : at + 1], asked, 7 * 3600)
        for day, count in counts.items():
            alone[day] += count * int(weights[at])
    assert sums == {day: total for day, total in alone.items() if total}
    assert all(type(total) is int for total in sums.values())


def test_the_interval_follows_the_span() -> None:
    def interval(*days: date) -> Interval:
        seconds = [int(datetime(*day.timetuple()[:3], tzinfo=VIETNAM).timestamp()) for day in days]
        known = np.array(seconds, dtype=np.int64)
        return timeline(known, known, None, 7 * 3600)[0]

    assert interval(date(2024, 9, 1), date(2024, 9, 30)) is Interval.DAY
    assert interval(date(2023, 9, 1), date(2024, 9, 30)) is Interval.MONTH
    assert interval(date(2013, 9, 1), date(2024, 9, 30)) is Interval.YEAR


def test_months_and_years_alone_count_in_intervals_as_long() -> None:
    moments: list[Moment] = [
        PartialDate(1999),
        PartialDate(1999, 9),
        date(1999, 9, 18),
        datetime(1999, 9, 20, 8, tzinfo=VIETNAM),
    ]
    starts = [timestamp(one) for one in moments]
    ends = [last_second(one) or timestamp(one) for one in moments]
    columns = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
    assert timeline(*columns, Interval.YEAR, 7 * 3600)[1] == {date(1999, 1, 1): 4}
    assert timeline(*columns, Interval.MONTH, 7 * 3600)[1] == {date(1999, 9, 1): 3}
    assert sum(timeline(*columns, Interval.DAY, 7 * 3600)[1].values()) == 2


def test_days_begin_by_the_clock_that_is_asked_for() -> None:
    known = np.array([18 * 3600], dtype=np.int64)
    assert timeline(known, known, Interval.DAY, 0)[1] == {date(1970, 1, 1): 1}
    assert timeline(known, known, Interval.DAY, 7 * 3600)[1] == {date(1970, 1, 2): 1}
