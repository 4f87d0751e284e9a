"""Requests of an address counted over all processes of a server, in one small database."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import local

from limits.storage import Storage

SCHEME = "khobao"
_SCHEMA = "CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, count INTEGER, ends REAL) WITHOUT ROWID"
_COUNT = """
INSERT INTO counts VALUES (:key, :amount, :now + :expiry) ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN ends <= :now THEN :amount ELSE count + :amount END,
    ends = CASE WHEN ends <= :now THEN :now + :expiry ELSE ends END
RETURNING count
"""
_SWEPT_EVERY = 60.0
"""Seconds between two times that counts which have ended are dropped."""


class SharedCounts(Storage):
    """Where flask-limiter counts; for its methods see `limits.storage.Storage`.

    Losing the counts costs nothing but a minute of limits, so nothing waits for the disk.

    Args:
        path: the database; it need not be there.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012

    def __init__(self, uri: str | None = None, *, path: str, **_: object) -> None:
        super().__init__(uri)
        self._path = Path(path)
        self._threads = local()
        self._swept = time.monotonic()

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def _database(self) -> sqlite3.Connection:
        if not hasattr(self._threads, "database"):
            self._path.parent.mkdir(exist_ok=True)
            database = sqlite3.connect(self._path, timeout=5, isolation_level=None)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")
            database.execute(_SCHEMA)
            self._threads.database = database
        found: sqlite3.Connection = self._threads.database
        return found

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count a request; returns how many there are until the count ends."""
        now = time.time()
        if time.monotonic() - self._swept > _SWEPT_EVERY:
            self._swept = time.monotonic()
            self._database().execute("DELETE FROM counts WHERE ends <= ?", (now,))
        values = {"key": key, "amount": amount, "now": now, "expiry": expiry}
        with closing(self._database().execute(_COUNT, values)) as rows:
            return int(rows.fetchall()[0][0])

    def get(self, key: str) -> int:
        """The requests that are counted."""
        return int(self._found(key)[0])

    def get_expiry(self, key: str) -> float:
        """When a count ends, in seconds since 1970."""
        return float(self._found(key)[1])

    def _found(self, key: str) -> tuple[int, float]:
        now = time.time()
        rows = self._database().execute(
            "SELECT count, ends FROM counts WHERE key = ? AND ends > ?", (key, now)
        )
        found: tuple[int, float] = rows.fetchone() or (0, now)
        return found

    def check(self) -> bool:
        """Whether counting works."""
        return bool(self._database().execute("SELECT 1").fetchone())

    def reset(self) -> int | None:
        """Drop all counts."""
        return self._database().execute("DELETE FROM counts").rowcount

    def clear(self, key: str) -> None:
        """Drop one count."""
        self._database().execute("DELETE FROM counts WHERE key = ?", (key,))
