"""The formats that are read, and which of them a file is in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.boundary import checked
from indexer.parsing.encodings import decode
from indexer.parsing.html import parse_html
from indexer.parsing.json_lines import parse_json_file
from indexer.parsing.plain_text import parse_plain_text

MAX_ARTICLE_BYTES = 20 * 1024 * 1024
"""No single article is larger; a file of records, read line by line, may be."""
_HEAD_BYTES = 4096
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)", re.IGNORECASE
)
_JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})

Parsed = Article | ParseError
"""What one article or one record of a file turned into."""


@dataclass(frozen=True, slots=True)
class Format:
    """One layout of article files.

    Attributes:
        name: for people.
        matches: whether a file is in this format, from its suffix (with the dot, lower case) and
            its first 4 KB.
        parse: yields the articles of a file; a fault of one record is yielded, not raised, so that
            the records after it are read.
        records: whether a file holds any number of articles, one record each.
    """

    name: str
    matches: Callable[[str, bytes], bool]
    parse: Callable[[Path], Iterator[Parsed]]
    records: bool = False


def read_bytes(path: Path) -> bytes:
    """All bytes of a file that holds one article.

    Raises:
        ParseError: it is empty or larger than `MAX_ARTICLE_BYTES`.
    """
    size = path.stat().st_size
    if size > MAX_ARTICLE_BYTES:
        limit = MAX_ARTICLE_BYTES >> 20
        raise ParseError(
            str(path),
            f"{size / 2**20:.0f} MB is too large for one article (limit {limit} MB); split it",
        )
    data = path.read_bytes()
    if not data.strip():
        raise ParseError(str(path), "the file is empty")
    return data


def _is_json(suffix: str, head: bytes) -> bool:
    return suffix in _JSON_SUFFIXES or (
        suffix == "" and head.lstrip(b"\xef\xbb\xbf \n")[:2] == b'{"'
    )


def _is_html(suffix: str, head: bytes) -> bool:
    if suffix in _JSON_SUFFIXES:
        return False
    return suffix in _HTML_SUFFIXES or _HTML_START.match(head) is not None


def _parse_html_file(path: Path) -> Iterator[Parsed]:
    yield parse_html(read_bytes(path), str(path))


def _parse_text_file(path: Path) -> Iterator[Parsed]:
    yield parse_plain_text(decode(read_bytes(path), str(path)), str(path))


FORMATS: tuple[Format, ...] = (
    Format("HTML", _is_html, _parse_html_file),
    Format("JSON", _is_json, parse_json_file, records=True),
    Format("text", lambda suffix, _: suffix in (".txt", ".text", ""), _parse_text_file),
)
SUFFIXES = frozenset({".txt", ".text", *_JSON_SUFFIXES, *_HTML_SUFFIXES})
"""What a walk over a folder picks up; a file that the user names is read whatever its suffix."""


def _format_of(path: Path) -> Format:
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    suffix = path.suffix.lower()
    return next((one for one in FORMATS if one.matches(suffix, head)), FORMATS[-1])


def holds_records(path: Path) -> bool:
    """Whether a file is in a format of records; False when it cannot be opened."""
    try:
        return _format_of(path).records
    except OSError:
        return False


def parse_file(path: Path) -> Iterator[Parsed]:
    """The articles of one file, and a `ParseError` for each part of it that cannot be read.

    Never raises for what is wrong with the file itself, its content or its permissions.
    """
    name = str(path)
    try:
        if not path.is_file():
            raise ParseError(name, "no such file" if not path.exists() else "not a regular file")
        for parsed in _format_of(path).parse(path):
            yield parsed if isinstance(parsed, ParseError) else checked(parsed)
    except ParseError as error:
        yield error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        yield ParseError(name, f"cannot be opened: {reason.lower()}")
    except RecursionError:
        yield ParseError(name, "it is nested too deeply to be an article")
