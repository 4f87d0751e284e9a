"""An article as a document of an engine, and back: fields, facets, and the record for display."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from indexer.article import (
    Article,
    Version,
    article_digest,
    article_fields,
    article_from_fields,
)
from indexer.copies.likeness import make_sketch
from indexer.engines.base import Document, Passage
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import (
    EARLIER,
    EARLIER_MARK,
    KINDS,
    analyse,
    article_tokens,
    field_terms,
    folded_field_terms,
    searched_text,
)
from indexer.language.entities import EntityKind
from indexer.language.names import Name, Names
from indexer.language.naming import provinces_of
from indexer.language.quotations import speaker_keys
from indexer.language.sentences import sentence_lengths
from indexer.link_keys import id_link_key, link_keys
from indexer.moments import last_second, moment_from_json, moment_to_json, timestamp

SEARCHED_FIELDS = ("title", "author", "source", "credit", "section", "tags")
"""Parts of an article that a query can name; each is a field of accented and one of folded terms."""
KEYS = "keys"
"""The engine field of an article's own keys: a printed link finds the article by them."""
LINKS = "links"
"""The engine field of the keys of an article's links: finds the articles that link to one."""
NAMED_FACETS = {kind.value: kind for kind in EntityKind}
"""Facets whose values are the names in the text."""
SPEAKERS = "speakers"
"""The engine field of the keys of those who are quoted."""
SPEAKER = "speaker"
"""The facet of those who are quoted."""
PROVINCE = "province"
"""The facet of the provinces, as they were until 30 June 2025, that the text names, or a district of."""
HOLDS = "holds"
"""The facet of the parts that an article has; its values are `PARTS` and `PICTURE`."""
PARTS = ("date", "author", "section", "lead")
"""Those that the numbers of an archive tell."""
PICTURE = "image"
"""A picture with a caption; of others no file says surely that they belong to the article."""
FACETS = (
    "source", "credit", "section", "author", "tags", HOLDS, SPEAKER, PROVINCE, *NAMED_FACETS,
)  # fmt: skip


_HEADING = 4096
"""Bytes of a record that hold most often all but the body."""


def folded_field(name: str) -> str:
    """The engine field that holds the folded terms of a searched field."""
    return f"{name}_folded"


TERM_FIELDS = (
    *KINDS,
    *(field for name in SEARCHED_FIELDS for field in (name, folded_field(name))),
    KEYS,
    LINKS,
    SPEAKERS,
    EARLIER,
)
"""The engine fields of terms."""
SCORED_FIELDS = KINDS
"""Fields whose length in an article counts in its score."""


def make_document(article: Article, origin: str) -> Document:
    """Analyse an article.

    Args:
        origin: the file it came from, absolute.
    """
    analysis = analyse(article)
    hashes = hash_tokens(analysis.tokens)
    terms = dict(analysis.terms)
    values = {
        "title": article.title,
        "author": article.author or "",
        "source": article.source or "",
        "credit": "; ".join(article.credit),
        "section": article.section or "",
        "tags": "\n".join(article.tags),
    }
    for name in SEARCHED_FIELDS:
        if values[name]:
            terms[name] = field_terms(values[name])
            terms[folded_field(name)] = folded_field_terms(values[name])
    terms[KEYS] = dict.fromkeys(article_keys(article), 1)
    links = {key for link in article.related_links for key in link_keys(link.title, link.url)}
    terms[LINKS] = dict.fromkeys(links, 1)
    facets: dict[str, list[str]] = {
        "source": _filled([values["source"]]),
        "credit": _filled(article.credit),
        "section": _filled([values["section"]]),
        "author": list(article.authors),
        "tags": _filled(article.tags),
    }
    parts = (article.published, article.author, article.section, article.lead)
    facets[HOLDS] = [name for name, part in zip(PARTS, parts, strict=True) if part]
    if article.captions:
        facets[HOLDS].append(PICTURE)
    for facet, kind in NAMED_FACETS.items():
        facets[facet] = [one.name for one in analysis.names[kind]]
    facets[PROVINCE] = provinces_of(facets[EntityKind.PLACE])
    facets[SPEAKER] = list(dict.fromkeys(one.speaker for one in analysis.quotations))
    passages = [
        Passage(one.start, one.end, speaker_keys(one.speaker)) for one in analysis.quotations
    ]
    terms[SPEAKERS] = dict.fromkeys((key for one in passages for key in one.keys), 1)
    return Document(
        id=article.id,
        digest=article_digest(article),
        origin=origin,
        terms=terms,
        tokens=analysis.tokens,
        token_offsets=analysis.token_offsets,
        published=timestamp(article.published),
        published_until=last_second(article.published),
        facets=facets,
        record=encode_record(article, analysis.names),
        sketch=make_sketch(hashes),
        hashes=hashes.tobytes(),
        breaks=sentence_lengths(searched_text(article), analysis.token_offsets),
        passages=passages,
        length=sum(1 for one in analysis.tokens if one and not one.startswith(EARLIER_MARK)),
    )


