"""JSON values from files of any layout: a value in each line, a single value, arrays, arrays after arrays."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from indexer.errors import ParseError
from indexer.parsing.encodings import declared_by_mark, decode_raw
from indexer.parsing.opening import open_stream, read_head
from indexer.parsing.resource import Resource
from indexer.parsing.text_blocks import text_blocks

MAX_RECORD_BYTES = 20 * 1024 * 1024
_GAP = re.compile(r"[\s,\[\]\ufeff\x1e;]*")
"""What may stand between values, the brackets of arrays around them among it."""
_NEXT = re.compile(r"(?<=[}\]])\s*,?\s*(?=\{)|\n\s*(?=[\[{])")
"""Where reading goes on behind a fault."""
_MOST_FAULTS = 1000
_NEAR_END = 64
"""Characters at the end of a block in which a fault may be that the next block is missing."""
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
    blocks = text_blocks(resource)
    try:
        first = next(blocks)
    except ParseError:
        # A line that is no text costs the lines after it nothing.
        yield from _lines(resource, head)
        return
    yield from _values_in(chain([first], blocks), resource.address)


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
                    yield number, _text_of(line, resource.address)
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


def _text_of(line: bytes, path: str) -> str:
    """The text of a line; raises ParseError."""
    if line.isascii() and b"\\u1e" in line.lower():
        # Its letters are escaped: there is no encoding to be told.
        return line.decode("ascii")
    return decode_raw(line, path)


def values_of(text: str, path: str) -> Iterator[Found | ParseError]:
    """The values that stand one after the other in a text, the elements of arrays one by one.

    A string that holds JSON is read as what it holds.
    """
    return _values_in(iter([text]), path)


def _values_in(
    blocks: Iterator[str], path: str, *, inside: bool = False
) -> Iterator[Found | ParseError]:
    """`values_of` for the blocks of a text, of which only as much is held as a value needs."""
    ahead = _Ahead(blocks)
    unclosed = faults = 0
    while True:
        unclosed += ahead.pass_gap()
        if ahead.is_over:
            break
        try:
            value, end = _decoder.raw_decode(ahead.text, ahead.at)
        except (ValueError, RecursionError) as error:
            if ahead.may_be_cut(error) and ahead.grow():
                continue
            fault = ahead.fault(path, error)
            # A bomb is told as such, and not as a value that has no end.
            unclosed -= ahead.pass_fault()
            yield fault
            faults += 1
            if faults == _MOST_FAULTS:
                reason = f"{faults} faults one after the other: from here on it is not read"
                yield ParseError(path, reason, line=fault.line)
                return
            continue
        is_near_end = len(ahead.text) - end < _NEAR_END
        if is_near_end and isinstance(value, int | float) and ahead.grow():
            continue
        faults, line = 0, ahead.line
        ahead.go_to(end)
        if isinstance(value, str) and not inside and value.lstrip()[:1] in ("{", "["):
            yield from _values_in(iter([value]), path, inside=True)
        else:
            yield Found(line, value)
    if unclosed > 0:
        yield ParseError(path, "the list is not closed; the file may be cut off", line=ahead.line)


class _Ahead:
    """The part of a text that is read next.

    Attributes:
        text: what is held of it.
        at: the place in it.
        line: that the place is in, counted from 1.
    """

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self.text = ""
        self.at = 0
        self.line = 1

    @property
    def is_over(self) -> bool:
        """Whether nothing is held behind the place."""
        return self.at >= len(self.text)

    def grow(self) -> bool:
        """Take one more block, and drop what is behind; whether there was one."""
        block = next(self._blocks, None)
        if block is None:
            return False
        self.text = self.text[self.at :] + block
        self.at = 0
        return True

    def go_to(self, end: int) -> None:
        """Go on to a later place."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def pass_gap(self) -> int:
        """Go on to the next value; returns how many more brackets are opened than closed before it."""
        opened = 0
        while True:
            gap = _gap_end(self.text, self.at)
            opened += self.text.count("[", self.at, gap) - self.text.count("]", self.at, gap)
            self.go_to(gap)
            if not self.is_over or not self.grow():
                return opened

    def may_be_cut(self, error: Exception) -> bool:
        """Whether a value may be no JSON only because its end is not held yet."""
        return self._is_open(error) and len(self.text) - self.at <= MAX_RECORD_BYTES

    def _is_open(self, error: Exception) -> bool:
        """Whether a value is no JSON because the text ends in it."""
        return isinstance(error, json.JSONDecodeError) and (
            error.pos >= len(self.text) - _NEAR_END or error.msg.startswith("Unterminated string")
        )

    def fault(self, path: str, error: Exception) -> ParseError:
        """What is wrong with the value at the place."""
        if not self._is_open(error) or len(self.text) - self.at <= MAX_RECORD_BYTES:
            return _fault(path, self.line, error)
        limit = MAX_RECORD_BYTES >> 20
        return ParseError(path, f"a value is not closed within {limit} MB", line=self.line)

    def _next_value(self, start: int) -> re.Match[str] | None:
        # Looking for a bracket first is fast in a value that is too long.
        is_there = any(self.text.find(sign, start) >= 0 for sign in "{[")
        return _NEXT.search(self.text, start) if is_there else None

    def pass_fault(self) -> int:
        """Go on to where the next value may begin; returns how many brackets close at the end before."""
        start = self.at + 1
        while (following := self._next_value(start)) is None:
            self.go_to(max(self.at, len(self.text) - _NEAR_END))
            start = self.at
            if not self.grow():
                self.go_to(len(self.text))
                return self.text.count("]", len(self.text.rstrip("] \t\r\n")))
            start = 0
        self.go_to(following.end())
        return 0


def _gap_end(text: str, at: int) -> int:
    match = _GAP.match(text, at)
    return match.end() if match else at
