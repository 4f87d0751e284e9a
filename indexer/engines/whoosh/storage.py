"""Whoosh's storage in a folder, with the files that are read mapped into memory."""

from __future__ import annotations

import mmap
import os
import sys
from array import array
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from indexer.errors import ArchiveError

_RECORDS = ".record.col"
"""Ten of them are read for a page: to map them would only count as memory of the process."""


class MappedStorage(FileStorage):  # type: ignore[misc]
    """A folder whose files are mapped, so that columns are read without a system call."""

    def open_file(self, name: str, **options: Any) -> StructFile:
        """Open a file for reading; one that is empty cannot be mapped."""
        path = Path(self.folder, name)
        stream = path.open("rb")
        if not path.stat().st_size or (name.endswith(_RECORDS) and hasattr(os, "pread")):
            return _PlacedFile(stream, name=name, **options)
        with stream:
            return _PlacedFile(
                mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), name=name, **options
            )


class _PlacedFile(StructFile):  # type: ignore[misc]
    """A file, mapped or not, that several threads may read at different places."""

    def get(self, position: int, length: int) -> bytes:
        """Bytes from a place; raises ArchiveError where the file has fewer."""
        data: bytes = (
            self.file[position : position + length]
            if isinstance(self.file, mmap.mmap)
            else os.pread(self.file.fileno(), length, position)
        )
        if len(data) < length:
            raise ArchiveError(f"{self._name}: is damaged: it ends too early; index it anew")
        return data

    def get_array(self, position: int, typecode: str, length: int) -> array[int]:
        """Numbers from a place; stored with the most significant byte first."""
        numbers = array(typecode)
        numbers.frombytes(self.get(position, length * numbers.itemsize))
        if sys.byteorder == "little":
            numbers.byteswap()
        return numbers
