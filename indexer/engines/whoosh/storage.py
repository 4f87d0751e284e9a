"""Whoosh's storage in a folder, with the files that are read mapped into memory."""

from __future__ import annotations

import mmap
import sys
from array import array
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from indexer.errors import ArchiveError


class MappedStorage(FileStorage):  # type: ignore[misc]
    """A folder whose files are mapped: columns are then read without a system call, by any thread."""

    def open_file(self, name: str, **options: Any) -> StructFile:
        """Open a file for reading; one that is empty cannot be mapped and is opened as it is."""
        path = Path(self.folder, name)
        with path.open("rb") as stream:
            if not path.stat().st_size:
                return super().open_file(name, **options)
            return _MappedFile(
                mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), name=name, **options
            )


class _MappedFile(StructFile):  # type: ignore[misc]
    """A mapped file; what Whoosh reads at a place is sliced."""

    def get(self, position: int, length: int) -> bytes:
        """Bytes from a place; raises ArchiveError where the file has fewer."""
        data: bytes = self.file[position : position + length]
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
