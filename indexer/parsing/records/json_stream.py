"""JSON values from files of any layout: a value in each line, a single value, arrays, arrays after arrays."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.errors import ParseError
from indexer.parsing.encodings import declared_by_mark, decode, decode_raw
from indexer.parsing.opening import open_stream, read_head
from indexer.parsing.resource import Resource

MAX_RECORD_BYTES = 20 * 1024 * 1024
MAX_WHOLE_BYTES = 512 * 1024 * 1024
"""A file of one value, rather than of one a line, has to fit into memory."""
_GAP = re.compile(r"[\s,\[\]\ufeff\x1e;]*")
"""What may stand between values, the brackets of arrays around them among it."""
_NEXT = re.compile(r"(?<=[}\]])\s*,?\s*(?=\{)|\n\s*(?=[\[{])")
"""Where reading goes on behind a fault."""
_MOST_FAULTS = 1000
_decoder = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and the line that it begins in, counted from 1."""

    line: int
    value: Any


def json_values(resource: Resource) -> Iterator[Found | ParseError]:
    """The values of a file, and a fault for each part that is no JSON.

    Raises:
        ParseError: the file is empty, or too large for its layout.
    """
    head, _ = read_head(resource)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise ParseError(resource.address, "the file is empty")
    if start[:1] == b"{" and _is_a_line_each(resource, head):
        yield from _lines(resource, head)
        return
    with open_stream(resource) as stream:
        data = stream.read(MAX_WHOLE_BYTES + 1)
    if len(data) > MAX_WHOLE_BYTES:
        limit = MAX_WHOLE_BYTES >> 20
        raise ParseError(
            resource.address, f"it is larger than {limit} MB and not one object a line; split it"
        )
    try:
        text = decode_raw(data, resource.address)
    except ParseError:
        # A line that is no text costs the lines after it nothing.
        yield from _lines(resource, head)
        return
    yield from values_of(text, resource.address)


def _is_a_line_each(resource: Resource, head: bytes) -> bool:
    """Whether the first line of a file is a value as a whole, or is broken as a line rather than wrapped."""
    with open_stream(resource) as stream:
        if declared_by_mark(head):
            return b"\n" in head
        line = stream.readline(MAX_RECORD_BYTES + 1)
        while line and not line.strip(b"\xef\xbb\xbf \t\r\n"):
            line = stream.readline(MAX_RECORD_BYTES + 1)
        following = stream.readline(1 << 16)
    try:
        json.loads(_value(line.decode("utf-8-sig", "replace")), strict=False)
    except (ValueError, RecursionError):
        return following.lstrip()[:1] == b"{"
    return True


def _lines(resource: Resource, head: bytes) -> Iterator[Found | ParseError]:
    for number, line in _numbered(resource, head):
        if isinstance(line, ParseError):
            yield line
        elif line.strip():
            try:
                yield Found(number, json.loads(_value(line), strict=False))
            except (ValueError, RecursionError) as error:
                yield _fault(resource.address, number, error)


def _value(line: str) -> str:
    """A line without the comma that parts it from the next one."""
    return line.strip().removesuffix(",")


def _fault(path: str, line: int, error: Exception) -> ParseError:
    fault = str(getattr(error, "msg", error)).removesuffix(" at")
    return ParseError(path, f"not valid JSON ({fault}); each line is one object", line=line)


def _numbered(resource: Resource, head: bytes) -> Iterator[tuple[int, str | ParseError]]:
    """Numbered lines of a file of any size."""
    encoding = declared_by_mark(head)
    if encoding:
        with open_stream(resource) as raw:
            yield from enumerate(codecs.getreader(encoding)(raw, "replace"), 1)
        return
    with open_stream(resource) as stream:
        number = 0
        while line := stream.readline(MAX_RECORD_BYTES + 1):
            number += 1
            if len(line) <= MAX_RECORD_BYTES:
                try:
                    yield number, decode(line, resource.address)
                except ParseError as error:
                    yield number, ParseError(error.path, error.reason, line=number)
                continue
            limit = MAX_RECORD_BYTES >> 20
            yield (
                number,
                ParseError(resource.address, f"the line is longer than {limit} MB", line=number),
            )
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_RECORD_BYTES)


def values_of(text: str, path: str, *, inside: bool = False) -> Iterator[Found | ParseError]:
    """The values that stand one after the other in a text, the elements of arrays one by one.

    A string that holds JSON is read as what it holds.
    """
    at = _gap_end(text, 0)
    line = 1 + text.count("\n", 0, at)
    unclosed = _opened(text, 0, at)
    faults = 0
    while at < len(text):
        try:
            value, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield _fault(path, line, error)
            faults += 1
            if faults == _MOST_FAULTS:
                reason = f"{faults} faults one after the other: from here on it is not read"
                yield ParseError(path, reason, line=line)
                return
            following = _NEXT.search(text, at + 1)
            end = following.end() if following else len(text)
        else:
            faults = 0
            if isinstance(value, str) and not inside and value.lstrip()[:1] in ("{", "["):
                yield from values_of(value, path, inside=True)
            else:
                yield Found(line, value)
        gap = _gap_end(text, end)
        line += text.count("\n", at, gap)
        unclosed += _opened(text, end, gap)
        at = max(gap, at + 1)
    if unclosed > 0:
        yield ParseError(path, "the list is not closed; the file may be cut off", line=line)


def _gap_end(text: str, at: int) -> int:
    match = _GAP.match(text, at)
    return match.end() if match else at


def _opened(text: str, start: int, end: int) -> int:
    """How many more brackets are opened than closed between two values."""
    return text.count("[", start, end) - text.count("]", start, end)
