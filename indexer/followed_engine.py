"""The engine of an archive that may move to another kind of engine while it is read."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Lock

from indexer.archive_folder import marker_path
from indexer.engine_factory import open_engine
from indexer.engines.base import Engine, EngineWriter, Searcher
from indexer.engines.capabilities import (
    CommitFacts,
    HasWarnings,
    HidesSources,
    capability,
    commit_facts,
    hide_sources,
)


class FollowedEngine:
    """`Engine` that is always the one which the archive's marker names.

    A searcher that somebody holds goes on answering from where it was opened.

    Args:
        archive: the archive's folder.

    Raises:
        ArchiveError: there is no archive, or it cannot be read.
    """

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._lock = Lock()
        self._stamp = self._marker_stamp()
        self._engine = open_engine(archive)

    def _marker_stamp(self) -> tuple[int, ...]:
        """Another marker has another stamp; empty where there is none."""
        try:
            status = os.stat(marker_path(self._archive))
        except OSError:
            return ()
        return status.st_dev, status.st_ino, status.st_mtime_ns

    def _current(self) -> Engine:
        stamp = self._marker_stamp()
        # Without a marker the engine says itself that its files are gone.
        if stamp and stamp != self._stamp:
            with self._lock:
                if stamp != self._stamp:
                    self._engine, self._stamp = open_engine(self._archive), stamp
        return self._engine

    def searcher(self) -> Searcher:
        """The view of the newest commit of the archive's engine; raises ArchiveError."""
        return self._current().searcher()

    def writer(self) -> AbstractContextManager[EngineWriter]:
        """A transaction of the archive's engine; raises ArchiveError."""
        return self._current().writer()

    def private_sources(self) -> frozenset[str]:
        """The private sources of the newest commit; none where the engine knows none; raises ArchiveError."""
        engine = capability(self._current(), HidesSources)
        return engine.private_sources() if engine else frozenset()

    def hide(self, private: frozenset[str]) -> None:
        """Make these the private sources; raises ArchiveError, also where the engine cannot hide any."""
        hide_sources(self._current(), private)

    def commit_facts(self) -> CommitFacts | None:
        """The facts of the newest commit, where the engine knows them; raises ArchiveError."""
        return commit_facts(self._current())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the engine warns of, where it can."""
        warned = capability(self._engine, HasWarnings)
        return warned.warnings if warned else ()

    def close(self) -> None:
        """Release the engine."""
        self._engine.close()
