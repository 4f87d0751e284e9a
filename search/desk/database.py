"""The newsroom's own records in one SQLite file beside the index.

The index can be made again from the articles' files; this file cannot. So every change is on the disk before
it is answered, and an older file is brought up to the newest schema in one transaction.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path

from indexer import databases
from indexer.errors import ArchiveError

FILE = "desk.sqlite"


class DeskError(ArchiveError):
    """The newsroom's file cannot be read or written; the archive itself can be.

    Args:
        path: the file.
        fault: what is wrong, and what to do.
    """

    file = FILE

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(f"{path}: {fault}")
        self.fault = fault


_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_ADVICE = {
    **dict.fromkeys(
        _NOT_WRITABLE,
        "give this user the right to write the file and its folder, or mount the disk for writing",
    ),
    sqlite3.SQLITE_FULL: "free some space on the disk",
    sqlite3.SQLITE_BUSY: "another process writes it; try again",
}
"""What to do by SQLite's code of a fault;"""
_DAMAGED = "bring the file back from a copy, or move it away"
"""of any other."""

_DOSSIERS = """
CREATE TABLE desk (secret BLOB NOT NULL);
INSERT INTO desk VALUES (randomblob(32));
CREATE TABLE dossiers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
    note TEXT NOT NULL, share TEXT UNIQUE, created TEXT NOT NULL, changed TEXT NOT NULL,
    version INTEGER NOT NULL);
CREATE TABLE entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    place INTEGER NOT NULL, article TEXT NOT NULL, title TEXT NOT NULL, url TEXT, published TEXT,
    source TEXT, section TEXT, author TEXT, note TEXT NOT NULL, tags TEXT NOT NULL, added TEXT NOT NULL,
    UNIQUE (dossier, article));
CREATE INDEX entries_in_order ON entries (dossier, place, number);
"""
_WATCHES = """
CREATE TABLE known (key INTEGER PRIMARY KEY);
CREATE TABLE looked (state TEXT NOT NULL);
INSERT INTO looked VALUES ('');
CREATE TABLE watches (
    number INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    request TEXT NOT NULL, every TEXT NOT NULL, webhook TEXT NOT NULL, mail TEXT NOT NULL,
    created TEXT NOT NULL, seen INTEGER NOT NULL, told INTEGER NOT NULL, told_at TEXT);
CREATE TABLE matches (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    watch INTEGER NOT NULL REFERENCES watches (number) ON DELETE CASCADE,
    article TEXT NOT NULL, title TEXT NOT NULL, url TEXT, source TEXT, published TEXT, found TEXT NOT NULL,
    UNIQUE (watch, article));
CREATE INDEX matches_of_watch ON matches (watch, number);
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY, watch INTEGER NOT NULL REFERENCES watches (number) ON DELETE CASCADE,
    channel TEXT NOT NULL, after INTEGER NOT NULL, upto INTEGER NOT NULL, made TEXT NOT NULL,
    tries INTEGER NOT NULL, error TEXT NOT NULL, sent TEXT);
"""
_ACCOUNTS = """
CREATE TABLE accounts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL, sources TEXT NOT NULL, sees_all INTEGER NOT NULL, password TEXT NOT NULL,
    created TEXT NOT NULL);
CREATE TABLE sessions (
    digest BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts (number) ON DELETE CASCADE,
    begun REAL NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE tokens (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES accounts (number) ON DELETE CASCADE,
    name TEXT NOT NULL, digest BLOB NOT NULL UNIQUE, made REAL NOT NULL, used REAL);
CREATE TABLE failures (whose TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX failures_in_order ON failures (whose, at);
"""
MIGRATIONS = (_DOSSIERS, _WATCHES, _ACCOUNTS)
"""The steps from an empty file to the newest schema; `PRAGMA user_version` counts those that were taken."""

Connection = sqlite3.Connection
Migrations = tuple[str | Callable[[Connection], None], ...]


