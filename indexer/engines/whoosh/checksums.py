"""Files whose every block is compared with its checksum before anything of it is used."""

from __future__ import annotations

import os
import threading
import zlib
from array import array
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ArchiveError, DamageError, os_error_line

BLOCK = 1 << 14
"""Bytes that one checksum is of: reading a little of a large file verifies only a little of it."""


@dataclass(frozen=True, slots=True)
class FileSums:
    """What a file has to be.

    Attributes:
        length: in bytes.
        blocks: CRC-32 of each `BLOCK` bytes, the last of which may be shorter.
    """

    length: int
    blocks: array[int]

    @classmethod
    def of(cls, path: Path) -> FileSums:
        """The length and checksums of a file as it is; raises OSError."""
        blocks, length = array("I"), 0
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                blocks.append(zlib.crc32(block))
                length += len(block)
        return cls(length, blocks)


class MissingFileError(DamageError, FileNotFoundError):
    """A file is gone: damage, or a newer commit since the table of contents was read.

    Whoosh reads the table of contents anew when it meets the second of its bases.
    """


class VerifiedFile:
    """A file that is read at any place by any thread, never more than was written.

    It is not mapped into memory: a mapped file that is cut short kills the process that reads it.

    Args:
        sums: None for a file of this process alone, which is read as it is.

    Raises:
        ArchiveError: the file cannot be opened.
        DamageError: the file is missing or has another length.
    """

    def __init__(self, path: Path, sums: FileSums | None = None) -> None:
        self.path = path
        self._sums = sums
        self._descriptor = -1
        try:
            self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            length = os.fstat(self._descriptor).st_size
        except FileNotFoundError as error:
            raise MissingFileError(path, "the file is missing") from error
        except OSError as error:
            raise ArchiveError(os_error_line(error, path)) from error
        self.length = length if sums is None else sums.length
        if length != self.length:
            raise DamageError(
                path, f"the file is damaged: it has {length} bytes in place of {self.length}"
            )
        self._verified = bytearray(0 if sums is None else len(sums.blocks))
        self._lock = threading.Lock()

    def __del__(self) -> None:
        # Closed with its last user: a search may still read what a newer commit has replaced.
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def read(self, position: int, length: int) -> bytes:
        """Some bytes of the file.

        Raises:
            DamageError: the file ends before them, or their blocks are not what was written.
            ArchiveError: the disk cannot read them.
        """
        if position < 0 or length < 0 or position + length > self.length:
            raise DamageError(self.path, "the file is damaged: it points behind its end")
        if self._sums is None or not length:
            return self._raw(position, length)
        first, last = position // BLOCK, (position + length - 1) // BLOCK
        if 0 not in self._verified[first : last + 1]:
            return self._raw(position, length)
        start = first * BLOCK
        data = self._raw(start, min((last + 1) * BLOCK, self.length) - start)
        for number in range(first, last + 1):
            at = (number - first) * BLOCK
            if zlib.crc32(data[at : at + BLOCK]) != self._sums.blocks[number]:
                raise DamageError(self.path, "the file is damaged: a checksum does not match")
            self._verified[number] = 1
        return data[position - start : position - start + length]

    def _raw(self, position: int, length: int) -> bytes:
        parts = []
        while length:
            try:
                part = self._pread(length, position)
            except OSError as error:
                raise ArchiveError(os_error_line(error, self.path)) from error
            if not part:
                raise DamageError(self.path, "the file is damaged: it has been cut short")
            parts.append(part)
            position += len(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _pread(self, length: int, position: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, length, position)
        with self._lock:
            os.lseek(self._descriptor, position, os.SEEK_SET)
            return os.read(self._descriptor, length)

    def verify(self) -> None:
        """Compare the whole file with its checksums, also what was read before.

        Raises:
            DamageError: as `read`.
        """
        self._verified = bytearray(len(self._verified))
        for start in range(0, self.length, 64 * BLOCK):
            self.read(start, min(64 * BLOCK, self.length - start))
