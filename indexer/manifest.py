"""The files that were read and their state then: a run skips files that have not changed.

Only a cache: without it every file is read again and the archive stays the same.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from indexer.errors import ArchiveError, ParseError, os_error_line
from indexer.listed_table import ListedTable
from indexer.parsing import Listed

MANIFEST = "files.sqlite"


VERSION = version("khobao")
"""What another version could not read, this one may be able to."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a part of one, that could not be read.

    Attributes:
        path: the file, or the member of a container, as the user named it.
        line: of a record, where it is known.
        reason: one line: what is wrong and what to do.
        since: when a run met it first, UTC.
        passing: whether it may be gone at the next try, though the file stays as it is.
        version: of Kho Báo that met it.
    """

    path: str
    line: int | None
    reason: str
    since: datetime
    passing: bool = False
    version: str = VERSION

    def __str__(self) -> str:
        """One line for the user."""
        return str(ParseError(self.path, self.reason, line=self.line))


@dataclass(frozen=True, slots=True)
class FileState:
    """A file that was read without a fault.

    Attributes:
        origin: its absolute path.
        stamp: what `stamp_of` gave when it was read.
        articles: how many articles of it were stored.
        failures: what could not be read of it.
    """

    origin: str
    stamp: str
    articles: int
    failures: tuple[Failure, ...] = ()

    @property
    def is_tried_again(self) -> bool:
        """Whether something may be read at the next run, though the file stays as it is."""
        return any(one.passing or one.version != VERSION for one in self.failures)


def stamp_of(status: os.stat_result) -> str:
    """Size and time of change of a file; another stamp means that it has to be read again."""
    return f"{status.st_size}:{status.st_mtime_ns}"


def size_of_stamp(stamp: str) -> int:
    """The size in bytes that a stamp names; 0 for a file that could not be seen."""
    size = stamp.partition(":")[0]
    return int(size) if size.isdecimal() else 0


def kept_failures(archive: Path) -> list[Failure]:
    """What could not be read of an archive's sources, in the order of the files.

    Raises:
        ArchiveError: the list of files cannot be read.
    """
    manifest = Manifest(archive)
    try:
        if manifest.fault:
            raise ArchiveError(manifest.fault)
        states = sorted(manifest.load().values(), key=lambda state: state.origin)
        return [one for state in states for one in state.failures]
    finally:
        manifest.close()


def manifest_fault(archive: Path) -> str:
    """One line on a manifest that is missing or empty beside an index; empty when it is there."""
    path = archive / MANIFEST
    if not path.exists():
        return f"{path}: the file is missing; the next run reads every file again"
    if not path.stat().st_size:
        return f"{path}: the file is empty; the next run reads every file again"
    return ""


def _is_damage(error: sqlite3.OperationalError) -> bool:
    """Whether the fault is of what the file holds, such as the name of a column, and not of the disk."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_ERROR


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
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
                raise self._failed(error) from error
            self.fault = f"{self._path}: the file is damaged; the next run reads every file again"
            self._database.close()
            self._begin_anew()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path)
        database.text_factory = _text
        self._database = database
        with database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS files"
                " (origin TEXT PRIMARY KEY, stamp TEXT NOT NULL, articles INTEGER NOT NULL)"
            )
            database.execute(
                "CREATE TABLE IF NOT EXISTS failures (origin BLOB NOT NULL, path BLOB NOT NULL,"
                " line INTEGER, reason TEXT NOT NULL, since TEXT NOT NULL, passing INTEGER NOT NULL,"
                " version TEXT NOT NULL)"
            )
            database.execute("CREATE INDEX IF NOT EXISTS failures_of ON failures (origin)")
        self._listed = ListedTable(database)
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
        failures = self._read_failures()
        rows = self._database.execute("SELECT origin, stamp, articles FROM files")
        for origin, stamp, articles in rows:
            # A damaged page can hold values of any type.
            if not (isinstance(stamp, str) and isinstance(articles, int)):
                raise sqlite3.DatabaseError
            path = _decode(origin)
            states[path] = FileState(path, stamp, articles, tuple(failures.get(path, ())))
        return states

    def _read_failures(self) -> dict[str, list[Failure]]:
        found: dict[str, list[Failure]] = {}
        rows = self._database.execute(
            "SELECT origin, path, line, reason, since, passing, version FROM failures"
        )
        for origin, path, line, reason, since, passing, told_by in rows:
            try:
                when = datetime.fromisoformat(since)
            except (TypeError, ValueError):
                raise sqlite3.DatabaseError from None
            failure = Failure(_decode(path), line, str(reason), when, bool(passing), str(told_by))
            found.setdefault(_decode(origin), []).append(failure)
        return found

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

    def listed(self, keys: Iterable[str]) -> dict[str, Listed]:
        """What sitemaps list under some keys of addresses; raises ArchiveError."""
        try:
            return self._listed.get(keys)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def note_listed(self, listed: Mapping[str, Listed], origins: Mapping[str, str]) -> None:
        """Note what sitemaps list, by keys of addresses, and the file of each; raises ArchiveError."""
        try:
            self._listed.put(listed, origins)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def update(self, read: Collection[FileState], forgotten: Collection[str] = ()) -> None:
        """Note files that were read, after their articles were stored, and drop others.

        Raises:
            ArchiveError: the database cannot be written; the index is as it was committed.
        """
        try:
            self._listed.forget(forgotten)
            with self._database:
                self._database.executemany(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
                    [(_encode(state.origin), state.stamp, state.articles) for state in read],
                )
                for table, origins in (
                    ("files", forgotten),
                    ("failures", (*forgotten, *(state.origin for state in read))),
                ):
                    self._database.executemany(
                        f"DELETE FROM {table} WHERE origin = ?",  # noqa: S608
                        [(_encode(origin),) for origin in origins],
                    )
                self._database.executemany(
                    "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [_failure_row(state.origin, one) for state in read for one in state.failures],
                )
        except sqlite3.Error as error:
            raise self._failed(error) from error


def _text(data: bytes) -> str:
    """A value of the database; SQLite itself takes a damaged text for a fault of its operation."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise sqlite3.DatabaseError("a text is damaged") from None


def _failure_row(origin: str, failure: Failure) -> tuple[object, ...]:
    return (
        _encode(origin),
        _encode(failure.path),
        failure.line,
        failure.reason,
        failure.since.isoformat(),
        int(failure.passing),
        failure.version,
    )


def _encode(path: str) -> bytes:
    # Paths may hold bytes that are not UTF-8; SQLite text may not.
    return os.fsencode(path)


def _decode(path: object) -> str:
    if not isinstance(path, bytes):
        raise sqlite3.DatabaseError
    return os.fsdecode(path)
