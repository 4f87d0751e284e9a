"""The pages that people read: search and article."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from search.archive import Archive
from search.results import PAGE_SIZE
from search.wording import describe
from webapp import formatting, wording
from webapp.state import PageState, read_state

blueprint = Blueprint("pages", __name__)


def _archive() -> Archive:
    return cast(Archive, current_app.config["ARCHIVE"])


def page_url(state: PageState, **changes: object) -> str:
    """The address of a search page in another state."""
    query = state.query_string(**changes)
    return url_for("pages.search") + (f"?{query}" if query else "")


@blueprint.get("/")
def home() -> str | WerkzeugResponse:
    """The search box, and where to begin; `/?q=` is a search."""
    state = read_state(request.args)
    if state.query:
        return redirect(page_url(state))
    return render_template("home.html", state=state, stats=_archive().stats())


@blueprint.get("/search")
def search() -> str:
    """One page of results."""
    state = read_state(request.args)
    result = _archive().search(state.request())
    return render_template(
        "search.html",
        state=state,
        result=result,
        first_number=PAGE_SIZE * (state.page - 1) + 1,
        limits=_limits(state),
        seconds=wording.decimal(result.took_ms / 1000, g.language),
        problems=[describe(problem, g.language) for problem in result.problems],
    )


def _limits(state: PageState) -> list[tuple[str, dict[str, object]]]:
    """What narrows the result, in words, each with the change that removes it."""
    limits: list[tuple[str, dict[str, object]]] = []
    for name, day in (("since", state.since), ("until", state.until)):
        if day:
            label = wording.text("from" if name == "since" else "to", g.language)
            limits.append((f"{label} {formatting.moment(day, g.language)}", {name: None}))
    for name, value in (("source", state.source), ("section", state.section)):
        if value:
            limits.append((value, {name: ""}))
    return limits


@blueprint.get("/article/<id>")
def article(id: str) -> str:
    """One article; with `?q=` the query's hits are marked and a link leads back to its results."""
    state = read_state(request.args)
    view = _archive().view(id, state.query)
    return render_template(
        "article.html",
        state=state,
        view=view,
        related=_archive().related(id),
        apart=lambda story: formatting.apart(story, g.language),
        anywhere=PageState(),
    )
