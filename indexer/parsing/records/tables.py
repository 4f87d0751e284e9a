"""CSV and TSV: one article in each row; columns are named by a header or recognised by their content."""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Iterator
from itertools import chain

from indexer.errors import ParseError
from indexer.parsing.bylines import is_name
from indexer.parsing.dates import parse_moment
from indexer.parsing.records.json_stream import MAX_RECORD_BYTES, Found
from indexer.parsing.records.mapping import IGNORED, FieldMap, aliases, key_name
from indexer.parsing.resource import Resource
from indexer.parsing.text_blocks import text_blocks

_DELIMITERS = ",\t;|"
UNKNOWN_COLUMNS = (
    "its columns are not known; give it a first line with their names, such as title,body,date"
)
SAMPLE = 40
"""Rows that are looked at to tell what the columns of a table without a header are."""


def table_rows(resource: Resource, fields: FieldMap) -> Iterator[Found | ParseError]:
    """The rows of a table as objects, by the names of their columns.

    Raises:
        ParseError: the file is empty, too large, or its columns cannot be told.
    """
    blocks = text_blocks(resource)
    text = next(blocks).replace("\0", "")
    if not text.strip():
        raise ParseError(resource.address, "the file is empty")
    csv.field_size_limit(MAX_RECORD_BYTES)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        first = [row for row, _ in zip(reader, range(SAMPLE), strict=False)]
    except csv.Error as error:
        raise ParseError(
            resource.address, f"not a table of values ({error})", line=reader.line_num
        ) from error
    names, has_header = columns(first, fields)
    if not names:
        raise ParseError(resource.address, UNKNOWN_COLUMNS)
    reader = csv.reader(_Lines(chain([text], blocks)), delimiter=delimiter)
    yield from named_rows(reader, names, resource.address, skip=has_header)


