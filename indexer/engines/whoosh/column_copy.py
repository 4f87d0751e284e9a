"""Rows of a column taken over by another segment, many at once: Whoosh's own way reads and adds each."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.columns import VarBytesColumn

Rows = NDArray[np.int64]
_PIECE = 1 << 22
"""Bytes that are held at a time."""


def copy_rows(reader: Any, writer: Any, rows: Rows, start: int) -> None:
    """Append rows of a column to a column of the same kind.

    Args:
        reader: Whoosh's, of byte strings of any or of one length, or of numbers.
        rows: that are copied, ascending.
        start: the row that the first of them becomes; the rows before it that the writer lacks are empty.

    Raises:
        DamageError: the column is damaged.
    """
    if isinstance(reader, VarBytesColumn.Reader):
        _copy_strings(reader, writer, rows, start)
    else:
        _copy_fixed(reader, writer, rows, start)


def _copy_strings(reader: Any, writer: Any, rows: Rows, start: int) -> None:
    lengths = np.array(reader._lengths, dtype=np.int64)
    ends = np.cumsum(lengths)
    begins = ends - lengths
    writer.fill(start)
    for first, past in _runs(rows):
        base = writer._offset_base - int(begins[first])
        _copy_bytes(reader, writer, int(begins[first]), int(ends[past - 1]))
        _extend(writer._lengths, lengths[first:past])
        _extend(writer._offsets, begins[first:past] + base)
        writer._offset_base = base + int(ends[past - 1])
    writer._count = start + len(rows)


def _copy_fixed(reader: Any, writer: Any, rows: Rows, start: int) -> None:
    # Those behind the last that is not the default are not stored.
    rows, size = rows[rows < reader._count], reader._fixedlen
    row = start
    for first, past in _runs(rows):
        writer.fill(row)
        _copy_bytes(reader, writer, first * size, past * size)
        row += past - first
        writer._count = row


def _runs(rows: Rows) -> Iterator[tuple[int, int]]:
    """Rows that follow each other, as their first and the row behind their last."""
    if len(rows):
        breaks = np.flatnonzero(rows[1:] != rows[:-1] + 1) + 1
        for run in np.split(rows, breaks):
            yield int(run[0]), int(run[-1]) + 1


def _copy_bytes(reader: Any, writer: Any, begin: int, end: int) -> None:
    for at in range(begin, end, _PIECE):
        writer._dbfile.write(reader._dbfile.get(reader._basepos + at, min(_PIECE, end - at)))


def _extend(numbers: Any, values: Rows) -> None:
    """Add to one of Whoosh's arrays, whose items grow with the numbers in them."""
    if len(values):
        # It looks at one number at a time, for which the highest is enough.
        numbers.append(int(values.max()))
        numbers.array.pop()
        numbers.array.extend(array(numbers.typecode, values.tolist()))
