"""Where in a value of JSON the articles are, and the values of one as a flat table of keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from indexer.parsing.records.mapping import FieldMap, key_name

Record = Mapping[str, Any]

_WRAPPERS = frozenset(
    {
        "data", "article", "post", "item", "fields", "attributes", "node", "meta", "metadata", "result",
        "payload", "doc", "document", "news", "detail", "info", "page", "yoastheadjson", "embedded", "story", "entry",
        "newsitem", "record", "content", "body", "articledata", "newsdetail",
    }
)  # fmt: skip
"""Names of keys under which the rest of a record stands, rather than a thing of its own."""
_TEXT_KEYS = (
    "rendered",
    "raw",
    "text",
    "value",
    "_text",
    "#text",
    "$t",
    "__text",
    "plain",
    "html",
    "content",
)
_NOTES = frozenset({"protected", "type", "lang", "language", "format", "mime", "block_version"})
"""What may stand beside the text in an object that is a text."""
_DEEPEST = 6


def is_feed_item(record: Record) -> bool:
    """Whether an object is an item of a JSON Feed, which needs no headline (version 1.1)."""
    return "content_html" in record or "content_text" in record


def is_article(record: object, fields: FieldMap) -> bool:
    """Whether an object has a headline, and anything else of an article."""
    if not isinstance(record, dict):
        return False
    if is_feed_item(record):
        return True
    names = {key_name(key) for key in record}
    titles = names.intersection(fields.keys("title"))
    # People, places and pictures have a name and an address as well.
    others = ("body", "published") if titles == {"name"} else ("body", "lead", "url", "published")
    return bool(titles) and any(not names.isdisjoint(fields.keys(field)) for field in others)


def records_in(value: object, fields: FieldMap, depth: int = 0) -> Iterator[object]:
    """The records of a value: itself, the elements of a list, or those of a list somewhere inside.

    What is no article and holds none is given as it is, to be refused by who reads it.
    """
    if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for one in value:
            yield from (
                records_in(one, fields, depth + 1)
                if isinstance(one, list)
                else _unwrapped(one, fields)
            )
    else:
        yield from _unwrapped(value, fields, depth)


def _unwrapped(value: object, fields: FieldMap, depth: int = 0) -> Iterator[object]:
    if isinstance(value, dict) and depth < _DEEPEST and not _has_body(value, fields):
        # A feed has a title and a description of its own, but what is read are its items.
        lists = [
            one
            for one in _lists_in(value, set(fields.keys("related_links")))
            if any(_holds(item, fields) for item in one)
        ]
        if lists:
            for item in max(lists, key=len):
                yield from _unwrapped(item, fields, depth + 1)
            return
    yield value


def _holds(value: object, fields: FieldMap) -> bool:
    """Whether a value is an article, or one in a wrapper."""
    if is_article(value, fields):
        return True
    return isinstance(value, dict) and any(
        is_article(inner, fields) for key, inner in value.items() if _is_wrapper(key)
    )


def _wraps(key: str, value: Record) -> bool:
    """Whether an object holds the rest of a record; a text made of blocks is a value."""
    if key_name(key) in ("content", "body"):
        return any(key_name(inner) in ("title", "headline") for inner in value)
    return _is_wrapper(key)


def _is_wrapper(key: str) -> bool:
    # Elasticsearch puts the record under "_source"; a "source" without the line is the paper.
    return key == "_source" or key_name(key) in _WRAPPERS


def _has_body(record: Record, fields: FieldMap) -> bool:
    """Whether an object is an article with a text of its own."""
    if not is_article(record, fields):
        return False
    names = set(fields.keys("body"))
    return any(
        isinstance(value, str) or not _holds_articles(value, fields)
        for key, value in record.items()
        if key_name(key) in names and value
    )


def _holds_articles(value: object, fields: FieldMap) -> bool:
    return isinstance(value, list) and any(_holds(one, fields) for one in value)


def _lists_in(value: Record, left_out: set[str], depth: int = 0) -> Iterator[list[Any]]:
    """The lists of objects in an object, and in those that it holds."""
    for key, one in value.items():
        if key_name(key) in left_out:
            continue
        if isinstance(one, list) and any(isinstance(item, dict) for item in one):
            yield one
        elif isinstance(one, dict) and depth < _DEEPEST:
            yield from _lists_in(one, left_out, depth + 1)


def flat(record: Record) -> dict[str, list[tuple[str, Any]]]:
    """The values of a record by the name of their key: as written, with what stands above it.

    Objects under the names of wrappers are looked into; those of things (an author, an image) are not.
    """
    found: dict[str, list[tuple[str, Any]]] = {}
    _flatten(record, "", found, 0)
    return found


def _flatten(
    record: Record, above: str, found: dict[str, list[tuple[str, Any]]], depth: int
) -> None:
    inner: list[tuple[str, Record]] = []
    for key, value in record.items():
        place = f"{above}{key}"
        if (
            isinstance(value, dict)
            and text_in(value) is None
            and _wraps(key, value)
            and depth < _DEEPEST
        ):
            inner.append((place, value))
        else:
            found.setdefault(key_name(key), []).append((place, value))
    for place, value in inner:
        _flatten(value, f"{place}.", found, depth + 1)


def text_in(value: Record) -> Any:
    """The text of an object that is a text with notes beside it, as WordPress's ``{"rendered": …}``."""
    if not _NOTES.union(_TEXT_KEYS).issuperset(value):
        return None
    return next((value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str)), None)


def terms(record: Record) -> dict[str, list[str]]:
    """Names of WordPress's embedded terms and authors: ``category``, ``post_tag`` and ``author``."""
    found: dict[str, list[str]] = {}
    embedded = record.get("_embedded")
    if not isinstance(embedded, dict):
        return found
    for group in embedded.get("wp:term") or []:
        for term in group if isinstance(group, list) else []:
            if isinstance(term, dict) and isinstance(term.get("name"), str):
                found.setdefault(str(term.get("taxonomy")), []).append(term["name"])
    for author in embedded.get("author") or []:
        if isinstance(author, dict) and isinstance(author.get("name"), str):
            found.setdefault("author", []).append(author["name"])
    return found
