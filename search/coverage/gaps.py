"""Articles a day of one source -> the days on which too few are there.

Two looks: days in a row with hardly an article (a scan over all stretches of up to 90 days), and weeks on
a lower level than those before and after (change points by ruptures, Killick et al. 2012). What comes
back in most years about the same date, as at Tết, is how the paper works, and no gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from lunardate import LunarDate
from numpy.typing import NDArray

Counts = NDArray[np.float64]

_LONGEST_SCAN = 90
"""Days of a stretch that the scan looks at; longer ones are found by their weeks."""
_SURE = 12.0
"""Log likelihood ratio from which a stretch is no chance: among the stretches of a decade one in three by chance."""
_GAP, _DROP = 0.1, 0.5
"""A stretch with a share of what is expected up to this is a gap, up to that a drop."""
_AROUND = 13
"""Weeks before and after a week by which its usual level is judged."""
_LONGEST_DROP = 2 * 52
"""Weeks after which a lower level is how the paper is now."""
_LEAST_WEEKS = 8
_PENALTY = 3.0
"""Of a change of level, in units of the variance times the logarithm of the weeks."""
_ALMOST = 3
"""Days by which a holiday and the free days about it move."""
_BEFORE_TET, _AFTER_TET = 14, 21
_MOON = (1901, 2100)
"""Years whose first new moon is known."""
_MOST_YEARS, _AS_DEEP = 0.6, 0.4
"""A stretch is a season's if in this share of the other years another is this share as deep."""
_SEEN = 3.0
"""Log likelihood ratio from which a stretch of another year counts."""
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Gap:
    """Days on which a source has too few articles.

    Attributes:
        since: first day.
        until: last day.
        found: articles on these days.
        expected: as many as there would be on the level of the weeks around.
    """

    since: date
    until: date
    found: int
    expected: float

    @property
    def is_empty(self) -> bool:
        """Whether hardly anything is there, rather than less than usual."""
        return self.found <= _GAP * self.expected


def find_gaps(counts: Counts, first: date) -> list[Gap]:
    """The gaps and sudden drops of a source, in order.

    Args:
        counts: articles a day, from the first day with an article to the last one.
        first: that first day.
    """
    if len(counts) < _LEAST_WEEKS * _WEEK:
        return []
    usual = _usual(counts)
    dispersion = _dispersion(counts, usual)
    stretches = [*_scanned(counts, usual, dispersion), *_lower_weeks(counts, dispersion)]
    found = []
    joined = _joined(stretches)
    whole = np.ones(len(counts), dtype=np.bool_)
    for start, end in joined:
        whole[start:end] = False
    for stretch in joined:
        # Where the stretch is long, its own weeks say nothing about what is usual.
        level = _level_around(counts, whole, *stretch)
        start, end = _trimmed(counts, level, *stretch)
        expected = level * (end - start) if end - start > _WEEK else float(usual[start:end].sum())
        there = float(counts[start:end].sum())
        if there > _DROP * expected or _is_season(counts, usual, start, end, first):
            continue
        found.append(
            Gap(
                first + timedelta(start), first + timedelta(end - 1), int(there), round(expected, 1)
            )
        )
    return found


def _usual(counts: Counts) -> Counts:
    """The articles that are usual on each day: the median of the weeks around, by the day of the week."""
    weeks = len(counts) // _WEEK
    whole = counts[: weeks * _WEEK].reshape(weeks, _WEEK)
    sums = whole.sum(axis=1)
    level = np.array(
        [np.median(sums[max(0, at - _AROUND) : at + _AROUND + 1]) for at in range(weeks)]
    )
    full = np.where(sums > 0.5 * np.maximum(level, 1e-9))[0]
    shares = whole[full].sum(axis=0) if len(full) else np.ones(_WEEK)
    # A day on which the paper never appears counts for little, not for nothing.
    shares = np.maximum(shares / max(shares.sum(), 1e-9), 0.01)
    usual = (level[:, None] * (shares / shares.sum())[None, :]).ravel()
    rest = len(counts) - len(usual)
    return np.concatenate((usual, usual[-_WEEK:][:rest] if rest else usual[:0]))


def _dispersion(counts: Counts, usual: Counts) -> float:
    """The variance of the weeks over their mean, at least that of chance.

    By the quartiles of the differences between neighbouring weeks: gaps are rare, and trends are slow.
    """
    weeks = len(counts) // _WEEK
    there, due = (one[: weeks * _WEEK].reshape(weeks, _WEEK).sum(axis=1) for one in (counts, usual))
    steps = np.diff(there) / np.sqrt(np.maximum(due[1:] + due[:-1], 1.0))
    low, high = np.quantile(steps, (0.25, 0.75))
    return max(1.0, float((high - low) / 1.349) ** 2)


