"""What sitemaps list of articles, kept from one run to the next in a table of the manifest's database."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping

from indexer.moments import moment_from_json, moment_to_json
from indexer.parsing import Listed

_MOST_KEYS = 500
"""Values of one question to SQLite."""


class ListedTable:
    """A table of a database that is a cache: a lost one is filled again, for all files are read again then.

    Raises:
        sqlite3.Error: the database is damaged, or cannot be read or written.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        with database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS listed"
                " (key TEXT PRIMARY KEY, origin BLOB NOT NULL, listed TEXT NOT NULL) WITHOUT ROWID"
            )
        self._is_empty = not database.execute("SELECT 1 FROM listed LIMIT 1").fetchone()

    def get(self, keys: Iterable[str]) -> dict[str, Listed]:
        """What is listed under some keys of addresses."""
        found: dict[str, Listed] = {}
        for block in () if self._is_empty else _batched(keys):
            marks = ",".join("?" * len(block))
            rows = self._database.execute(
                f"SELECT key, listed FROM listed WHERE key IN ({marks})",  # noqa: S608
                block,
            )
            found.update((key, _from_row(text)) for key, text in rows)
        return found

    def put(self, listed: Mapping[str, Listed], origins: Mapping[str, str]) -> None:
        """Note what is listed under keys of addresses.

        Args:
            origins: the file that each key was listed in.
        """
        rows = [(key, os.fsencode(origins[key]), _to_row(one)) for key, one in listed.items()]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?, ?)", rows)
        self._is_empty = self._is_empty and not rows

    def forget(self, origins: Collection[str]) -> None:
        """Drop what some files listed."""
        rows = [(os.fsencode(origin),) for origin in origins]
        with self._database:
            self._database.executemany("DELETE FROM listed WHERE origin = ?", rows)


def _batched(keys: Iterable[str]) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(keys))
    for start in range(0, len(unique), _MOST_KEYS):
        yield unique[start : start + _MOST_KEYS]


def _to_row(listed: Listed) -> str:
    moment = moment_to_json(listed.published)
    return json.dumps([listed.address, listed.url, moment, listed.source, list(listed.tags)])


def _from_row(text: str) -> Listed:
    try:
        address, url, moment, source, tags = json.loads(text)
        return Listed(address, url, moment_from_json(moment), source, tuple(tags))
    except (ValueError, TypeError) as error:
        raise sqlite3.DatabaseError(f"a row is damaged: {error}") from error
