"""A walk over the sources: their files, and the paths that cannot or must not be read."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path, PurePath

from indexer.errors import ParseError, SourceError
from indexer.parsing.records.mapping import MAP_FILE

ARCHIVE_MARKER = "khobao.json"
"""The file that marks a folder as an archive, which this program wrote."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read.

    Attributes:
        path: as the user named it or its folder.
        origin: absolute, without symbolic parts such as ``..``.
        named: whether the user named the file itself.
    """

    path: Path
    origin: str
    named: bool = False


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


def walk(sources: Iterable[Path], exclude: Sequence[str] = ()) -> Iterator[SourceFile | ParseError]:
    """The files under several sources, each once, sorted by name within a folder.

    Hidden files and folders are left out, and folders that are archives. A file or folder that is
    named itself is taken whatever it is, also through a symbolic link; links inside a
    folder are not followed: what lies in the source is met anyway, what does not is refused.

    Args:
        exclude: patterns of the shell for names, or for paths below a source, to leave out.
    """
    seen: set[str] = set()
    for source in sources:
        if source.is_dir():
            found: Iterable[SourceFile | ParseError] = _walk_folder(source, exclude)
        else:
            found = [_regular(source) or SourceFile(source, absolute(source), named=True)]
        yield from _new(found, seen)


def walk_only(
    sources: Iterable[Path], exclude: Sequence[str], paths: Iterable[Path]
) -> Iterator[SourceFile | ParseError]:
    """What `walk` finds of some files and folders; what is in no source, or is gone, is left out."""
    seen: set[str] = set()
    sources = list(sources)
    for path in paths:
        source = next((one for one in sources if lies_under(absolute(path), [one])), None)
        if source is None or not os.path.lexists(path):
            continue
        if source == path and not path.is_dir():
            found: Iterable[SourceFile | ParseError] = walk([source], exclude)
        elif _is_left_out_below(path, source, exclude):
            continue
        elif path.is_dir():
            found = _walk_folder(source, exclude, below=path)
        else:
            found = _file_of_folder(path, os.path.realpath(source))
        yield from _new(found, seen)


def _new(
    found: Iterable[SourceFile | ParseError], seen: set[str]
) -> Iterator[SourceFile | ParseError]:
    """Faults, and the files that were not met before."""
    for one in found:
        if isinstance(one, ParseError):
            yield one
        elif one.origin not in seen:
            seen.add(one.origin)
            yield one


def _is_left_out_below(path: Path, source: Path, exclude: Sequence[str]) -> bool:
    """Whether a file, or a folder that it is in, is left out."""
    parts = Path(absolute(path)).relative_to(absolute(source)).parts
    places = [source.joinpath(*parts[:end]) for end in range(1, len(parts) + 1)]
    return any(
        _left_out(place, source, exclude)
        or (place.is_dir() and (place / ARCHIVE_MARKER).exists() and (place / "index").is_dir())
        for place in places
    )


def _walk_folder(
    source: Path, exclude: Sequence[str], below: Path | None = None
) -> Iterator[SourceFile | ParseError]:
    faults: list[ParseError] = []
    root = os.path.realpath(source)

    def note(error: OSError) -> None:
        faults.append(ParseError(str(error.filename), f"cannot be opened: {error.strerror}"))

    for parent, folders, files in os.walk(below or source, onerror=note):
        yield from faults
        faults.clear()
        if ARCHIVE_MARKER in files and "index" in folders:
            folders.clear()
            continue
        folders[:] = sorted(folders)
        kept = [name for name in folders if not _left_out(Path(parent, name), source, exclude)]
        for name in kept:
            # The walk does not go through links to folders: those inside the source are met anyway.
            if (fault := _leads_out(Path(parent, name), root)) is not None:
                yield fault
        folders[:] = kept
        for name in sorted(files):
            path = Path(parent, name)
            if _left_out(path, source, exclude):
                continue
            yield from _file_of_folder(path, root)
    yield from faults


def _file_of_folder(path: Path, root: str) -> Iterator[SourceFile | ParseError]:
    fault = _leads_out(path, root) or _regular(path)
    # What a link inside the source leads to is met where it is.
    if fault is not None or not path.is_symlink():
        yield fault or SourceFile(path, absolute(path))


def _left_out(path: Path, source: Path, exclude: Sequence[str]) -> bool:
    below = path.relative_to(source).as_posix()
    return (
        path.name.startswith(".")
        or path.name == MAP_FILE
        or any(
            fnmatch.fnmatchcase(path.name, pattern.rstrip("/"))
            or fnmatch.fnmatchcase(below, pattern.rstrip("/"))
            for pattern in exclude
        )
    )


def _leads_out(path: Path, root: str) -> ParseError | None:
    """The fault of a symbolic link that leads out of a source."""
    if not path.is_symlink():
        return None
    target = os.path.realpath(path)
    if not os.path.exists(target):
        return ParseError(str(path), "a symbolic link to what is not there")
    if target == root or target.startswith(root.rstrip(os.sep) + os.sep):
        return None
    return ParseError(
        str(path), "a symbolic link that leads out of the source; name its target to read that too"
    )


def _regular(path: Path) -> ParseError | None:
    """What is wrong with a path that is no regular file: opening a pipe would wait for ever."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        return ParseError(str(path), f"cannot be opened: {(error.strerror or '').lower()}")
    if stat.S_ISREG(mode):
        return None
    kinds = ((stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISDIR, "folder"))
    kind = next((name for is_kind, name in kinds if is_kind(mode)), "device")
    return ParseError(str(path), f"this is a {kind}, not a file")


def is_gone(origin: str) -> bool:
    """Whether a file has certainly been removed, rather than being out of reach."""
    try:
        os.stat(origin)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def lies_in(origin: str, roots: Set[str]) -> bool:
    """`lies_under` for many absolute paths."""
    return origin in roots or any(str(parent) in roots for parent in PurePath(origin).parents)


def lies_under(origin: str, sources: Iterable[Path]) -> bool:
    """Whether a file is one of the sources or lies inside one."""
    for source in sources:
        root = absolute(source)
        if origin == root or origin.startswith(root.rstrip(os.sep) + os.sep):
            return True
    return False
