"""Damaged files of a commit, and the documents that can still be read from damaged segments."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from whoosh.codec.whoosh3 import W3Codec

from indexer.durable import unseal
from indexer.engines.base import Origin
from indexer.engines.fields import Fields
from indexer.engines.whoosh.checksums import VerifiedFile
from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.commits import (
    INDEX_NAME,
    SUMS,
    Commit,
    SegmentEntry,
    generations,
    read_sums,
    write_table,
)
from indexer.engines.whoosh.rows import Rows
from indexer.errors import ArchiveError

_Row = Callable[[int], bytes | None]


def damage(folder: Path, entry: SegmentEntry) -> Iterator[ArchiveError]:
    """The fault of each damaged file of a segment; every byte is read."""
    try:
        sums = read_sums(folder, entry)
    except ArchiveError as error:
        yield error
        return
    for name, expected in sorted(sums.items()):
        try:
            VerifiedFile(folder / name, expected).verify()
        except ArchiveError as error:
            yield error


@dataclass(frozen=True, slots=True)
class Salvage:
    """The documents of damaged segments, as far as they can be read.

    Attributes:
        records: documents whose record is whole, each with its origin.
        lost: documents whose record is damaged, as far as their ids are known.
        unknown: how many documents are damaged so far that their ids are not known.
    """

    records: tuple[tuple[Origin, bytes], ...]
    lost: tuple[Origin, ...]
    unknown: int


def salvage(folder: Path, entries: Iterable[SegmentEntry]) -> Salvage:
    """The documents in use in damaged segments, as far as they can be read."""
    records: list[tuple[Origin, bytes]] = []
    lost: list[Origin] = []
    unknown = 0
    for entry in entries:
        rows = {name: _rows(folder, entry, name) for name in ("id", "digest", "origin", "record")}
        deleted = set(entry.deleted)
        for number in range(entry.documents):
            if number in deleted:
                continue
            id, digest, origin, record = (rows[name](number) for name in rows)
            if id is None and record is None:
                unknown += 1
                continue
            known = Origin(_text(id), _text(digest), _text(origin))
            if record is None:
                lost.append(known)
            else:
                records.append((known, record))
    return Salvage(tuple(records), tuple(lost), unknown)


def recover_table(folder: Path, fields: Fields) -> Commit:
    """Write a table of contents anew from the segments that are there.

    Which documents were deleted is not known any more. Of several documents with one id the newest is
    kept.

    Raises:
        ArchiveError: a file of checksums cannot be read.
        OSError: the table cannot be written.
    """
    found: list[tuple[int, SegmentEntry]] = []
    for path in folder.glob(f"*{SUMS}"):
        data = path.read_bytes()
        try:
            content = unseal(data)
            entry = SegmentEntry(
                path.name.removesuffix(SUMS),
                content["documents"],
                (),
                len(data),
                zlib.crc32(data),
                private=tuple(content.get("private", ())),
            )
            found.append((content["generation"], entry))
        except (ValueError, KeyError, TypeError):
            continue
    found.sort(key=lambda one: one[0])
    seen: set[bytes] = set()
    entries: list[SegmentEntry] = []
    for _, entry in reversed(found):
        row = _rows(folder, entry, "id")
        deleted = []
        for number in reversed(range(entry.documents)):
            id = row(number)
            if id is not None and id in seen:
                deleted.append(number)
            elif id is not None:
                seen.add(id)
        entries.insert(0, replace(entry, deleted=tuple(reversed(deleted))))
    newest = max((generation for generation, _ in found), default=0)
    number = max([newest, *generations(folder)]) + 1
    private = frozenset(one for entry in entries for one in entry.private)
    commit = Commit(uuid4().hex, number, fields, tuple(entries), private=private)
    write_table(folder, commit)
    return commit


def _text(value: bytes | None) -> str:
    return "" if value is None else value.decode("utf-8", "surrogatepass")


def _rows(folder: Path, entry: SegmentEntry, column: str) -> _Row:
    """The rows of a column, each None where it cannot be read."""
    segment = ArraySegment.of(entry, INDEX_NAME)
    name = W3Codec.column_filename(segment, column)
    try:
        file = VerifiedFile(folder / name, read_sums(folder, entry)[name])
        rows = Rows(file, entry.documents)
        # Read now: without its table no row of the column can be read.
        len(rows.begins)
    except (ArchiveError, KeyError):
        return lambda _: None

    def row(number: int) -> bytes | None:
        with suppress(ArchiveError):
            (value,) = rows.read([number])
            return value
        return None

    return row
