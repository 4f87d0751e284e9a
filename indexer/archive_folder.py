"""The folder of an archive and the file that marks it.

archive/
khobao.json     marks the folder as an archive, names the format and the kind of engine
files.sqlite    which source files were read (`manifest.py`)
desk.sqlite     what the newsroom keeps for itself (`search/desk/`)
synonyms.txt    the archive's own synonyms, if there are any
index/          the files of the embedded engine, or
cluster/        where the cluster is that holds the articles
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from indexer.durable import seal, unseal, write_durably
from indexer.errors import ArchiveError, DamageError, archive_errors, os_error_line
from indexer.sources import ARCHIVE_MARKER

FORMAT = 12
"""Raised whenever an archive written before can no longer be read or would rank differently."""
INDEX_FOLDER = "index"


@dataclass(frozen=True, slots=True)
class ArchiveMarker:
    """The content of an archive's marker.

    Attributes:
        format: another number means another version of Kho Báo.
        engine: kind of the engine in the index folder.
    """

    format: int
    engine: str


def marker_path(archive: Path) -> Path:
    """Where the marker of an archive is."""
    return archive / ARCHIVE_MARKER


def read_marker(archive: Path) -> ArchiveMarker | None:
    """The marker of an archive; None where there is none.

    Raises:
        DamageError: the file is damaged.
        ArchiveError: it cannot be read.
    """
    path = marker_path(archive)
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ArchiveError(os_error_line(error, path)) from error
    try:
        content = json.loads(data)
        # Up to format 6 the marker had no checksum.
        if set(content) == {"format"}:
            return ArchiveMarker(content["format"], "")
        content = unseal(data)
        return ArchiveMarker(content["format"], content["engine"])
    except (ValueError, KeyError, TypeError) as error:
        fault = "the file is damaged" if data else "the file is empty"
        raise DamageError(path, fault) from error


def write_marker(archive: Path, engine: str) -> None:
    """Mark a folder as an archive of this version with an engine of this kind; raises ArchiveError."""
    path = marker_path(archive)
    with archive_errors(path):
        write_durably(path, seal({"format": FORMAT, "engine": engine}))
