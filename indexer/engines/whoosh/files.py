"""The postings file of a segment: sections of plain arrays, and a table of them at the end.

    magic | section | section | ... | table (JSON) | table's offset, length, CRC-32 | magic

Every section begins at a multiple of eight bytes. The table gives the offset of each section and its
length in bytes. Opening checks magic, table and size; the sections are verified block by block when
they are read (`checksums.py`). The file is written from front to back.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, overload

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.checksums import VerifiedFile
from indexer.errors import DamageError

MAGIC = b"KHOBAO\x00\x04"
"""The last byte is the version of the format."""
_TRAILER = struct.Struct("<QQI8s")
_ALIGNMENT = 8
_MOST_KEPT = 16 << 20
"""Bytes of a section that is kept in memory at most."""
_BLOCK = 1 << 22


class FileWriter:
    """Writes a postings file section by section."""

    def __init__(self, path: Path) -> None:
        self._stream: BinaryIO = path.open("w+b")
        self._table: dict[str, list[int]] = {}
        self._stream.write(MAGIC)

    def begin(self, name: str) -> None:
        """Start a section."""
        self._pad()
        self._table[name] = [self._stream.tell(), 0]
        self._name = name

    def write(self, data: bytes | memoryview) -> None:
        """Append to the section that was begun last."""
        view = memoryview(data).cast("B")
        self._table[self._name][1] += len(view)
        self._stream.write(view)

    def copy(self, name: str, source: BinaryIO) -> None:
        """Add a section with everything that another file holds."""
        self.begin(name)
        source.seek(0)
        while block := source.read(_BLOCK):
            self.write(block)

    def finish(self, facts: dict[str, dict[str, int]]) -> None:
        """Write the table and flush everything to the disk.

        Args:
            facts: what a reader has to know about each field.
        """
        self._pad()
        table = json.dumps({"sections": self._table, "fields": facts}).encode()
        offset = self._stream.tell()
        self._stream.write(table)
        self._stream.write(_TRAILER.pack(offset, len(table), zlib.crc32(table), MAGIC))
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self.close()

    def close(self) -> None:
        """Release the file; without `finish` it is not readable."""
        self._stream.close()

    def _pad(self) -> None:
        self._stream.write(b"\0" * (-self._stream.tell() % _ALIGNMENT))


class Numbers:
    """A section of unsigned integers; a slice is read from the file as an array.

    Args:
        kept: whether a section that is not too large is read whole and kept in memory.
    """

    def __init__(
        self, file: VerifiedFile, offset: int, length: int, width: int, *, kept: bool
    ) -> None:
        self._file = file
        self._offset = offset
        self._count = length // width
        self._width = width
        self._dtype = np.dtype(f"<u{width}")
        self._kept = kept and length <= _MOST_KEPT
        self._whole: NDArray[Any] | None = None
        self._view: memoryview | None = None

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> NDArray[Any]: ...
    def __getitem__(self, at: int | slice) -> int | NDArray[Any]:
        if isinstance(at, slice):
            first, end, _ = at.indices(self._count)
            return self.between(first, max(first, end))
        return int(self.between(at, at + 1)[0])

    def between(self, first: int, end: int) -> NDArray[Any]:
        """The integers from `first` to `end` - 1."""
        return self._all()[first:end] if self._kept else self._read(first, end)

    def few(self, first: int, end: int) -> list[int]:
        """The integers from `first` to `end` - 1 as a list, as far as there are so many; faster."""
        end = min(end, self._count)
        if self._kept:
            if self._view is None:
                self._view = self._all().data
            found: list[int] = self._view[first:end].tolist()
        else:
            found = self._read(first, end).tolist()
        return found

    def _all(self) -> NDArray[Any]:
        if self._whole is None:
            self._whole = self._read(0, self._count)
        return self._whole

    def _read(self, first: int, end: int) -> NDArray[Any]:
        data = self._file.read(self._offset + first * self._width, (end - first) * self._width)
        return np.frombuffer(data, dtype=self._dtype)


class FileReader:
    """Sections of a postings file.

    Raises:
        DamageError: the file is cut short, damaged or of another version.
    """

    def __init__(self, file: VerifiedFile) -> None:
        self._file = file
        try:
            self._sections, self.fields = self._read_table()
        except (ValueError, KeyError, TypeError, struct.error) as error:
            raise DamageError(file.path, "the file is damaged") from error

    def _read_table(self) -> tuple[dict[str, list[int]], dict[str, dict[str, int]]]:
        size = self._file.length
        if size < len(MAGIC) + _TRAILER.size:
            raise ValueError("size")
        trailer = self._file.read(size - _TRAILER.size, _TRAILER.size)
        offset, length, checksum, magic = _TRAILER.unpack(trailer)
        if self._file.read(0, len(MAGIC)) != MAGIC or magic != MAGIC:
            raise ValueError("magic")
        if offset + length + _TRAILER.size != size:
            raise ValueError("table")
        table = self._file.read(offset, length)
        if zlib.crc32(table) != checksum:
            raise ValueError("table")
        content = json.loads(table)
        return content["sections"], content["fields"]

    def bytes(self, name: str, first: int, end: int) -> bytes:
        """Bytes `first` to `end` - 1 of a section."""
        return self._file.read(self._sections[name][0] + first, end - first)

    def numbers(self, name: str, width: int, *, kept: bool = False) -> Numbers:
        """A section as unsigned integers of `width` bytes; for `kept` see `Numbers`."""
        offset, length = self._sections[name]
        return Numbers(self._file, offset, length, width, kept=kept)

    def verify(self) -> None:
        """Compare the whole file with its checksums; raises DamageError."""
        self._file.verify()
