"""Watches: searches that tell of new articles."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from indexer.moments import Moment
from search.desk.dossiers import DossierError
from search.requests import Copies, Meaning, SearchRequest, Words

LONGEST_NAME = 120
_MAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,190}")


class Every(StrEnum):
    """How often a watch tells by webhook or mail."""

    NOW = "now"
    HOUR = "hour"
    DAY = "day"

    @property
    def pause(self) -> timedelta:
        """The least time between two messages."""
        return {"now": timedelta(), "hour": timedelta(hours=1), "day": timedelta(days=1)}[self]


class Channel(StrEnum):
    """A way in which a watch tells of new articles, beside its page and its feed."""

    WEBHOOK = "webhook"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Watch:
    """A search that is watched.

    Attributes:
        number: names it in addresses; never given again.
        token: the secret part of the address of its feed.
        request: of its articles only query, filters, dates and `words` count.
        webhook: the address that is told; empty for none.
        mail: the mail address that is told; empty for none.
        seen: the number of the last match that somebody has looked at.
        total: matches that are kept.
        new: those after `seen`.
        error: why the last message could not be sent; empty when all were.
    """

    number: int
    token: str
    name: str
    request: SearchRequest
    every: Every
    webhook: str
    mail: str
    created: datetime
    seen: int
    total: int = 0
    new: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A new article that a watch has found.

    Attributes:
        number: greater than those of all matches before it.
        found: when.
    """

    number: int
    article: str
    title: str
    url: str | None
    source: str | None
    published: Moment | None
    found: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way: it says the same however often it is tried.

    Attributes:
        id: by which a receiver knows a message that comes twice.
    """

    id: str
    watch: Watch
    channel: Channel
    matches: tuple[Match, ...]


def request_text(request: SearchRequest) -> str:
    """What a watch keeps of a request."""
    fields = {
        "query": request.query,
        "since": request.since.isoformat() if request.since else None,
        "until": request.until.isoformat() if request.until else None,
        "filters": dict(request.filters),
        "also": request.also,
        "without": request.without,
        "words": "any" if request.words is Words.ANY else "all",
    }
    return json.dumps(fields, ensure_ascii=False)


def request_of(text: str) -> SearchRequest:
    """Inverse of `request_text`: every copy counts, and what is only near in meaning does not."""
    fields = json.loads(text)
    since, until = (
        date.fromisoformat(fields[name]) if fields[name] else None for name in ("since", "until")
    )
    return SearchRequest(
        fields["query"],
        since=since,
        until=until,
        filters=fields["filters"],
        words=Words(fields["words"]),
        also=fields["also"],
        without=fields["without"],
        copies=Copies.ALL,
        meaning=Meaning.OFF,
        facets=(),
    )


def clean_webhook(address: str, allowed: tuple[str, ...] = ()) -> str:
    """The address of a webhook as it is kept; empty for none.

    Args:
        allowed: beginnings of addresses; none for all.

    Raises:
        DossierError: it is no address of the web, or is not allowed.
    """
    address = address.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_address = False
    if not is_address or not address.isascii() or re.search(r"\s", address) or len(address) > 1000:
        raise DossierError(
            "bad_webhook", f"{address}: a webhook is an address that begins with https://"
        )
    if allowed and not address.startswith(allowed):
        raise DossierError(
            "forbidden_webhook", f"{address}: khobao.toml does not allow this address"
        )
    return address


def clean_mail(address: str, allowed: tuple[str, ...] = ()) -> str:
    """A mail address as it is kept; empty for none.

    Args:
        allowed: ends of addresses, as "@toasoan.example"; none for all.

    Raises:
        DossierError: it is no mail address, or is not allowed.
    """
    address = address.strip()
    if not address:
        return ""
    if not _MAIL.fullmatch(address) or not address.isascii():
        raise DossierError("bad_mail", f"{address}: this is no mail address")
    if allowed and not address.endswith(allowed):
        raise DossierError("forbidden_mail", f"{address}: khobao.toml does not allow this address")
    return address
