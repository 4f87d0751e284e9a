"""Gaps planted in years of made-up counts are found; what is no gap is not."""

import itertools
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.typing import NDArray

from search.coverage.gaps import Gap, find_gaps

FIRST = date(2005, 1, 3)
DAYS = 3652
TET = [
    "2005-02-09", "2006-01-29", "2007-02-17", "2008-02-07", "2009-01-26", "2010-02-14", "2011-02-03",
    "2012-01-23", "2013-02-10", "2014-01-31",
]  # fmt: skip
PLANTED = 20


def usual(rate: float, trend: float) -> NDArray[np.float64]:
    """A paper that has less on Sundays and at Tết, and that grows or shrinks."""
    days = np.arange(DAYS)
    level = rate * np.exp(trend * (days / DAYS - 0.5))
    level *= np.array([1.1, 1.1, 1.1, 1.1, 1.1, 0.85, 0.65])[days % 7]
    for day in TET:
        at = (date.fromisoformat(day) - FIRST).days
        level[at - 1 : at + 6] *= 0.3
    return level


def drawn(random: Generator, level: NDArray[np.float64], dispersion: float) -> NDArray[np.float64]:
    if dispersion == 1:
        return random.poisson(level).astype(float)
    means = np.maximum(level, 1e-9)
    return random.negative_binomial(means / (dispersion - 1), 1 / dispersion).astype(float)


def planted(random: Generator, rate: float) -> list[tuple[int, int, bool]]:
    """Where gaps and drops begin and end; each is long enough to be more than chance."""
    places: list[tuple[int, int, bool]] = []
    for number in range(PLANTED):
        is_drop = number % 3 == 2
        shortest = max(3, int(45 / rate)) if not is_drop else max(28, int(90 / rate))
        days = int(random.integers(shortest, shortest + 20))
        start = 60 + number * (DAYS - 200) // PLANTED + int(random.integers(0, 30))
        # Nobody can tell a gap at Tết from Tết.
        while any(abs((date.fromisoformat(day) - FIRST).days - start) < days + 14 for day in TET):
            start += 7
        places.append((start, start + days, is_drop))
    return places


def days_of(gap: Gap) -> tuple[int, int]:
    return (gap.since - FIRST).days, (gap.until - FIRST).days + 1


@pytest.mark.parametrize("dispersion", [1, 2])
@pytest.mark.parametrize("trend", [0.0, 1.0, -1.0])
@pytest.mark.parametrize("rate", [3.0, 12.0, 60.0])
def test_twenty_planted_gaps_are_all_found(rate: float, trend: float, dispersion: float) -> None:
    random = np.random.default_rng(int(rate * 10 + trend * 3 + dispersion))
    level, places = usual(rate, trend), planted(random, rate * np.exp(-abs(trend) / 2) / dispersion)
    for start, end, is_drop in places:
        level[start:end] *= 0.15 if is_drop else 0.0
    found = [days_of(one) for one in find_gaps(drawn(random, level, dispersion), FIRST)]
    for start, end, _ in places:
        assert any(min(end, b) - max(start, a) > 0.5 * (end - start) for a, b in found), (
            start,
            end,
        )
    false = [one for one in found if not any(min(e, one[1]) > max(s, one[0]) for s, e, _ in places)]
    assert len(false) <= 1


@pytest.mark.parametrize("dispersion", [1, 2])
@pytest.mark.parametrize("rate", [0.3, 1.0, 8.0, 100.0])
def test_a_paper_without_gaps_has_none(rate: float, dispersion: float) -> None:
    random = np.random.default_rng(7)
    found = [
        find_gaps(drawn(random, usual(rate, trend), dispersion), FIRST)
        for trend in (0.0, 1.5, -1.5)
    ]
    assert max(map(len, found)) <= 1


def test_what_a_gap_says() -> None:
    counts = np.full(400, 10.0)
    counts[200:210] = 0
    counts[300:330] = 2
    empty, drop = find_gaps(counts, FIRST)
    assert (empty.since, empty.until) == (FIRST + timedelta(200), FIRST + timedelta(209))
    assert (empty.found, empty.is_empty) == (0, True)
    assert empty.expected == pytest.approx(100, abs=3)
    assert days_of(drop) == (300, 330)
    assert (drop.found, drop.is_empty) == (60, False)
    assert drop.expected == pytest.approx(300, abs=10)


def test_a_paper_that_ends_low_is_told() -> None:
    counts = np.concatenate((np.full(500, 12.0), np.full(200, 2.0)))
    (drop,) = find_gaps(counts, FIRST)
    assert abs((drop.since - FIRST).days - 500) <= 7
    assert (drop.until - FIRST).days == 699


def test_a_weekly_paper_has_no_gap_between_two_issues() -> None:
    counts = np.zeros(700)
    counts[::7] = 20
    assert find_gaps(counts, FIRST) == []


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 50), max_size=400))
def test_any_counts_are_looked_at(counts: list[int]) -> None:
    found = find_gaps(np.array(counts, dtype=float), FIRST)
    places = [days_of(one) for one in found]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(counts) for start, end in places)
    assert all(before <= start for (_, before), (start, _) in itertools.pairwise(places))
