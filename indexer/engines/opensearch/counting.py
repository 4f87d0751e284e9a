"""Facets and timelines of a search, exact over all shards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from indexer.engines.base import Interval, Plan
from indexer.engines.intervals import LONGER, LONGEST_OPEN, finest
from indexer.engines.opensearch.columns import GROUP
from indexer.engines.opensearch.escaping import text_in
from indexer.engines.opensearch.layout import facet_field

Aggregations = dict[str, Any]
Ask = Callable[[Aggregations], Mapping[str, Any]]
"""Counts once more over the same articles."""
MOST_EXACT = 40_000
"""Groups up to which a cluster counts different ones as good as exactly; its greatest setting."""
_MOST_EXACT_OF_VALUE = 1000
_MOST_VALUES = 15_000
"""Values of a facet that a cluster gives at once; of all facets it gives 65,535 at most."""
_CANDIDATES = 2000
_AT_FIRST = 1000
"""Values that each shard names at first: mostly all; asking again costs as much as the search."""


def facet_aggregations(plan: Plan) -> Aggregations:
    """The aggregations of a plan's facets."""
    return {
        f"facet {name}": _values(plan, name, _asked(most))
        for name, most in plan.facets.items()
        if most
    }


def _asked(most: int) -> int:
    """How many values are asked for at first where `most` are wanted: enough to tell which may belong."""
    return min(_MOST_VALUES, 3 * most + 40)


def distinct_groups(most_exact: int) -> Aggregations:
    """How many groups of articles there are; about so many above `most_exact`."""
    return {"groups": {"cardinality": {"field": GROUP, "precision_threshold": most_exact}}}


def _of_each(plan: Plan) -> Aggregations:
    """What is counted for each value or bucket."""
    return {"aggs": distinct_groups(_MOST_EXACT_OF_VALUE)} if plan.counts_groups else {}


def _count(bucket: Mapping[str, Any]) -> int:
    """The articles of a bucket, or its groups where these are counted."""
    groups: Mapping[str, int] | None = bucket.get("groups")
    return groups["value"] if groups else bucket["doc_count"]