class _Lines:
    """The lines of a text in blocks; raises csv.Error for one that is too long, and goes on behind it."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._lines: Iterator[str] = iter(())
        self._begun = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        too_long = False
        while True:
            line = next(self._lines, None)
            if line is None:
                block = next(self._blocks, None)
                if block is None:
                    break
                self._lines = io.StringIO(block.replace("\0", ""), newline="")
                continue
            self._begun += line
            if len(self._begun) > MAX_RECORD_BYTES:
                too_long, self._begun = True, ""
            if line.endswith("\n"):
                break
        found, self._begun = self._begun, ""
        if too_long:
            raise csv.Error(f"a line is longer than {MAX_RECORD_BYTES >> 20} MB")
        if not found:
            raise StopIteration
        return found


def columns(rows: list[list[str]], fields: FieldMap) -> tuple[list[str], bool]:
    """The names of a table's columns by its first rows, and whether the first row gives them.

    Without any name the columns are not known; one column may have none.
    """
    header = _header(rows, fields)
    return (header, True) if header else (_guessed(rows), False)


def named_rows(
    reader: Iterator[list[str]], names: list[str], path: str, *, skip: bool
) -> Iterator[Found | ParseError]:
    """The rows of a table as objects, and a fault for each that is none.

    Args:
        skip: whether the first row is the header.
    """
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield ParseError(path, f"not a row of the table ({error})", line=line)
            line += 1
            continue
        if row is None:
            return
        begin, line = line, getattr(reader, "line_num", line) + 1
        if skip or not any(cell.strip() for cell in row):
            skip = False
            continue
        if [key_name(cell) for cell in row if cell] == [key_name(name) for name in names if name]:
            continue  # The header again, where tables were put together.
        row = _realigned(row, names)
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            reason = (
                f"the row has {len(row)} values for {len(names)} columns; quote those with commas"
            )
            yield ParseError(path, reason, line=begin)
        yield Found(begin, {name: cell for name, cell in zip(names, row, strict=False) if name})


def _realigned(row: list[str], names: list[str]) -> list[str]:
    """A row that a comma inside a text has made too long, put right by where its address stands."""
    extra = len(row) - len(names)
    keys = aliases()["url"]
    at = next((at for at, name in enumerate(names) if key_name(name) in keys), 0)
    if extra <= 0 or not at:
        return row
    if row[at].startswith(("http://", "https://")):
        # What comes before is in its place: the comma is in the last column, between two names.
        last = len(names) - 1
        return [*row[:last], ",".join(row[last:])] if at < last else row
    if not row[at + extra].startswith(("http://", "https://")):
        return row
    return [*row[: at - 1], ",".join(row[at - 1 : at + extra]), *row[at + extra :]]


def _delimiter(text: str) -> str:
    """What parts the columns: of the usual characters the one that makes the same of most lines."""
    sample = text[:65536]
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            rows = [
                row
                for row, _ in zip(
                    csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter),
                    range(SAMPLE),
                    strict=False,
                )
            ]
        except csv.Error:
            continue
        widths = [len(row) for row in rows[:-1] or rows if row]
        usual = statistics.mode(widths) if widths else 1
        weight = (usual - 1) * sum(width == usual for width in widths) / max(1, len(widths)) ** 0.5
        if (
            usual > 1
            and widths.count(usual) > 0.6 * len(widths)
            and (most == 0 or weight > 1.2 * most)
        ):
            best, most = delimiter, weight
    return best


def _header(rows: list[list[str]], fields: FieldMap) -> list[str] | None:
    """The names of the columns where the first row is one of names."""
    if not rows:
        return None
    known = {key for names in aliases().values() for key in names} | {
        key for _, key in fields.pairs
    }
    cells = [cell.strip() for cell in rows[0]]
    named = sum(key_name(cell) in known for cell in cells if cell)
    short = all(len(cell) <= 40 for cell in cells)
    if short and named >= 1 and 2 * named >= sum(bool(cell) for cell in cells) - 2:
        return [cell if not cell.lower().startswith("unnamed:") else "" for cell in cells]
    return None


def _guessed(rows: list[list[str]]) -> list[str]:
    """The fields of columns without names, recognised by their content; empty where none holds headlines."""
    width = statistics.mode(len(row) for row in rows) if rows else 0
    columns = [
        [row[at] for row in rows if len(row) == width and row[at].strip()] for at in range(width)
    ]
    names = [""] * width
    for at, cells in enumerate(columns):
        if not cells:
            continue
        if (
            _most(cells, lambda cell: cell.startswith(("http://", "https://")))
            and "url" not in names
        ):
            names[at] = "url"
        elif (
            _most(cells, lambda cell: len(cell) < 60 and parse_moment(cell) is not None)
            and "published" not in names
        ):
            names[at] = "published"
    lengths = [statistics.median(map(len, cells)) if cells else 0 for cells in columns]
    texts = [at for at in range(width) if not names[at]]
    title = next((at for at in texts if 15 <= lengths[at] <= 200), None)
    if title is None:
        return []
    names[title] = "title"
    rest = [at for at in texts if at != title]
    body = max((at for at in rest if lengths[at] > 400), key=lambda at: lengths[at], default=None)
    if body is not None:
        names[body] = "body"
    lead = next((at for at in rest if not names[at] and 50 <= lengths[at] <= 800), None)
    if lead is not None:
        names[lead] = "lead"
    author = next(
        (
            at
            for at in rest
            if not names[at]
            and at > title
            and _most(columns[at], lambda cell: is_name(cell, shortest=1))
        ),
        None,
    )
    if author is not None:
        names[author] = "author"
    for at in range(width):
        if not names[at]:
            # A number of the row is nothing to map; a long text is named when it is not read.
            numbers = _most(columns[at], lambda cell: cell.strip().isdecimal()) or not columns[at]
            names[at] = IGNORED if numbers else f"column {at + 1}"
    return [name if name != IGNORED else "" for name in names]


def _most(cells: list[str], test: object) -> bool:
    """Whether most of some cells pass a test."""
    return (
        callable(test)
        and bool(cells)
        and sum(bool(test(cell.strip())) for cell in cells) >= 0.7 * len(cells)
    )