def document_of_record(id: str, record: bytes, origin: str) -> Document:
    """A stored article analysed again; its record stays as it is, byte for byte."""
    return replace(make_document(decode_record(record), origin), id=id, record=record)


def with_versions(document: Document, article: Article) -> Document:
    """An analysed article with versions, and under the id that it is stored under.

    Args:
        document: what `make_document` made of the same content without them.
    """
    tokens, offsets = article_tokens(article)
    older = Counter(one for one in tokens if one.startswith(EARLIER_MARK))
    keys = dict.fromkeys(article_keys(article), 1)
    names = decode_with_names(document.record)[1]
    return replace(
        document,
        id=article.id,
        terms={**document.terms, KEYS: keys, EARLIER: older},
        tokens=tokens,
        token_offsets=offsets,
        breaks=sentence_lengths(searched_text(article), offsets),
        hashes=b"",
        record=encode_record(article, names),
    )


def article_keys(article: Article) -> Iterator[str]:
    """The keys of an article and of what it was: older links lead to it, and older ids."""
    yield from link_keys(article.title, article.url)
    for version in article.versions:
        yield from link_keys(version.article.title, version.article.url)
        if version.article.id != article.id:
            yield id_link_key(version.article.id)


def _filled(values: Iterable[str]) -> list[str]:
    """Values of a facet: each once, on one line, the empty ones left out."""
    return list(dict.fromkeys(filter(None, (" ".join(value.split()) for value in values))))


def encode_record(article: Article, names: Names) -> bytes:
    """An article and the names in it as the bytes that an engine stores."""
    fields = article_fields(article)
    # The body stands behind the line of JSON: it is read twice as fast.
    body = fields.pop("body")
    fields["names"] = {kind: list(map(_name_out, its)) for kind, its in names.items()}
    if article.versions:
        fields["versions"] = list(map(_version_fields, article.versions))
    line = json.dumps(fields, ensure_ascii=False)
    return zlib.compress(f"{line}\n{body}".encode("utf-8", "surrogatepass"), 6)


def decode_record(record: bytes) -> Article:
    """The article of a record."""
    return _decoded(record)[0]


def decode_heading(record: bytes) -> Article:
    """The article of a record without its body and its versions: what a list shows of it."""
    return article_from_fields({**_heading_fields(record), "body": ""})


def _heading_fields(record: bytes) -> dict[str, Any]:
    stream = zlib.decompressobj()
    line = stream.decompress(record, _HEADING)
    while b"\n" not in line and (more := stream.decompress(stream.unconsumed_tail, _HEADING)):
        line += more
    fields: dict[str, Any] = json.loads(line.partition(b"\n")[0].decode("utf-8", "surrogatepass"))
    return fields


def decode_with_names(record: bytes) -> tuple[Article, Names]:
    """Inverse of `encode_record`."""
    article, names = _decoded(record)
    return article, names


def decode_heading_and_names(record: bytes) -> tuple[Article, Names]:
    """The article without its body and versions, and the names in it."""
    fields = _heading_fields(record)
    return article_from_fields({**fields, "body": ""}), _names_in(fields["names"])


def _name_out(one: Name) -> str | list[Any]:
    return [one.name, one.forms, one.titles] if one.forms or one.titles else one.name


def _names_in(fields: Mapping[str, Sequence[Any]]) -> Names:
    return {
        EntityKind(kind): tuple(
            Name(one) if isinstance(one, str) else Name(one[0], tuple(one[1]), tuple(one[2]))
            for one in its
        )
        for kind, its in fields.items()
    }


def _decoded(record: bytes) -> tuple[Article, Names]:
    line, _, body = zlib.decompress(record).decode("utf-8", "surrogatepass").partition("\n")
    fields = json.loads(line)
    fields["body"] = body
    article = article_from_fields(fields)
    if older := fields.get("versions"):
        article = replace(article, versions=tuple(map(_version, older)))
    return article, _names_in(fields["names"])


def _version_fields(version: Version) -> dict[str, Any]:
    return {
        **article_fields(version.article),
        "origin": version.origin,
        "replaced": moment_to_json(version.replaced),
    }


def _version(fields: dict[str, Any]) -> Version:
    article, replaced = article_from_fields(fields), moment_from_json(fields["replaced"])
    return Version(article, fields["origin"], replaced)
