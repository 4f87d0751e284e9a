"""Stories as agencies send them: NITF, NewsML 1 and NewsML-G2, alone or many in one message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.errors import ParseError
from indexer.exchange import read_own_values
from indexer.parsing.records.json_stream import Found
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.records.reader import FromRecords, records_of
from indexer.parsing.resource import PassedOver, Resource
from indexer.parsing.xml.elements import Element, all_of, elements, first, local_name, text_of

_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})?)?")
"""Dates as ISO 8601 writes them without marks: 20140829T134951+0000."""
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_PARAGRAPHS = frozenset({"p", "li", "pre", "hl2", "h2", "h3", "h4", "blockquote", "td"})
_OTHER = frozenset({"media", "figure", "table", "nitf-table", "note", "tagline"})
"""Parts of a body that are no running text."""
_USABLE = ("", "usable")


def read_nitf(resource: Resource, fields: FieldMap) -> Iterator[FromRecords]:
    """The story of an NITF document."""
    yield from records_of(_stories(resource, "nitf"), resource.address, fields)


def read_newsml(resource: Resource, fields: FieldMap) -> Iterator[FromRecords]:
    """The stories of a NewsML message."""
    yield from records_of(_stories(resource, "newsitem"), resource.address, fields)


def _stories(resource: Resource, name: str) -> Iterator[Found | ParseError | PassedOver]:
    for element in elements(resource, frozenset({name})):
        if isinstance(element, ParseError):
            yield element
            continue
        status = (_attribute(first(element, "pubstatus"), "qcode") or "").rpartition(":")[2]
        if status in _USABLE:
            try:
                yield Found(element.sourceline, _record(element))
            except ValueError as error:
                yield ParseError(resource.address, str(error), line=element.sourceline)
        else:
            yield PassedOver(resource.address, f"newsml {status}")


def _record(element: Element) -> dict[str, Any]:
    if local_name(element) == "nitf":
        return _nitf(element)
    return (
        _newsml_1(element) if first(element, "newscomponent") is not None else _newsml_g2(element)
    )


def _nitf(story: Element) -> dict[str, Any]:
    """Source: IPTC, NITF 3.6."""
    head, content = first(story, "body.head"), first(story, "body.content")
    subjects = all_of(story, "tobject.subject")
    byline = first(head, "byline") if head is not None else None
    meta = {one.get("name") or "": one.get("content") or "" for one in all_of(story, "meta")}
    own = read_own_values(meta)
    return {
        "id": _attribute(first(story, "doc-id"), "id-string"),
        "title": _first_text(story, ("hl1",), ("hl2",), ("title",)),
        "lead": text_of(first(story, "abstract")),
        "body": _text(content),
        "published": _moment(
            _attribute(first(story, "date.release"), "norm")
            or _attribute(first(story, "date.issue"), "norm")
        ),
        "author": text_of(byline) if own else _byline(byline),
        "source": text_of(first(story, "distributor"))
        or _attribute(first(story, "doc.rights"), "owner")
        or _attribute(first(story, "doc.copyright"), "holder"),
        "section": next(
            (one for each in subjects if (one := _attribute(each, "tobject.subject.type"))), None
        ),
        "tags": [one for each in all_of(story, "keyword") if (one := _attribute(each, "key"))],
        "captions": [text_of(one) for one in all_of(story, "media-caption")],
        **own,
    }


def _newsml_g2(item: Element) -> dict[str, Any]:
    """Source: IPTC, NewsML-G2 2.33."""
    headlines = all_of(item, "headline")
    main = [one for one in headlines if "sub" not in (one.get("role") or "").lower()]
    below = [text_of(one) for one in headlines if one not in main]
    inline = first(item, "inlinexml")
    created, version = (text_of(first(item, name)) for name in ("firstcreated", "versioncreated"))
    published = created or text_of(first(item, "contentcreated")) or version
    return {
        "id": item.get("guid"),
        "title": text_of(main[0]) if main else _first_text(item, ("itemmeta", "title")),
        "lead": below[0] if below else "",
        "body": _text(inline) if inline is not None else _plain(first(item, "inlinedata")),
        "published": published,
        "updated": version if version != published else None,
        "author": _byline(first(item, "by")),
        "source": _literal(item, "infosource")
        or _literal(item, "copyrightholder")
        or _literal(item, "provider"),
        "section": _first_text(item, ("memberof", "name"), ("subject", "name")),
        "tags": [text_of(one) for one in all_of(item, "keyword")],
    }


def _newsml_1(item: Element) -> dict[str, Any]:
    """Source: IPTC, NewsML 1.2."""
    created, version = (
        _moment(text_of(first(item, name))) for name in ("firstcreated", "thisrevisioncreated")
    )
    provider = text_of(first(item, "providerid"))
    number = text_of(first(item, "newsitemid"))
    content = first(item, "datacontent")
    inside = first(content, "body.content") if content is not None else None
    return {
        "id": f"{provider}:{number}" if number else None,
        "title": _first_text(item, ("newslines", "headline"), ("hl1",)),
        "lead": _first_text(item, ("subheadline",)),
        "body": _text(content if inside is None else inside),
        "published": created or version,
        "updated": version if version != created else None,
        "author": _byline(first(item, "byline")),
        "source": _attribute(first(item, "provider", "party"), "FormalName") or provider,
        "tags": [text_of(one) for one in all_of(item, "keywordline")],
    }


def _text(content: Element | None) -> str:
    """The paragraphs of a body, one a line."""
    if content is None:
        return ""
    lines: list[str] = []
    _add_paragraphs(content, lines)
    return "\n".join(lines) or _plain(content)


def _add_paragraphs(element: Element, lines: list[str]) -> None:
    for one in element:
        name = local_name(one)
        if name in _PARAGRAPHS:
            lines += [text] if (text := text_of(one)) else []
        elif name not in _OTHER:
            _add_paragraphs(one, lines)


def _plain(content: Element | None) -> str:
    return "" if content is None else "".join(_running(content))


def _running(element: Element) -> Iterator[str]:
    """The text of an element without what is no running text."""
    yield element.text or ""
    for one in element:
        if local_name(one) not in _OTHER:
            yield from _running(one)
        yield one.tail or ""


def _byline(element: Element | None) -> str:
    """A byline without what the author is."""
    if element is None:
        return ""
    people = [text_of(one) for one in (*all_of(element, "person"), *all_of(element, "name"))]
    if people:
        return ", ".join(people)
    parts = [element.text or ""]
    for one in element:
        parts += ["" if local_name(one) == "byttl" else text_of(one), one.tail or ""]
    return _BY.sub("", " ".join(" ".join(parts).split()))


def _moment(text: str | None) -> str | None:
    match = _BASIC.fullmatch(text or "")
    if match is None:
        return text
    year, month, day, hour, minute, second, zone = match.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{zone or ''}"


def _first_text(element: Element, *paths: tuple[str, ...]) -> str:
    return next((text for path in paths if (text := text_of(first(element, *path)))), "")


def _literal(element: Element, name: str) -> str | None:
    """The name of a party, as text inside or as an attribute."""
    found = first(element, name)
    return text_of(found) or _attribute(found, "literal")


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else element.get(name) or None
