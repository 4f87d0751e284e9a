"""Backups of an archive, made while it is searched and indexed, and brought back.

A backup is a folder that is itself an archive: the files of one commit, the databases as they were at one
moment, and `backup.json` with the length and the SHA-256 of each file. It gets its name when it is whole.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO

from indexer import databases
from indexer.archive_folder import INDEX_FOLDER, marker_path
from indexer.backup_list import (
    DIFFERS,
    LIST,
    OTHER,
    Backup,
    BackupFile,
    Progress,
    described,
    encoded,
    read_backup,
)
from indexer.durable import flush_file, flush_folder, make_folder, write_durably
from indexer.engine_factory import WHOOSH, engine_kind
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import ArchiveError, DamageError, archive_errors
from indexer.manifest import MANIFEST

_BESIDE = ("-wal", "-shm", "-journal")
"""Ends of files that belong to an open database."""
_PATIENCE = 60.0
"""Seconds that a commit may take that has begun."""


def back_up(archive: Path, target: Path, progress: Progress | None = None) -> Backup:
    """Copy an archive as it is at this moment; searches and runs go on.

    Args:
        target: a folder that does not exist, or is empty.

    Raises:
        DamageError: a file of the index is damaged; there is no backup then.
        ArchiveError: a database is damaged, there is no archive, it is in a cluster, or the target is taken
            or cannot be written.
    """
    if engine_kind(archive) != WHOOSH:
        raise ArchiveError(
            f"{archive}: the articles of this archive are in a cluster; make snapshots there (docs/cluster.md)"
        )
    with _arriving(target, f"{target}: the folder is taken; name a new one") as made:
        engine = WhooshEngine.open(archive / INDEX_FOLDER)
        with ExitStack() as opened:
            with engine.unchanging(_PATIENCE) as commit:
                names = engine.files_of(commit)
                index = [(one.name, opened.enter_context(one.open("rb"))) for one in names]
                # The list of files that were read may be older than the commit, never newer.
                if (listed := archive / MANIFEST).exists():
                    _copy_database(listed, made)
            # The others do not belong to a commit, and may be large: runs need not wait.
            tables = sorted(archive.glob(f"*{databases.ENDING}"))
            for path in tables:
                if path != listed:
                    _copy_database(path, made)
            files = [_checked(path, made) for path in tables if (made / path.name).exists()]
            sources = [(f"{INDEX_FOLDER}/{name}", stream) for name, stream in index]
            for path in _plain_files(archive):
                with suppress(FileNotFoundError):
                    sources.append((path.name, opened.enter_context(path.open("rb"))))
            whole = sum(os.fstat(stream.fileno()).st_size for _, stream in sources)
            done = 0
            for name, stream in sources:
                files.append(_copied(stream, made, name))
                done += files[-1].length
                if progress:
                    progress(done, whole)
        copy = WhooshEngine(made / INDEX_FOLDER)
        for fault in copy.damage():
            name = fault.file if isinstance(fault, DamageError) else ""
            raise DamageError(
                archive / INDEX_FOLDER / name, "the file is damaged, so there is no backup"
            )
        found = Backup(
            datetime.now().astimezone(), commit.name, copy.searcher().count(), tuple(files)
        )
        copy.close()
        write_durably(made / LIST, encoded(found))
        flush_folder(made / INDEX_FOLDER)
    return found


def restore(
    folder: Path, archive: Path, *, replace: bool = False, progress: Progress | None = None
) -> Path | None:
    """Make an archive out of a backup, each file compared with its digest.

    Args:
        replace: whether an archive that is there makes way; it gets another name.

    Returns:
        Where that archive is now, if there was one.

    Raises:
        ArchiveError: the folder is no backup, a file of it is damaged, or the place is taken; nothing has
            changed then.
    """
    backup = read_backup(folder)
    taken = archive.exists() and (not archive.is_dir() or any(archive.iterdir()))
    if taken and not replace:
        raise ArchiveError(
            f"{archive}: there is something here already; --replace gives it another name"
        )
    if taken and not marker_path(archive).exists():
        raise ArchiveError(f"{archive}: this is no archive, and stays; name another folder")
    aside = archive.with_name(f"{archive.name}.{datetime.now():%Y-%m-%d-%H%M%S}") if taken else None
    with _arriving(archive, f"{archive}: the folder is taken", aside) as made:
        done = 0
        for one in backup.files:
            _bring_back(folder / one.name, made, one)
            done += one.length
            if progress:
                progress(done, backup.length)
        if (made / INDEX_FOLDER).is_dir():
            flush_folder(made / INDEX_FOLDER)
        WhooshEngine.open(made / INDEX_FOLDER).close()
    return aside


def _bring_back(path: Path, made: Path, wanted: BackupFile) -> None:
    with archive_errors(path):
        try:
            stream = path.open("rb")
        except FileNotFoundError as error:
            raise ArchiveError(f"{path}: the file is missing; {OTHER}") from error
    with stream:
        found = _copied(stream, made, wanted.name)
    if found != wanted:
        raise ArchiveError(f"{path}: {DIFFERS}; {OTHER}")


@contextmanager
def _arriving(target: Path, taken: str, aside: Path | None = None) -> Iterator[Path]:
    """A folder beside a target that takes its name at the end, when everything in it is on the disk.

    Args:
        taken: what to say where there is something at the target.
        aside: the name that what is at the target gets first.
    """
    made = target.with_name(f".{target.name}.{os.getpid()}.new")
    with archive_errors(target):
        if aside is None and target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise ArchiveError(taken)
        make_folder(target.parent)
        # What is private in the archive is private in its copy.
        made.mkdir(mode=0o700)
        try:
            yield made
            for folder in (*(one for one in made.iterdir() if one.is_dir()), made):
                flush_folder(folder)
            if aside is not None:
                made.chmod(S_IMODE(target.stat().st_mode))
                target.rename(aside)
            elif target.exists():
                target.rmdir()
            made.rename(target)
            flush_folder(target.parent)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise


def _plain_files(archive: Path) -> list[Path]:
    """The files of an archive's folder that are no databases and belong to none."""
    return sorted(
        path
        for path in archive.iterdir()
        if path.is_file()
        and not path.name.startswith(".")
        and path.name != LIST
        and not path.name.endswith((databases.ENDING, *_BESIDE))
    )