def _scanned(counts: Counts, usual: Counts, dispersion: float) -> list[tuple[int, int]]:
    """Stretches that have far fewer articles than is usual; the surest first, none over another."""
    there = np.concatenate(([0.0], np.cumsum(counts)))
    due = np.concatenate(([0.0], np.cumsum(usual)))
    found: list[tuple[float, int, int]] = []
    for days in range(1, min(_LONGEST_SCAN, len(counts)) + 1):
        observed, expected = there[days:] - there[:-days], due[days:] - due[:-days]
        sure = _ratio(observed, expected) / dispersion
        starts = np.flatnonzero((sure > _SURE) & (observed <= _DROP * expected)).tolist()
        found += [(float(sure[start]), start, start + days) for start in starts]
    chosen: list[tuple[int, int]] = []
    for _, start, end in sorted(found, reverse=True):
        if all(end <= one or start >= other for one, other in chosen):
            chosen.append((start, end))
    return chosen


def _ratio(observed: Counts, expected: Counts) -> Counts:
    """The log likelihood ratio of counts that are lower than expected (Kulldorff's scan statistic)."""
    safe = np.maximum(observed, 1e-9)
    ratio = observed * np.log(safe / np.maximum(expected, 1e-9)) - (observed - expected)
    return np.where(observed < expected, ratio, 0.0)


def _lower_weeks(counts: Counts, dispersion: float) -> list[tuple[int, int]]:
    """Weeks on a level far below those before and after."""
    weeks = len(counts) // _WEEK
    sums = counts[: weeks * _WEEK].reshape(weeks, _WEEK).sum(axis=1)
    # Counts of any size vary alike on this scale (Anscombe 1948).
    signal = 2 * np.sqrt(sums + 3 / 8)
    # It takes a second to import, with all of scipy: every command would wait for it.
    import ruptures

    model = ruptures.KernelCPD(kernel="linear", min_size=2).fit(signal)
    ends = [0, *map(int, model.predict(pen=_PENALTY * dispersion * np.log(weeks)))]
    levels = [float(sums[a:b].mean()) for a, b in pairwise(ends)]
    found = []
    for at in range(1, len(levels)):
        end = at
        # A low stretch may be of several levels.
        while end < len(levels) and levels[end] < _DROP * levels[at - 1]:
            end += 1
        is_last = end == len(levels)
        if end == at or (not is_last and ends[end] - ends[at] > _LONGEST_DROP):
            continue
        if is_last or max(levels[at:end]) < _DROP * levels[end]:
            found.append((ends[at] * _WEEK, ends[end] * _WEEK))
    return found


def _joined(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches that overlap, or that are less than a week apart, as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start - joined[-1][1] < _WEEK:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _trimmed(counts: Counts, level: float, start: int, end: int) -> tuple[int, int]:
    """A stretch without days at its ends that are as usual: the weeks of a gap are not all its own."""
    while end - start > 1 and counts[start] > _DROP * level:
        start += 1
    while end - start > 1 and counts[end - 1] > _DROP * level:
        end -= 1
    return start, end


def _level_around(counts: Counts, whole: NDArray[np.bool_], start: int, end: int) -> float:
    """Articles a day in the weeks before and after a stretch, on days that are in no stretch themselves."""
    reach = _AROUND * _WEEK
    places = (slice(max(0, start - reach), start), slice(end, end + reach))
    sides = [counts[place][whole[place]] for place in places]
    means = [float(side.mean()) for side in sides if len(side) >= _WEEK]
    return min(means) if means else float(counts.mean())


def _is_season(counts: Counts, usual: Counts, start: int, end: int, first: date) -> bool:
    """Whether most other years are about as low about the same date."""
    days, day = end - start, first + timedelta(start)
    if days > 4 * _WEEK:
        return False
    there = np.concatenate(([0.0], np.cumsum(counts)))
    due = np.concatenate(([0.0], np.cumsum(usual)))
    expected = np.maximum(due[days:] - due[:-days], 1e-9)
    sure = _ratio(there[days:] - there[:-days], expected)
    # By article expected: papers grow, and their seasons with them.
    depth = np.where(sure >= _SEEN, sure / expected, 0.0)
    lows = []
    for year in range(first.year, (first + timedelta(len(counts))).year + 1):
        middle = (_in_year(day, year) - first).days
        near = depth[max(0, middle - _ALMOST) : max(0, middle + _ALMOST + 1)]
        if year != day.year and len(near) > _ALMOST:
            lows.append(float(near.max()) >= _AS_DEEP * float(depth[start]))
    return len(lows) >= 2 and sum(lows) >= _MOST_YEARS * len(lows)


def _in_year(day: date, year: int) -> date:
    """The day of another year that a day stands for: about Tết by the moon, else by the sun."""
    if _MOON[0] <= day.year and year in range(*_MOON):
        new_year, other = (LunarDate(one, 1, 1).to_solar_date() for one in (day.year, year))
        if -_BEFORE_TET <= (day - new_year).days <= _AFTER_TET:
            return other + (day - new_year)  # type: ignore[no-any-return]
    return date(year, day.month, min(day.day, 28))
