"""Which files were read and in which state: lets a run skip what has not changed.

Only a cache: without it every file is read again and the archive stays the same.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ArchiveError

_FILE = "files.sqlite"


@dataclass(frozen=True, slots=True)
class FileState:
    """A file that was read without a fault.

    Attributes:
        origin: its absolute path.
        stamp: what `stamp_of` gave when it was read.
        articles: how many articles of it were stored.
    """

    origin: str
    stamp: str
    articles: int


def stamp_of(status: os.stat_result) -> str:
    """Size and time of change of a file; another stamp means that it has to be read again."""
    return f"{status.st_size}:{status.st_mtime_ns}"


class Manifest:
    """The files of one archive, in a small SQLite database beside the index."""

    def __init__(self, archive: Path) -> None:
        path = archive / _FILE
        try:
            self._database = sqlite3.connect(path)
            with self._database:
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS files"
                    " (origin TEXT PRIMARY KEY, stamp TEXT NOT NULL, articles INTEGER NOT NULL)"
                )
        except sqlite3.Error as error:
            raise ArchiveError(f"{path}: {error}; delete this file and index again") from error

    def close(self) -> None:
        """Release the database."""
        self._database.close()

    def load(self) -> dict[str, FileState]:
        """All files by origin."""
        rows = self._database.execute("SELECT origin, stamp, articles FROM files")
        return {_decode(row[0]): FileState(_decode(row[0]), row[1], row[2]) for row in rows}

    def update(self, read: Iterable[FileState], forgotten: Iterable[str] = ()) -> None:
        """Note files that were read, after their articles were stored, and drop others."""
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
                [(_encode(state.origin), state.stamp, state.articles) for state in read],
            )
            self._database.executemany(
                "DELETE FROM files WHERE origin = ?", [(_encode(origin),) for origin in forgotten]
            )


def _encode(path: str) -> bytes:
    # Paths may hold bytes that are not UTF-8; SQLite text may not.
    return os.fsencode(path)


def _decode(path: bytes) -> str:
    return os.fsdecode(path)
