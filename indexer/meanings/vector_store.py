"""Vectors of articles in a database beside the index, by what each article holds.

The key is the article's digest, so a vector stays of use through updates of other articles, merges,
repairs and moves of the archive, and is never taken for that of another text. The database is a cache:
what is lost of it `khobao meanings` makes again.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import databases
from indexer.errors import ArchiveError
from indexer.meanings.embedder import DIMENSIONS, Vectors
from indexer.meanings.vector_graph import GraphFile, VectorGraph
from indexer.meanings.vector_table import VectorTable, quantised

FILE = "meanings.sqlite"
_VERSION = 1


class VectorStore:
    """The vectors of an archive.

    Args:
        archive: its folder.
        model: of which the vectors are. Those of another are dropped; a reader finds none.
        is_reader: whether nothing is written, so that the folder may be read-only.

    Raises:
        ArchiveError: the database cannot be read or written, or a newer version wrote it.
    """

    def __init__(self, archive: Path, model: str, *, is_reader: bool = False) -> None:
        self.path = archive / FILE
        self._is_reader = is_reader
        with self._faults():
            self._database = (
                databases.reading(self.path, check_same_thread=False)
                if is_reader
                else databases.opened(self.path, "rwc", check_same_thread=False)
            )
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise ArchiveError(
                    f"{self.path}: a newer version of Kho Báo wrote it; use that version"
                )
            if not is_reader:
                self._prepare(model)
            self._is_of_model = self._model() == model

    def _model(self) -> str | None:
        found = self._database.execute("SELECT name FROM model").fetchone()
        return str(found[0]) if found else None

    def _prepare(self, model: str) -> None:
        database = self._database
        with database:
            database.execute("CREATE TABLE IF NOT EXISTS model (name TEXT NOT NULL)")
            database.execute(
                "CREATE TABLE IF NOT EXISTS vectors"
                " (number INTEGER PRIMARY KEY, key INTEGER UNIQUE NOT NULL, vector BLOB NOT NULL)"
            )
            database.execute(
                "CREATE TABLE IF NOT EXISTS graph"
                " (name TEXT NOT NULL, center BLOB NOT NULL, checksum INTEGER NOT NULL)"
            )
            if self._model() != model:
                database.execute("DELETE FROM model")
                database.execute("DELETE FROM vectors")
                database.execute("DELETE FROM graph")
                database.execute("INSERT INTO model VALUES (?)", (model,))
            database.execute(f"PRAGMA user_version = {_VERSION}")

    def put(self, keys: Sequence[int], vectors: Vectors) -> None:
        """Keep vectors; they are on the disk when this returns."""
        numbers, scales = quantised(vectors)
        rows = [
            (key, _sealed(scale.tobytes() + row.tobytes()))
            for key, row, scale in zip(keys, numbers, scales, strict=True)
        ]
        with self._faults(), self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows
            )

    def keys(self) -> set[int]:
        """The keys of the articles that have a vector."""
        with self._faults():
            return {key for (key,) in self._database.execute("SELECT key FROM vectors")}

    def drop(self, keys: Iterable[int]) -> None:
        """Forget vectors."""
        with self._faults(), self._database:
            self._database.executemany(
                "DELETE FROM vectors WHERE key = ?", ((key,) for key in keys)
            )

    def newest(self) -> tuple[int, int]:
        """Names the state of the store: the last number given, and how many vectors there are."""
        with self._faults():
            question = "SELECT COALESCE(MAX(number), 0), COUNT(*) FROM vectors"
            last, count = self._database.execute(question).fetchone()
            return (last, count) if self._is_of_model else (0, 0)

    def table(self) -> VectorTable:
        """All vectors in memory; damaged ones are left out, and made again by the next run."""
        keys: list[int] = []
        rows: list[bytes] = []
        damaged: list[int] = []
        with self._faults():
            for key, sealed in self._database.execute("SELECT key, vector FROM vectors"):
                row = _unsealed(sealed)
                if row is None:
                    damaged.append(key)
                else:
                    keys.append(key)
                    rows.append(row)
        if damaged and not self._is_reader:
            self.drop(damaged)
        whole = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, 4 + DIMENSIONS)
        numbers: NDArray[np.int8] = np.ascontiguousarray(whole[:, 4:]).view(np.int8)
        scales = np.ascontiguousarray(whole[:, :4]).view("<f4").reshape(-1)
        return VectorTable.of(np.array(keys, dtype=np.uint64), numbers, scales)

    def graph(self) -> GraphFile | None:
        """The file of the graph of the vectors; None where none was made."""
        with self._faults():
            question = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'graph'"
            if not self._database.execute(question).fetchone()[0]:
                return None
            question = "SELECT name, center, checksum FROM graph"
            found = self._database.execute(question).fetchone()
        if found is None or not self._is_of_model:
            return None
        name, center, checksum = found
        return GraphFile(name, np.frombuffer(center, dtype="<f4"), checksum)

    def keep_graph(self, graph: VectorGraph, former: GraphFile | None) -> None:
        """Write a graph beside the database in place of the former; readers change over by themselves."""
        number = int(former.name.split("-")[1].split(".")[0]) + 1 if former else 1
        folder = self.path.parent
        file = graph.save(folder, f"meanings-{number}.usearch")
        with self._faults(), self._database:
            self._database.execute("DELETE FROM graph")
            row = file.name, file.center.astype("<f4").tobytes(), file.checksum
            self._database.execute("INSERT INTO graph VALUES (?, ?, ?)", row)
        for other in folder.glob("meanings-*.usearch"):
            # Windows keeps what a reader has mapped; the next run removes it.
            with suppress(OSError):
                if other.name != file.name:
                    other.unlink()

    def close(self) -> None:
        """Release the database."""
        self._database.close()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError) as error:
            # A damaged page can hold values of any kind.
            raise ArchiveError(
                f"{self.path}: {error}; if it stays so, delete this file and run `khobao meanings`"
            ) from error


def has_vectors(archive: Path) -> bool:
    """Whether an archive's folder holds vectors."""
    return (archive / FILE).is_file()


def _sealed(row: bytes) -> bytes:
    return row + zlib.crc32(row).to_bytes(4, "little")


def _unsealed(sealed: bytes) -> bytes | None:
    """A row without its checksum; None where it is damaged."""
    row, checksum = sealed[:-4], sealed[-4:]
    is_whole = len(row) == 4 + DIMENSIONS and zlib.crc32(row).to_bytes(4, "little") == checksum
    return row if is_whole else None