def _copy_database(path: Path, made: Path) -> None:
    """Copy a database as it is at this moment, into one file that nothing beside it belongs to."""
    try:
        with (
            closing(databases.reading(path)) as source,
            closing(sqlite3.connect(made / path.name)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise _damaged(path, str(error)) from error


def _checked(path: Path, made: Path) -> BackupFile:
    """The copy of a database, which is whole, and is on the disk."""
    copy = made / path.name
    if fault := databases.fault_of(copy):
        raise _damaged(path, fault)
    flush_file(copy)
    with copy.open("rb") as stream:
        return described(stream, path.name)


def _damaged(path: Path, fault: str) -> ArchiveError:
    return ArchiveError(f"{databases.damage(path, fault)}; there is no backup until then")


def _copied(stream: BinaryIO, made: Path, name: str) -> BackupFile:
    """Copy an open file, and flush it to the disk."""
    with _place(made, name).open("xb") as target:
        found = described(stream, name, target)
        target.flush()
        os.fsync(target.fileno())
    return found


def _place(made: Path, name: str) -> Path:
    """Where a file of a backup goes; raises ArchiveError for a name that leads elsewhere."""
    folder, _, file = name.rpartition("/")
    if folder not in ("", INDEX_FOLDER) or file in ("", ".", "..") or "\\" in file:
        raise ArchiveError(f"{name}: no backup has a file of this name; {OTHER}")
    (made / folder).mkdir(exist_ok=True)
    return made / folder / file
