"""Facets and timelines of a search, exact over all shards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from indexer.engines.base import Interval, Plan
from indexer.engines.intervals import LONGER, LONGEST_OPEN, finest
from indexer.engines.opensearch.escaping import text_in
from indexer.engines.opensearch.layout import facet_field

Aggregations = dict[str, Any]
Ask = Callable[[Aggregations], Mapping[str, Any]]
"""Counts once more over the same articles."""
_PER_SHARD = 400
"""Values that each shard names at first."""
_MORE = 20
_MOST_PER_SHARD = 1_000_000


def facet_aggregations(plan: Plan) -> Aggregations:
    """The aggregations of a plan's facets."""
    return {
        f"facet {name}": _values(name, most, max(_PER_SHARD, 4 * most))
        for name, most in plan.facets.items()
        if most
    }


def _values(name: str, most: int, per_shard: int) -> Aggregations:
    return {
        "terms": {
            "field": facet_field(name),
            "size": max(per_shard, most),
            "shard_size": per_shard,
            "order": [{"_count": "desc"}, {"_key": "asc"}],
        }
    }


def facet_counts(plan: Plan, found: Mapping[str, Any], ask: Ask) -> dict[str, dict[str, int]]:
    """The most frequent values of each facet and in how many articles, from the answer of a search."""
    return {
        name: _exact(name, most, found[f"facet {name}"], ask) if most else {}
        for name, most in plan.facets.items()
    }


def _exact(name: str, most: int, found: Mapping[str, Any], ask: Ask) -> dict[str, int]:
    """The most frequent values, also where shards did not name all of theirs.

    A value that a shard left out is there at most as often as the last that it named: `error` is the
    sum of these. Whatever might still be among the most frequent is counted in full.
    Source: Cao and Wang, Efficient top-k query calculation in distributed networks, 2004.
    """
    per_shard = max(_PER_SHARD, 4 * most)
    while True:
        counts = {one["key"]: one["doc_count"] for one in found["buckets"]}
        error = found["doc_count_error_upper_bound"]
        best = _best(counts, most)
        if not error:
            return best
        least = min(best.values(), default=0) if len(best) == most else 0
        # Their counts here are what some shards said: they may only grow.
        maybe = [value for value, count in counts.items() if count + error >= least]
        buckets = found["buckets"]
        # Values behind the last that was returned may be frequent in other shards.
        cut = len(buckets) >= max(per_shard, most) and buckets[-1]["doc_count"] + error >= least
        if least > error and not cut:
            asked = _values(name, most, len(maybe))
            asked["terms"]["include"] = maybe
            again = ask({"counted": asked})["counted"]["buckets"]
            return _best({one["key"]: one["doc_count"] for one in again}, most)
        per_shard = min(per_shard * _MORE, _MOST_PER_SHARD)
        found = ask({"counted": _values(name, most, per_shard)})["counted"]
        if per_shard == _MOST_PER_SHARD:
            return _best({one["key"]: one["doc_count"] for one in found["buckets"]}, most)


def _best(counts: Mapping[str, int], most: int) -> dict[str, int]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {text_in(value): count for value, count in ordered[:most]}


def timeline_aggregations(plan: Plan) -> Aggregations:
    """The aggregations of a plan's timeline; without an interval, of what decides it too."""
    if plan.interval is not None:
        return {"timeline": _buckets(plan.interval, plan.utc_offset)}
    closed = {
        f"{interval}": {"range": {"open_seconds": {"lte": LONGEST_OPEN[interval]}}}
        for interval in LONGER
    }
    return {
        "first": {"min": {"field": "published"}},
        "last": {"max": {"field": "published"}},
        "dated": {"value_count": {"field": "published"}},
        "closed": {"filters": {"filters": closed}},
        "timeline": _buckets(Interval.YEAR, plan.utc_offset),
    }


def _buckets(interval: Interval, utc_offset: int) -> Aggregations:
    sign, minutes = ("-" if utc_offset < 0 else "+"), abs(utc_offset) // 60
    histogram = {
        "field": "published",
        "calendar_interval": str(interval),
        "time_zone": f"{sign}{minutes // 60:02d}:{minutes % 60:02d}",
        "min_doc_count": 1,
    }
    return {
        "filter": {"range": {"open_seconds": {"lte": LONGEST_OPEN[interval]}}},
        "aggs": {"buckets": {"date_histogram": histogram}},
    }


def timeline(plan: Plan, found: Mapping[str, Any], ask: Ask) -> tuple[Interval, dict[date, int]]:
    """The interval of a timeline and its buckets, from the answer of a search."""
    interval = plan.interval
    if interval is None:
        interval = _decided(plan, found)
        if interval is not Interval.YEAR:
            found = ask({"timeline": _buckets(interval, plan.utc_offset)})
    buckets = found["timeline"]["buckets"]["buckets"]
    return interval, {
        _day(one["key"] // 1000, plan.utc_offset): one["doc_count"] for one in buckets
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
