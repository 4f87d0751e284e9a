"""The formats that are read, and which of them a file is in."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.boundary import checked
from indexer.parsing.encodings import decode, decoded
from indexer.parsing.evidence import Seen
from indexer.parsing.html import encoding_seen, parse_html, read_html
from indexer.parsing.kinds import CSV, HTML, JSON, TEXT, UNKNOWN_BINARY, kind_of
from indexer.parsing.opening import read_bytes, read_head
from indexer.parsing.plain_text import parse_plain_text
from indexer.parsing.records.mapping import FieldMap, map_of_folder
from indexer.parsing.records.reader import UnreadKeys, read_json, read_table

Parsed = Article | ParseError | UnreadKeys
"""An article, a fault, or, at the end of a file, the keys of its records that are in no article."""

Parser = Callable[[Path, FieldMap], Iterator[Parsed]]
"""Yields the articles of a file; a fault of one record is yielded, not raised, so that the records after
it are read."""


def _parse_html_file(path: Path, _: FieldMap) -> Iterator[Parsed]:
    yield parse_html(read_bytes(path), str(path))


def _parse_text_file(path: Path, _: FieldMap) -> Iterator[Parsed]:
    yield parse_plain_text(decode(read_bytes(path), str(path)), str(path))


PARSERS: dict[str, Parser] = {
    HTML: _parse_html_file,
    JSON: read_json,
    CSV: read_table,
    TEXT: _parse_text_file,
}
"""By kind of file; a file of another kind is not read."""
_RECORDS = frozenset({JSON, CSV})
"""Kinds of files that hold any number of articles, one in each record."""


def file_kind(path: Path, *, named: bool = True) -> str:
    """The kind of a file (`kind_of`).

    Raises:
        OSError: it cannot be opened.
    """
    head, suffix = read_head(path)
    return kind_of(head, suffix, named=named)


def is_read(kind: str) -> bool:
    """Whether files of a kind are read for articles."""
    return kind in PARSERS


def holds_records(path: Path) -> bool:
    """Whether a file is of a kind that holds records; False when it cannot be opened."""
    try:
        return file_kind(path) in _RECORDS
    except OSError:
        return False


def parse_file(path: Path, fields: FieldMap | None = None) -> Iterator[Parsed]:
    """The articles of one file, and a `ParseError` for each part of it that cannot be read.

    Never raises for what is wrong with the file itself, its content or its permissions.

    Args:
        fields: which keys of records are which fields, before what a file beside them says.

    Raises:
        SourceError: that file cannot be read.
    """
    name = str(path)
    try:
        if not path.is_file():
            raise ParseError(name, "not a regular file" if path.exists() else "no such file")
        kind = file_kind(path)
        if kind not in PARSERS:
            raise ParseError(name, refusal(kind))
        known = fields or FieldMap()
        if kind in _RECORDS:
            known = known.extended(map_of_folder(path.parent))
        for parsed in PARSERS[kind](path, known):
            yield checked(parsed) if isinstance(parsed, Article) else parsed
    except ParseError as error:
        yield error
    except gzip.BadGzipFile as error:
        yield ParseError(name, f"its compressed data is damaged: {error}".lower())
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        yield ParseError(name, f"cannot be opened: {reason.lower()}")
    except RecursionError:
        yield ParseError(name, "it is nested too deeply to be an article")


def explain_file(
    path: Path, fields: FieldMap | None = None
) -> Iterator[tuple[Parsed, tuple[Seen, ...]]]:
    """`parse_file` with what spoke for each field of an article, as far as its format has a choice."""
    try:
        kind = file_kind(path) if path.is_file() else ""
    except OSError:
        kind = ""
    if kind == TEXT:
        seen: tuple[Seen, ...] = ()
        with suppress(ParseError):
            seen = (encoding_seen(decoded(read_bytes(path), str(path))),)
        yield from ((parsed, seen) for parsed in parse_file(path, fields))
        return
    if kind != HTML:
        yield from ((parsed, ()) for parsed in parse_file(path, fields))
        return
    try:
        reading = read_html(read_bytes(path), str(path))
        yield checked(reading.article), reading.seen
    except ParseError as error:
        yield error, error.seen


def refusal(kind: str) -> str:
    """Why a file of a kind is not read, and what to do."""
    if kind == UNKNOWN_BINARY:
        return "this is a binary file, not text; convert it to text or HTML first"
    return f"this is a file of the kind {kind}, which is not read; convert it to text, HTML, JSON or CSV"
