"""Damage in what a database says of itself: a cache is made anew, and searches go on without it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from indexer.errors import ArchiveError
from indexer.manifest import Manifest
from indexer.meanings.vector_store import VectorStore
from indexer.pipeline import index_sources

COLUMNS = (b"origin", b"stamp", b"articles", b"path", b"line", b"reason", b"since", b"passing", b"version")  # fmt: skip


@pytest.mark.embedded
@pytest.mark.parametrize("column", COLUMNS)
def test_a_damaged_name_of_a_column_costs_a_reading_and_nothing_else(
    tmp_path: Path, column: bytes
) -> None:
    archive, sources = tmp_path / "a", tmp_path / "in"
    sources.mkdir()
    (sources / "a.txt").write_text("Lũ về\n\nNước dâng nhanh.\n", "utf-8")
    index_sources(archive, [sources], workers=0)
    file = archive / "files.sqlite"
    data = file.read_bytes()
    changed = bytes([column[0] ^ 1]) + column[1:]
    assert data.count(column)
    file.write_bytes(data.replace(column, changed))
    report = index_sources(archive, [sources], workers=0)
    assert (report.added, report.unchanged) == (0, 1)
    manifest = Manifest(archive)
    assert manifest.fault == ""
    assert len(manifest.load()) == 1
    manifest.close()


@pytest.mark.parametrize("old", [b"a model", b"model (name", b"vectors", b"CREATE TABLE graph"])
@pytest.mark.parametrize("is_reader", [True, False])
def test_a_damaged_text_in_the_vectors_is_one_line(
    tmp_path: Path, old: bytes, *, is_reader: bool
) -> None:
    """Searches go by words alone after such an error; any other would end them."""
    store = VectorStore(tmp_path, "a model")
    store.put([1], np.ones((1, 384), dtype=np.float32) / np.sqrt(np.float32(384)))
    store.close()
    data = store.path.read_bytes()
    assert old in data
    store.path.write_bytes(data.replace(old, b"\xac" + old[1:]))
    shutil.copy(store.path, tmp_path / "kept")
    try:
        again = VectorStore(tmp_path, "a model", is_reader=is_reader)
        again.table()
        again.close()
    except ArchiveError as error:
        assert "meanings.sqlite" in str(error)
        assert "\n" not in str(error)
