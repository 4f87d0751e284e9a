"""The pages in WARC and ARC files, as crawlers write them."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from datetime import datetime
from email.message import Message
from typing import Any, BinaryIO, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from indexer.addresses import join_address
from indexer.errors import ParseError
from indexer.parsing.compression import DamagedStreamError, decompressed, is_gzip
from indexer.parsing.containers.gzip_members import find, gzip_members
from indexer.parsing.opening import MAX_ARTICLE_BYTES
from indexer.parsing.resource import Capture, PassedOver, Resource

# It tells each address with a space in it, whatever else is in that.
logging.getLogger("warcio").setLevel(logging.ERROR)

_PAGES = frozenset({"response", "resource"})
_SILENT = frozenset({"request", "metadata", "warcinfo"})
"""Records about others; no page was ever in them."""
_DAMAGE = (
    ArchiveLoadFailed, DamagedStreamError, OSError, ValueError, EOFError,
    # What warcio stumbles over where a header lacks what every header has.
    AttributeError, LookupError, TypeError,
)  # fmt: skip
_REDIRECTS = frozenset({"301", "302", "303", "307", "308"})
_RECORD = b"\r\nWARC/1."


class _Records(ArchiveIterator):  # type: ignore[misc]
    """Records that are counted, not printed, where their length is not what it should be."""

    def _consume_blanklines(self) -> Any:
        with redirect_stderr(io.StringIO()):
            return super()._consume_blanklines()


Found = Resource | ParseError | PassedOver


def web_pages(resource: Resource) -> Iterator[Found]:
    """The pages that a web archive holds; behind a damaged record it goes on with the next one."""
    with resource.open_raw() as raw:
        if not (raw.seekable() and is_gzip(raw)):
            with decompressed(resource.open_raw(), resource.size)[0] as stream:
                yield from _pages(resource, cast(BinaryIO, stream))
            return
        for content, fault in gzip_members(raw):
            told = False
            for found in _pages(resource, content):
                told |= isinstance(found, ParseError)
                yield found
            if fault and not told:
                yield ParseError(
                    resource.address, f"a record of the web archive is damaged: {fault}"
                )


def _pages(resource: Resource, stream: BinaryIO) -> Iterator[Found]:
    start: int | None = 0
    while start is not None:
        if start:
            stream.seek(start)
        records, last = _Records(stream, arc2warc=True), ""
        try:
            for record in records:
                last = _url(record) or last
                yield from _page(resource, record)
            if records.err_count:
                raise ValueError("a length is wrong, or the file is cut off")
            return
        except _DAMAGE as error:
            behind = f" behind {last}" if last else ""
            reason = f"a record of the web archive is damaged{behind}: {_line(error)}"
            yield ParseError(resource.address, reason)
            start = find(stream, records.offset + 1, _RECORD) if stream.seekable() else None
            start = None if start is None else start + 2


def _page(resource: Resource, record: ArcWarcRecord) -> Iterator[Found]:
    url = _url(record)
    if record.rec_type in _SILENT or not url.startswith(("http://", "https://")):
        return
    place = resource.address_of(url)
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if record.rec_type not in _PAGES:
        yield PassedOver(place, record.rec_type)
        return
    if status != "200":
        yield PassedOver(place, f"http {status}", _redirect(record, url, status))
        return
    data = record.content_stream().read(MAX_ARTICLE_BYTES + 1)
    if len(data) > MAX_ARTICLE_BYTES:
        yield PassedOver(place, f"more than {MAX_ARTICLE_BYTES >> 20} MB")
        return
    yield resource.member_of(url, data, _capture(record, url))
    missing = getattr(record.raw_stream, "limit", 0)
    if missing > 0 or record.rec_headers.get_header("WARC-Truncated"):
        yield ParseError(place, "the page is cut off in the web archive; what is there was read")


def _redirect(record: ArcWarcRecord, url: str, status: str) -> tuple[str, str] | None:
    """Where a server leads from an address."""
    target = record.http_headers.get_header("Location") if status in _REDIRECTS else None
    leads_to = join_address(url, target) if target else None
    return (url, leads_to) if leads_to else None


def _url(record: ArcWarcRecord) -> str:
    return str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")


def _capture(record: ArcWarcRecord, url: str) -> Capture:
    header = Message()
    stating = record.http_headers or record.rec_headers
    header["Content-Type"] = stating.get_header("Content-Type") or ""
    try:
        when = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date") or "")
    except ValueError:
        when = None
    charset = header.get_content_charset()
    return Capture(
        url, when, charset if isinstance(charset, str) else None, header.get_content_type()
    )


def _line(error: Exception) -> str:
    if isinstance(error, AttributeError | LookupError | TypeError):
        return "its header cannot be read"
    return " ".join(str(error).split())[:200]
