"""The files that were read and their state then: a run skips files that have not changed.

Only a cache: without it every file is read again and the archive stays the same.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ArchiveError, os_error_line

MANIFEST = "files.sqlite"


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


def size_of_stamp(stamp: str) -> int:
    """The size in bytes that a stamp names; 0 for a file that could not be seen."""
    size = stamp.partition(":")[0]
    return int(size) if size.isdecimal() else 0


def manifest_fault(archive: Path) -> str:
    """One line on a manifest that is missing or empty beside an index; empty when it is there."""
    path = archive / MANIFEST
    if not path.exists():
        return f"{path}: the file is missing; the next run reads every file again"
    if not path.stat().st_size:
        return f"{path}: the file is empty; the next run reads every file again"
    return ""


class Manifest:
    """The files of one archive, in a small SQLite database beside the index.

    It is a cache: where it is lost or damaged an empty one takes its place, and every file is read
    again.

    Attributes:
        fault: one line on what was wrong with it; empty when all is well.

    Raises:
        ArchiveError: it cannot be read or written for another reason than damage.
    """

    def __init__(self, archive: Path, *, is_new: bool = False) -> None:
        self._path = archive / MANIFEST
        self.fault = ""
        if not is_new:
            self.fault = manifest_fault(archive)
        try:
            self._database = self._open()
            self._states = self._read()
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error
        except sqlite3.DatabaseError:
            self.fault = f"{self._path}: the file is damaged; the next run reads every file again"
            self._database.close()
            self._begin_anew()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path)
        self._database = database
        with database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS files"
                " (origin TEXT PRIMARY KEY, stamp TEXT NOT NULL, articles INTEGER NOT NULL)"
            )
        return database

    def _begin_anew(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
            self._path.with_name(f"{MANIFEST}-journal").unlink(missing_ok=True)
            self._database = self._open()
        except (OSError, sqlite3.Error) as error:
            raise self._failed(error) from error
        self._states = {}

    def _read(self) -> dict[str, FileState]:
        states = {}
        rows = self._database.execute("SELECT origin, stamp, articles FROM files")
        for origin, stamp, articles in rows:
            # A damaged page can hold values of any type.
            if not (isinstance(stamp, str) and isinstance(articles, int)):
                raise sqlite3.DatabaseError
            path = _decode(origin)
            states[path] = FileState(path, stamp, articles)
        return states

    def _failed(self, error: Exception) -> ArchiveError:
        reason = os_error_line(error, self._path) if isinstance(error, OSError) else ""
        return ArchiveError(
            reason
            or f"{self._path}: cannot be read or written: {error}; see that the disk is not full and"
            " that you may write there"
        )

    def close(self) -> None:
        """Release the database."""
        self._database.close()

    def load(self) -> dict[str, FileState]:
        """All files by origin, as the run found them."""
        return self._states

    def update(self, read: Iterable[FileState], forgotten: Iterable[str] = ()) -> None:
        """Note files that were read, after their articles were stored, and drop others.

        Raises:
            ArchiveError: the database cannot be written; the index is as it was committed.
        """
        try:
            with self._database:
                self._database.executemany(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
                    [(_encode(state.origin), state.stamp, state.articles) for state in read],
                )
                self._database.executemany(
                    "DELETE FROM files WHERE origin = ?",
                    [(_encode(origin),) for origin in forgotten],
                )
        except sqlite3.Error as error:
            raise self._failed(error) from error


def _encode(path: str) -> bytes:
    # Paths may hold bytes that are not UTF-8; SQLite text may not.
    return os.fsencode(path)


def _decode(path: object) -> str:
    if not isinstance(path, bytes):
        raise sqlite3.DatabaseError
    return os.fsdecode(path)
