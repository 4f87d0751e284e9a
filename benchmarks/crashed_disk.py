"""What a disk may hold after a power failure between two operations of a command.

A file system may keep what was not flushed, or lose it, in any order. So after each operation there are
several states of the folder. Sources: Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014);
the crash tests of SQLite and LevelDB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from benchmarks.recorded_writes import Operation


class Crash(StrEnum):
    """What a disk has kept."""

    KILLED = "killed"
    """Everything: the process ended, not the machine."""
    DATA_LOST = "data lost"
    """Names, but of the content of files only what was flushed."""
    NAMES_LOST = "names lost"
    """All content, but of names in folders only those that were flushed."""
    ALL_LOST = "all lost"
    """What was flushed, and nothing else."""
    TORN = "torn"
    """Everything, but half of the last write."""


@dataclass(slots=True)
class _File:
    data: bytearray = field(default_factory=bytearray)
    flushed: bytes = b""


@dataclass(slots=True)
class _Folder:
    entries: dict[str, _File | _Folder] = field(default_factory=dict)
    flushed: dict[str, _File | _Folder] = field(default_factory=dict)


class Disk:
    """A folder whose changes are replayed; all that is in it at the beginning is on the disk.

    Args:
        folder: as it is before the changes.
        base: where it was when it was changed.
    """

    def __init__(self, folder: Path, base: Path) -> None:
        self._base = str(base)
        self._root = _read(folder)
        self._torn: tuple[_File, int, bytes] | None = None

    def apply(self, one: Operation) -> None:
        """Replay one operation."""
        self._torn = None
        match one.name:
            case "open":
                folder, name = self._parent(one.path)
                known = folder.entries.get(name)
                if known is None:
                    folder.entries[name] = _File()
                elif isinstance(known, _File) and one.empties:
                    known.data = bytearray()
            case "write":
                file = self._file(one.path)
                self._torn = file, one.at, bytes(file.data)
                _write(file, one.at, one.data)
            case "copy":
                source = self._file(one.other).data if self._has(one.other) else None
                data = (
                    bytes(source[: len(one.data)])
                    if source is not None
                    else Path(one.other).read_bytes()
                )
                _write(self._file(one.path), one.at, data[one.at :][: len(one.data)])
            case "truncate":
                whole = self._file(one.path).data
                whole[:] = whole[: one.at].ljust(one.at, b"\0")
            case "rename":
                folder, name = self._parent(one.path)
                target, new = self._parent(one.other)
                target.entries[new] = folder.entries.pop(name)
            case "remove":
                folder, name = self._parent(one.path)
                folder.entries.pop(name, None)
            case "folder":
                folder, name = self._parent(one.path)
                folder.entries[name] = _Folder()
            case "flush":
                _flush(self._node(one.path))

    def build(self, target: Path, crash: Crash) -> None:
        """Write what is left after a crash to a new folder."""
        torn = self._torn if crash is Crash.TORN else None
        _build(self._root, target, crash, torn)

    def _parts(self, path: str) -> list[str]:
        return [part for part in path.removeprefix(self._base).split("/") if part]

    def _node(self, path: str) -> _File | _Folder:
        node: _File | _Folder = self._root
        for part in self._parts(path):
            if not isinstance(node, _Folder):
                raise KeyError(path)
            node = node.entries[part]
        return node

    def _has(self, path: str) -> bool:
        try:
            return isinstance(self._node(path), _File)
        except KeyError:
            return False

    def _file(self, path: str) -> _File:
        node = self._node(path.removesuffix(" (deleted)"))
        if not isinstance(node, _File):
            raise KeyError(path)
        return node

    def _parent(self, path: str) -> tuple[_Folder, str]:
        *above, name = self._parts(path)
        node: _File | _Folder = self._root
        for part in above:
            node = node.entries[part] if isinstance(node, _Folder) else node
        if not isinstance(node, _Folder):
            raise KeyError(path)
        return node, name


def _write(file: _File, at: int, data: bytes) -> None:
    if len(file.data) < at:
        file.data.extend(b"\0" * (at - len(file.data)))
    file.data[at : at + len(data)] = data


def _flush(node: _File | _Folder) -> None:
    if isinstance(node, _File):
        node.flushed = bytes(node.data)
    else:
        node.flushed = dict(node.entries)


def _read(folder: Path) -> _Folder:
    found = _Folder()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir():
            found.entries[path.name] = _read(path)
        else:
            data = path.read_bytes()
            found.entries[path.name] = _File(bytearray(data), data)
    found.flushed = dict(found.entries)
    return found


def _build(
    folder: _Folder, target: Path, crash: Crash, torn: tuple[_File, int, bytes] | None
) -> None:
    target.mkdir(parents=True)
    loses_names = crash in (Crash.NAMES_LOST, Crash.ALL_LOST)
    loses_data = crash in (Crash.DATA_LOST, Crash.ALL_LOST)
    entries: Mapping[str, _File | _Folder] = folder.flushed if loses_names else folder.entries
    for name, node in entries.items():
        if isinstance(node, _Folder):
            _build(node, target / name, crash, torn)
            continue
        data = node.flushed if loses_data else bytes(node.data)
        if torn and torn[0] is node:
            _, at, before = torn
            half = at + (len(node.data) - at) // 2
            data = bytes(node.data[:half]) + before[half:]
        (target / name).write_bytes(data)
