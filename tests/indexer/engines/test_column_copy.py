"""Rows of columns copied many at once are those that Whoosh copies one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.columns import FixedBytesColumn, NumericColumn, VarBytesColumn
from whoosh.filedb.filestore import RamStorage

from indexer.engines.whoosh import column_copy
from indexer.engines.whoosh.column_copy import copy_rows

Values = dict[int, Any]
"""Row -> value, of the rows that have any."""

KINDS = {
    "strings": (VarBytesColumn(), st.sampled_from([b"", b"a", b"\x00bc", b"d" * 300, b"e" * 70_000])),
    "fixed": (FixedBytesColumn(3), st.binary(min_size=3, max_size=3)),
    "numbers": (NumericColumn("q", default=-7), st.integers(-9, 9)),
}  # fmt: skip


def stored(storage: Any, column: Any, name: str, values: Values, count: int) -> Any:
    with storage.create_file(name) as file:
        writer = column.writer(file)
        for row in sorted(values):
            writer.add(row, values[row])
        writer.finish(count)
    return reader_of(storage, column, name, count)


def reader_of(storage: Any, column: Any, name: str, count: int) -> Any:
    return column.reader(storage.open_file(name), 0, storage.file_length(name), count)


@pytest.mark.embedded
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_rows_are_the_same(kind: str, data: st.DataObject) -> None:
    column, value = KINDS[kind]
    rows = st.sets(st.integers(0, 11))
    storage = RamStorage()
    sources = []
    for name in ("first", "second"):
        values = {row: data.draw(value) for row in data.draw(rows)}
        kept = sorted(data.draw(rows))
        sources.append((stored(storage, column, name, values, 12), kept))
    begin = data.draw(st.integers(0, 2))
    expected: list[Any] = [column.default_value()] * begin
    with storage.create_file("all") as file:
        writer = column.writer(file)
        for reader, kept in sources:
            copy_rows(reader, writer, np.array(kept, dtype=np.int64), len(expected))
            expected += [reader[row] for row in kept]
        added = data.draw(value)
        writer.add(len(expected), added)
        expected.append(added)
        count = len(expected) + data.draw(st.integers(0, 2))
        expected += [column.default_value()] * (count - len(expected))
        writer.finish(count)
    found = reader_of(storage, column, "all", count)
    assert [found[row] for row in range(count)] == expected


@pytest.mark.embedded
def test_long_columns_are_copied_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_copy, "_PIECE", 5)
    column, storage = VarBytesColumn(), RamStorage()
    values = {row: bytes([row]) * row for row in range(20)}
    reader = stored(storage, column, "one", values, 20)
    with storage.create_file("all") as file:
        writer = column.writer(file)
        copy_rows(reader, writer, np.arange(3, 20), 0)
        writer.finish(17)
    found = reader_of(storage, column, "all", 17)
    assert [found[row] for row in range(17)] == [values[row] for row in range(3, 20)]
