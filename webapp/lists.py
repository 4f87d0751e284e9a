"""Lists: many names looked up at once, as a table on a page and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from flask import Blueprint, Response, g, render_template, request

from search.batch import ListedName, NameList, as_csv, read_list
from search.presentation.exports import encode_text
from search.presentation.wording import describe
from search.requests import Words
from search.typed_tables import TableError
from webapp.common import archive
from webapp.desk import Answer, desk_page
from webapp.state import PageState, read_state

blueprint = Blueprint("lists", __name__)


@blueprint.get("/lists")
@desk_page
def ask() -> Answer:
    """The form for a list."""
    return _page(read_state({}))


@blueprint.post("/lists")
@desk_page
def answer() -> Answer:
    """A list with its answers, as a page or as CSV."""
    form = request.form
    file = request.files.get("file")
    data = file.read() if file is not None and file.filename else form.get("list", "").encode()
    state = replace(read_state(form), query="", words=Words.ALL)
    as_phrases = form.get("as") != "queries"
    try:
        read = read_list(data)
    except TableError as error:
        fault = (error.line, error.fault)
        return _page(state, typed=form.get("list", ""), fault=fault, as_phrases=as_phrases)
    found = archive().newsroom.batch(read.names, state.request(), as_phrases=as_phrases)
    if form.get("format") == "csv":
        return _file(read, found)
    return _page(
        state,
        typed=data.decode("utf-8", "replace")
        if file is None or not file.filename
        else _plain(read),
        found=list(found),
        as_phrases=as_phrases,
    )


def _plain(read: NameList) -> str:
    """A list as it may be typed: its table is in the file that was sent."""
    return "\n".join(read.names)


def _page(state: PageState, **values: object) -> str:
    return render_template(
        "lists.html",
        state=state,
        **{"typed": "", "fault": None, "found": None, "as_phrases": True, **values},
        describe=lambda problem: describe(problem, g.language),
        state_of=lambda one: replace(state, query=one.request.query),
    )


def _file(read: NameList, found: Iterator[ListedName]) -> Response:
    lines = as_csv(read, found, lambda problem: describe(problem, g.language))
    # What fails at once is told before the headers.
    whole = chain([next(lines)], lines)
    response = Response(map(encode_text, whole), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="khobao-list.csv"'
    return response
