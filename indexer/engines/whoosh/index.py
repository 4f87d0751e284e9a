"""A Whoosh index whose commits are the tables of `commits.py`; its locks; cleaning up after crashes."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from indexer.engines.fields import Fields
from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.commits import (
    INDEX_NAME,
    Commit,
    generations,
    read_newest,
    table_path,
    write_table,
)
from indexer.engines.whoosh.schema import make_schema
from indexer.errors import ArchiveError
from indexer.locks import Waiting, held, held_by_run

_ATTEMPTS = 50
TEMPORARY = "temporary-"
"""What the names of folders begin with that are of use to one transaction only."""
_SEGMENT = re.compile(rf"({INDEX_NAME}_[0-9a-z]+)\..+")
_LEFT = re.compile(rf"\..+\.new|{INDEX_NAME}\.tmp|{TEMPORARY}.*")


class ArrayIndex(FileIndex):  # type: ignore[misc]
    """An index as Whoosh's writers and readers use it.

    Args:
        folder: the folder of the index, which exists.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage = FileStorage(str(folder))
        self.indexname = INDEX_NAME

    @classmethod
    def create(cls, folder: Path, fields: Fields) -> ArrayIndex:
        """An index without documents.

        Raises:
            ArchiveError: the folder holds an index already, or cannot be read.
            OSError: it cannot be written.
        """
        if generations(folder):
            raise ArchiveError(f"{folder}: there is an index here already; it is left as it is")
        write_table(folder, Commit(uuid4().hex, 0, fields, ()))
        return cls(folder)

    def commit(self) -> Commit:
        """The newest commit that is whole.

        Raises:
            ArchiveError: there is none, or commits follow each other faster than they can be read.
        """
        for _ in range(_ATTEMPTS):
            # A table that is gone has been replaced by a newer one.
            with suppress(FileNotFoundError):
                return read_newest(self.folder)
        raise ArchiveError(f"{self.folder}: the archive changes too fast to be read; try again")

    def latest_generation(self) -> int:
        """Number of the newest commit that is whole."""
        return self.commit().generation

    def _read_toc(self) -> TOC:
        commit = self.commit()
        segments = [ArraySegment.of(entry, self.indexname) for entry in commit.segments]
        return TOC(make_schema(commit.fields), segments, commit.generation)

    def write_commit(
        self, segments: list[ArraySegment], generation: int, private: frozenset[str]
    ) -> Commit:
        """Make segments the content of the index; raises OSError, and nothing has changed then."""
        commit = replace(
            self.commit(),
            generation=generation,
            private=private,
            # A merge of deleted documents alone leaves a segment without any.
            segments=tuple(one.entry() for one in segments if one.doc_count_all()),
            skipped=(),
        )
        write_table(self.folder, commit)
        # Only a table that is on the disk for good may let the files of the one before go.
        self.clean(commit)
        return commit

    def next_generation(self) -> int:
        """The number of the next commit, higher than the number of any damaged table."""
        return generations(self.folder)[0] + 1

    @contextmanager
    def locked(self, timeout: float) -> Iterator[None]:
        """Hold the lock of all writers.

        Args:
            timeout: seconds to wait for another process that writes.

        Raises:
            ArchiveError: another process is still writing.
            OSError: the lock's file cannot be opened.
        """
        give_up = time.monotonic() + timeout

        def wait() -> None:
            if time.monotonic() >= give_up:
                raise ArchiveError(
                    "another process is writing to the archive; wait until it is done"
                )

        with held(self.folder, f"{INDEX_NAME}_WRITELOCK", wait):
            yield

    @contextmanager
    def exclusive_run(self, waiting: Waiting | None) -> Iterator[None]:
        """Hold the lock of all indexing runs; `waiting` is called once when another run holds it.

        Raises:
            OSError: the lock's file cannot be opened.
        """
        with held_by_run(self.folder, f"{INDEX_NAME}_RUNLOCK", waiting):
            yield

    def clean(self, commit: Commit) -> None:
        """Remove files that belong to no valid commit; the caller holds the lock.

        That is what a transaction left that was killed or failed, and the files of older commits.
        """
        kept = {entry.id for entry in commit.segments}
        table = table_path(self.folder, commit.generation).name
        with suppress(OSError):
            for path in list(self.folder.iterdir()):
                segment = _SEGMENT.fullmatch(path.name)
                is_old = path.suffix == ".toc" and path.name != table
                if _LEFT.fullmatch(path.name) or is_old or (segment and segment[1] not in kept):
                    _remove(path)


def _remove(path: Path) -> None:
    # Some systems do not remove a file that another process has open; the next commit tries again.
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
