"""`/api/v1`: the archive as JSON, with errors as RFC 9457 has them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request, url_for

from indexer.article import Article, article_digest, article_fields
from indexer.language.cleaning import json_text
from search.presentation.serialise import (
    related_to_json,
    result_to_json,
    stats_to_json,
    suggestion_to_json,
    versions_to_json,
)
from search.query.periods import parse_period
from search.requests import Copies, Meaning, SearchRequest, Sort, Words
from webapp.common import MAX_ADDRESS, MAX_QUERY, archive, clean_query, fits, tagged
from webapp.openapi import CURSOR, describe
from webapp.state import COUNTED, FACETS, FILTERS, read_filters

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

MAX_LIMIT = 100
MAX_SUGGESTIONS = 20
_MAX_OFFSET = 100_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ApiError(Exception):
    """The fields of an answer with a problem.

    Attributes:
        parameter: the one at fault, if any.
    """

    status: int
    title: str
    detail: str
    parameter: str | None = None


def problem(error: ApiError) -> Response:
    """An error as ``application/problem+json``."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
    }
    if error.parameter:
        body["parameter"] = error.parameter
    response = Response(
        json_text(body),
        error.status,
        content_type="application/problem+json",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


blueprint.register_error_handler(ApiError, problem)


@blueprint.get("/search")
def search() -> Response:
    """One page of a search."""
    names = {"q", "from", "to", "copies", "counted", "meaning", "words", "sort", "limit"}
    names |= {"cursor", *FILTERS}
    _check_names(names)
    limit = _parameter("limit", _number(1, MAX_LIMIT), 10)
    start: tuple[int, str | None] = (0, None)
    offset, after = _parameter("cursor", _read_cursor, start)
    asked = SearchRequest(
        query=_parameter("q", _text, ""),
        per_page=limit,
        offset=offset,
        after=after,
        sort=_parameter("sort", Sort, Sort.RELEVANCE),
        since=_parameter("from", lambda value: _day(value, 0), None),
        until=_parameter("to", lambda value: _day(value, 1), None),
        filters=read_filters(request.args),
        facets=FACETS,
        copies=_parameter("copies", Copies, Copies.FOLDED),
        counts_copies=_parameter("counted", _counted, None),
        meaning=_parameter("meaning", Meaning, Meaning.AUTO),
        words=_parameter("words", Words, Words.AUTO),
    )
    result = archive().search(asked)
    body = result_to_json(result)
    del body["page"], body["pages"]
    last = result.offset + len(result.hits)
    more = bool(result.hits) and last < result.total and last < _MAX_OFFSET
    body["next_cursor"] = _cursor(last, result.hits[-1].id) if more else None
    response = _answer(body)
    if more:
        following = urlencode({**request.args.to_dict(), "cursor": body["next_cursor"]})
        response.headers["Link"] = f'<{url_for("api.search")}?{following}>; rel="next"'
    return response


@blueprint.get("/articles/<id>")
def article(id: str) -> Response:
    """One article."""
    return _answer(_article(archive().article(id)))


@blueprint.get("/articles/<id>/versions")
def versions(id: str) -> Response:
    """What an article is and was."""
    return _answer(versions_to_json(archive().versions(id), with_files=False))


@blueprint.get("/articles/<id>/related")
def related(id: str) -> Response:
    """The related stories of an article."""
    return _answer(related_to_json(archive().related(id)))


@blueprint.get("/suggest")
def suggest() -> Response:
    """Suggestions for a half-typed query."""
    _check_names({"q", "limit"})
    limit = _parameter("limit", _number(1, MAX_SUGGESTIONS), 10)
    found = archive().suggest(_parameter("q", _text, ""), limit)
    return _answer({"suggestions": [suggestion_to_json(one) for one in found]})


@blueprint.get("/stats")
def stats() -> Response:
    """Numbers about the archive."""
    return _answer(stats_to_json(archive().stats()))


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of the API as OpenAPI."""
    return _answer(describe(request.url_root))


@blueprint.after_request
def allow_other_sites(response: Response) -> Response:
    """Pages of other sites may read the answers where the operator says so."""
    origin = current_app.config["CORS_ORIGIN"]
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
        if origin != "*":
            response.headers.add("Vary", "Origin")
    return response


def _article(article: Article) -> dict[str, Any]:
    fields = article_fields(article)
    # Where the file lies is nobody's business on the network.
    del fields["path"]
    return {**fields, "digest": article_digest(article)}


def _answer(body: dict[str, Any]) -> Response:
    response = Response(json_text(body), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    # The time that it took is no part of an answer's content.
    content = {name: value for name, value in body.items() if name != "took_ms"}
    return tagged(response, json.dumps(content).encode("ascii"))


def _check_names(known: set[str]) -> None:
    for name in request.args:
        if name not in known:
            raise ApiError(
                400,
                "Unknown parameter",
                f"the parameters are {', '.join(sorted(known))}",
                name[:50],
            )
        if len(request.args.getlist(name)) > 1:
            raise ApiError(400, "Repeated parameter", "give it once", name)


def _parameter(name: str, read: Callable[[str], _T], default: _T) -> _T:
    """A parameter's value; raises ApiError when it is faulty."""
    value = request.args.get(name)
    if value is None:
        return default
    try:
        return read(value)
    except ValueError as error:
        raise ApiError(400, "Bad parameter", str(error), name) from None


def _text(value: str) -> str:
    text = clean_query(value)
    if len(value) > MAX_QUERY or not fits(text):
        raise ValueError(f"at most {MAX_QUERY} characters, and {MAX_ADDRESS} bytes in an address")
    return text


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(value)

    return read


def _day(value: str, end: int) -> date:
    period = parse_period(value.strip())
    if period is None:
        raise ValueError("a day, month or year: 2024-09-18, 2024-09, 2024")
    return period[end]


def _counted(value: str) -> bool:
    if value not in COUNTED:
        raise ValueError(f"{' or '.join(COUNTED)}")
    return COUNTED[value]


def _cursor(offset: int, id: str) -> str:
    """Where a page ended; good after a commit too, for it names the last article."""
    return f"{offset}.{id.encode('utf-8').hex()}"


def _read_cursor(value: str) -> tuple[int, str | None]:
    if not re.fullmatch(CURSOR, value):
        raise ValueError("not a cursor of this interface; take next_cursor of the page before")
    offset, _, id = value.partition(".")
    return int(offset), bytes.fromhex(id).decode("utf-8", "replace")
