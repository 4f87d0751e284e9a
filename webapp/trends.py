"""Up to five searches over time: a drawing, a table whose numbers are links, and CSV of the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from indexer.engines.base import Interval
from search.presentation.exports import rows
from search.presentation.wording import describe
from search.requests import Words
from search.results import TimelineBucket
from search.trends import MOST_QUERIES, Trend, Trends
from webapp import timeline, wording
from webapp.common import archive, read_query
from webapp.pages import REMEMBERED
from webapp.state import PageState, read_state

blueprint = Blueprint("trends", __name__)

WIDTH, HEIGHT = 600, 150
"""Of a drawing, in its own units."""
FACETS = ("source", "section")
"""By whose values a trend may be divided."""


@dataclass(frozen=True, slots=True)
class TrendsState:
    """What a page of trends shows; its address holds all of it.

    Attributes:
        states: of each query, with the dates and filters of all.
        interval: None for the finest that is clear.
        is_share: whether shares of all articles are drawn, and not counts.
        facet: by whose values each trend is divided; None for not at all.
    """

    states: tuple[PageState, ...]
    common: PageState
    interval: Interval | None
    is_share: bool
    facet: str | None

    def arguments(self) -> MultiDict[str, str]:
        """The arguments of the address."""
        found = MultiDict((name, value) for name, value in self.common.arguments().items())
        found.poplist("q")
        for one in self.states:
            found.add("q", one.query)
        if self.interval:
            found["interval"] = str(self.interval)
        if not self.is_share:
            found["measure"] = "count"
        if self.facet:
            found["by"] = self.facet
        return found


def read_trends(arguments: MultiDict[str, str], remembered: str = "") -> TrendsState:
    """The state that an address describes; unreadable values fall back to their defaults."""
    common = replace(read_state(arguments, remembered), page=1, query="")
    if common.words is Words.AUTO:
        common = replace(common, words=Words.ALL)
    typed = (read_query(one) for one in arguments.getlist("q"))
    queries = list(dict.fromkeys(one for one in typed if one))[:MOST_QUERIES]
    interval, facet = arguments.get("interval", ""), arguments.get("by", "")
    return TrendsState(
        tuple(replace(common, query=one) for one in queries),
        common,
        Interval(interval) if interval in set(Interval) else None,
        arguments.get("measure") != "count",
        facet if facet in FACETS else None,
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """One point or bar of a drawing, in its units."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the table.

    Attributes:
        state: the search that lists the articles counted.
        often: how often the words stand side by side in a million syllables of the time; None where that
            is not counted.
    """

    count: int
    share: float
    state: PageState
    often: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One interval."""

    label: str
    total: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """One query divided by the values of a facet: its bars, a list for each value."""

    state: PageState
    names: tuple[str, ...]
    bars: tuple[tuple[Mark, ...], ...]


@blueprint.get("/trends")
def trends() -> str:
    """Searches over time."""
    state = read_trends(request.args, request.cookies.get(REMEMBERED, ""))
    found = _find(state)
    lines = _lines(found, is_share=state.is_share) if found else []
    return render_template(
        "trends.html",
        state=state,
        found=found,
        most=MOST_QUERIES,
        rows=_rows(found, state) if found else [],
        lines=lines,
        stacks=_stacks(found, state) if found and state.facet else [],
        top=_top(found, is_share=state.is_share) if found else "",
        drawing=(WIDTH, HEIGHT),
        percent=lambda share: wording.percent(share, g.language),
        two_digits=lambda value: wording.two_digits(value, g.language),
        counts_words=any(one.often is not None for one in found.trends) if found else False,
        problems=[
            describe(problem, g.language)
            for one in (found.trends if found else ())
            for problem in one.problems
        ],
        csv_url=f"{url_for('trends.as_csv')}?{urlencode(list(state.arguments().items(multi=True)))}",
    )


