"""The pages that people read: search and article."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from indexer.errors import ArticleNotFoundError
from indexer.moments import vietnam_today
from search.desk.watches import Watch
from search.meanings import without_meaning_sign
from search.presentation.wording import describe
from search.requests import Sort
from webapp import citations, formatting, timeline, wording
from webapp.common import archive, told_if_cut
from webapp.desk import desk, desk_lists
from webapp.state import PageState, read_state

blueprint = Blueprint("pages", __name__)

_NEWEST, _EARLIER, _WATCHES = 6, 6, 12
"""Lines of each list on the first page."""
REMEMBERED = "words"
"""The argument of a search page that a browser remembers where it is asked to."""


def page_url(state: PageState, **changes: object) -> str:
    """The address of a search page in another state."""
    query = state.query_string(**changes)
    return url_for("pages.search") + (f"?{query}" if query else "")


def links_from(state: PageState, *left_out: str) -> str:
    """The beginning of many links that differ in some arguments only."""
    return f"{url_for('pages.search')}?{state.beginning(*left_out)}"


def links_of_facts(state: PageState) -> dict[str, str]:
    """Facet -> the beginning of a link to the articles of a state that have a value of it."""
    return {name: f"{links_from(state, name)}{name}=" for name in ("source", "section")}


@blueprint.get("/")
def home() -> str | WerkzeugResponse:
    """The search box, and where to begin; `/?q=` is a search."""
    state = read_state(request.args)
    if state.query:
        return redirect(told_if_cut(page_url(state)))
    reader, today = archive(), vietnam_today()
    return render_template(
        "home.html",
        state=state,
        stats=reader.usual_stats(),
        newest=reader.newsroom.newest(_NEWEST),
        today=today,
        earlier=reader.newsroom.earlier(today)[:_EARLIER],
        week=reader.newsroom.week(today),
        watches=_watches(),
    )


def _watches() -> list[Watch]:
    """The watches, where who asks may see them and they can be read."""
    if not desk_lists()["has_desk"]:
        return []
    return desk().watches.watches()[:_WATCHES]


@blueprint.get("/search")
def search() -> str:
    """One page of results."""
    state = read_state(request.args, request.cookies.get(REMEMBERED, ""))
    if REMEMBERED in request.args and "remember" in request.args:
        g.remembered[REMEMBERED] = str(state.words)
    asked = state.request()
    result = archive().search(asked)
    return render_template(
        "search.html",
        state=state,
        counted=state.counted(result),
        result=result,
        request_state=asked,
        first_number=state.per_page * (state.page - 1) + 1,
        bars=timeline.bars(result.timeline, result.interval),
        by_words=without_meaning_sign(state.query)[0],
        feed_query=f"?{feed}" if (feed := state.query_string(sort=Sort.RELEVANCE)) else "",
        drawing=(timeline.WIDTH, timeline.HEIGHT),
        limits=_limits(state),
        seconds=wording.decimal(result.took_ms / 1000, g.language),
        problems=[describe(problem, g.language) for problem in result.problems],
    )


def _limits(state: PageState) -> list[tuple[str, PageState]]:
    """The limits of a result in words, each with the state without it."""
    limits: list[tuple[str, PageState]] = []
    ends = (
        ("from", state.since, replace(state, page=1, since=None)),
        ("to", state.until, replace(state, page=1, until=None)),
    )
    for name, day, without in ends:
        if day:
            label = wording.text(name, g.language)
            limits.append((f"{label} {formatting.moment(day, g.language)}", without))
    others = (
        ("also", state.also, replace(state, page=1, also="")),
        ("without", state.without, replace(state, page=1, without="")),
    )
    for name, query, without in others:
        if query:
            label = wording.text(f"limit_{name}", g.language)
            limits.append((f"{label}: {query}", without))
    for name, value in state.filters.items():
        label = wording.text(f"facet_{name}", g.language)
        limits.append((f"{label}: {value}", state.widened(name)))
    return limits


@blueprint.get("/help")
def help_page() -> str:
    """The query language, with examples."""
    return render_template("help.html", state=PageState())


@blueprint.get("/article/<id>")
def article(id: str) -> str | WerkzeugResponse:
    """One article; with `?q=` the query's hits are marked and a link leads back to its results."""
    state = read_state(request.args)
    try:
        view = archive().view(id, state.query)
    except ArticleNotFoundError:
        if (other := archive().moved_to(id)) is None:
            raise
        return redirect(url_for("pages.article", id=other), 301)
    permalink = url_for("pages.article", id=id, _external=True)
    return render_template(
        "article.html",
        state=state,
        view=view,
        permalink=permalink,
        citation=citations.as_text(view.article, permalink, g.language),
        linked_data=citations.as_linked_data(view.article, permalink),
        numbered=formatting.Numbered(),
        **_related(id),
    )


@blueprint.get("/article/<id>/versions")
def versions(id: str) -> str:
    """What an article is and was, with the changes marked word by word."""
    found = archive().versions(id)
    return render_template("versions.html", article=found[0].article, versions=found)


@blueprint.get("/article/<id>/related")
def related(id: str) -> str:
    """The related stories of an article on a page of their own."""
    return render_template("related.html", article=archive().article(id), **_related(id))


def _related(id: str) -> dict[str, Any]:
    """What `related_groups.html` needs."""
    return {
        "related": archive().related(id),
        "apart": lambda story: formatting.apart(story, g.language),
        "course_of": formatting.course,
        "anywhere": PageState(),
    }
