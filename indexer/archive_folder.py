"""The folder of an archive: the file that marks it, and the kinds of engines that may be in it.

archive/
  khobao.json     marks the folder as an archive and names the format
  files.sqlite    which source files were read (`manifest.py`)
  synonyms.txt    the archive's own synonyms, if there are any
  index/          the embedded engine's files
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.documents import FACETS, SCORED_FIELDS, TERM_FIELDS
from indexer.durable import seal, unseal, write_durably
from indexer.engines.base import Engine
from indexer.engines.whoosh import Fields, WhooshEngine, holds_index
from indexer.errors import ArchiveError, DamageError, os_error_line
from indexer.sources import ARCHIVE_MARKER

FORMAT = 7
"""Raised whenever an archive written before can no longer be read or would rank differently."""
INDEX_FOLDER = "index"
INDEX_FIELDS = Fields(TERM_FIELDS, FACETS, SCORED_FIELDS)


@dataclass(frozen=True, slots=True)
class EngineKind:
    """How engines of one kind are made; each is given its folder.

    Attributes:
        open: the engine of a folder that holds an index.
        create: an engine without documents.
        holds_index: whether there is an index, or what is left of one.
    """

    open: Callable[[Path], Engine]
    create: Callable[[Path], Engine]
    holds_index: Callable[[Path], bool]


WHOOSH = "whoosh"
ENGINES = {
    WHOOSH: EngineKind(
        open=WhooshEngine.open,
        create=lambda folder: WhooshEngine.create(folder, INDEX_FIELDS),
        holds_index=holds_index,
    )
}
"""Name of an engine, as the marker of an archive has it -> how it is made."""
_default = [WHOOSH]


def set_default_engine(name: str) -> None:
    """Make new archives with another kind of engine; one of `ENGINES`."""
    _default[0] = name


def open_engine(archive: Path, *, memory: int | None = None) -> Engine:
    """The engine of an archive that exists.

    Args:
        memory: bytes that gathered postings may take while writing; None for the engine's default.

    Raises:
        DamageError: its marker or a file of its index is damaged or missing.
        ArchiveError: there is no archive, or another version wrote it.
    """
    kind = check_marker(archive)
    index = archive / INDEX_FOLDER
    if not index.is_dir():
        raise DamageError(index, "the folder of the index is missing")
    return _with_memory(ENGINES[kind].open(index), memory)


def check_marker(archive: Path) -> str:
    """Make sure that a folder is an archive of this version.

    Returns:
        The kind of its engine.

    Raises:
        DamageError: its marker is damaged, or is missing beside an index.
        ArchiveError: there is no archive, or another version wrote it.
    """
    path = archive / ARCHIVE_MARKER
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if _holds_index(archive):
            raise DamageError(path, "the file is missing, but an index is beside it") from None
        raise ArchiveError(
            f"{archive}: there is no archive here; make one with: khobao index SOURCE --archive {archive}"
        ) from None
    except OSError as error:
        raise ArchiveError(os_error_line(error, path)) from error
    content = _marker(path, data)
    if content["format"] != FORMAT or content.get("engine", WHOOSH) not in ENGINES:
        raise ArchiveError(
            f"{archive}: another version of Kho Báo wrote this archive; index the articles into a new one"
        )
    return str(content["engine"])


def _holds_index(archive: Path) -> bool:
    return any(kind.holds_index(archive / INDEX_FOLDER) for kind in ENGINES.values())


def _marker(path: Path, data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data)
        # Up to format 6 the marker had no checksum.
        found: dict[str, Any] = content if set(content) == {"format"} else unseal(data)
        return {"format": found["format"], **found}
    except (ValueError, KeyError, TypeError) as error:
        fault = "the file is damaged" if data else "the file is empty"
        raise DamageError(path, fault) from error


def open_or_create_engine(archive: Path, *, memory: int | None = None) -> Engine:
    """The engine of an archive, made empty where there is no archive yet.

    Args:
        memory: as for `open_engine`.

    Raises:
        ArchiveError: the folder cannot be written, holds something else, or is a damaged archive.
    """
    index = archive / INDEX_FOLDER
    if (archive / ARCHIVE_MARKER).exists() or _holds_index(archive):
        if _is_unfinished(archive):
            write_marker(archive, WHOOSH)
        return open_engine(archive, memory=memory)
    try:
        if archive.is_dir() and any(entry.name != INDEX_FOLDER for entry in archive.iterdir()):
            raise ArchiveError(
                f"{archive}: this folder holds other files; name an empty or new one"
            )
        index.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(os_error_line(error, archive)) from error
    kind = _default[0]
    engine = ENGINES[kind].create(index)
    write_marker(archive, kind)
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


def write_marker(archive: Path, engine: str) -> None:
    """Mark a folder as an archive of this version with an engine of this kind; raises ArchiveError."""
    try:
        write_durably(archive / ARCHIVE_MARKER, seal({"format": FORMAT, "engine": engine}))
    except OSError as error:
        raise ArchiveError(os_error_line(error, archive / ARCHIVE_MARKER)) from error


def _with_memory(engine: Engine, memory: int | None) -> Engine:
    if memory is not None and isinstance(engine, WhooshEngine):
        engine.memory = memory
    return engine
