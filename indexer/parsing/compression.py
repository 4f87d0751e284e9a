"""Streams that are compressed: told by their first bytes, and decompressed as they are read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MOST_TIMES = 250
"""Real archives of text are compressed to a hundredth at most; a bomb to a thousandth."""
_FREE = 64 << 20
"""Bytes that may come out of any compressed file."""
_NESTED = 3
"""A file may be compressed so many times over."""
MAGIC_BYTES = 6


class DamagedStreamError(OSError):
    """A compressed stream that cannot be decompressed, or should not be; the text says why."""


@dataclass(frozen=True, slots=True)
class Compression:
    """A way of compressing one stream.

    Attributes:
        magic: the first bytes.
        suffixes: that names get; the rest of such a name tells the kind of what is inside.
        open: decompresses a stream; damage raises one of `_DAMAGE`.
    """

    magic: bytes
    suffixes: tuple[str, ...]
    open: Callable[[BinaryIO], io.BufferedIOBase]


def _gzip(stream: BinaryIO) -> io.BufferedIOBase:
    return gzip.GzipFile(fileobj=stream, mode="rb")


COMPRESSIONS = (
    Compression(b"\x1f\x8b", (".gz", ".gzip", ".z"), _gzip),
    Compression(b"BZh", (".bz2", ".bz"), bz2.BZ2File),
    Compression(b"\xfd7zXZ\x00", (".xz",), lzma.LZMAFile),
    Compression(b"\x28\xb5\x2f\xfd", (".zst", ".zstd"), zstd.ZstdFile),
)
_DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError, OSError)


class _Decompressed(io.RawIOBase):
    """What a compressed stream holds; damage and bombs are one kind of error."""

    def __init__(self, stream: BinaryIO, compression: Compression, size: int | None) -> None:
        super().__init__()
        self._stream = stream
        self._inside = compression.open(stream)
        self._most = _FREE if size is None else max(_FREE, _MOST_TIMES * size)
        self._given = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into a buffer; raises DamagedStreamError."""
        view = memoryview(cast(bytearray, buffer))
        try:
            # What comes before damage is given before the damage is told.
            data = self._inside.read1(len(view))
        except _DAMAGE as error:
            raise DamagedStreamError(f"its compressed data is damaged: {error}".lower()) from error
        self._given += len(data)
        if self._given > self._most:
            raise DamagedStreamError(
                f"it unpacks to more than {self._most >> 20} MB, {_MOST_TIMES} times its size:"
                " this is no archive of articles"
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close it and the stream below."""
        self._inside.close()
        self._stream.close()
        super().close()


def is_gzip(stream: BinaryIO) -> bool:
    """Whether a stream that can go back is compressed with gzip."""
    start = stream.read(2)
    stream.seek(0)
    return start == COMPRESSIONS[0].magic


def decompressed(stream: BinaryIO, size: int | None) -> tuple[io.BufferedReader, list[Compression]]:
    """A stream as what it holds, and how it was compressed, outermost first.

    Args:
        stream: is closed with the other.
        size: of its bytes, if known: what bombs are told by.
    """
    found: list[Compression] = []
    buffered = _buffered(stream)
    while len(found) < _NESTED:
        start = buffered.peek(MAGIC_BYTES)[:MAGIC_BYTES]
        compression = next((one for one in COMPRESSIONS if start.startswith(one.magic)), None)
        if compression is None:
            break
        found.append(compression)
        buffered = _buffered(_Decompressed(buffered, compression, size))
    return buffered, found


def _buffered(stream: BinaryIO | io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(cast(io.RawIOBase, stream), 1 << 16)
