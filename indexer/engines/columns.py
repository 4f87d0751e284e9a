"""Facets and dates of documents as arrays, for counting and filtering."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import Interval
from indexer.engines.doc_sets import Documents, Mask
from indexer.engines.folding import GroupNumbers, firsts_of_values
from indexer.engines.intervals import LONGER, LONGEST_OPEN, finest

_UNITS = {Interval.YEAR: "Y", Interval.MONTH: "M", Interval.DAY: "D"}
_DAY = 24 * 3600
_KNOWN = 1 << 16
"""Lists of values that are remembered while a column is read."""
UNDATED = np.iinfo(np.int64).min


Codes = NDArray[np.integer[Any]]
"""Indices into the values of a facet, in as few bytes as they need."""


def _narrow(codes: Codes, values: int) -> Codes:
    """The same codes, which are less than `values`, in as few bytes as they need."""
    narrow: Codes = codes.astype(np.min_scalar_type(max(0, values - 1)), copy=False)
    return narrow


@dataclass(frozen=True, slots=True)
class FacetColumn:
    """The values of one facet in all documents.

    Attributes:
        values: each once.
        numbers: value -> its place in `values`.
        codes: indices into `values`, those of one document after the other.
        begins: where each document's codes begin, and the end of all.
        single: whether each document has exactly one value.
    """

    values: list[str]
    numbers: dict[str, int]
    codes: Codes
    begins: NDArray[np.int32]
    single: bool

    @classmethod
    def of(cls, column: Iterable[bytes]) -> FacetColumn:
        """The facet of documents, each given as one UTF-8 string with its values separated by line ends."""
        numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
        # Many documents have the same values.
        known: dict[bytes, array[int]] = {b"": array("i")}
        codes, lengths = array("i"), array("i")
        for joined in column:
            if (its := known.get(joined)) is None:
                its = array("i", map(numbers.__getitem__, joined.split(b"\n")))
                if len(known) < _KNOWN:
                    known[joined] = its
            codes += its
            lengths.append(len(its))
        values = [value.decode("utf-8", "surrogatepass") for value in numbers]
        places = {value: place for place, value in enumerate(values)}
        its_lengths = np.frombuffer(lengths, dtype=np.int32)
        begins = np.zeros(len(lengths) + 1, dtype=np.int32)
        np.cumsum(its_lengths, out=begins[1:])
        narrow = _narrow(np.frombuffer(codes, dtype=np.int32), len(values))
        return cls(values, places, narrow, begins, bool((its_lengths == 1).all()))

    @classmethod
    def joined(cls, parts: Sequence[FacetColumn]) -> FacetColumn:
        """The same facet of several lists of documents, one after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls.of([])
        # The first part is by far the largest as a rule, and keeps its numbers.
        numbers = dict(parts[0].numbers)
        codes, begins = [parts[0].codes], [parts[0].begins]
        before = len(parts[0].codes)
        for part in parts[1:]:
            renumbered = [numbers.setdefault(value, len(numbers)) for value in part.values]
            codes.append(np.array(renumbered, dtype=np.int32)[part.codes])
            begins.append(part.begins[1:] + np.int32(before))
            before += len(part.codes)
        single = all(part.single for part in parts)
        narrow = [_narrow(its, len(numbers)) for its in codes]
        return cls(list(numbers), numbers, np.concatenate(narrow), np.concatenate(begins), single)

    def counts(
        self, documents: Documents, most: int, groups: GroupNumbers | None = None
    ) -> dict[str, int]:
        """How many of some documents have each value; the most frequent first, then by name.

        Args:
            groups: of each document its group, of which each is counted once for a value; None to
                count every document.
        """
        if not self.values:
            return {}
        codes = self._codes_of(documents)
        if groups is not None:
            lengths = 1 if self.single else self.begins[documents + 1] - self.begins[documents]
            codes = codes[firsts_of_values(np.repeat(groups, lengths), codes)]
        counts = np.bincount(codes, minlength=len(self.values))
        present = np.flatnonzero(counts)
        if len(present) > most:
            least = np.partition(counts[present], len(present) - most)[len(present) - most]
            present = present[counts[present] >= least]
        found = sorted((-int(counts[at]), self.values[at]) for at in present.tolist())
        return {value: -count for count, value in found[:most]}

    def _codes_of(self, documents: Documents) -> Codes:
        if self.single:
            return self.codes[documents]
        first = self.begins[documents].astype(np.int64)
        lengths = self.begins[documents + 1] - first
        shifts = first - (np.cumsum(lengths) - lengths)
        return self.codes[np.repeat(shifts, lengths) + np.arange(int(lengths.sum()))]

    def holders(self, code: int) -> Documents:
        """The documents that have the value with a place in `values`, ascending."""
        return self._at(self.codes == code)

    def _at(self, codes: Mask) -> Documents:
        """The documents of some codes, a mask of all; one with several of them several times."""
        places = np.flatnonzero(codes).astype(self.begins.dtype)
        found: Documents = np.searchsorted(self.begins, places, side="right") - 1
        return found

    def having(self, values: Sequence[str], documents: Documents) -> Mask:
        """Which of some documents have any of some values."""
        equal = self._are(values, self._codes_of(documents))
        if self.single:
            return equal
        found = np.zeros(len(documents), dtype=np.bool_)
        lengths = self.begins[documents + 1] - self.begins[documents]
        found[np.repeat(np.arange(len(documents)), lengths)[equal]] = True
        return found

    def flags(self, values: Sequence[str]) -> Mask:
        """Which documents have any of some values."""
        flags: Mask = np.zeros(len(self.begins) - 1, dtype=np.bool_)
        flags[self._at(self._are(values, self.codes))] = True
        return flags

    def _are(self, values: Sequence[str], codes: Codes) -> Mask:
        """Which of some codes are of values."""
        wanted = [self.numbers[one] for one in values if one in self.numbers]
        if len(wanted) == 1:
            equal: Mask = codes == wanted[0]
            return equal
        table: Mask = np.zeros(len(self.values), dtype=np.bool_)
        table[wanted] = True
        return table[codes]


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