@blueprint.get("/trends.csv")
def as_csv() -> Response:
    """What is drawn: a line a query and interval, or a line a value of the facet."""
    state = read_trends(request.args)
    found = _find(state)
    header = ["query", "part", "since", "until", "count", "total", "share"]
    header += ["occurrences", "syllables", "per_million"]
    lines = [header, *(_csv_lines(found) if found else [])]
    response = Response("\ufeff" + rows(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="khobao-trends.csv"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _find(state: TrendsState) -> Trends | None:
    if not state.states:
        return None
    asked = [one.request() for one in state.states]
    return archive().trends(asked, state.interval, state.facet)


def _csv_lines(found: Trends) -> list[list[str]]:
    lines = []
    for trend in found.trends:
        divided = [("", trend.counts)]
        divided += [(part.value or "*", part.counts) for part in trend.parts]
        for name, counts in divided:
            for at, (bucket, count) in enumerate(zip(found.buckets, counts, strict=True)):
                share = f"{_share(count, bucket.count):.8f}"
                numbers = [str(count), str(bucket.count), share]
                days = [bucket.since.isoformat(), bucket.until.isoformat()]
                often = _per_million(found, trend, at)
                said = ["", "", ""]
                if often is not None and trend.often is not None and not name:
                    said = [str(trend.often[at]), str(found.syllables[at]), f"{often:.4f}"]
                lines.append([trend.request.query, name, *days, *numbers, *said])
    return lines


def _per_million(found: Trends, trend: Trend, at: int) -> float | None:
    if trend.often is None or not found.syllables:
        return None
    return 1e6 * _share(trend.often[at], found.syllables[at])


def _share(count: int, total: int) -> float:
    return count / total if total else 0.0


def _values(found: Trends, counts: Sequence[int], *, is_share: bool) -> list[float]:
    if not is_share:
        return [float(one) for one in counts]
    return [_share(one, of.count) for one, of in zip(counts, found.buckets, strict=True)]


def _highest(found: Trends, *, is_share: bool) -> float:
    values = [v for one in found.trends for v in _values(found, one.counts, is_share=is_share)]
    return max(values, default=0.0) or 1.0


def _top(found: Trends, *, is_share: bool) -> str:
    """The value at the top of the drawing."""
    highest = _highest(found, is_share=is_share)
    if is_share:
        return wording.percent(highest, g.language)
    return wording.number(round(highest), g.language)


def _lines(found: Trends, *, is_share: bool) -> list[list[Mark]]:
    """The points of each trend."""
    highest, room = _highest(found, is_share=is_share), WIDTH / max(1, len(found.buckets))
    return [
        [
            Mark(
                round((at + 0.5) * room, 2),
                round(HEIGHT - (HEIGHT - 6) * value / highest - 3, 2),
                round(room, 2),
                0.0,
                timeline.label(bucket.since, found.interval),
            )
            for at, (value, bucket) in enumerate(
                zip(_values(found, trend.counts, is_share=is_share), found.buckets, strict=True)
            )
        ]
        for trend in found.trends
    ]


def _stacks(found: Trends, state: TrendsState) -> list[Stack]:
    """Each trend as bars of its parts, one upon the other; all to one scale."""
    room = WIDTH / max(1, len(found.buckets))
    divided = [
        [_values(found, part.counts, is_share=state.is_share) for part in trend.parts]
        for trend in found.trends
    ]
    sums = [sum(column) for parts in divided for column in zip(*parts, strict=True)]
    highest = max(sums, default=0.0) or 1.0
    return [
        _stack(trend, parts, of, highest, room, found)
        for trend, parts, of in zip(found.trends, divided, state.states, strict=True)
        if parts
    ]


def _stack(
    trend: Trend,
    parts: Sequence[Sequence[float]],
    state: PageState,
    highest: float,
    room: float,
    found: Trends,
) -> Stack:
    bases = [0.0] * len(found.buckets)
    bars = []
    for values in parts:
        marks = []
        for at, value in enumerate(values):
            height = HEIGHT * value / highest
            bases[at] += height
            label = timeline.label(found.buckets[at].since, found.interval)
            x = (at + 0.1) * room
            y = HEIGHT - bases[at]
            marks.append(
                Mark(round(x, 2), round(y, 2), round(room * 0.8, 2), round(height, 2), label)
            )
        bars.append(tuple(marks))
    others = wording.text("other_values", g.language)
    return Stack(state, tuple(part.value or others for part in trend.parts), tuple(bars))


def _rows(found: Trends, state: TrendsState) -> list[Row]:
    everything = replace(state.common, words=Words.ANY)
    made = []
    for at, bucket in enumerate(found.buckets):

        def within(one: PageState, bucket: TimelineBucket = bucket) -> PageState:
            return replace(one, since=bucket.since, until=bucket.until)

        cells = tuple(
            Cell(
                trend.counts[at],
                _share(trend.counts[at], bucket.count),
                within(of),
                _per_million(found, trend, at),
            )
            for of, trend in zip(state.states, found.trends, strict=True)
        )
        total = Cell(bucket.count, 1.0, within(everything))
        made.append(Row(timeline.label(bucket.since, found.interval), total, cells))
    return made
