"""Articles as agencies send them: ninjs 2.1 and NITF 3.6 of the IPTC. Both are read back as they were."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from io import RawIOBase
from typing import Any
from urllib.parse import quote

from lxml import etree  # type: ignore[import-untyped]

from indexer.article import Article
from indexer.exchange import date_time, own_values, uri_of
from indexer.language.cleaning import json_text, visible
from indexer.moments import Moment

_NINJS = {
    "name": "ninjs",
    "version": "2.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json",
}
_BASIC_MARKS = re.compile(r"[-:]")
_LONGEST_NAME = 100


def ninjs_item(article: Article) -> dict[str, Any]:
    """An article as an item of ninjs; what it has no property for is in `altids`."""
    uri = uri_of(article)
    published, version = date_time(article.published), date_time(article.updated)
    words = len(article.body.split())
    subjects = [{"name": article.section, "rel": "section"}] if article.section else []
    subjects += [{"name": tag, "rel": "tag"} for tag in article.tags]
    sources = [{"name": article.source, "role": "source"}] if article.source else []
    sources += [{"name": name, "role": "credit"} for name in article.credit]
    item = {
        "standard": _NINJS,
        "uri": uri,
        "type": "text",
        "pubstatus": "usable",
        "language": "vi",
        "firstcreated": published,
        "versioncreated": version or published,
        "headlines": [{"role": "main", "value": article.title}],
        "descriptions": [{"role": "lead", "value": article.lead}] if article.lead else [],
        "bodies": [
            {
                "role": "main",
                "contenttype": "text/plain",
                "charcount": len(article.body),
                "wordcount": words,
                "value": article.body,
            }
        ],
        "by": article.author,
        "subjects": subjects,
        "infosources": sources,
        "associations": list(_associations(article, uri)),
        "altids": [{"role": name, "value": value} for name, value in own_values(article).items()],
    }
    return {name: value for name, value in item.items() if value}


def _associations(article: Article, uri: str) -> Iterator[dict[str, Any]]:
    for number, caption in enumerate(article.captions, 1):
        yield {
            "name": f"picture {number}",
            "uri": f"{uri}#picture-{number}",
            "type": "picture",
            "descriptions": [{"role": "caption", "value": caption}],
        }
    for number, link in enumerate(article.related_links, 1):
        yield {
            "name": f"related {number}",
            "uri": link.url or f"{uri}#related-{number}",
            "type": "text",
            "headlines": [{"value": link.title}],
        }


def as_ninjs(articles: Iterable[Article]) -> Iterator[str]:
    """A list of items."""
    before = "[\n"
    for article in articles:
        yield before + json_text(ninjs_item(article))
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def nitf_document(article: Article) -> bytes:
    """An article as a document of NITF; what it has no element for is in `meta`."""
    nitf = etree.Element("nitf", version="-//IPTC//DTD NITF 3.6//EN")
    head = _add(nitf, "head")
    _add(head, "title", article.title)
    for name, value in own_values(article).items():
        _add(head, "meta", name=name, content=value)
    if article.section:
        subject = _add(_add(head, "tobject"), "tobject.subject")
        subject.set("tobject.subject.type", visible(article.section))
    _add_data(head, article)
    body = _add(nitf, "body")
    _add_body_head(_add(body, "body.head"), article)
    content = _add(body, "body.content")
    for paragraph in article.paragraphs:
        _add(content, "p", paragraph)
    for caption in article.captions:
        media = _add(content, "media", **{"media-type": "image"})
        _add(media, "media-reference", **{"mime-type": "image/jpeg"})
        _add(media, "media-caption", caption)
    document: bytes = etree.tostring(nitf, encoding="utf-8", xml_declaration=True)
    return document


def _add_data(head: Any, article: Article) -> None:
    """`docdata` and `pubdata`: identity, dates, keywords, and where it was published."""
    data = _add(head, "docdata")
    _add(data, "doc-id", **{"id-string": article.id, "regsrc": article.source or ""})
    for name, moment in (
        ("date.issue", article.updated or article.published),
        ("date.release", article.published),
    ):
        if norm := _norm(moment):
            _add(data, name, norm=norm)
    if article.source:
        _add(data, "doc.rights", owner=article.source)
    if article.tags:
        keys = _add(data, "key-list")
        for tag in article.tags:
            _add(keys, "keyword", key=tag)
    publication = {"name": article.source or "", "ex-ref": article.url or ""}
    _add(head, "pubdata", **{name: value for name, value in publication.items() if value})


def _add_body_head(head: Any, article: Article) -> None:
    _add(_add(head, "hedline"), "hl1", article.title)
    if article.author:
        _add(head, "byline", article.author)
    if article.source:
        _add(head, "distributor", article.source)
    if article.lead:
        _add(_add(head, "abstract"), "p", article.lead)


def _add(parent: Any, name: str, text: str = "", /, **attributes: str) -> Any:
    element = etree.SubElement(parent, name, {k: visible(v) for k, v in attributes.items()})
    if text:
        element.text = visible(text)
    return element


def _norm(moment: Moment | None) -> str | None:
    """A moment in the basic form of ISO 8601, as NITF has it."""
    text = date_time(moment)
    return None if text is None else text[:10].replace("-", "") + _BASIC_MARKS.sub(_kept, text[10:])


def _kept(mark: re.Match[str]) -> str:
    return "-" if mark.group() == "-" else ""


class _Blocks(RawIOBase):
    """A file that nobody can seek in, which gives what was written into it."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since it was last asked."""
        block = b"".join(self._written)
        self._written.clear()
        return block


def as_nitf(articles: Iterable[Article]) -> Iterator[bytes]:
    """A zip file with a document for each article, as NITF has a document hold one story."""
    blocks = _Blocks()
    with zipfile.ZipFile(blocks, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, article in enumerate(articles, 1):
            name = f"{number:06}-{quote(article.id, safe='')[:_LONGEST_NAME]}.xml"
            archive.writestr(name, nitf_document(article))
            yield blocks.take()
    yield blocks.take()
