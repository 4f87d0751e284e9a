"""The shapes of the answers of `/api/v1`, with examples."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
STRING: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}


def object_of(**properties: Schema) -> Schema:
    """An object all of whose properties are there."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def list_of(items: Schema) -> Schema:
    """A list of values of a shape."""
    return {"type": "array", "items": items}


def ref(name: str) -> Schema:
    """A shape by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


_PLACES = list_of({"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2})
_NAMED: dict[str, Schema] = {
    "id": STRING,
    "title": STRING,
    "published": TEXT_OR_NULL,
    "source": TEXT_OR_NULL,
}
"""What names an article in a list."""
SCHEMAS: dict[str, Schema] = {
    "VersionName": object_of(version={"type": "integer", "minimum": 1}, date=TEXT_OR_NULL),
    "Snippet": {
        "type": "object",
        "properties": {
            "text": STRING,
            "highlights": _PLACES,
            "version": {
                **ref("VersionName"),
                "description": "the older version that alone says it; absent for what the article says",
            },
        },
        "required": ["text", "highlights"],
    },
    "Copy": object_of(**_NAMED, url=TEXT_OR_NULL),
    "Hit": object_of(
        **_NAMED,
        url=TEXT_OR_NULL,
        section=TEXT_OR_NULL,
        score={"type": "number"},
        missing=list_of(STRING),
        by_meaning={"type": "boolean"},
        snippets=list_of(ref("Snippet")),
        also_in=list_of(STRING),
        copies=list_of(ref("Copy")),
    ),
    "FacetValue": object_of(value=STRING, count=COUNT),
    "Facets": {"type": "object", "additionalProperties": list_of(ref("FacetValue"))},
    "Period": object_of(text=STRING, since=STRING, until=STRING),
    "Timeline": list_of(object_of(since=STRING, until=STRING, count=COUNT)),
    "QueryProblem": object_of(issue=STRING, start=COUNT, end=COUNT, text=STRING),
    "SearchResult": object_of(
        query=STRING,
        total=COUNT,
        total_all_words=COUNT,
        counts_all_words={"type": "boolean"},
        articles=COUNT,
        took_ms={"type": "number"},
        hits=list_of(ref("Hit")),
        facets=ref("Facets"),
        interval={"enum": ["year", "month", "day"]},
        timeline=ref("Timeline"),
        did_you_mean=TEXT_OR_NULL,
        accented=TEXT_OR_NULL,
        unknown_words=list_of(STRING),
        reading=TEXT_OR_NULL,
        asking=list_of(STRING),
        by_meaning={"type": ["integer", "null"], "minimum": 0},
        without_vectors=COUNT,
        period={"anyOf": [ref("Period"), {"type": "null"}]},
        unquoted={"type": "boolean"},
        partial={
            "type": "boolean",
            "description": "The search took too long: some words were not looked up, more articles may match.",
        },
        problems=list_of(ref("QueryProblem")),
        next_cursor=TEXT_OR_NULL,
    ),
    "Link": object_of(title=STRING, url=TEXT_OR_NULL, lead=TEXT_OR_NULL),
    "Scan": object_of(
        pages=list_of(STRING),
        blocks=list_of(STRING),
        confidence={"type": ["number", "null"], "minimum": 0, "maximum": 1},
    ),
    "Article": object_of(
        id=STRING,
        url=TEXT_OR_NULL,
        title=STRING,
        lead=STRING,
        body=STRING,
        published=TEXT_OR_NULL,
        updated=TEXT_OR_NULL,
        captured=TEXT_OR_NULL,
        scan={"anyOf": [ref("Scan"), {"type": "null"}]},
        author=TEXT_OR_NULL,
        source=TEXT_OR_NULL,
        credit=list_of(STRING),
        section=TEXT_OR_NULL,
        tags=list_of(STRING),
        captions=list_of(STRING),
        related_links=list_of(ref("Link")),
        digest=STRING,
    ),
    "Story": object_of(
        **_NAMED,
        share={"type": "number"},
        shared=list_of(STRING),
        days={"type": ["integer", "null"]},
    ),
    "Related": object_of(
        links=list_of(object_of(title=STRING, url=TEXT_OR_NULL, id=TEXT_OR_NULL)),
        cited_by=list_of(ref("Story")),
        same_story=list_of(ref("Story")),
        similar=list_of(ref("Story")),
        copies=list_of(ref("Copy")),
        passages=list_of(ref("Passage")),
    ),
    "Passage": object_of(
        text=STRING,
        syllables=COUNT,
        articles=list_of(object_of(**_NAMED, is_this={"type": "boolean"})),
    ),
    "Change": object_of(kind={"enum": ["same", "added", "removed"]}, text=STRING),
    "Versions": object_of(
        versions=list_of(
            object_of(
                version={"type": "integer", "minimum": 1},
                date=TEXT_OR_NULL,
                replaced=TEXT_OR_NULL,
                article=ref("Article"),
                changes=list_of(list_of(ref("Change"))),
            )
        )
    ),
    "Suggestions": object_of(
        suggestions=list_of(object_of(text=STRING, highlights=_PLACES, id=TEXT_OR_NULL))
    ),
    "Stats": object_of(articles=COUNT, facets=ref("Facets"), timeline=ref("Timeline")),
    "Problem": {
        **object_of(type=STRING, title=STRING, status={"type": "integer"}, detail=STRING),
        "example": {
            "type": "about:blank",
            "title": "Bad parameter",
            "status": 400,
            "detail": "a whole number from 1 to 100",
            "parameter": "limit",
        },
    },
}
EXAMPLES: dict[str, Schema] = {
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
