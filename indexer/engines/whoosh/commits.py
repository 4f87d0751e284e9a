"""The table of contents of each commit: which segments, which of their documents, which bytes.

A table is one JSON object with its own checksum in a file of its own, ``_MAIN_7.toc`` for the seventh
commit. Nothing in it can run code, and no name of a class or module is in it.
"""

from __future__ import annotations

import base64
import re
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from indexer.durable import flush_folder, remove_tree, seal, unseal, write_durably
from indexer.engines.fields import Fields
from indexer.engines.whoosh.checksums import FileSums, MissingFileError
from indexer.errors import ArchiveError, DamageError, archive_errors, os_error_line

INDEX_NAME = "MAIN"
_TABLE = re.compile(rf"_{INDEX_NAME}_([0-9]+)\.toc")
SUMS = ".sums"
"""Ending of the file that holds the checksums of a segment's other files."""
VERSION = 1
"""Version of the table's own layout where nothing is private."""
_PRIVATE_VERSION = 2
"""Version of a table with private sources: a program that knows nothing of them must not use it."""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment of a commit.

    Attributes:
        id: what the names of its files begin with.
        documents: how many it holds, deleted ones among them.
        deleted: their numbers, ascending.
        sums_length, sums_checksum: of its file of checksums.
        lengths: field -> sum of its lengths, for those that Whoosh's own way of adding documents wrote.
        private: the private sources that all its documents have, ascending; empty for what everybody may see.
    """

    id: str
    documents: int
    deleted: tuple[int, ...]
    sums_length: int
    sums_checksum: int
    lengths: tuple[tuple[str, int], ...] = ()
    private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """The content of an index after a transaction.

    Attributes:
        identity: the same in all commits of one index, and in no other index.
        generation: number of the commit, from 0.
        skipped: the faults of newer tables, which are not used.
        private: the private sources: their documents lie in segments of their own.
        hidden: the private sources that were left out of this view of the commit.
    """

    identity: str
    generation: int
    fields: Fields
    segments: tuple[SegmentEntry, ...]
    skipped: tuple[DamageError, ...] = ()
    private: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """No other commit of this or any other index, and no other view of it, has the same name."""
        name = f"{self.identity}-{self.generation}"
        if not self.hidden:
            return name
        hidden = "\n".join(sorted(self.hidden)).encode("utf-8", "surrogatepass")
        return f"{name}-{blake2b(hidden, digest_size=6).hexdigest()}"


def table_path(folder: Path, generation: int) -> Path:
    """Where the table of contents of a commit is."""
    return folder / f"_{INDEX_NAME}_{generation}.toc"


def generations(folder: Path) -> list[int]:
    """The commits whose tables are in a folder, the newest first.

    Raises:
        ArchiveError: the folder cannot be read.
    """
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError as error:
        raise ArchiveError(os_error_line(error, folder)) from error
    return sorted(
        (int(match[1]) for name in names if (match := _TABLE.fullmatch(name))), reverse=True
    )


def discard_index(folder: Path) -> None:
    """Remove an index, whatever is left of it; its commits first. Raises ArchiveError."""
    with archive_errors(folder):
        for table in folder.glob("_*.toc"):
            table.unlink(missing_ok=True)
        flush_folder(folder)
        remove_tree(folder)


def holds_index(folder: Path) -> bool:
    """Whether a folder holds an index, or remains of an index."""
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return False
    return any(_TABLE.fullmatch(name) or name.endswith(SUMS) for name in names)


def read_newest(folder: Path) -> Commit:
    """The newest commit whose table is whole.

    A power failure can leave an empty newest table: the commit before it is still there, because files
    are removed only when the new table is on the disk.

    Raises:
        DamageError: there are tables, and none is whole.
        ArchiveError: there is none at all, or the folder or a table cannot be read.
        FileNotFoundError: a newer commit came meanwhile.
    """
    skipped: list[DamageError] = []
    for generation in generations(folder):
        try:
            commit = read_table(folder, generation)
        except DamageError as error:
            skipped.append(error)
            continue
        older = "the commit before it is used"
        faults = tuple(DamageError(one.path, f"{one.fault}; {older}") for one in skipped)
        return replace(commit, skipped=faults)
    if skipped:
        raise skipped[0]
    if holds_index(folder):
        raise DamageError(folder / f"_{INDEX_NAME}_N.toc", "the table of contents is missing")
    raise ArchiveError(f"{folder}: there is no index here; make one with: khobao index")


def read_table(folder: Path, generation: int) -> Commit:
    """The commit of one table.

    Raises:
        DamageError: it is not whole.
        ArchiveError: it cannot be read.
        FileNotFoundError: it is gone.
    """
    path = table_path(folder, generation)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ArchiveError(os_error_line(error, path)) from error
    if data.startswith((b"\x04\x08", b"\x04\x04")):
        raise ArchiveError(
            f"{path}: an older version of Kho Báo wrote this index; index the articles into a new archive"
        )
    try:
        content = unseal(data)
        if content["version"] not in (VERSION, _PRIVATE_VERSION):
            raise ValueError("another version")
        if content["generation"] != generation:
            raise ValueError("another generation")
        fields = Fields(*(tuple(content[name]) for name in ("terms", "facets", "scored")))
        segments = tuple(_entry(one) for one in content["segments"])
        private = frozenset(content.get("private", ()))
        return Commit(content["identity"], generation, fields, segments, private=private)
    except (ValueError, KeyError, TypeError) as error:
        fault = "the file is empty" if not data else "the file is damaged"
        raise DamageError(path, fault) from error


def write_table(folder: Path, commit: Commit) -> None:
    """Write the table of a commit; when this returns, it is on the disk for good; raises OSError."""
    content = {
        "version": _PRIVATE_VERSION if commit.private else VERSION,
        "identity": commit.identity,
        "generation": commit.generation,
        "terms": commit.fields.terms,
        "facets": commit.fields.facets,
        "scored": commit.fields.scored,
        "segments": [
            {
                "id": one.id,
                "documents": one.documents,
                "deleted": _packed(one.deleted),
                "sums": [one.sums_length, one.sums_checksum],
                "lengths": dict(one.lengths),
                **({"private": list(one.private)} if one.private else {}),
            }
            for one in commit.segments
        ],
        **({"private": sorted(commit.private)} if commit.private else {}),
    }
    write_durably(table_path(folder, commit.generation), seal(_plain(content)))


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in content.items()
    }


def _entry(content: Mapping[str, Any]) -> SegmentEntry:
    deleted = tuple(_unpacked(content["deleted"]))
    lengths = tuple(content["lengths"].items())
    length, checksum = content["sums"]
    private = tuple(content.get("private", ()))
    return SegmentEntry(
        content["id"], content["documents"], deleted, length, checksum, lengths, private
    )


def _packed(numbers: Sequence[int]) -> str:
    return base64.b64encode(np.array(numbers, dtype="<u4").tobytes()).decode()


def _unpacked(text: str) -> array[int]:
    numbers = array("I")
    numbers.frombytes(base64.b64decode(text, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def write_sums(
    folder: Path, id: str, documents: int, generation: int, private: tuple[str, ...] = ()
) -> tuple[int, int]:
    """Write the checksums of all files of a new segment beside them.

    Args:
        private: as in `SegmentEntry`, for a table of contents that is made anew.

    Returns:
        Length and CRC-32 of the file written.
    """
    files = {}
    for path in sorted(folder.glob(f"{id}.*")):
        sums = FileSums.of(path)
        files[path.name] = [sums.length, _packed(sums.blocks)]
    content: dict[str, Any] = {"documents": documents, "generation": generation, "files": files}
    data = seal({**content, "private": list(private)} if private else content)
    write_durably(folder / f"{id}{SUMS}", data)
    return len(data), zlib.crc32(data)


def read_sums(folder: Path, entry: SegmentEntry) -> dict[str, FileSums]:
    """The checksums of a segment's files by their names.

    Raises:
        DamageError: the file of checksums is missing or not the one that the commit names.
        ArchiveError: it cannot be read.
    """
    path = folder / f"{entry.id}{SUMS}"
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise MissingFileError(path, "the file is missing") from error
    except OSError as error:
        raise ArchiveError(os_error_line(error, path)) from error
    if len(data) != entry.sums_length or zlib.crc32(data) != entry.sums_checksum:
        raise DamageError(path, "the file is damaged: it is not the one that the commit names")
    return sums_in(path, data)


def sums_in(path: Path, data: bytes) -> dict[str, FileSums]:
    """The checksums that a file of them holds; raises DamageError."""
    try:
        files = unseal(data)["files"]
        return {name: FileSums(length, _unpacked(text)) for name, (length, text) in files.items()}
    except (ValueError, KeyError, TypeError) as error:
        raise DamageError(path, "the file is damaged") from error
