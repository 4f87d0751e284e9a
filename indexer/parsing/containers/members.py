"""What all containers have in common: which members are read, and how far they may go."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from indexer.parsing.opening import MAX_ARTICLE_BYTES
from indexer.parsing.resource import Resource

_IN_MEMORY = 32 << 20
"""Bytes of a member that is read more than once; larger ones wait on the disk meanwhile."""
MOST_TIMES = 250
"""How many times its stored size a member may have, where it is larger than `FREE` bytes."""
FREE = 64 << 20
MOST_MEMBERS = 5_000_000


def fault_of_path(path: str) -> str | None:
    """What is wrong with where a member says that it belongs."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if path.startswith(("/", "\\")) or ".." in parts or path[1:3] in (":\\", ":/"):
        return "its path leads out of the container; it is not read"
    return None


def is_hidden(path: str) -> bool:
    """Whether a member is of the kind that is left out of folders too, as macOS's own notes are."""
    parts = PurePosixPath(path).parts
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)


def bomb(stored: int, size: int) -> str | None:
    """What is wrong with a member of so many bytes that takes so many in the container."""
    if size > max(FREE, MOST_TIMES * stored):
        return (
            f"it unpacks to {size >> 20} MB, more than {MOST_TIMES} times its size: this is no"
            " archive of articles; it is not read"
        )
    return None


@contextmanager
def held(container: Resource, path: str, stream: BinaryIO, size: int) -> Iterator[Resource]:
    """A member that is read from a stream which cannot go back: in memory, or on the disk meanwhile.

    Raises:
        OSError: the stream is damaged.
    """
    if size <= MAX_ARTICLE_BYTES:
        yield container.member_of(path, stream.read(size))
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
        yield container.member(path, partial(_again, cast(BinaryIO, copy)), size)


class _Kept(io.RawIOBase):
    """A stream that is read from its beginning and stays open when this is closed."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        stream.seek(0)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As every stream."""
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: object) -> int:
        """As every stream."""
        view = memoryview(cast(bytearray, buffer))
        data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


def _again(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Kept(stream), 1 << 16))
