"""The folder of an archive: the file that marks it, and which engine is in it.

archive/
  khobao.json     marks the folder as an archive and names the format
  files.sqlite    which source files were read (`manifest.py`)
  synonyms.txt    the archive's own synonyms, if there are any
  index/          the embedded engine's files
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from indexer.documents import FACETS, SCORED_FIELDS, TERM_FIELDS
from indexer.durable import seal, unseal, write_durably
from indexer.engines.whoosh import Fields, WhooshEngine, holds_index
from indexer.errors import ArchiveError, DamageError, os_error_line
from indexer.sources import ARCHIVE_MARKER

FORMAT = 7
"""Raised whenever an archive written before can no longer be read or would rank differently."""
INDEX_FOLDER = "index"
INDEX_FIELDS = Fields(TERM_FIELDS, FACETS, SCORED_FIELDS)


def open_engine(archive: Path, *, memory: int | None = None) -> WhooshEngine:
    """The engine of an archive that exists.

    Args:
        memory: bytes that gathered postings may take while writing; None for the engine's default.

    Raises:
        DamageError: its marker or a file of its index is damaged or missing.
        ArchiveError: there is no archive, or another version wrote it.
    """
    check_marker(archive)
    index = archive / INDEX_FOLDER
    if not index.is_dir():
        raise DamageError(index, "the folder of the index is missing")
    return _with_memory(WhooshEngine.open(index), memory)


def check_marker(archive: Path) -> None:
    """Make sure that a folder is an archive of this version.

    Raises:
        DamageError: its marker is damaged, or is missing beside an index.
        ArchiveError: there is no archive, or another version wrote it.
    """
    path = archive / ARCHIVE_MARKER
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if holds_index(archive / INDEX_FOLDER):
            raise DamageError(path, "the file is missing, but an index is beside it") from None
        raise ArchiveError(
            f"{archive}: there is no archive here; make one with: khobao index SOURCE --archive {archive}"
        ) from None
    except OSError as error:
        raise ArchiveError(os_error_line(error, path)) from error
    if _format_of(path, data) != FORMAT:
        raise ArchiveError(
            f"{archive}: another version of Kho Báo wrote this archive; index the articles into a new one"
        )


def _format_of(path: Path, data: bytes) -> object:
    try:
        content = json.loads(data)
        # Up to format 6 the marker had no checksum.
        return content["format"] if set(content) == {"format"} else unseal(data)["format"]
    except (ValueError, KeyError, TypeError) as error:
        fault = "the file is damaged" if data else "the file is empty"
        raise DamageError(path, fault) from error


def open_or_create_engine(archive: Path, *, memory: int | None = None) -> WhooshEngine:
    """The engine of an archive, made empty where there is no archive yet.

    Args:
        memory: as for `open_engine`.

    Raises:
        ArchiveError: the folder cannot be written, holds something else, or is a damaged archive.
    """
    index = archive / INDEX_FOLDER
    if (archive / ARCHIVE_MARKER).exists() or holds_index(index):
        if _is_unfinished(archive):
            write_marker(archive)
        return open_engine(archive, memory=memory)
    try:
        if archive.is_dir() and any(entry.name != INDEX_FOLDER for entry in archive.iterdir()):
            raise ArchiveError(
                f"{archive}: this folder holds other files; name an empty or new one"
            )
        index.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(os_error_line(error, archive)) from error
    engine = WhooshEngine.create(index, INDEX_FIELDS)
    write_marker(archive)
    return _with_memory(engine, memory)


def _is_unfinished(archive: Path) -> bool:
    """Whether a process was stopped while it made the archive, so that nothing can be lost."""
    path = archive / ARCHIVE_MARKER
    with suppress(ArchiveError, OSError):
        if path.exists() and path.read_bytes():
            return False
        commit = WhooshEngine(archive / INDEX_FOLDER).commit()
        return commit.generation == 0 and not commit.segments
    return False


def write_marker(archive: Path) -> None:
    """Mark a folder as an archive of this version; raises ArchiveError."""
    try:
        write_durably(archive / ARCHIVE_MARKER, seal({"format": FORMAT}))
    except OSError as error:
        raise ArchiveError(os_error_line(error, archive / ARCHIVE_MARKER)) from error


def _with_memory(engine: WhooshEngine, memory: int | None) -> WhooshEngine:
    if memory is not None:
        engine.memory = memory
    return engine
