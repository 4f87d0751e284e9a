"""The files of one segment as Whoosh's readers open them: each byte verified before it is used."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from indexer.engines.whoosh.checksums import FileSums, VerifiedFile
from indexer.errors import DamageError


class SegmentStorage(FileStorage):  # type: ignore[misc]
    """The files of one segment that its file of checksums names.

    Whoosh takes a column whose file is gone for a column without values. Here it is an error.
    """

    def __init__(self, folder: Path, sums: Mapping[str, FileSums]) -> None:
        super().__init__(str(folder))
        self._sums = sums
        self._files: dict[str, VerifiedFile] = {}

    def file(self, name: str) -> VerifiedFile:
        """A file, opened once.

        Raises:
            DamageError: it is missing, or has another length.
        """
        if name not in self._sums:
            raise DamageError(
                Path(self.folder, name), "the file is missing in the table of checksums"
            )
        if name not in self._files:
            self._files[name] = VerifiedFile(Path(self.folder, name), self._sums[name])
        return self._files[name]

    def open_file(self, name: str, **_: Any) -> StructFile:
        """A file as Whoosh reads it."""
        return PlacedFile(self.file(name), name=name)

    def file_exists(self, name: str) -> bool:
        """Whether a file belongs to the segment."""
        return name in self._sums

    def file_length(self, name: str) -> int:
        """How many bytes a file has to have."""
        return self._sums[name].length

    def names(self) -> list[str]:
        """The files of the segment."""
        return sorted(self._sums)


class PlacedFile(StructFile):  # type: ignore[misc]
    """A verified file that several threads may read at different places."""

    file: VerifiedFile

    def get(self, position: int, length: int) -> bytes:
        """Bytes from a place; raises DamageError."""
        return self.file.read(position, length)

    def get_array(self, position: int, typecode: str, length: int) -> array[int]:
        """Numbers from a place; stored with the most significant byte first."""
        numbers = array(typecode)
        numbers.frombytes(self.get(position, length * numbers.itemsize))
        if sys.byteorder == "little":
            numbers.byteswap()
        return numbers
