"""A whole result, or chosen articles of it, in any format of exports; one article as a reference."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from flask import Blueprint, Response, abort, current_app, g, request, url_for

from indexer.language.cleaning import json_text
from search.presentation import references
from search.presentation.exports import PUBLIC_FORMATS, encode_text
from webapp import citations
from webapp.common import archive, named_articles
from webapp.export_slots import AGAIN, ExportSlots
from webapp.state import read_state

blueprint = Blueprint("exports", __name__)

MAX_CHOSEN = 1000
"""Articles that a request can name one by one."""
FEW = 50
"""So many cost no more than a page of results: they wait for nobody, and nobody waits for them."""


@blueprint.get("/export.<kind>")
def export(kind: str) -> Response:
    """All articles of a search, or those that `id` names; written while they are read."""
    chosen = request.args.getlist("id")
    if kind not in PUBLIC_FORMATS:
        abort(404)
    if len(chosen) > MAX_CHOSEN:
        abort(413)
    if 0 < len(chosen) <= FEW:
        response = _response(kind, chosen)
        response.set_data(response.get_data())
        return response
    slots: ExportSlots = current_app.config["EXPORT_SLOTS"]
    slot = slots.take(request.remote_addr or "")
    if slot is None:
        g.retry_after = AGAIN
        abort(503)
    try:
        response = _response(kind, chosen)
        response.response = slot.until_written(response.iter_encoded())
    except BaseException:
        slot.give_back()
        raise
    # Behind its last block, or where nobody asks for that.
    response.call_on_close(slot.give_back)
    return response


def _response(kind: str, chosen: list[str]) -> Response:
    form = PUBLIC_FORMATS[kind]
    reader = archive()
    words = ""
    if chosen:
        articles = named_articles(reader, chosen)
    else:
        asked = reader.decided(read_state(request.args).request())
        articles, words = reader.results(asked), str(asked.words)
    response = Response(_begun(form.write(articles)), content_type=form.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="khobao.{form.suffix}"'
    response.headers["X-Robots-Tag"] = "noindex"
    if words:
        response.headers["X-Khobao-Words"] = words
    return response


def _begun(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Read the first two blocks at once, so that an early failure is told before the headers.

    What fails later breaks the connection off, so that nobody takes a part for the whole.
    """
    first = list(islice(blocks, 2))
    return chain(first, blocks)


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
            text = json_text([references.as_csl(article)], indent=2)
            kind_of = "application/vnd.citationstyles.csl+json"
        case "ris" | "bib":
            form = PUBLIC_FORMATS[kind]
            text, kind_of = b"".join(form.write([article])).decode(), form.content_type
        case _:
            abort(404)
    response = Response(encode_text(text), content_type=kind_of)
    if kind != "txt":
        response.headers["Content-Disposition"] = f'attachment; filename="khobao-{kind}"'
    return response
