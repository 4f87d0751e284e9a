"""A walk over what the user named: the article files in it, and what cannot be looked into."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ParseError, SourceError
from indexer.parsing import SUFFIXES


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read.

    Attributes:
        path: as the user named it or its folder.
        origin: absolute, without symbolic parts such as ``..``.
    """

    path: Path
    origin: str


def absolute(path: Path) -> str:
    """The path by which an archive remembers a file or folder."""
    return os.path.abspath(path)


def check_sources(sources: Iterable[Path]) -> None:
    """Make sure that every source is there, before anything is changed.

    Raises:
        SourceError: one is not; an unmounted disk must not look like a removed collection.
    """
    for source in sources:
        if not os.path.exists(source):
            raise SourceError(f"{source}: no such file or folder")


def walk(sources: Iterable[Path]) -> Iterator[SourceFile | ParseError]:
    """The files under several sources, each once, sorted by name within a folder.

    Hidden files and folders are left out, as are suffixes that no format has; a file that is named
    itself is taken whatever it is called.
    """
    seen: set[str] = set()
    for source in sources:
        files = _walk_folder(source) if source.is_dir() else iter([_regular(source)])
        for found in files:
            if isinstance(found, ParseError):
                yield found
            elif (origin := absolute(found)) not in seen:
                seen.add(origin)
                yield SourceFile(found, origin)


def _walk_folder(folder: Path) -> Iterator[Path | ParseError]:
    faults: list[ParseError] = []

    def note(error: OSError) -> None:
        faults.append(ParseError(str(error.filename), f"cannot be opened: {error.strerror}"))

    for parent, folders, files in os.walk(folder, onerror=note):
        if is_archive(Path(parent)):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (_linked(Path(parent, name), root) for name in _links(parent, folders))
        for name in sorted(files):
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES:
                yield _regular(Path(parent, name), root)
        yield from faults
        faults.clear()
    yield from faults


def is_gone(origin: str) -> bool:
    """Whether a file has certainly been removed, rather than being out of reach."""
    try:
        os.stat(origin)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def lies_under(origin: str, sources: Iterable[Path]) -> bool:
    """Whether a file is one of the sources or lies inside one."""
    for source in sources:
        root = absolute(source)
        if origin == root or origin.startswith(root.rstrip(os.sep) + os.sep):
            return True
    return False
