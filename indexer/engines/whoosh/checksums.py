"""Files whose every block is compared with its checksum whenever it is read from the disk.

A file may be damaged while it is open. So a block that was right once is either at hand in memory or
compared again.
"""

from __future__ import annotations

import itertools
import os
import threading
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from indexer.errors import ArchiveError, DamageError, os_error_line

BLOCK = 1 << 14
"""Bytes that one checksum is of: reading a little of a large file verifies only a little of it."""


@dataclass(frozen=True, slots=True)
class FileSums:
    """The length and the checksums of a file as it was written.

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
                blocks.append(crc32(block))
                length += len(block)
        return cls(length, blocks)


_KEPT_BLOCKS = 2048
"""Blocks that are kept in memory, of all files together: 32 MB."""
_FEW = 2
"""A reading of more blocks than this passes the kept ones by: postings, whole columns."""


class _KeptBlocks:
    """The verified blocks that were used last. Threads share it: each of its steps is atomic."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._blocks: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def get(self, key: tuple[int, int]) -> bytes | None:
        block = self._blocks.get(key)
        if block is not None:
            # Another thread may have dropped it meanwhile.
            with suppress(KeyError):
                self._blocks.move_to_end(key)
        return block

    def put(self, key: tuple[int, int], block: bytes) -> None:
        self._blocks[key] = block
        if len(self._blocks) > self._most:
            with suppress(KeyError):
                self._blocks.popitem(last=False)


_KEPT = _KeptBlocks(_KEPT_BLOCKS)
_NUMBERS = itertools.count()


ROW_CHECKSUM = 4
"""Bytes of the checksum at the end of a row."""

_RESIDUE = 0x2144DF1C
"""CRC-32 of any bytes that are followed by their own CRC-32, least significant byte first."""

if hasattr(os, "pread"):
    pread = os.pread
else:
    _SEEKING = threading.Lock()

    def pread(descriptor: int, length: int, position: int) -> bytes:
        """`os.pread` for systems that lack it."""
        with _SEEKING:
            os.lseek(descriptor, position, os.SEEK_SET)
            return os.read(descriptor, length)


_GAP, _AT_ONCE = 2048, 1 << 20
"""Rows that lie no farther apart are read together, up to so many bytes."""


def seal_row(value: bytes) -> bytes:
    """A value followed by its CRC-32."""
    return value + crc32(value).to_bytes(ROW_CHECKSUM, "little")


def _runs(places: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Places one after another in a file that are read at once."""
    run: list[tuple[int, int]] = []
    end = start = 0
    for position, length in places:
        if run and end <= position <= end + _GAP and position + length - start <= _AT_ONCE:
            run.append((position, length))
        else:
            if run:
                yield run
            run, start = [(position, length)], position
        end = position + length
    if run:
        yield run


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
        # Tells the blocks of this file from those of all others that this process has opened.
        self._number = next(_NUMBERS)

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
        end = position + length
        if position < 0 or length < 0 or end > self.length:
            raise DamageError(self.path, "the file is damaged: it points behind its end")
        if self._sums is None or not length:
            return self._raw(position, length)
        first, last = position // BLOCK, (end - 1) // BLOCK
        begin = first * BLOCK
        if first == last:
            return self._kept_block(first)[position - begin : end - begin]
        if last - first < _FEW:
            data = b"".join([self._kept_block(number) for number in range(first, last + 1)])
        else:
            data = self._verified(first, last)
        return data[position - begin : end - begin]

    def rows(self, places: Iterable[tuple[int, int]]) -> list[bytes]:
        """Values that `seal_row` has written: faster than `read`, for no block has to be verified.

        Args:
            places: where each row begins, and its length.

        Raises:
            DamageError: a row is not what was written.
            ArchiveError: the disk cannot read it.
        """
        found = []
        try:
            for run in _runs(places):
                begin, (last, length) = run[0][0], run[-1]
                data = pread(self._descriptor, last + length - begin, begin)
                if len(run) > 1:
                    rows = [data[at - begin : at - begin + size] for at, size in run]
                else:
                    rows = [data]
                for row, (_, size) in zip(rows, run, strict=True):
                    if crc32(row) != _RESIDUE or len(row) != size:
                        raise DamageError(
                            self.path, "the file is damaged: a checksum does not match"
                        )
                    found.append(row[:-ROW_CHECKSUM])
        except OSError as error:
            raise ArchiveError(os_error_line(error, self.path)) from error
        return found

    def _kept_block(self, number: int) -> bytes:
        key = self._number, number
        block = _KEPT.get(key)
        if block is None:
            block = self._verified(number, number)
            _KEPT.put(key, block)
        return block

    def _verified(self, first: int, last: int) -> bytes:
        """Blocks `first` to `last` from the disk, each compared with its checksum."""
        sums = self._sums.blocks if self._sums else ()
        start = first * BLOCK
        data = self._raw(start, min((last + 1) * BLOCK, self.length) - start)
        for number in range(first, last + 1):
            at = (number - first) * BLOCK
            if crc32(data[at : at + BLOCK]) != sums[number]:
                raise DamageError(self.path, "the file is damaged: a checksum does not match")
        return data

    def _raw(self, position: int, length: int) -> bytes:
        try:
            data = pread(self._descriptor, length, position)
            while len(data) < length:
                part = pread(self._descriptor, length - len(data), position + len(data))
                if not part:
                    raise DamageError(self.path, "the file is damaged: it has been cut short")
                data += part
        except OSError as error:
            if isinstance(error, ArchiveError):
                raise
            raise ArchiveError(os_error_line(error, self.path)) from error
        return data

    def verify(self) -> None:
        """Compare the whole file with its checksums.

        Raises:
            DamageError: as `read`.
        """
        for first in range(0, -(-self.length // BLOCK), 64):
            self._verified(first, min(first + 64, -(-self.length // BLOCK)) - 1)
