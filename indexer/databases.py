"""The SQLite databases beside an index: whether they are whole, and what to do where they are not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

ENDING = ".sqlite"
_ADVICE = {
    "files.sqlite": "delete it: the next run reads every file again",
    "desk.sqlite": "bring it back from a backup, or move it away",
    "meanings.sqlite": "delete it: khobao meanings makes it again",
}


BUSY = 30.0
"""Seconds to wait for another process that writes."""


def opened(path: Path, mode: str, **options: Any) -> sqlite3.Connection:
    """A connection of a mode of SQLite's: "ro", "rw", "rwc"; raises sqlite3.Error.

    Args:
        options: of `sqlite3.connect`.
    """
    place = f"{path.absolute().as_uri()}?mode={mode}"
    database: sqlite3.Connection = sqlite3.connect(place, timeout=BUSY, uri=True, **options)
    return database


def reading(path: Path, **options: Any) -> sqlite3.Connection:
    """A connection that changes nothing; raises sqlite3.Error.

    A process that was killed in a change leaves a journal, out of which the next process has to undo the
    change before anybody can read.
    """
    database = opened(path, "ro", **options)
    try:
        database.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        database.close()
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
            raise
        with closing(opened(path, "rw")) as writer:
            writer.execute("BEGIN IMMEDIATE")
            writer.rollback()
        return opened(path, "ro", **options)
    except BaseException:
        database.close()
        raise
    return database


def fault_of(path: Path) -> str:
    """What is wrong with a database, in a few words; empty where it is whole."""
    try:
        with closing(reading(path)) as database:
            (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        found = str(error)
    fault = str(found).splitlines()[-1]
    return "" if fault == "ok" else fault


def damage(path: Path, fault: str) -> str:
    """One line on a damaged database: its fault, and what to do."""
    advice = _ADVICE.get(path.name, "bring it back from a backup")
    return f"{path}: the file is damaged ({fault}); {advice}"