class DeskDatabase:
    """The file of an archive; it is made by the first change. Threads and processes may share it.

    Args:
        archive: the archive's folder.
        migrations: other ones for tests.
    """

    def __init__(self, archive: Path, migrations: Migrations = MIGRATIONS) -> None:
        self.path = archive / FILE
        self._migrations = migrations

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """A view of one state of the file; None while there is no file.

        Raises:
            DeskError: the file is damaged, cannot be read, or a newer version wrote it.
        """
        if not self.path.exists():
            yield None
            return
        with self._faults(), closing(self._newest()) as database:
            database.execute("BEGIN")
            try:
                yield database
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                # A damaged page can hold values of any kind.
                raise sqlite3.DatabaseError("a value in it is damaged") from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it is on the disk at its end, or nothing after an error.

        Raises:
            DeskError: as for `reading`, or the file cannot be written.
        """
        with suppress(OSError):
            # Passwords and secrets are in it, whatever the rights of other new files: SQLite would ask for those.
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with self._faults(), closing(self._open("rw")) as database:
            self._migrate(database)
            database.execute("BEGIN IMMEDIATE")
            with database:
                yield database

    def _open(self, mode: str) -> Connection:
        # Every statement stands for itself unless a transaction is begun.
        if mode == "ro":
            database = databases.reading(self.path, isolation_level=None)
        else:
            database = databases.opened(self.path, mode, isolation_level=None)
            # Without it the end of a transaction may come undone in a power failure: the name of its journal
            # is gone in memory alone.
            database.execute("PRAGMA synchronous = EXTRA")
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA foreign_keys = ON")
        return database

    def _newest(self) -> Connection:
        """The file for reading, brought up to the newest schema.

        On a disk that cannot be written it is a copy in memory.
        """
        database = self._open("ro")
        try:
            if self._version(database) == len(self._migrations):
                return database
            try:
                with closing(self._open("rw")) as writer:
                    self._migrate(writer)
                return database
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _NOT_WRITABLE:
                    raise
            copy = sqlite3.connect(":memory:", isolation_level=None)
            database.backup(copy)
            copy.row_factory = sqlite3.Row
            self._migrate(copy)
        except BaseException:
            database.close()
            raise
        database.close()
        return copy

    def _version(self, database: Connection) -> int:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > len(self._migrations):
            raise DeskError(self.path, "a newer version of Kho Báo wrote it; use that version")
        return int(version)

    def _migrate(self, database: Connection) -> None:
        if self._version(database) == len(self._migrations):
            return
        database.execute("BEGIN IMMEDIATE")
        with database:
            # Another process may have done it meanwhile.
            for at in range(self._version(database), len(self._migrations)):
                step = self._migrations[at]
                if isinstance(step, str):
                    for statement in filter(str.strip, step.split(";")):
                        database.execute(statement)
                else:
                    step(database)
                database.execute(f"PRAGMA user_version = {at + 1}")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            # The package raises some of them itself, without a code.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
            raise DeskError(self.path, f"{error}; {_ADVICE.get(code, _DAMAGED)}") from error

    def damage(self) -> str:
        """What is wrong with the file, in one line; empty where it is whole, or not there."""
        try:
            with self.reading() as database:
                rows = database.execute("PRAGMA integrity_check").fetchall() if database else []
        except DeskError as error:
            return str(error)
        faults = [str(row[0]) for row in rows if row[0] != "ok"]
        return (
            f"{self.path}: {faults[0].splitlines()[0]}; bring it back from a copy" if faults else ""
        )

    @cached_property
    def secret(self) -> bytes:
        """Random bytes that only this archive's servers know; made with the file. Raises `DeskError`."""
        with self.reading() as reader:
            if reader is not None:
                return _secret(reader)
        with self.writing() as writer:
            return _secret(writer)


def _secret(database: Connection) -> bytes:
    return bytes(database.execute("SELECT secret FROM desk").fetchone()[0])
