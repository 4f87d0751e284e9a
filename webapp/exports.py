"""A whole result, or chosen articles of it, as CSV, JSON Lines, RIS or BibTeX; one article as a reference."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, abort, g, request, stream_with_context, url_for

from indexer.article import Article, article_to_json, moment_to_json
from indexer.errors import ArticleNotFoundError
from webapp import citations
from webapp.common import archive
from webapp.state import read_state

blueprint = Blueprint("exports", __name__)

MAX_CHOSEN = 1000
"""Articles that a request can name one by one."""
_BLOCK = 50
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "id",
    "title",
    "lead",
    "body",
    "published",
    "author",
    "source",
    "section",
    "tags",
    "url",
)


@dataclass(frozen=True, slots=True)
class Format:
    """How articles are written.

    Attributes:
        write: some articles -> text; called for block after block.
        head: what comes before all.
    """

    content_type: str
    write: Callable[[list[Article]], str]
    head: str = ""


def cell(value: str) -> str:
    """A value that no spreadsheet takes for a formula: a quotation mark goes before what looks like one.

    Source: OWASP, CSV Injection.
    """
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


def rows(articles: Iterable[Iterable[str]]) -> str:
    """Lines of CSV as RFC 4180 has them."""
    text = io.StringIO()
    csv.writer(text).writerows([cell(value) for value in one] for one in articles)
    return text.getvalue()


def _as_csv(articles: list[Article]) -> str:
    return rows(
        (
            one.id,
            one.title,
            one.lead,
            one.body,
            moment_to_json(one.published) or "",
            one.author or "",
            one.source or "",
            one.section or "",
            "; ".join(one.tags),
            one.url or "",
        )
        for one in articles
    )


def _as_json_lines(articles: list[Article]) -> str:
    return "".join(f"{article_to_json(one)}\n" for one in articles)


FORMATS = {
    # Excel reads UTF-8 only with a byte order mark.
    "csv": Format("text/csv; charset=utf-8", _as_csv, "\ufeff" + rows([_COLUMNS])),
    "jsonl": Format("application/x-ndjson; charset=utf-8", _as_json_lines),
    "ris": Format("application/x-research-info-systems; charset=utf-8", citations.as_ris),
    "bib": Format(
        "application/x-bibtex; charset=utf-8",
        lambda articles: "\n".join(citations.as_bibtex(one) for one in articles) + "\n",
    ),
}


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
        stream_with_context(_written(form, articles)), content_type=form.content_type
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


def _written(form: Format, articles: Iterator[Article]) -> Iterator[bytes]:
    yield form.head.encode("utf-8")
    block: list[Article] = []
    for article in articles:
        block.append(article)
        if len(block) == _BLOCK:
            yield form.write(block).encode("utf-8", "replace")
            block = []
    if block:
        yield form.write(block).encode("utf-8", "replace")


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
