"""The embedded engine: Whoosh's transactions and merges; searched over arrays of its postings."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from indexer.engines.capabilities import CommitFacts
from indexer.engines.fields import Fields
from indexer.engines.whoosh.commits import Commit, generations, table_path
from indexer.engines.whoosh.index import ArrayIndex
from indexer.engines.whoosh.integrity import Salvage, damage, salvage
from indexer.engines.whoosh.searcher import WhooshSearcher
from indexer.engines.whoosh.segment_builder import MEMORY
from indexer.engines.whoosh.segments import SegmentCache
from indexer.engines.whoosh.transaction import WhooshWriter
from indexer.engines.whoosh.writer import ArrayWriter
from indexer.errors import ArchiveError, DamageError, archive_errors, os_error_line
from indexer.locks import Waiting
from indexer.stages import stage

_ATTEMPTS = 50
_YOUNG = 10 * 10**9
"""Nanoseconds in which a folder may have changed without a new time of change: clocks are coarse."""


@dataclass(frozen=True, slots=True)
class _FolderStamp:
    """Another folder, or a change in it, has another stamp; `changed` in nanoseconds since 1970."""

    device: int
    file: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Current:
    """The searcher that was opened last, and the state of the folder then.

    Attributes:
        opened: when the opening began, in nanoseconds since 1970.
        folder: the folder's stamp before.
        table: that of the newest table of contents.
        warnings: one line for each newer commit that is damaged and is not used.
    """

    searcher: WhooshSearcher
    opened: int
    folder: _FolderStamp
    table: tuple[int, ...]
    warnings: tuple[str, ...]


class WhooshEngine:
    """`Engine` in one folder, by Whoosh; open one for each process.

    Args:
        folder: the folder of the index.
    """

    def __init__(self, folder: Path) -> None:
        self.memory = MEMORY
        """Bytes that the postings of a transaction may take."""
        self.folder = folder
        self._index = ArrayIndex(folder)
        self._segments = SegmentCache(folder)
        self._lock = Lock()
        self._current: _Current | None = None
        # The stamp of a table of contents, and the private sources in it.
        self._private: tuple[tuple[int, ...], frozenset[str]] | None = None

    @classmethod
    def create(cls, folder: Path, fields: Fields) -> WhooshEngine:
        """Make an empty index in a folder that exists.

        Raises:
            ArchiveError: the folder cannot be written, or holds an index.
        """
        with archive_errors(folder):
            ArrayIndex.create(folder, fields)
        return cls(folder)

    @classmethod
    def open(cls, folder: Path) -> WhooshEngine:
        """Open the index in a folder.

        Raises:
            ArchiveError: there is none, or it is damaged.
        """
        engine = cls(folder)
        engine.searcher()
        return engine

    def close(self) -> None:
        """Release files."""
        self._current = None

    def commit(self) -> Commit:
        """The newest commit that is whole; raises ArchiveError."""
        return self._index.commit()

    def searcher(self) -> WhooshSearcher:
        """The view of the newest commit; threads that meet a new one open it once.

        Raises:
            DamageError: a file of the commit is missing or damaged.
            ArchiveError: the index is gone or cannot be read.
        """
        current = self._current
        if current is not None and self._is_newest(current):
            return current.searcher
        with self._lock:
            current = self._current
            if current is None or not self._is_newest(current):
                current = self._current = self._newest()
            return current.searcher

    def _is_newest(self, current: _Current) -> bool:
        """Whether the folder holds no newer commit than the open one."""
        stamp = _folder_stamp(self.folder)
        if stamp == current.folder and stamp.changed + _YOUNG < current.opened:
            return True
        return _table_stamp(self.folder) == current.table

    def _newest(self) -> _Current:
        for _ in range(_ATTEMPTS):
            opened, folder = time.time_ns(), _folder_stamp(self.folder)
            table = _table_stamp(self.folder)
            commit = self._index.commit()
            try:
                if self._current is not None and self._current.searcher.commit == commit.name:
                    searcher = self._current.searcher
                else:
                    searcher = WhooshSearcher(commit, self._segments.segments(commit))
            except (FileNotFoundError, ArchiveError):
                # A commit removes the files of the one before after its own table is there.
                if self._index.commit().name == commit.name:
                    raise
                continue
            if _table_stamp(self.folder) == table:
                warnings = tuple(map(str, commit.skipped))
                return _Current(searcher, opened, folder, table, warnings)
        raise ArchiveError("the archive changes too fast to be read; try again")

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line for each newer commit that is damaged and is not used."""
        return self._current.warnings if self._current else ()

    @contextmanager
    def writer(
        self,
        *,
        timeout: float = 5.0,
        merge_all: bool = False,
        without: frozenset[str] = frozenset(),
        private: frozenset[str] | None = None,
    ) -> Iterator[WhooshWriter]:
        """One atomic commit at the end, a rollback on an exception.

        Args:
            timeout: seconds to wait for another process that writes.
            merge_all: merge all segments into one at the commit.
            without: ids of segments that are dropped from the index.
            private: the private sources from now on, as `source_key` gives them; None for no change.

        Raises:
            ArchiveError: another process writes, or the disk does not take the commit.
        """
        with archive_errors(self.folder), self._index.locked(timeout):
            writer = self._begin(without, private)
            try:
                yield WhooshWriter(writer)
                with stage("write and commit"):
                    writer.commit(optimize=merge_all)
            except BaseException:
                writer.discard()
                raise

    def _begin(self, without: frozenset[str], private: frozenset[str] | None) -> ArrayWriter:
        commit = self._index.commit()
        try:
            return ArrayWriter(self._index, memory=self.memory, without=without, private=private)
        except BaseException:
            self._index.clean(commit)
            raise

    @contextmanager
    def exclusive_run(self, waiting: Waiting | None) -> Iterator[None]:
        """A run that no other run meets; see `capabilities.HasRunLock`; raises ArchiveError."""
        with archive_errors(self.folder), self._index.exclusive_run(waiting):
            yield

    @contextmanager
    def unchanging(self, timeout: float) -> Iterator[Commit]:
        """The newest commit, which no other process replaces meanwhile.

        Where the folder cannot be written nobody can.

        Args:
            timeout: seconds to wait for another process that writes.

        Raises:
            ArchiveError: another process writes, or the commit cannot be read.
        """
        with ExitStack() as stack:
            stack.enter_context(archive_errors(self.folder))
            if os.access(self.folder, os.W_OK):
                stack.enter_context(self._index.locked(timeout))
            yield self._index.commit()

    def files_of(self, commit: Commit) -> list[Path]:
        """The files of a commit."""
        found = [table_path(self.folder, commit.generation)]
        for entry in commit.segments:
            found += sorted(self.folder.glob(f"{entry.id}.*"))
        return found

    def commit_facts(self) -> CommitFacts:
        """See `capabilities.HasCommitFacts`."""
        with archive_errors(self.folder):
            commit = self._index.commit()
            written = table_path(self.folder, commit.generation).stat().st_mtime
        deleted = sum(len(one.deleted) for one in commit.segments)
        return CommitFacts(written, len(commit.segments), deleted)

    def private_sources(self) -> frozenset[str]:
        """See `capabilities.HidesSources`; raises ArchiveError."""
        stamp, known = _table_stamp(self.folder), self._private
        if known is None or not stamp or known[0] != stamp:
            known = self._private = stamp, self._index.commit().private
        return known[1]

    def hide(self, private: frozenset[str]) -> None:
        """See `capabilities.HidesSources`; raises ArchiveError."""
        with self.writer(private=private):
            pass

    def compact(self) -> None:
        """Merge all segments of the same private sources into one."""
        with self.writer(merge_all=True):
            pass

    def damage(self) -> Iterator[ArchiveError]:
        """The fault of each damaged file of the newest commit; every byte is read."""
        try:
            commit = self._index.commit()
        except DamageError as error:
            yield error
            return
        yield from commit.skipped
        for entry in commit.segments:
            yield from damage(self.folder, entry)

    def searcher_without(self, damaged: frozenset[str]) -> WhooshSearcher:
        """The view of the newest commit without its damaged segments, given by their ids."""
        commit = self._index.commit()
        whole = tuple(entry for entry in commit.segments if entry.id not in damaged)
        kept = replace(commit, segments=whole)
        return WhooshSearcher(kept, self._segments.segments(kept))

    def salvage(self, damaged: frozenset[str]) -> Salvage:
        """The documents of damaged segments, as far as they can be read."""
        entries = [entry for entry in self._index.commit().segments if entry.id in damaged]
        return salvage(self.folder, entries)


def _folder_stamp(folder: Path) -> _FolderStamp:
    try:
        status = os.stat(folder)
    except FileNotFoundError as error:
        raise ArchiveError(f"{folder}: the index is gone; bring it back or index anew") from error
    except OSError as error:
        raise ArchiveError(os_error_line(error, folder)) from error
    return _FolderStamp(status.st_dev, status.st_ino, status.st_mtime_ns)


def _table_stamp(folder: Path) -> tuple[int, ...]:
    """Number of the newest table of contents, and which file it is; empty while it is replaced."""
    newest = generations(folder)[:1]
    try:
        status = os.stat(table_path(folder, *newest)) if newest else None
    except OSError:
        status = None
    return (*newest, status.st_dev, status.st_ino, status.st_mtime_ns) if status else ()
