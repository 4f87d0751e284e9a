"""`Article` and `RelatedLink`: the boundary type between parsing and everything else."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from indexer.language.cleaning import json_text
from indexer.moments import Moment, moment_from_json, moment_to_json

_BETWEEN_AUTHORS = re.compile(r"\s+[-–—]\s+|[,;/&\n]|\s+và\s+")


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """A pointer from one article to another, as its page or file printed it."""

    title: str
    url: str | None = None
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """Where an article of a digitised newspaper is printed.

    Attributes:
        pages: as the issue numbers them, in reading order.
        blocks: ids of the blocks of text, in reading order.
        confidence: mean of what the recognition says of its words, from 0 to 1; None where it says nothing.
    """

    pages: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One news article; every string is NFC.

    Attributes:
        id: stable identifier, unique in an archive; safe as one URL path segment.
        title: headline on one line.
        lead: the standfirst (sapo) on one line; empty if there is none.
        body: paragraphs separated by one newline, without title, lead, byline or related block.
        url: canonical URL.
        published: when it appeared; None when the file does not say.
        updated: when it last changed; None when the file does not say.
        captured: when a crawler or a browser saved the page; None when it was not read from such a copy.
        credit: the agencies and papers that the story was taken from, as "Theo TTXVN" names them.
        captions: texts of pictures and figures, in page order.
        scan: of an article of a digitised newspaper.
        path: the file it came from, as the user named it.
        versions: what it was before, the newest first; only of an article that an archive holds.
    """

    id: str
    title: str
    lead: str = ""
    body: str = ""
    url: str | None = None
    published: Moment | None = None
    updated: Moment | None = None
    author: str | None = None
    source: str | None = None
    credit: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    related_links: tuple[RelatedLink, ...] = ()
    path: str = ""
    captured: Moment | None = None
    scan: Scan | None = None
    versions: tuple[Version, ...] = ()

    @property
    def authors(self) -> tuple[str, ...]:
        """The names in `author`, which is a byline as it was printed."""
        names = (" ".join(name.split()) for name in _BETWEEN_AUTHORS.split(self.author or ""))
        return tuple(dict.fromkeys(filter(None, names)))

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs, in order."""
        return tuple(self.body.split("\n")) if self.body else ()


@dataclass(frozen=True, slots=True)
class Version:
    """What an article was before another version took its place.

    Attributes:
        article: without versions of its own; its id is another one that leads to the article, if it is
            not the article's.
        origin: the file it came from, absolute.
        replaced: when the archive learned of the version that took its place.
    """

    article: Article
    origin: str
    replaced: Moment | None = None


def earlier_lines(article: Article) -> list[tuple[str, int]]:
    """The lines that only older versions have, each once, with the number of its version in `versions`."""
    known = set(_lines(article))
    found = []
    for number, version in enumerate(article.versions):
        for line in _lines(version.article):
            if line not in known:
                known.add(line)
                found.append((line, number))
    return found


def _lines(article: Article) -> list[str]:
    return [one for one in (article.title, article.lead, *article.paragraphs) if one]


def article_fields(article: Article) -> dict[str, Any]:
    """The fields as JSON values, in the order of `khobao parse --json`: without digest and versions."""
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "lead": article.lead,
        "body": article.body,
        "published": moment_to_json(article.published),
        "updated": moment_to_json(article.updated),
        "author": article.author,
        "source": article.source,
        "credit": list(article.credit),
        "section": article.section,
        "tags": list(article.tags),
        "captions": list(article.captions),
        "related_links": [
            {"title": link.title, "url": link.url, "lead": link.lead}
            for link in article.related_links
        ],
        "captured": moment_to_json(article.captured),
        "scan": scan_to_json(article.scan),
        "path": article.path,
    }


def article_digest(article: Article) -> str:
    """SHA-256 in hexadecimal of everything but `id`, `captured`, `path` and `versions`: another digest,
    another content.
    """
    left_out = ["id", "captured", "path"]
    if article.scan is None:
        # As before there were scans.
        left_out.append("scan")
    content = {k: v for k, v in article_fields(article).items() if k not in left_out}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def scan_to_json(scan: Scan | None) -> dict[str, Any] | None:
    """A scan as a JSON value."""
    if scan is None:
        return None
    return {
        "pages": list(scan.pages),
        "blocks": list(scan.blocks),
        "confidence": scan.confidence,
    }


def scan_from_json(value: Any) -> Scan | None:
    """Inverse of `scan_to_json`; None for anything else."""
    if not isinstance(value, dict):
        return None
    pages, blocks = (
        tuple(str(one) for one in found) if isinstance(found := value.get(name), list) else ()
        for name in ("pages", "blocks")
    )
    confidence = value.get("confidence")
    known = isinstance(confidence, int | float) and not isinstance(confidence, bool)
    return Scan(pages, blocks, float(confidence) if known else None)  # type: ignore[arg-type]


def article_to_json(article: Article, *, with_path: bool = True) -> str:
    """One line of `khobao parse --json`."""
    fields = {**article_fields(article), "digest": article_digest(article)}
    if not with_path:
        del fields["path"]
    return json_text(fields)


def article_from_fields(fields: dict[str, Any]) -> Article:
    """Inverse of `article_fields`; for values that this module wrote, not for foreign JSON."""
    return Article(
        id=fields["id"],
        title=fields["title"],
        lead=fields["lead"],
        body=fields["body"],
        url=fields["url"],
        published=moment_from_json(fields["published"]),
        updated=moment_from_json(fields["updated"]),
        author=fields["author"],
        source=fields["source"],
        credit=tuple(fields["credit"]),
        section=fields["section"],
        tags=tuple(fields["tags"]),
        captions=tuple(fields["captions"]),
        related_links=tuple(
            RelatedLink(link["title"], link["url"], link["lead"])
            for link in fields["related_links"]
        ),
        path=fields["path"],
        captured=moment_from_json(fields.get("captured")),
        scan=scan_from_json(fields.get("scan")),
    )
