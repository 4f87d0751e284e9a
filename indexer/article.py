"""`Article` and `RelatedLink`: the boundary type between parsing and everything else."""

from __future__ import annotations

import hashlib
import json
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

VIETNAM_TIME = timezone(timedelta(hours=7))
"""Offset of a time for which an article names none (Việt Nam has no summer time)."""

EARLIEST_YEAR, LATEST_YEAR = 1800, 2100
"""No newspaper is older; what claims to be younger is a mistake or stands for "never"."""


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, or a month of one: all that a magazine's issue or a bound volume says of its date.

    Attributes:
        month: 1 to 12; None where only the year is known.
    """

    year: int
    month: int | None = None

    @property
    def first_day(self) -> date:
        """The first day that it may mean."""
        return date(self.year, self.month or 1, 1)

    @property
    def last_day(self) -> date:
        """The last day that it may mean."""
        month = self.month or 12
        return date(self.year, month, monthrange(self.year, month)[1])

    def isoformat(self) -> str:
        """``1999-09`` or ``1999``, as ISO 8601 writes reduced precision."""
        return f"{self.year:04}" if self.month is None else f"{self.year:04}-{self.month:02}"


Moment = datetime | date | PartialDate
"""An aware `datetime`, a bare `date` where no time of day is known, a `PartialDate` where no day is."""


_BETWEEN_AUTHORS = re.compile(r"\s+[-–—]\s+|[,;/&\n]|\s+và\s+")


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """A pointer from one article to another, as its page or file printed it."""

    title: str
    url: str | None = None
    lead: str | None = None


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
        credit: the agencies and papers that the story was taken from, as "Theo TTXVN" names them.
        captions: texts of pictures and figures, in page order.
        path: the file it came from, as the user named it.
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

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal of everything but `id` and `path`."""
        content = {k: v for k, v in article_fields(self).items() if k not in ("id", "path")}
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def authors(self) -> tuple[str, ...]:
        """The names in `author`, which is a byline as it was printed."""
        names = (" ".join(name.split()) for name in _BETWEEN_AUTHORS.split(self.author or ""))
        return tuple(dict.fromkeys(filter(None, names)))

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs, in order."""
        return tuple(self.body.split("\n")) if self.body else ()


def moment_to_json(moment: Moment | None) -> str | None:
    """ISO 8601: date and time with offset, a bare date, a month or year alone, or None."""
    return None if moment is None else moment.isoformat()


def moment_from_json(value: str | None) -> Moment | None:
    """Inverse of `moment_to_json`; raises ValueError on anything else."""
    if value is None:
        return None
    if len(value) in (4, 7):
        year, _, month = value.partition("-")
        return PartialDate(int(year), int(month) if month else None)
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)


def article_fields(article: Article) -> dict[str, Any]:
    """The fields as JSON values, in the order of `khobao parse --json`, without the digest."""
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
        "path": article.path,
    }


def article_to_json(article: Article) -> str:
    """One line of `khobao parse --json`."""
    return json.dumps({**article_fields(article), "digest": article.digest}, ensure_ascii=False)


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
    )
