"""The segments of an index, each opened once and shared by all commits that hold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import DTypeLike, NDArray
from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn

from indexer.engines.facets import FacetPart
from indexer.engines.whoosh.checksums import ROW_CHECKSUM
from indexer.engines.whoosh.codec import EXTENSION, ArraySegment, ArrayTermsReader, encoded_term
from indexer.engines.whoosh.commits import INDEX_NAME, Commit, SegmentEntry
from indexer.engines.whoosh.postings import StoredField
from indexer.engines.whoosh.rows import Rows
from indexer.engines.whoosh.schema import ROW_COLUMNS, make_schema
from indexer.engines.whoosh.sketches import SketchTable
from indexer.engines.whoosh.token_texts import SegmentTexts
from indexer.meanings.vector_graph import Keys
from indexer.meanings.vector_table import key_of


class OpenSegment:
    """The files of one segment, which never change; which of its documents are deleted is the commit's.

    Raises:
        DamageError: a file is missing, has another length, or what is read of it is damaged.
    """

    def __init__(self, folder: Path, entry: SegmentEntry, schema: Any) -> None:
        self.id = entry.id
        self._segment = ArraySegment.of(entry, INDEX_NAME)
        self._files = self._segment.files(folder)
        self._count = entry.documents
        self._types = {
            name: field.column_type for name, field in schema.items() if field.column_type
        }
        # Weak: where commits join the numbers of several segments, nobody needs those of one.
        self._numbers: WeakValueDictionary[str, NDArray[Any]] = WeakValueDictionary()
        self._facets: dict[str, FacetPart] = {}
        self._sketches: SketchTable | None = None
        self._keys: Keys | None = None
        self._lock = Lock()
        # Opened now: a newer commit may remove the files before they are asked for.
        for name in self._files.names():
            self._files.file(name)
        self.postings = ArrayTermsReader(self._files.file(self._segment.make_filename(EXTENSION)))
        rows = {
            column: Rows(self._files.file(self._name(column)), self._count)
            for column in ROW_COLUMNS
        }
        self._rows = _RowColumns(rows)
        self.texts = SegmentTexts(self._rows, self._count, rows["tokens"].file.length)
        self._ids: tuple[bytes, memoryview] | None = None
        self._known: dict[str, NDArray[np.integer[Any]] | None] = {}

    def _name(self, column: str) -> str:
        name: str = W3Codec.column_filename(self._segment, column)
        return name

    def rows(self, column: str, documents: Sequence[int]) -> list[bytes]:
        """The values of some documents in a column of `ROW_COLUMNS`; raises DamageError."""
        return self._rows.rows(column, documents)

    def ids(self, documents: Sequence[int]) -> list[str]:
        """The ids of documents, which are held in memory once any is asked for."""
        if self._ids is None:
            rows = self._rows.columns["id"]
            self._ids = rows.file.read(0, rows.file.length), rows.begins
        whole, begins = self._ids
        return [whole[begins[one] : begins[one + 1] - ROW_CHECKSUM].decode() for one in documents]

    def numbers_of(self, ids: Sequence[str]) -> list[NDArray[np.integer[Any]] | None]:
        """The documents that have each of some ids, deleted ones among them; None for no document. Kept."""
        with self._lock:
            missing = [id for id in ids if id not in self._known]
            if missing and (field := self.postings.fields.get("t_id")) is not None:
                self._known.update(dict.fromkeys(missing))
                for at, number in _numbers_in(field, missing):
                    self._known[missing[at]] = field.postings(number)[0]
            return list(map(self._known.get, ids))

    def values(self, column: str) -> Iterator[bytes]:
        """The values of all documents in a column, read at once."""
        rows = Rows(self._files.file(self._name(column)), self._count)
        begins = np.asarray(rows.begins).astype(np.int64)
        # The whole file is verified: no need to look at the checksum of each row.
        data = rows.file.read(0, rows.file.length)
        ends = begins[1:] - (ROW_CHECKSUM if column in ROW_COLUMNS else 0)
        return map(data.__getitem__, map(slice, begins.tolist(), ends.tolist()))

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, and how many documents hold each."""
        for term, count in self.postings.counted_terms(f"t_{field}", encoded_term(prefix)):
            yield term.decode("utf-8", "surrogatepass"), count

    def counts(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents hold each of some terms of a field; deleted ones are among them."""
        found = [0] * len(terms)
        if (its := self.postings.fields.get(f"t_{field}")) is not None:
            for at, number in _numbers_in(its, terms):
                found[at] = its.frequency(number)
        return found

    def numbers(self, column: str, dtype: DTypeLike) -> NDArray[Any]:
        """The numbers of a column; kept while they are used."""
        with self._lock:
            if (numbers := self._numbers.get(column)) is None:
                numbers = self._numbers[column] = self._read_numbers(column, dtype)
            return numbers

    def _read_numbers(self, column: str, dtype: DTypeLike) -> NDArray[Any]:
        name, kind = self._name(column), self._types[column]
        if not isinstance(kind, NumericColumn):
            raise KeyError(column)
        data = self._files.file(name).read(0, self._files.file_length(name))
        written = np.frombuffer(data, dtype=f">{kind._typecode}")
        # Whoosh leaves out default values at the end.
        numbers = np.full(self._count, kind.default_value(), dtype=dtype)
        numbers[: len(written)] = written
        return numbers

    def facet(self, name: str) -> FacetPart:
        """The values of a facet; kept; raises KeyError when there is no such facet."""
        column = f"f_{name}"
        if column not in self._types:
            raise KeyError(name)
        return self._values_of(column)

    def groups(self) -> FacetPart:
        """The groups that documents were put into; kept."""
        return self._values_of("group")

    def _values_of(self, column: str) -> FacetPart:
        with self._lock:
            if column not in self._facets:
                self._facets[column] = FacetPart.of(self.values(column))
            return self._facets[column]

    def sketches(self) -> SketchTable:
        """The sketches of the documents; kept."""
        with self._lock:
            if self._sketches is None:
                name = self._name("sketch")
                data = self._files.file(name).read(0, self._files.file_length(name))
                self._sketches = SketchTable.of(data, self._count)
            return self._sketches

    def keys(self) -> Keys:
        """The keys of the documents by which their vectors are found; kept."""
        with self._lock:
            if self._keys is None:
                keys = [key_of(digest.decode("ascii")) for digest in self.values("digest")]
                self._keys = np.array(keys, dtype=np.uint64)
            return self._keys


def _numbers_in(field: StoredField, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Which of some terms a field has, and the number of each."""
    encoded = list(map(encoded_term, terms))
    return field.numbers(encoded, np.fromiter(map(hash, encoded), np.int64, len(encoded)))


@dataclass(frozen=True, slots=True)
class _RowColumns:
    """The columns of a segment that are read row by row."""

    columns: Mapping[str, Rows]

    def rows(self, column: str, documents: Iterable[int]) -> list[bytes]:
        """The values of some documents; raises DamageError."""
        return self.columns[column].read(documents)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment as one commit has it.

    Attributes:
        offset: number of its first document among those of all segments.
        count: its documents, deleted ones among them.
        deleted: numbers of those within the segment, ascending.
    """

    files: OpenSegment
    offset: int
    count: int
    deleted: NDArray[np.int64]


class SegmentCache:
    """The open segments of all commits that are still in use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: WeakValueDictionary[str, OpenSegment] = WeakValueDictionary()

    def segments(self, commit: Commit) -> list[Segment]:
        """The segments of a commit that hold documents; those already open are not opened again.

        Raises:
            ArchiveError: a file of one is missing or damaged, or cannot be opened.
        """
        schema = make_schema(commit.fields)
        segments: list[Segment] = []
        offset = 0
        for entry in commit.segments:
            # Two archives may have segments of one name: the checksums tell them apart.
            key = f"{entry.id} {entry.sums_length} {entry.sums_checksum}"
            files = self._open.get(key)
            if files is None:
                files = self._open[key] = OpenSegment(self._folder, entry, schema)
            if entry.documents:
                deleted = np.array(sorted(entry.deleted), dtype=np.int64)
                segments.append(Segment(files, offset, entry.documents, deleted))
            offset += entry.documents
        return segments
