"""Two searches on one timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, render_template, request

from indexer.engines.base import Interval
from indexer.engines.intervals import finest
from search.presentation.timeline import fill
from search.reader import ArchiveReader
from search.requests import SearchRequest, Words
from search.results import TimelineBucket
from webapp import timeline
from webapp.common import archive, asked
from webapp.pages import REMEMBERED
from webapp.state import PageState, read_state

blueprint = Blueprint("comparison", __name__)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two searches."""

    state: PageState
    total: int
    bars: list[timeline.Bar]


@blueprint.get("/compare")
def compare() -> str:
    """How often two queries are met over time; the dates narrow both."""
    first = read_state(request.args, request.cookies.get(REMEMBERED, ""))
    other = asked(request.args, "with")
    words = Words.ANY if first.words is Words.ANY else Words.ALL
    first = replace(first, page=1, words=words)
    states = [first, replace(first, query=other)]
    sides = _sides(archive(), states) if first.query and other else []
    return render_template(
        "compare.html",
        state=first,
        other=other,
        sides=sides,
        pairs=list(zip(*(side.bars for side in sides), strict=True)),
        drawing=(timeline.WIDTH, timeline.HEIGHT),
    )


def _sides(opened: ArchiveReader, states: Sequence[PageState]) -> list[Side]:
    """Both results over the same intervals, drawn to the same scale.

    What counts is the articles with every word: a share of a query's words says little about it.
    """
    results = [opened.search(_counting(state, None)) for state in states]
    days = [day for result in results for one in result.timeline for day in (one.since, one.until)]
    interval = finest(min(days), max(days)) if days else Interval.YEAR
    results = [
        result if result.interval is interval else opened.search(_counting(state, interval))
        for state, result in zip(states, results, strict=True)
    ]
    counts = [
        {bucket.since: bucket.count for bucket in result.timeline if bucket.count}
        for result in results
    ]
    both = fill({day: 1 for one in counts for day in one}, interval)
    most = max((count for one in counts for count in one.values()), default=1)
    return [
        Side(state, result.total, timeline.bars(_over(both, one), interval, most))
        for state, result, one in zip(states, results, counts, strict=True)
    ]


def _counting(state: PageState, interval: Interval | None) -> SearchRequest:
    return replace(state.request(), per_page=1, facets=(), interval=interval)


def _over(both: Sequence[TimelineBucket], counts: dict[date, int]) -> list[TimelineBucket]:
    return [replace(bucket, count=counts.get(bucket.since, 0)) for bucket in both]
