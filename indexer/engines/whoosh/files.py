"""The postings file of a segment: sections of plain arrays, and a table of them at the end.

    magic | section | section | ... | table (JSON) | table's offset, length, CRC-32 | magic

Every section begins at a multiple of eight bytes, so that it can be read as an array where it lies
in the memory map. The table gives for each section its offset, length in bytes and CRC-32; opening
checks magic, table and size, `verify` checks the sections. The file is written from front to back.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from indexer.errors import ArchiveError

MAGIC = b"KHOBAO\x00\x02"
"""The last byte is the version of the format."""
_TRAILER = struct.Struct("<QQI8s")
_ALIGNMENT = 8
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
        self._table[name] = [self._stream.tell(), 0, 0]
        self._name = name

    def write(self, data: bytes | memoryview) -> None:
        """Append to the section that was begun last."""
        view = memoryview(data).cast("B")
        section = self._table[self._name]
        section[1] += len(view)
        section[2] = zlib.crc32(view, section[2])
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


class MissingFileError(ArchiveError, FileNotFoundError):
    """A file is gone: damage, or a commit since the table of contents was read.

    Whoosh reads the table anew when it meets the second of its bases.
    """


class FileReader:
    """Sections of a postings file, mapped into memory.

    Raises:
        ArchiveError: the file is missing, cut short, damaged or of another version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError as error:
            raise MissingFileError(
                f"{path}: the file is missing; index the articles anew"
            ) from error
        except (OSError, ValueError) as error:
            raise ArchiveError(
                f"{path}: cannot be opened: {error}; index the articles anew"
            ) from error
        try:
            self._sections, self.fields = self._read_table()
        except (ValueError, KeyError, TypeError, struct.error) as error:
            raise self._damaged() from error

    def _damaged(self) -> ArchiveError:
        return ArchiveError(
            f"{self._path}: the file is damaged; index the articles into a new archive"
        )

    def _read_table(self) -> tuple[dict[str, list[int]], dict[str, dict[str, int]]]:
        size = len(self._map)
        offset, length, checksum, magic = _TRAILER.unpack(self._map[size - _TRAILER.size :])
        table = self._map[offset : offset + length]
        if self._map[: len(MAGIC)] != MAGIC or magic != MAGIC:
            raise ValueError("magic")
        if offset + length + _TRAILER.size != size or zlib.crc32(table) != checksum:
            raise ValueError("table")
        content = json.loads(table)
        return content["sections"], content["fields"]

    def bytes(self, name: str) -> memoryview:
        """A section as it lies in the file."""
        offset, length, _ = self._sections[name]
        return memoryview(self._map)[offset : offset + length]

    def array(self, name: str, width: int) -> NDArray[Any]:
        """A section as an array of unsigned integers of so many bytes, not copied."""
        return np.frombuffer(self.bytes(name), dtype=f"<u{width}")

    def verify(self) -> None:
        """Check every section's checksum.

        Raises:
            ArchiveError: one does not match.
        """
        for name, (_, _, checksum) in self._sections.items():
            if zlib.crc32(self.bytes(name)) != checksum:
                raise self._damaged()
