"""Vectors in memory and on the disk: nearest ones, other models, damage."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import ArchiveError
from indexer.meanings.embedder import DIMENSIONS, Vectors
from indexer.meanings.vector_store import FILE, VectorStore, has_vectors
from indexer.meanings.vector_table import VectorTable, key_of, quantised


def drawn(count: int, seed: int) -> Vectors:
    """Vectors that lie near some few, as those of articles on a few topics do."""
    chance = np.random.default_rng(seed)
    topics = chance.normal(size=(20, DIMENSIONS))
    found = topics[chance.integers(20, size=count)] + chance.normal(size=(count, DIMENSIONS))
    found += 2
    unit: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


def table_of(vectors: Vectors) -> VectorTable:
    numbers, scales = quantised(vectors)
    keys = np.arange(len(vectors), dtype=np.uint64) * np.uint64(7)
    return VectorTable.of(keys, numbers, scales)


@given(st.integers(1, 900), st.integers(1, 40), st.integers(0, 5))
def test_few_vectors_are_compared_exactly(count: int, most: int, seed: int) -> None:
    vectors, table = drawn(count, seed), table_of(drawn(count, seed))
    asked = drawn(1, seed + 100)[0]
    rows = np.flatnonzero(np.random.default_rng(seed).random(count) < 0.7)
    places, cosines = table.nearest(asked, rows, most)
    exact = vectors[rows] @ asked
    assert len(places) == min(most, len(rows))
    assert cosines == pytest.approx(exact[places], abs=0.01)
    assert list(cosines) == sorted(cosines, reverse=True)
    left = np.delete(exact, places)
    assert not len(left) or left.max() <= cosines[-1] + 0.02


def test_of_many_vectors_hardly_any_is_missed() -> None:
    vectors = drawn(20_000, 1)
    # More of the same topics, as the seed is the same.
    table, asked = table_of(vectors), drawn(30, 1)
    found = [set(table.nearest(one, np.arange(20_000), 10)[0].tolist()) for one in asked]
    exact = [set(np.argsort(-(vectors @ one))[:10].tolist()) for one in asked]
    shared = sum(len(one & other) for one, other in zip(found, exact, strict=True))
    assert shared >= 0.95 * 300


def test_rows_of_keys() -> None:
    table = table_of(drawn(50, 3))
    keys = np.array([0, 7, 8, 49 * 7, 50 * 7, 2**63 - 1], dtype=np.uint64)
    assert table.rows_of(keys).tolist() == [0, 1, -1, 49, -1, -1]
    empty = table_of(drawn(1, 3))
    assert empty.rows_of(np.zeros(0, np.uint64)).tolist() == []


def test_keys_fit_into_the_database() -> None:
    assert key_of("f" * 64) == 2**63 - 1
    assert key_of("0" * 64) == 0


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    store = VectorStore(tmp_path, "a")
    store.put([1, 2, 3], drawn(3, 1))
    return store


def test_vectors_are_kept(tmp_path: Path, store: VectorStore) -> None:
    store.close()
    assert has_vectors(tmp_path)
    again = VectorStore(tmp_path, "a")
    table = again.table()
    assert table.keys.tolist() == [1, 2, 3]
    back = table.numbers * table.scales[:, None]
    assert np.abs(back - drawn(3, 1)).max() < 0.002
    again.put([2], drawn(1, 9))
    again.drop([1])
    assert again.keys() == {2, 3}
    again.close()


def test_vectors_of_another_model_are_dropped(tmp_path: Path, store: VectorStore) -> None:
    store.close()
    other = VectorStore(tmp_path, "b")
    assert other.newest() == (0, 0)
    other.close()


def test_a_reader_writes_nothing(tmp_path: Path, store: VectorStore) -> None:
    store.close()
    before = (tmp_path / FILE).read_bytes()
    reader = VectorStore(tmp_path, "b", is_reader=True)
    assert reader.newest() == (0, 0)
    reader.close()
    reader = VectorStore(tmp_path, "a", is_reader=True)
    assert reader.newest() == (3, 3)
    assert reader.table().keys.tolist() == [1, 2, 3]
    reader.close()
    assert (tmp_path / FILE).read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_a_damaged_vector_is_left_out(tmp_path: Path, store: VectorStore) -> None:
    with sqlite3.connect(tmp_path / FILE) as database:
        (row,) = database.execute("SELECT vector FROM vectors WHERE key = 2").fetchone()
        turned = row[:50] + bytes([row[50] ^ 4]) + row[51:]
        database.execute("UPDATE vectors SET vector = ? WHERE key = 2", (turned,))
        database.execute("UPDATE vectors SET vector = x'00' WHERE key = 3")
    assert store.table().keys.tolist() == [1]
    assert store.keys() == {1}
    store.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"x" * 5000)
    with pytest.raises(
        ArchiveError, match="not a database; if it stays so, delete this file"
    ) as told:
        VectorStore(tmp_path, "a")
    assert "\n" not in str(told.value)


def test_a_file_of_a_newer_version(tmp_path: Path, store: VectorStore) -> None:
    store.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("PRAGMA user_version = 9")
    with pytest.raises(ArchiveError, match="a newer version of Kho Báo wrote it"):
        VectorStore(tmp_path, "a")


@given(st.integers(1, 300), st.integers(0, 5))
def test_likeness_is_the_cosine_of_what_is_left_without_the_mean(count: int, seed: int) -> None:
    vectors, table = drawn(count, seed), table_of(drawn(count, seed))
    rows = np.random.default_rng(seed).integers(-1, count, size=40)
    left = vectors - vectors.mean(axis=0)
    left /= np.maximum(np.linalg.norm(left, axis=1, keepdims=True), 1e-9)
    found = table.likeness(0, rows)
    assert np.isnan(found[rows < 0]).all()
    if count > 1:
        assert found[rows >= 0] == pytest.approx((left @ left[0])[rows[rows >= 0]], abs=0.05)
