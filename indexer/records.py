"""Articles as engines store them: with the names and quotations that were found in them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.article import Article, Version, article_fields, article_from_fields
from indexer.language.entities import EntityKind
from indexer.language.quotations import Quotation
from indexer.moments import moment_from_json, moment_to_json

_HEADING = 4096
"""Bytes of a record that hold most often all but the body."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in an article when it was analysed.

    Attributes:
        names: the people, places and organisations, the most often named first.
        quotations: their places are characters of `current_text`.
    """

    names: Mapping[EntityKind, Sequence[str]] = field(default_factory=dict)
    quotations: tuple[Quotation, ...] = ()


def encode_record(article: Article, findings: Findings) -> bytes:
    """An article and what was found in it as the bytes that an engine stores."""
    fields = article_fields(article)
    # The body stands behind the line of JSON: it is read twice as fast.
    body = fields.pop("body")
    fields["names"] = findings.names
    if findings.quotations:
        fields["said"] = [(one.speaker, one.start, one.end) for one in findings.quotations]
    if article.versions:
        fields["versions"] = list(map(_version_fields, article.versions))
    line = json.dumps(fields, ensure_ascii=False)
    return zlib.compress(f"{line}\n{body}".encode("utf-8", "surrogatepass"), 6)


def decode_record(record: bytes) -> Article:
    """The article of a record."""
    return decode_with_findings(record)[0]


def decode_heading(record: bytes) -> Article:
    """The article of a record without its body and its versions: what a list shows of it."""
    stream = zlib.decompressobj()
    line = stream.decompress(record, _HEADING)
    while b"\n" not in line and (more := stream.decompress(stream.unconsumed_tail, _HEADING)):
        line += more
    fields = json.loads(line.partition(b"\n")[0].decode("utf-8", "surrogatepass"))
    return article_from_fields({**fields, "body": ""})


def decode_with_findings(record: bytes) -> tuple[Article, Findings]:
    """Inverse of `encode_record`."""
    line, _, body = zlib.decompress(record).decode("utf-8", "surrogatepass").partition("\n")
    fields = json.loads(line)
    fields["body"] = body
    article = article_from_fields(fields)
    if older := fields.get("versions"):
        article = replace(article, versions=tuple(map(_version, older)))
    names = {EntityKind(kind): tuple(found) for kind, found in fields["names"].items()}
    return article, Findings(names, tuple(Quotation(*one) for one in fields.get("said", ())))


def _version_fields(version: Version) -> dict[str, Any]:
    return {
        **article_fields(version.article),
        "origin": version.origin,
        "replaced": moment_to_json(version.replaced),
    }


def _version(fields: dict[str, Any]) -> Version:
    article, replaced = article_from_fields(fields), moment_from_json(fields["replaced"])
    return Version(article, fields["origin"], replaced)
