"""The description of `/api/v1`: OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from search.requests import Copies, Meaning, Sort, Words
from webapp.common import MAX_QUERY
from webapp.state import COUNTED, FILTERS

Schema = dict[str, Any]
_STRING: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_DATE_HELP = "a day, month or year: 2024-09-18, 18/9/2024, 2024-09, 2024"
_DATE: Schema = {
    "type": "string",
    "anyOf": [{"format": "date"}, {"pattern": "^[1-9][0-9]{3}(-(0[1-9]|1[0-2]))?$"}],
}
CURSOR = "^[0-9]{1,5}[.]([0-9a-f]{2})*$"


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


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


_PLACES = _list({"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2})
_NAMED: dict[str, Schema] = {
    "id": _STRING,
    "title": _STRING,
    "published": _TEXT_OR_NULL,
    "source": _TEXT_OR_NULL,
}
"""What names an article in a list."""
_SCHEMAS: dict[str, Schema] = {
    "VersionName": _object(version={"type": "integer", "minimum": 1}, date=_TEXT_OR_NULL),
    "Snippet": {
        "type": "object",
        "properties": {
            "text": _STRING,
            "highlights": _PLACES,
            "version": {
                **_ref("VersionName"),
                "description": "the older version that alone says it; absent for what the article says",
            },
        },
        "required": ["text", "highlights"],
    },
    "Copy": _object(**_NAMED, url=_TEXT_OR_NULL),
    "Hit": _object(
        **_NAMED,
        url=_TEXT_OR_NULL,
        section=_TEXT_OR_NULL,
        score={"type": "number"},
        missing=_list(_STRING),
        by_meaning={"type": "boolean"},
        snippets=_list(_ref("Snippet")),
        also_in=_list(_STRING),
        copies=_list(_ref("Copy")),
    ),
    "FacetValue": _object(value=_STRING, count=_COUNT),
    "Facets": {"type": "object", "additionalProperties": _list(_ref("FacetValue"))},
    "Period": _object(text=_STRING, since=_STRING, until=_STRING),
    "Timeline": _list(_object(since=_STRING, until=_STRING, count=_COUNT)),
    "QueryProblem": _object(issue=_STRING, start=_COUNT, end=_COUNT, text=_STRING),
    "SearchResult": _object(
        query=_STRING,
        total=_COUNT,
        total_all_words=_COUNT,
        counts_all_words={"type": "boolean"},
        articles=_COUNT,
        took_ms={"type": "number"},
        hits=_list(_ref("Hit")),
        facets=_ref("Facets"),
        interval={"enum": ["year", "month", "day"]},
        timeline=_ref("Timeline"),
        did_you_mean=_TEXT_OR_NULL,
        accented=_TEXT_OR_NULL,
        unknown_words=_list(_STRING),
        reading=_TEXT_OR_NULL,
        asking=_list(_STRING),
        by_meaning={"type": ["integer", "null"], "minimum": 0},
        without_vectors=_COUNT,
        period={"anyOf": [_ref("Period"), {"type": "null"}]},
        unquoted={"type": "boolean"},
        partial={
            "type": "boolean",
            "description": "The search took too long: some words were not looked up, more articles may match.",
        },
        problems=_list(_ref("QueryProblem")),
        next_cursor=_TEXT_OR_NULL,
    ),
    "Link": _object(title=_STRING, url=_TEXT_OR_NULL, lead=_TEXT_OR_NULL),
    "Scan": _object(
        pages=_list(_STRING),
        blocks=_list(_STRING),
        confidence={"type": ["number", "null"], "minimum": 0, "maximum": 1},
    ),
    "Article": _object(
        id=_STRING,
        url=_TEXT_OR_NULL,
        title=_STRING,
        lead=_STRING,
        body=_STRING,
        published=_TEXT_OR_NULL,
        updated=_TEXT_OR_NULL,
        captured=_TEXT_OR_NULL,
        scan={"anyOf": [_ref("Scan"), {"type": "null"}]},
        author=_TEXT_OR_NULL,
        source=_TEXT_OR_NULL,
        credit=_list(_STRING),
        section=_TEXT_OR_NULL,
        tags=_list(_STRING),
        captions=_list(_STRING),
        related_links=_list(_ref("Link")),
        digest=_STRING,
    ),
    "Story": _object(
        **_NAMED,
        share={"type": "number"},
        shared=_list(_STRING),
        days={"type": ["integer", "null"]},
    ),
    "Related": _object(
        links=_list(_object(title=_STRING, url=_TEXT_OR_NULL, id=_TEXT_OR_NULL)),
        cited_by=_list(_ref("Story")),
        same_story=_list(_ref("Story")),
        similar=_list(_ref("Story")),
        copies=_list(_ref("Copy")),
        passages=_list(_ref("Passage")),
    ),
    "Passage": _object(
        text=_STRING,
        syllables=_COUNT,
        articles=_list(_object(**_NAMED, is_this={"type": "boolean"})),
    ),
    "Change": _object(kind={"enum": ["same", "added", "removed"]}, text=_STRING),
    "Versions": _object(
        versions=_list(
            _object(
                version={"type": "integer", "minimum": 1},
                date=_TEXT_OR_NULL,
                replaced=_TEXT_OR_NULL,
                article=_ref("Article"),
                changes=_list(_list(_ref("Change"))),
            )
        )
    ),
    "Suggestions": _object(
        suggestions=_list(_object(text=_STRING, highlights=_PLACES, id=_TEXT_OR_NULL))
    ),
    "Stats": _object(articles=_COUNT, facets=_ref("Facets"), timeline=_ref("Timeline")),
    "Problem": {
        **_object(type=_STRING, title=_STRING, status={"type": "integer"}, detail=_STRING),
        "example": {
            "type": "about:blank",
            "title": "Bad parameter",
            "status": 400,
            "detail": "a whole number from 1 to 100",
            "parameter": "limit",
        },
    },
}
_EXAMPLES: dict[str, Schema] = {
    "SearchResult": {
        "query": "cau treo",
        "total": 1,
        "total_all_words": 1,
        "counts_all_words": True,
        "articles": 1,
        "took_ms": 2.31,
        "hits": [
            {
                "id": "cau-treo-ban-lung",
                "title": "Cầu treo bản Lùng thông xe trước mùa mưa",
                "url": None,
                "published": "2015-03-12T08:10:00+07:00",
                "source": "Báo Vùng Cao",
                "section": "Giao thông",
                "score": 9.4127,
                "missing": [],
                "by_meaning": False,
                "snippets": [{"text": "Cầu treo dài 86 mét đã thông xe.", "highlights": [[0, 8]]}],
                "also_in": [],
                "copies": [],
            }
        ],
        "facets": {"source": [{"value": "Báo Vùng Cao", "count": 1}]},
        "interval": "day",
        "timeline": [{"since": "2015-03-12", "until": "2015-03-12", "count": 1}],
        "did_you_mean": None,
        "accented": "cầu treo",
        "unknown_words": [],
        "reading": None,
        "asking": [],
        "by_meaning": None,
        "without_vectors": 0,
        "period": None,
        "unquoted": False,
        "partial": False,
        "problems": [],
        "next_cursor": None,
    },
    "Suggestions": {
        "suggestions": [{"text": "cầu treo bản lùng", "highlights": [[0, 6]], "id": None}]
    },
    "Stats": {
        "articles": 62,
        "facets": {"source": [{"value": "Báo Vùng Cao", "count": 19}], "section": []},
        "timeline": [{"since": "2015-01-01", "until": "2015-12-31", "count": 6}],
    },
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
    answer = {"schema": _ref(schema)}
    if schema in _EXAMPLES:
        answer["example"] = _EXAMPLES[schema]
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": summary,
                    "headers": {"ETag": {"schema": _STRING}},
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
            "schemas": _SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
