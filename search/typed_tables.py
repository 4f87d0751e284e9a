"""Tables that people hand in, as a spreadsheet or a person writes them: CSV with commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from indexer.errors import KhobaoError

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class TableError(KhobaoError):
    """A table cannot be read.

    Attributes:
        line: at fault, counted from 1.
        fault: what is wrong with it.
    """

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(f"line {line}: {fault}")
        self.line = line
        self.fault = fault


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A table, and its text.

    Attributes:
        rows: the number of the last line of each row, and its cells as they are.
    """

    text: str
    rows: tuple[tuple[int, list[str]], ...]


def read_table(data: bytes) -> TypedTable:
    """The rows of a table in UTF-8, or in UTF-16 with its mark.

    Raises:
        TableError: it is no text, or no table.
    """
    try:
        text = data.decode("utf-16" if data[:2] in _UTF16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(1, "it is not text in UTF-8") from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        return TypedTable(text, tuple((reader.line_num, row) for row in reader))
    except csv.Error as error:
        raise TableError(max(1, reader.line_num), str(error)) from error
