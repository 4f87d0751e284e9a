"""Dossiers as files: CSV, JSON Lines, RIS, a report in Markdown and one page to print."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, render_template, url_for

from indexer.moments import in_vietnam
from indexer.parsing.identity import slug
from search.desk.dossiers import Dossier
from search.presentation.dossier_exports import (
    Filed,
    as_csv,
    as_json_lines,
    as_markdown,
    as_ris,
)
from search.presentation.exports import encode_text
from webapp import citations, wording
from webapp.desk import Answer, desk_page
from webapp.dossiers import filed_of, seen_of, store

blueprint = Blueprint("dossier_exports", __name__)

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
}


@blueprint.get("/dossier/<int:number>/export.<kind>")
@desk_page
def export(number: int, kind: str) -> Answer:
    """A dossier as a file."""
    return _file(store().dossier(number), kind)


@blueprint.get("/shared/<token>/export.<kind>")
def export_shared(token: str, kind: str) -> Answer:
    """A shared dossier as a file."""
    return _file(store().shared(token), kind)


def _file(dossier: Dossier, kind: str) -> Response:
    if kind not in KINDS:
        abort(404)
    filed = filed_of(seen_of(dossier), is_outside=True)
    match kind:
        case "csv":
            text = as_csv(dossier.head, filed)
        case "jsonl":
            text = "".join(as_json_lines(filed))
        case "ris":
            text = as_ris(filed)
        case "md":
            text = as_markdown(dossier.head, filed, _cited, _text)
        case _:
            text = render_template(
                "dossier_file.html", head=dossier.head, filed=filed, cited=_cited
            )
    response = Response(encode_text(text), content_type=KINDS[kind])
    name = slug(dossier.head.name) or f"ho-so-{dossier.head.number}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _cited(one: Filed) -> str:
    """A citation with the day on which the article was put into the dossier."""
    address = one.address or url_for("pages.article", id=one.entry.article, _external=True)
    citation = citations.as_text(one.shown, address, g.language)
    day = in_vietnam(one.entry.added)
    return f"{citation}. {_text('accessed')} {day.day}/{day.month}/{day.year}"


def _text(name: str) -> str:
    return wording.text(name, g.language)
