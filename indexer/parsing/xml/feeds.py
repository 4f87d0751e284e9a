"""Feeds (RSS, Atom) and exports of WordPress (WXR): an article an item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import feedparser
from lxml import etree  # type: ignore[import-untyped]

from indexer.errors import ParseError
from indexer.parsing.records.json_stream import Found
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.records.reader import FromRecords, records_of
from indexer.parsing.resource import PassedOver, Resource
from indexer.parsing.xml.elements import Element, elements, first, local_name, text_of

_ITEMS = frozenset({"item", "entry"})
_ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom">%s</feed>'
_RSS = b'<rss version="2.0"><channel>%s</channel></rss>'
_RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">%s</rdf:RDF>'
_WORDPRESS = "http://wordpress.org/export/"
_WRITTEN = ("post", "page")
"""Kinds of WordPress's posts that are texts; the others are pictures, menus and the like."""
_UNPUBLISHED = ("draft", "auto-draft", "pending", "private", "future", "trash")


def read_feed(resource: Resource, fields: FieldMap) -> Iterator[FromRecords]:
    """The articles of a feed; each item is read by feedparser, alone, so that any number may come.

    Raises:
        OSError: the file cannot be read.
    """
    # An item of a feed may have no headline: RSS 2.0 asks for a title or a description.
    yield from records_of(_items(resource), resource.address, fields, shortest=1)


def _items(resource: Resource) -> Iterator[Found | ParseError | PassedOver]:
    for item in elements(resource, _ITEMS):
        if isinstance(item, ParseError):
            yield item
        elif kind := _kind_of_post(item):
            yield PassedOver(resource.address, kind)
        else:
            yield _found(resource, item)


def _found(resource: Resource, item: Element) -> Found | ParseError:
    """An item as a record, or why it is none; feedparser trips over some that are broken."""
    try:
        return Found(item.sourceline, _record(item))
    except Exception as error:
        reason = (
            f"the item of the feed is broken ({type(error).__name__}: {error}); the others are read"
        )
        return ParseError(resource.address, reason, line=item.sourceline)


def _kind_of_post(item: Element) -> str:
    """What a post of WordPress is that is no published text; empty for one that is, and for other items."""
    if not any(str(uri).startswith(_WORDPRESS) for uri in item.nsmap.values()):
        return ""
    kind = text_of(first(item, "post_type")) or "post"
    if kind not in _WRITTEN:
        return f"wordpress {kind}"
    status = text_of(first(item, "status"))
    return f"wordpress {status}" if status in _UNPUBLISHED else ""


def _record(item: Element) -> dict[str, Any]:
    """An item as a record, with the names of the table of aliases."""
    data = etree.tostring(item, encoding="utf-8", with_tail=False)
    wrapper = _ATOM if local_name(item) == "entry" else _RDF if _is_rdf(item) else _RSS
    entry = feedparser.parse(wrapper % data, sanitize_html=False).entries[0]
    contents = [str(one.get("value") or "") for one in entry.get("content", ())]
    summary = str(entry.get("summary") or "")
    body = max([*contents, "" if contents else summary], key=len)
    # Asked as a dictionary it does not take the date of publication for that of the update.
    updated = dict.get(entry, "updated")
    return {
        "title": entry.get("title"),
        "url": entry.get("link"),
        "lead": summary if body != summary else "",
        "body": body,
        "published": _published(item, entry),
        "updated": updated if updated != entry.get("published") else None,
        "author": [one.get("name") for one in entry.get("authors", ()) if one.get("name")],
        "tags": [one.get("term") for one in entry.get("tags", ()) if one.get("term")],
        "source": (entry.get("source") or {}).get("title") or _channel_title(item),
    }


def _published(item: Element, entry: Any) -> str | None:
    stated = text_of(first(item, "post_date_gmt"))
    if stated and not stated.startswith("0000"):
        return f"{stated}Z"
    stated = text_of(first(item, "post_date"))
    if stated and not stated.startswith("0000"):
        return stated
    published = entry.get("published") or dict.get(entry, "updated")
    return str(published) if published else None


def _is_rdf(item: Element) -> bool:
    parent = item.getparent()
    return parent is not None and local_name(parent) == "rdf"


def _channel_title(item: Element) -> str | None:
    """The title of the feed that an item is in."""
    parent = item.getparent()
    for one in parent if parent is not None else ():
        if local_name(one) == "title":
            return text_of(one) or None
        if local_name(one) in _ITEMS:
            break
    return None
