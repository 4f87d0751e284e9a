"""The SQLite databases beside an index: whether they are whole, and what to do where they are not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

ENDING = ".sqlite"
_ADVICE = {
    "files.sqlite": "delete it: the next run reads every file again",
    "desk.sqlite": "bring it back from a backup, or move it away",
    "meanings.sqlite": "delete it: khobao meanings makes it again",
}


def reading(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing; raises sqlite3.Error."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def fault_of(path: Path) -> str:
    """What is wrong with a database, in a few words; empty where it is whole."""
    try:
        with closing(reading(path)) as database:
            (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        found = str(error)
    fault = str(found).splitlines()[-1]
    return "" if fault == "ok" else fault


def damage(path: Path, fault: str) -> str:
    """One line on a damaged database: its fault, and what to do."""
    advice = _ADVICE.get(path.name, "bring it back from a backup")
    return f"{path}: the file is damaged ({fault}); {advice}"