def _values(plan: Plan, name: str, most: int) -> Aggregations:
    return {
        "terms": {
            "field": facet_field(name),
            "size": most,
            "shard_size": max(most, _AT_FIRST),
            "order": [{"_count": "desc"}, {"_key": "asc"}],
            "show_term_doc_count_error": True,
        },
        **_of_each(plan),
    }


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted over the articles of a search; see `EngineResult`."""

    facets: dict[str, dict[str, int]]
    interval: Interval
    timeline: dict[date, int]


def counts(plan: Plan, found: Mapping[str, Any], shards: int, ask: Ask) -> Counts:
    """The facets and the timeline, from the answer of a search; what is not exact yet is asked again.

    Args:
        found: the answer to `facet_aggregations` and `timeline_aggregations`.
        shards: that have answered.
        ask: called once for all that is not exact, and again only for rare cases.
    """
    facets = [_Facet(plan, name, shards) for name, most in plan.facets.items() if most]
    pending = [one for one in facets if not one.take(found[f"facet {one.name}"])]
    interval = plan.interval or (_decided(plan, found) if plan.has_timeline else Interval.YEAR)
    days = found["timeline"]["buckets"]["buckets"] if plan.has_timeline else []
    is_open = interval is not (plan.interval or Interval.YEAR)
    while pending or is_open:
        asked = {one.name: one.question() for one in pending}
        if is_open:
            asked["timeline"] = _buckets(plan, interval)
        again = ask(asked)
        if is_open:
            days = again["timeline"]["buckets"]["buckets"]
        is_open = False
        pending = [one for one in pending if not one.take(again[one.name])]
    known = {one.name: one.best for one in facets}
    return Counts(
        {name: known.get(name, {}) for name in plan.facets},
        interval,
        {_day(one["key"] // 1000, plan.utc_offset): _count(one) for one in days},
    )


class _Facet:
    """The most frequent values of a facet, exact over all shards.

    Each shard names its most frequent values, and the cluster tells for each value, and for those that
    no shard has named, by how much its count may be too low. Mostly that leaves a few values that may be
    among the most frequent: they are counted in full. Where it leaves too many, each shard is asked
    for all values that are frequent enough: a value among the most frequent of all is at least once as
    frequent as the last of these divided by the number of shards. Source of that: Cao and Wang,
    Efficient top-k query calculation in distributed networks, 2004.
    """

    def __init__(self, plan: Plan, name: str, shards: int) -> None:
        self.name = name
        self.best: dict[str, int] = {}
        self._plan = plan
        self._most = plan.facets[name]
        self._shards = shards
        self._is_first = True
        self._least_in_shard = 1
        self._maybe: list[str] | None = None

    def take(self, found: Mapping[str, Any]) -> bool:
        """Take an answer; returns whether the counts are exact."""
        buckets = found["buckets"]
        frequency = {one["key"]: one["doc_count"] for one in buckets}
        counted = sorted((-_count(one), one["key"]) for one in buckets)
        self.best = {text_in(value): -count for count, value in counted[: self._most]}
        ordered = sorted(frequency.items(), key=lambda item: (-item[1], item[0]))
        least = ordered[self._most - 1][1] if len(ordered) >= self._most else 0
        if self._maybe is not None:
            return True
        if self._is_first:
            self._is_first = False
            return self._take_first(found, least)
        if self._least_in_shard == 1 and len(frequency) < _MOST_VALUES:
            return True
        # What a shard did not name is there less often than it was asked for.
        unnamed = (self._shards - 1) * (self._least_in_shard - 1)
        maybe = [value for value, count in frequency.items() if count + unnamed >= least]
        self._maybe = sorted(maybe, key=lambda value: -frequency[value])[:_CANDIDATES]
        return False

    def _take_first(self, found: Mapping[str, Any], least: int) -> bool:
        """Decide by the first answer what has to be asked.

        Args:
            least: how often the last of the most frequent values was counted.
        """
        buckets, error = found["buckets"], found["doc_count_error_upper_bound"]
        if not error:
            return True
        # Values that the answer lacks: those that no shard has named, and those it had no room for.
        left_out = buckets[-1]["doc_count"] if len(buckets) == _asked(self._most) else 0
        if left_out + error >= least:
            self._least_in_shard = max(1, -(-least // self._shards))
            return False
        errors = {one["key"]: one.get("doc_count_error_upper_bound", 0) for one in buckets}
        maybe = [one["key"] for one in buckets if one["doc_count"] + errors[one["key"]] >= least]
        if not any(errors[value] for value in maybe):
            return True
        self._maybe = maybe
        return False

    def question(self) -> Aggregations:
        """What has to be asked next."""
        if self._maybe is None:
            asked = _values(self._plan, self.name, _MOST_VALUES)
            asked["terms"]["shard_min_doc_count"] = self._least_in_shard
            return asked
        asked = _values(self._plan, self.name, len(self._maybe))
        asked["terms"]["include"] = self._maybe
        return asked


def timeline_aggregations(plan: Plan) -> Aggregations:
    """The aggregations of a plan's timeline, if it has one; without an interval, of what decides it too."""
    if not plan.has_timeline:
        return {}
    if plan.interval is not None:
        return {"timeline": _buckets(plan, plan.interval)}
    closed = {
        f"{interval}": {"range": {"open_seconds": {"lte": LONGEST_OPEN[interval]}}}
        for interval in LONGER
    }
    return {
        "first": {"min": {"field": "published"}},
        "last": {"max": {"field": "published"}},
        "dated": {"value_count": {"field": "published"}},
        "closed": {"filters": {"filters": closed}},
        "timeline": _buckets(plan, Interval.YEAR),
    }


def _buckets(plan: Plan, interval: Interval) -> Aggregations:
    utc_offset = plan.utc_offset
    sign, minutes = ("-" if utc_offset < 0 else "+"), abs(utc_offset) // 60
    histogram = {
        "field": "published",
        "calendar_interval": str(interval),
        "time_zone": f"{sign}{minutes // 60:02d}:{minutes % 60:02d}",
        "min_doc_count": 1,
    }
    return {
        "filter": {"range": {"open_seconds": {"lte": LONGEST_OPEN[interval]}}},
        "aggs": {"buckets": {"date_histogram": histogram, **_of_each(plan)}},
    }


def _decided(plan: Plan, found: Mapping[str, Any]) -> Interval:
    dated = found["dated"]["value"]
    if not dated:
        return Interval.YEAR
    ends = [round(found[name]["value"]) // 1000 for name in ("first", "last")]
    interval = finest(*(_day(one, plan.utc_offset) for one in ends))
    while interval in LONGER and 2 * found["closed"]["buckets"][interval]["doc_count"] < dated:
        interval = LONGER[interval]
    return interval


def _day(seconds: int, utc_offset: int) -> date:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds + utc_offset)
    return moment.date()
