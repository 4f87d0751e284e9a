"""The search box of a browser: OpenSearch description and suggestions.

Source: OpenSearch 1.1 Draft 6 and its Suggestions extension 1.1.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from indexer.language.cleaning import json_text
from webapp.common import archive, asked

blueprint = Blueprint("browser_search", __name__)

SUGGESTIONS_TYPE = "application/x-suggestions+json"
DESCRIPTION_TYPE = "application/opensearchdescription+xml"


@blueprint.get("/opensearch.xml")
def description() -> Response:
    """How a browser searches here, by addresses with the host that it asked."""
    response = Response(render_template("opensearch.xml"), content_type=DESCRIPTION_TYPE)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@blueprint.get("/suggest")
def suggest() -> Response:
    """Suggestions for a browser's search box: [typed, texts, descriptions, addresses]."""
    typed = asked(request.args)
    found = archive().suggest(typed)
    answer = [
        typed,
        [one.text.text for one in found],
        ["" for _ in found],
        [
            url_for("pages.article", id=one.id, _external=True)
            if one.id
            else url_for("pages.search", q=one.text.text, _external=True)
            for one in found
        ],
    ]
    response = Response(json_text(answer), content_type=SUGGESTIONS_TYPE)
    response.headers["Cache-Control"] = "private, max-age=60"
    return response
