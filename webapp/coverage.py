"""What the archive covers: of each source a calendar a year, gaps and shares of fields."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, request

from search.coverage.coverage import SourceCoverage, weeks_of
from webapp.common import archive
from webapp.state import PageState

blueprint = Blueprint("coverage", __name__)

SHOWN = 50
"""Sources on the page of all sources."""
_LEVELS = 5
CELL = 12
"""Width of a day in a calendar, in the units of the drawing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in a calendar.

    Attributes:
        x: the week, from 0.
        y: the day of the week, from 0 for Monday.
        level: from 0 for no article to `_LEVELS`; -1 in a gap.
    """

    x: int
    y: int
    day: date
    count: int
    level: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a year."""

    year: int
    articles: int
    cells: tuple[Cell, ...]

    @property
    def since(self) -> date:
        """The first day."""
        return date(self.year, 1, 1)

    @property
    def until(self) -> date:
        """The last day."""
        return date(self.year, 12, 31)


@blueprint.get("/coverage")
def coverage() -> str:
    """All sources, or one of them with its calendars."""
    source = request.args.get("source")
    reader = archive()
    known = reader.sources()
    if source is None:
        covered = [reader.coverage(one) for one in list(known)[:SHOWN]]
        return render_template("coverage.html", covered=covered, state=PageState())
    if source not in known:
        abort(404)
    found = reader.coverage(source)
    return render_template(
        "source_coverage.html",
        covered=found,
        calendars=calendars(found),
        cell=CELL,
        state=PageState(filters={"source": source}),
    )


def calendars(covered: SourceCoverage) -> list[Calendar]:
    """A calendar for each year of a source, the newest first."""
    counts = sorted(covered.days.values())
    bounds = [counts[len(counts) * part // _LEVELS] for part in range(1, _LEVELS)]
    missing = {
        date.fromordinal(day)
        for gap in covered.gaps
        for day in range(gap.since.toordinal(), gap.until.toordinal() + 1)
    }

    def level(day: date) -> int:
        count = covered.days.get(day, 0)
        if day in missing:
            return -1
        return bisect_right(bounds, count) + 1 if count else 0

    return [
        Calendar(
            one.year,
            one.articles,
            tuple(
                Cell(x, y, day, covered.days.get(day, 0), level(day))
                for x, week in enumerate(weeks_of(one.year))
                for y, day in enumerate(week)
                if day is not None
            ),
        )
        for one in reversed(covered.years)
    ]
