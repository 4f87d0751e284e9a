"""The sign of life of a transaction."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Lock, Thread

from indexer.engines.opensearch.commits import LEASE, Commits, StoredState
from indexer.errors import ArchiveError


class Heartbeat:
    """Says in a thread that a transaction goes on; its state is read and replaced under one lock."""

    def __init__(self, commits: Commits, stored: StoredState) -> None:
        self._commits = commits
        self._stored = stored
        self._lock = Lock()
        self._stop = Event()
        self._thread = Thread(target=self._run, name="lease", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(LEASE / 4):
            # If it fails, the commit will say so.
            with suppress(ArchiveError), self._lock:
                self._stored = self._commits.renew(self._stored)

    def stop(self) -> StoredState:
        """End it; the state as it is then."""
        self._stop.set()
        self._thread.join()
        return self._stored
