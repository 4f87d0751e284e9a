"""Days and chance: all papers of a day, the same day in earlier years, a sample of a result."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from indexer.language.cleaning import clean_text
from indexer.moments import vietnam_today
from search.presentation.wording import describe
from search.query.parser import parse_query
from search.query.periods import parse_period
from search.requests import Copies, Sort
from webapp.common import archive, told_if_cut
from webapp.pages import REMEMBERED
from webapp.state import PageState, read_state

blueprint = Blueprint("days", __name__)

_DAY_MONTH = re.compile(r"(\d{1,2})[-/.](\d{1,2})")
_LEAP = 2024
SAMPLED = 10


def state_of_day(day: date) -> PageState:
    """The search for all articles of a day, each copy by itself."""
    return PageState(since=day, until=day, copies=Copies.ALL, sort=Sort.OLDEST)


@blueprint.get("/day")
def ask_day() -> str | WerkzeugResponse:
    """The form for a day; leads on to its page."""
    typed = clean_text(request.args.get("date", "")).strip()[:40]
    period = parse_period(typed)
    if period is not None and period[0] == period[1]:
        return redirect(url_for("days.day", day=period[0].isoformat()))
    return render_template("day.html", found=None, typed=typed)


@blueprint.get("/day/<day>")
def day(day: str) -> str:
    """All papers of a day."""
    try:
        asked = date.fromisoformat(day) if len(day) == 10 else None
    except ValueError:
        asked = None
    if asked is None:
        abort(404)
    return render_template(
        "day.html", found=archive().newsroom.day(asked), typed="", state_of_day=state_of_day
    )


@blueprint.get("/today")
def today() -> str:
    """The day of today, or another, in earlier years."""
    now, typed = vietnam_today(), clean_text(request.args.get("on", "")).strip()[:40]
    asked, is_bad = now, False
    if typed:
        match = _DAY_MONTH.fullmatch(typed)
        period = parse_period(typed)
        if match is not None:
            # A leap year has every day that there is.
            year = now.year if match.groups() != ("29", "2") else _LEAP
            asked, is_bad = _date(year, int(match[2]), int(match[1]), now)
        elif period is not None and period[0] == period[1]:
            asked = period[0]
        else:
            is_bad = True
    return render_template(
        "today.html",
        asked=asked,
        is_today=asked == now,
        years=archive().newsroom.earlier(asked),
        typed=typed,
        is_bad=is_bad,
        state_of_day=lambda one: replace(state_of_day(one), copies=Copies.FOLDED),
    )


def _date(year: int, month: int, day: int, instead: date) -> tuple[date, bool]:
    try:
        return date(year, month, day), False
    except ValueError:
        return instead, True


@blueprint.get("/sample")
def sample() -> str | WerkzeugResponse:
    """Articles of a search that chance has chosen; the address names the choice."""
    state = replace(read_state(request.args, request.cookies.get(REMEMBERED, "")), page=1)
    seed = request.args.get("seed", "")
    if not (seed.isdecimal() and len(seed) < 10):
        chosen = str(random.randrange(10**6))  # noqa: S311
        address = f"{url_for('days.sample')}?{state.beginning()}seed={chosen}"
        return redirect(told_if_cut(address))
    size = request.args.get("n", "")
    count = min(int(size), 100) if size.isdecimal() and len(size) < 5 and int(size) else SAMPLED
    reader = archive()
    decided = reader.decided(state.request())
    ids, total = reader.newsroom.sample(decided, count, int(seed))
    return render_template(
        "sample.html",
        state=replace(state, words=decided.words),
        articles_found=[one for one in reader.newsroom.headings(ids) if one is not None],
        total=total,
        seed=int(seed),
        size=count,
        problems=[describe(one, g.language) for one in parse_query(state.query).problems],
    )
