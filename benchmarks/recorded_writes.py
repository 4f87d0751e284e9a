"""What a command changes in a folder, call by call, as strace sees it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MARK = "MARK "
"""A command writes this and a name to its standard error when a step is done and has been answered."""
_TRACED = (
    "openat,open,creat,write,pwrite64,writev,pwritev,ftruncate,truncate,rename,renameat,renameat2,unlink,"
    "unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,lseek,sendfile,copy_file_range,fallocate,link,linkat,"
    "symlink,symlinkat,mmap"
)
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)", re.DOTALL)
_HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"^(\d+)<(.*)>$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of the folder, or a mark.

    Attributes:
        name: of the call; "mark" for a mark.
        path: what is changed.
        other: the new path of a rename.
        data: what is written.
        at: where it is written, or the new length.
        empties: whether opening it empties it.
    """

    name: str
    path: str = ""
    other: str = ""
    data: bytes = b""
    at: int = 0
    empties: bool = False


def can_record() -> bool:
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(["strace", "-f", "true"], capture_output=True, check=False)
    return tried.returncode == 0


def record(command: Sequence[str], folder: Path, log: Path, cwd: Path) -> list[Operation]:
    """Run a command and give its changes in a folder, in order; raises CalledProcessError."""
    subprocess.run(
        ["strace", "-f", "-y", "-xx", "-s", str(1 << 26), "-e", f"trace={_TRACED}", "-o", log, *command],
        check=True, cwd=cwd, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return list(_Reader(str(folder)).operations(log))


def _decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _readable(text: str) -> str:
    return _HEX.sub(lambda found: _decoded(found[0]).decode("utf-8", "surrogateescape"), text)


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of the system that succeeded.

    Attributes:
        given: its arguments as strace prints them.
        texts: those of them that are texts.
        descriptor: the first argument, where it is a descriptor; else -1.
        path: what the descriptor is of.
    """

    name: str
    given: str
    texts: tuple[bytes, ...]
    descriptor: int
    path: str
    result: int

    @property
    def names(self) -> list[str]:
        """The texts as paths."""
        return [one.decode("utf-8", "surrogateescape") for one in self.texts]

    @property
    def last(self) -> int:
        """The last argument, a number."""
        return int(self.given.rpartition(", ")[2])


class _Reader:
    """Reads a log of strace for what changes in a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        # Descriptor -> where in its file it stands.
        self._places: dict[int, int] = {}

    def operations(self, log: Path) -> Iterator[Operation]:
        begun: dict[str, str] = {}
        for line in log.read_text("ascii", "replace").splitlines():
            process, _, text = line.partition(" ")
            if text.endswith("<unfinished ...>"):
                begun[process] = text.removesuffix("<unfinished ...>")
                continue
            if resumed := re.match(r"\s*<\.\.\. \w+ resumed>(.*)", text, re.DOTALL):
                text = begun.pop(process, "") + resumed[1]
            found = _CALL.search(text.strip())
            if found and int(found[3]) >= 0:
                yield from self._operation(_call(found))

    def _operation(self, call: _Call) -> Iterator[Operation]:
        if call.name in ("write", "pwrite64"):
            yield from self._written(call)
        elif call.name in ("openat", "open", "creat"):
            yield from self._opened(call)
        elif call.name == "lseek":
            self._places[call.descriptor] = call.result
        elif call.name == "mmap":
            self._check_mapped(call)
        elif any(map(self._is_inside, [call.path, *call.names])):
            yield self._changed(call)

    def _written(self, call: _Call) -> Iterator[Operation]:
        if self._is_inside(call.path):
            at = call.last if call.name == "pwrite64" else self._moved(call)
            yield Operation("write", call.path, data=call.texts[0][: call.result], at=at)
        elif call.texts and call.texts[0].startswith(MARK.encode()):
            yield Operation("mark", call.texts[0].decode().removeprefix(MARK).strip())

    def _opened(self, call: _Call) -> Iterator[Operation]:
        self._places[call.result] = 0
        if self._is_inside(call.names[0]) and ("O_CREAT" in call.given or "O_TRUNC" in call.given):
            yield Operation("open", call.names[0], empties="O_TRUNC" in call.given)

    def _check_mapped(self, call: _Call) -> None:
        given = _readable(call.given)
        if "MAP_SHARED" in given and "PROT_WRITE" in given and self._folder in given:
            raise ValueError(f"a file is written through memory: {given}")

    def _changed(self, call: _Call) -> Operation:
        names = call.names
        match call.name:
            case "ftruncate":
                return Operation("truncate", call.path, at=call.last)
            case "fsync" | "fdatasync":
                return Operation("flush", call.path)
            case "rename" | "renameat" | "renameat2":
                return Operation("rename", names[0], names[1])
            case "unlink" | "unlinkat" | "rmdir":
                return Operation("remove", names[0])
            case "mkdir" | "mkdirat":
                return Operation("folder", names[0])
            case "sendfile" | "copy_file_range":
                source = _DESCRIPTOR.search(_readable(call.given.split(", ")[1]))
                data = b"\0" * call.result
                at = self._moved(call)
                return Operation("copy", call.path, source[2] if source else "", data, at)
        raise ValueError(
            f"{call.name}: nobody knows how to replay it: {_readable(call.given)[:200]}"
        )

    def _moved(self, call: _Call) -> int:
        """Where a descriptor stood before it went on by the result of a call."""
        at = self._places.get(call.descriptor, 0)
        self._places[call.descriptor] = at + call.result
        return at

    def _is_inside(self, path: str) -> bool:
        return path == self._folder or path.startswith(f"{self._folder}/")


def _call(found: re.Match[str]) -> _Call:
    described = _DESCRIPTOR.match(_readable(found[2].split(", ")[0]))
    return _Call(
        found[1],
        found[2],
        tuple(_decoded(one[1]) for one in _TEXT.finditer(found[2])),
        int(described[1]) if described else -1,
        described[2] if described else "",
        int(found[3]),
    )
