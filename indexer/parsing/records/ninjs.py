"""News in JSON (IPTC ninjs 1.0 to 3.x) -> records with the names of our fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from indexer.errors import ParseError
from indexer.exchange import read_own_values
from indexer.parsing.records.json_stream import Found
from indexer.parsing.resource import PassedOver

Item = Mapping[str, Any]

_TYPES = frozenset({"text", "audio", "video", "picture", "graphic", "composite", "component"})
_VERSIONS = ("versioncreated", "versionCreated", "firstcreated", "firstCreated")
_PICTURES = frozenset({"picture", "graphic", "video"})
_DEEPEST = 4
_UNREADABLE = ("xml", "nitf")
"""Kinds of bodies in a markup that is not that of web pages."""


def ninjs_records(
    values: Iterable[Found | ParseError | PassedOver], path: str
) -> Iterator[Found | ParseError | PassedOver]:
    """Values of JSON, in which items of ninjs are records; others are as they were."""
    for found in values:
        items = list(_items(found.value)) if isinstance(found, Found) else []
        if not items or not isinstance(found, Found):
            yield found
            continue
        for item in items:
            yield _read(item, path, found.line)


def is_ninjs(value: object) -> bool:
    """Whether an object is an item of ninjs."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("uri"), str)
        and value.get("type") in _TYPES
        and (isinstance(value.get("standard"), dict) or any(value.get(one) for one in _VERSIONS))
        and any(key.startswith(("headline", "body_", "bodies", "description")) for key in value)
    )


def _items(value: object, depth: int = 0) -> Iterator[Item]:
    """The items in a value, at whatever place an agency's answer has them."""
    if is_ninjs(value):
        yield value  # type: ignore[misc]
    elif depth < _DEEPEST and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                yield from _items(inner, depth + 1)


def _read(item: Item, path: str, line: int) -> Found | ParseError | PassedOver:
    status = item.get("pubstatus") or "usable"
    if status != "usable":
        return PassedOver(path, f"ninjs {status}")
    try:
        record = _record(item)
    except ValueError as error:
        return ParseError(path, str(error), line=line)
    if record["body"] or record["lead"] or record.get("digest"):
        return Found(line, record)
    if item["type"] not in ("text", "composite"):
        return PassedOver(path, f"ninjs {item['type']}")
    linked = " (its text is only linked)" if item.get("renditions") else ""
    return ParseError(path, f"the news item holds no text{linked}; fetch its text first", line=line)


def _record(item: Item) -> dict[str, Any]:
    """An item with the names of our fields; texts and dates that it has beside them keep their own.

    Raises:
        ValueError: a value of our own is damaged.
    """
    own = read_own_values(dict(_roles(item, "altids")))
    first, version = (
        item.get(name) or item.get(f"{name[:-7]}Created")
        for name in ("firstcreated", "versioncreated")
    )
    published = first or version
    subjects = _named(item, "subjects", "subject")
    sources = [name for role, name in _roles(item, "infosources", "infosource") if name]
    associated = [one for one in _objects(item.get("associations")) if isinstance(one, dict)]
    section = next((name for rel, name in subjects if rel in ("section", "category")), None)
    services = [name for _, name in _named(item, "service")]
    title = _text(item, "headline") or str(item.get("title") or "")
    uri = item["uri"]
    is_address = uri.startswith(("http://", "https://"))
    record: dict[str, Any] = {
        "id": None if is_address else uri,
        "url": uri if is_address else None,
        "title": title,
        "lead": _text(item, "description"),
        "body": _body(item, "" if own else title),
        "published": published,
        "updated": version if version != published else None,
        "author": item.get("byline") or item.get("by"),
        "source": next(iter(sources), item.get("copyrightholder") or item.get("provider")),
        "section": section or next(iter([*services, *(name for _, name in subjects)]), None),
        "tags": [*_strings(item.get("keywords")), *_tags(subjects, section)],
        "captions": [text for one in associated if (text := _caption(one))],
        "related_links": [link for one in associated if (link := _link(one))],
        "ednote": item.get("ednote"),
    }
    if own:
        record |= own
        record["section"] = section
    return record


def _body(item: Item, title: str) -> str:
    """Of the forms of the text the one with marks of paragraphs, without the headline at its beginning."""
    forms = [
        (kind, value)
        for kind, value in _texts(item, "bodies", "body_")
        if not any(one in kind for one in _UNREADABLE) or "xhtml" in kind
    ]
    marked = [value for kind, value in forms if "html" in kind and "<p" in value]
    plain = [value for kind, value in forms if "html" not in kind]
    body = next(iter([*marked, *plain, *(value for _, value in forms)]), "")
    head, _, rest = body.partition("\n")
    return rest if title and head.strip() == title else body


def _text(item: Item, name: str) -> str:
    """The headline or the description of an item: ``headline``, ``headlines``, ``description_text``."""
    forms = _texts(item, f"{name}s", f"{name}_")
    if isinstance(item.get(name), str):
        return str(item[name])
    main = [value for kind, value in forms if "main" in kind]
    return next(iter([*main, *(value for _, value in forms)]), "")


def _texts(item: Item, listed: str, prefix: str) -> list[tuple[str, str]]:
    """Forms of a text with their role and media type: a list since version 2, keys with a prefix before."""
    found = [
        (
            f"{one.get('role') or ''} {one.get('contenttype') or one.get('contentType') or ''}",
            one["value"],
        )
        for one in _objects(item.get(listed))
        if isinstance(one, dict) and isinstance(one.get("value"), str)
    ]
    found += [
        (key.removeprefix(prefix), value)
        for key, value in item.items()
        if key.startswith(prefix) and isinstance(value, str)
    ]
    return [(kind.lower(), value) for kind, value in found if value.strip()]


def _roles(item: Item, *names: str) -> Iterator[tuple[str, str]]:
    """Role and value of the objects in a list."""
    for name in names:
        for one in _objects(item.get(name)):
            if isinstance(one, dict):
                value = one.get("value") or one.get("name") or one.get("literal")
                if isinstance(value, str) and one.get("role") != "credit":
                    yield str(one.get("role") or ""), value


def _named(item: Item, *names: str) -> list[tuple[str, str]]:
    """Relation and name of the concepts in a list."""
    return [
        (str(one.get("rel") or next(iter(_strings(one.get("rels"))), "")), one["name"])
        for name in names
        for one in _objects(item.get(name))
        if isinstance(one, dict) and isinstance(one.get("name"), str)
    ]


def _tags(subjects: list[tuple[str, str]], section: str | None) -> list[str]:
    return [name for rel, name in subjects if rel not in ("section", "category") or name != section]


def _objects(value: object) -> list[Any]:
    """The objects of a list, or those of a table of names."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _caption(one: Item) -> str:
    if one.get("type") not in _PICTURES:
        return ""
    return _text(one, "description") or _text(one, "headline")


def _link(one: Item) -> dict[str, str] | None:
    if one.get("type") != "text" or not (title := _text(one, "headline") or one.get("title")):
        return None
    uri = str(one.get("uri") or "")
    return {"title": title, "url": uri if uri.startswith("http") else ""}
