"""The description of `/api/v1`: OpenAPI 3.1."""

from __future__ import annotations

from search.requests import Copies, Meaning, Sort, Words
from webapp.common import MAX_QUERY
from webapp.openapi_schemas import (
    EXAMPLES,
    SCHEMAS,
    STRING,
    Schema,
    ref,
)
from webapp.state import COUNTED, FILTERS

_DATE_HELP = "a day, month or year: 2024-09-18, 18/9/2024, 2024-09, 2024"
_DATE: Schema = {
    "type": "string",
    "anyOf": [{"format": "date"}, {"pattern": "^[1-9][0-9]{3}(-(0[1-9]|1[0-2]))?$"}],
}
CURSOR = "^[0-9]{1,5}[.]([0-9a-f]{2})*$"


def _parameter(
    name: str, schema: Schema, description: str, *, place: str = "query", example: object = None
) -> Schema:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": schema,
        **({"example": example} if example is not None else {}),
    }


_ID = _parameter("id", {"type": "string", "minLength": 1}, "id of the article", place="path")
_QUERY = _parameter(
    "q", {"type": "string", "maxLength": MAX_QUERY}, "the query", example="lũ quét lào cai"
)


_ANYWHERE = {
    401: "a token that is not known, or none where there has to be one",
    429: "too many requests",
}


def _operation(
    name: str, summary: str, schema: str, parameters: list[Schema], *, faults: dict[int, str]
) -> Schema:
    answer = {"schema": ref(schema)}
    if schema in EXAMPLES:
        answer["example"] = EXAMPLES[schema]
    problem = {"application/problem+json": {"schema": ref("Problem")}}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": summary,
                    "headers": {"ETag": {"schema": STRING}},
                    "content": {"application/json": answer},
                },
                "304": {"description": "the same as the asker has by its ETag"},
                **{
                    str(status): {"description": text, "content": problem}
                    for status, text in (_ANYWHERE | faults).items()
                },
            },
        }
    }


def _search_parameters() -> list[Schema]:
    return [
        _QUERY,
        _parameter("from", _DATE, f"first day, inclusive: {_DATE_HELP}", example="2024-09"),
        _parameter("to", _DATE, f"last day, inclusive: {_DATE_HELP}", example="2024"),
        *(
            _parameter(name, {"type": "string"}, f"exact {name}, as the facets give it")
            for name in FILTERS
        ),
        _parameter(
            "copies",
            {"enum": [str(one) for one in Copies]},
            "whether the copies of a report are one hit; default folded",
        ),
        _parameter(
            "counted",
            {"enum": list(COUNTED)},
            "whether facets and timeline count a report once, or each copy; default as the hits are",
        ),
        _parameter(
            "meaning",
            {"enum": [str(one) for one in Meaning]},
            "whether articles are looked for by what the query means as well; default auto: where few"
            " hold every word. An archive without vectors is searched by words alone",
        ),
        _parameter(
            "words",
            {"enum": [str(one) for one in Words]},
            "all: articles with every word; any: with enough of them; default auto: lists these, and"
            " counts those in facets and timeline, where there are any",
        ),
        _parameter("sort", {"enum": [str(one) for one in Sort]}, "order; default relevance"),
        _parameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
            "hits a page",
        ),
        _parameter(
            "cursor", {"type": "string", "pattern": CURSOR}, "next_cursor of the page before"
        ),
    ]


def describe(host: str) -> Schema:
    """The whole description, for a server at an address."""
    bad = {400: "a parameter is faulty"}
    missing = {404: "the archive holds no article with this id"}
    limit = _parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": 20, "default": 10}, "suggestions"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kho Báo",
            "version": "1",
            "description": "Search in an archive of Vietnamese news. `q` is Kho Báo's query language.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": f"{host}api/v1"}],
        "paths": {
            "/search": _operation(
                "search", "A page of hits", "SearchResult", _search_parameters(), faults=bad
            ),
            "/articles/{id}": _operation("article", "An article", "Article", [_ID], faults=missing),
            "/articles/{id}/related": _operation(
                "related", "What is related to an article", "Related", [_ID], faults=missing
            ),
            "/articles/{id}/versions": _operation(
                "versions", "What an article is and was", "Versions", [_ID], faults=missing
            ),
            "/suggest": _operation(
                "suggest",
                "What a half-typed query may become",
                "Suggestions",
                [_QUERY, limit],
                faults=bad,
            ),
            "/stats": _operation("stats", "Numbers about the archive", "Stats", [], faults={}),
        },
        # A token is needed for what only an account sees.
        "security": [{}, {"token": []}],
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
