"""Pages that a browser saved as one message with all their parts (MHTML)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.date_pieces import mail_moment
from indexer.parsing.html import parse_html
from indexer.parsing.opening import read_bytes
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.resource import Capture, Resource

_LARGEST = 200 << 20
"""Bytes of a message; most of them are its pictures."""
_HEADER = 1 << 16
_BROKEN = re.compile(rb"(\n)(?![\w-]+:|[ \t])")
_PAGES = ("text/html", "application/xhtml+xml")


def read_mhtml(resource: Resource, _: FieldMap) -> Iterator[Article]:
    """The article of a saved page.

    Raises:
        ParseError: there is no page in the message, or no article in the page.
    """
    message = message_from_bytes(_mended(read_bytes(resource, _LARGEST)))
    page = _main_page(message)
    content = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(content, bytes) or not content.strip():
        raise ParseError(resource.address, "the saved message holds no page; save the page again")
    yield parse_html(content, resource.address, _capture(message, page))


def _mended(data: bytes) -> bytes:
    """A message whose header goes on where a title has a line end in it, as browsers write it."""
    header, gap, rest = data.partition(b"\r\n\r\n" if b"\r\n\r\n" in data[:_HEADER] else b"\n\n")
    return _BROKEN.sub(rb"\1 ", header) + gap + rest


def _main_page(message: Message) -> Message | None:
    """The page that the other parts belong to."""
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    start, location = message.get_param("start"), message.get("Snapshot-Content-Location")
    for page in pages:
        if start and page.get("Content-ID") == start:
            return page
    for page in pages:
        if location and page.get("Content-Location") == location:
            return page
    return pages[0] if pages else None


def _capture(message: Message, page: Message) -> Capture:
    addresses = (message.get("Snapshot-Content-Location"), page.get("Content-Location"))
    stated = ["".join(str(one).split()) for one in addresses if one]
    url = next((one for one in stated if one.startswith(("http://", "https://"))), "")
    charset = page.get_content_charset()
    return Capture(url, _moment(message.get("Date")), charset, page.get_content_type())


def _moment(text: str | None) -> datetime | None:
    found = mail_moment(str(text)) if text else None
    # "-0000" is the time of Greenwich, wherever it was written.
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
