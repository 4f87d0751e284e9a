"""The formats that are read, and which of them a file is in."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from indexer.article import Article
from indexer.errors import KhobaoError, ParseError, unforeseen
from indexer.parsing.boundary import checked
from indexer.parsing.compression import DamagedStreamError
from indexer.parsing.containers.tar_files import tar_members
from indexer.parsing.containers.web_archives import web_pages
from indexer.parsing.containers.zip_files import zip_members
from indexer.parsing.encodings import decode, decoded
from indexer.parsing.evidence import Seen
from indexer.parsing.html import encoding_seen, parse_html, read_html
from indexer.parsing.kinds import (
    ALTO,
    ARC,
    ATOM,
    CSV,
    DOCX,
    HOCR,
    HTML,
    JSON,
    MARKDOWN,
    METS,
    MHTML,
    NEWSML,
    NITF,
    PDF,
    RSS,
    SITEMAP,
    TAR,
    TEXT,
    UNKNOWN_BINARY,
    WACZ,
    WARC,
    XLSX,
    ZIP,
    kind_of,
)
from indexer.parsing.markdown import read_markdown
from indexer.parsing.mhtml import read_mhtml
from indexer.parsing.office.pdf import read_pdf
from indexer.parsing.office.word import read_word
from indexer.parsing.opening import read_bytes, read_head
from indexer.parsing.plain_text import parse_plain_text
from indexer.parsing.records.mapping import FieldMap, map_of_folder
from indexer.parsing.records.reader import (
    RawRecord,
    Remarks,
    UnreadKeys,
    Untitled,
    read_json,
    read_raw,
    read_table,
)
from indexer.parsing.records.spreadsheets import read_spreadsheet
from indexer.parsing.resource import PassedOver, Resource
from indexer.parsing.scans.alto import read_alto
from indexer.parsing.scans.hocr import read_hocr
from indexer.parsing.scans.loose_pages import is_drawn_page
from indexer.parsing.scans.mets import read_issue
from indexer.parsing.xml.agencies import read_newsml, read_nitf
from indexer.parsing.xml.feeds import read_feed
from indexer.parsing.xml.sitemaps import Listed, read_sitemap

Parsed = Article | ParseError | UnreadKeys | Untitled | PassedOver | Listed
"""An article, a fault, a member that is passed over, what a sitemap lists of an article, or, at the end of
a file, the keys of its records that are in no article, and how many articles have no headline."""

Parser = Callable[[Resource, FieldMap], Iterator[Parsed | RawRecord]]
"""Yields the articles or records of a resource; a fault of one record is yielded, not raised, so that the records
after it are read."""

Part = Resource | RawRecord
"""A part of a file that is read alone."""

Opener = Callable[[Resource], Iterator[Resource | ParseError | PassedOver]]
"""Yields the members of a container one after the other; each is read before the next is asked for."""


def _parse_html_file(resource: Resource, _: FieldMap) -> Iterator[Article]:
    yield parse_html(read_bytes(resource), resource.address, resource.capture)


def _parse_text_file(resource: Resource, _: FieldMap) -> Iterator[Article]:
    yield parse_plain_text(decode(read_bytes(resource), resource.address), resource.address)


PARSERS: dict[str, Parser] = {
    HTML: _parse_html_file,
    JSON: read_json,
    CSV: read_table,
    XLSX: read_spreadsheet,
    TEXT: _parse_text_file,
    HOCR: read_hocr,
    MHTML: read_mhtml,
    PDF: read_pdf,
    DOCX: read_word,
    MARKDOWN: read_markdown,
    RSS: read_feed,
    ATOM: read_feed,
    NITF: read_nitf,
    NEWSML: read_newsml,
    ALTO: read_alto,
    METS: read_issue,
    SITEMAP: read_sitemap,
}
"""By kind of file; a file of another kind is not read."""
_RECORDS = frozenset({JSON, CSV, XLSX, RSS, ATOM, NITF, NEWSML, ALTO, METS, SITEMAP})
"""Kinds of files that hold any number of articles, one in each record."""
CONTAINERS: dict[str, Opener] = {
    ZIP: zip_members,
    WACZ: zip_members,
    TAR: tar_members,
    WARC: web_pages,
    ARC: web_pages,
}
_MODULES = {PDF: "pypdfium2", DOCX: "docx"}
"""Kinds that are read with the extra `office`. Without it they are passed over, unless they are named."""
_DEEPEST = 4
"""Containers in each other."""


def file_kind(path: Path, *, named: bool = True) -> str:
    """The kind of a file (`kind_of`).

    Raises:
        OSError: it cannot be opened.
    """
    head, suffix = read_head(Resource.of_file(path))
    return kind_of(head, suffix, named=named)


def is_read(kind: str) -> bool:
    """Whether files of a kind are read for articles, as far as what reads them is installed."""
    if kind in _MODULES and importlib.util.find_spec(_MODULES[kind]) is None:
        return False
    return kind in PARSERS or kind in CONTAINERS


def holds_records(path: Path) -> bool:
    """Whether a file is of a kind that holds any number of articles; False when it cannot be opened."""
    try:
        kind = file_kind(path)
    except OSError:
        return False
    return kind in _RECORDS or kind in CONTAINERS


def parse_file(path: Path, fields: FieldMap | None = None) -> Iterator[Parsed]:
    """The articles of one file, and a `ParseError` for each part of it that cannot be read.

    Never raises for what is wrong with the file itself, its content or its permissions.

    Args:
        fields: which keys of records are which fields, before what a file beside them says.

    Raises:
        SourceError: that file cannot be read.
    """
    yield from read_here(parse_parts(path, fields))


def read_here(parts: Iterable[Parsed | Part]) -> Iterator[Parsed]:
    """The articles of the parts of a file; remarks on its records come at the end."""
    remarks = Remarks()
    for part in parts:
        for one in parse_part(part) if isinstance(part, Part) else [part]:
            if not remarks.note(one):
                yield one
    yield from remarks.take()


def parse_parts(path: Path, fields: FieldMap | None = None) -> Iterator[Parsed | Part]:
    """`parse_file`, but records, and members of containers that hold one article each, are left for `parse_part`.

    Such a part has its bytes or its value in it, so that another process can read it.
    """
    if not path.is_file():
        reason = "not a regular file" if path.exists() else "no such file"
        yield ParseError(str(path), reason)
        return
    yield from _parts(Resource.of_file(path), fields or FieldMap(), depth=0)


def parse_part(part: Part) -> Iterator[Parsed]:
    """What a part of `parse_parts` holds, then what there is to say of a record."""
    found: list[ParseError] = []
    with _faults(part.path if isinstance(part, RawRecord) else part.address, found):
        for one in _read(part):
            yield checked(one) if isinstance(one, Article) else one
    yield from found


def _read(part: Part) -> Iterator[Parsed]:
    if isinstance(part, RawRecord):
        yield from read_raw(part)
        return
    for one in PARSERS[_kind_of(part, depth=1)](part, FieldMap()):
        if isinstance(one, RawRecord):
            yield from read_raw(one)
        else:
            yield one


def _parts(resource: Resource, fields: FieldMap, *, depth: int) -> Iterator[Parsed | Part]:
    found: list[ParseError] = []
    with _faults(resource.address, found):
        kind = _kind_of(resource, depth)
        if kind in CONTAINERS:
            yield from _members(resource, CONTAINERS[kind], fields, depth)
        elif depth and (not is_read(kind) or (resource.capture and kind not in (HTML, SITEMAP))):
            # What a crawler saved beside pages is scripts, their data and the like.
            yield PassedOver(resource.address, kind)
        elif kind == PDF and is_drawn_page(resource):
            yield PassedOver(resource.address, "pdf of a page in ALTO")
        elif kind not in PARSERS:
            raise ParseError(resource.address, refusal(kind))
        elif depth and kind not in _RECORDS and resource.is_in_memory:
            yield replace(resource, beside=None)
        else:
            known = fields
            if kind in _RECORDS:
                known = fields.extended(map_of_folder(resource.folder))
            for parsed in PARSERS[kind](resource, known):
                yield checked(parsed) if isinstance(parsed, Article) else parsed
    yield from found


def _kind_of(resource: Resource, depth: int) -> str:
    kind = kind_of(*read_head(resource), named=depth == 0)
    if kind == UNKNOWN_BINARY and resource.capture and resource.capture.is_page:
        # A page that is damaged, or in an encoding that is not known: its reader says so.
        return HTML
    return kind


def _members(
    resource: Resource, opener: Opener, fields: FieldMap, depth: int
) -> Iterator[Parsed | Part]:
    if depth == _DEEPEST:
        raise ParseError(
            resource.address, f"containers inside each other are opened {_DEEPEST} deep; unpack it"
        )
    for member in opener(resource):
        if isinstance(member, Resource):
            yield from _parts(member, fields, depth=depth + 1)
        else:
            yield member


@contextmanager
def _faults(name: str, found: list[ParseError]) -> Iterator[None]:
    """Collects what goes wrong with a resource or record as a whole."""
    try:
        yield
    except ParseError as error:
        found.append(error)
    except DamagedStreamError as error:
        found.append(ParseError(name, str(error)))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        found.append(ParseError(name, f"cannot be opened: {reason.lower()}", passing=True))
    except (KhobaoError, MemoryError):
        raise
    except RecursionError:
        found.append(ParseError(name, "it is nested too deeply to be an article"))
    except Exception as error:
        found.append(unforeseen(name, error))


def explain_file(
    path: Path, fields: FieldMap | None = None
) -> Iterator[tuple[Parsed, tuple[Seen, ...]]]:
    """`parse_file` with what spoke for each field of an article, as far as its format has a choice."""
    resource = Resource.of_file(path)
    try:
        kind = file_kind(path) if path.is_file() else ""
    except OSError:
        kind = ""
    if kind == TEXT:
        seen: tuple[Seen, ...] = ()
        with suppress(ParseError):
            seen = (encoding_seen(decoded(read_bytes(resource), str(path))),)
        yield from ((parsed, seen) for parsed in parse_file(path, fields))
        return
    if kind != HTML:
        yield from ((parsed, ()) for parsed in parse_file(path, fields))
        return
    try:
        reading = read_html(read_bytes(resource), str(path))
        yield checked(reading.article), reading.seen
    except ParseError as error:
        yield error, error.seen


def refusal(kind: str) -> str:
    """Why a file of a kind is not read, and what to do."""
    if kind == UNKNOWN_BINARY:
        return "this is a binary file, not text; convert it to text or HTML first"
    return f"this is a file of the kind {kind}, which is not read; convert it to text, HTML, JSON or CSV"
