"""A whole result, or chosen articles of it, as CSV, JSON Lines, RIS or BibTeX; one article as a reference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, abort, g, request, stream_with_context, url_for

from indexer.article import Article
from indexer.errors import ArticleNotFoundError
from webapp import citations
from webapp.common import archive
from webapp.formats import FORMATS, written
from webapp.state import read_state

blueprint = Blueprint("exports", __name__)

MAX_CHOSEN = 1000
"""Articles that a request can name one by one."""


@blueprint.get("/export.<kind>")
def export(kind: str) -> Response:
    """All articles of a search, or those that `id` names; written while they are read."""
    chosen = request.args.getlist("id")
    if kind not in FORMATS:
        abort(404)
    if len(chosen) > MAX_CHOSEN:
        abort(413)
    form = FORMATS[kind]
    articles = _named(chosen) if chosen else archive().results(read_state(request.args).request())
    response = Response(
        stream_with_context(written(form, articles)), content_type=form.content_type
    )
    response.headers["Content-Disposition"] = f'attachment; filename="khobao.{kind}"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _named(ids: Iterable[str]) -> Iterator[Article]:
    for id in dict.fromkeys(ids):
        try:
            yield archive().article(id)
        except ArticleNotFoundError:
            continue


@blueprint.get("/article/<id>/cite.<kind>")
def cite(id: str, kind: str) -> Response:
    """One article as a reference: txt, ris, bib or csl.json."""
    article = archive().article(id)
    address = url_for("pages.article", id=id, _external=True)
    match kind:
        case "txt":
            text = f"{citations.as_text(article, address, g.language)}\n"
            kind_of = "text/plain; charset=utf-8"
        case "csl.json":
            text = json.dumps([citations.as_csl(article)], ensure_ascii=False, indent=2)
            kind_of = "application/vnd.citationstyles.csl+json"
        case "ris" | "bib":
            text, kind_of = FORMATS[kind].write([article]), FORMATS[kind].content_type
        case _:
            abort(404)
    response = Response(text.encode("utf-8", "replace"), content_type=kind_of)
    if kind != "txt":
        response.headers["Content-Disposition"] = f'attachment; filename="khobao-{kind}"'
    return response
