"""Builds one segment: postings go into arrays, one sort a field; a merge joins arrays."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from indexer.durable import flush_file, flush_folder
from indexer.engines.whoosh.checksums import VerifiedFile
from indexer.engines.whoosh.codec import ArrayCodec, ArraySegment, ArrayTermsReader, postings_path
from indexer.engines.whoosh.column_copy import copy_rows
from indexer.engines.whoosh.commits import write_sums
from indexer.engines.whoosh.field_merge import Source, write_field
from indexer.engines.whoosh.files import FileWriter
from indexer.engines.whoosh.index import TEMPORARY, ArrayIndex
from indexer.engines.whoosh.postings import GatheredField

MEMORY = 256 << 20
"""Bytes that the postings of one transaction may take before they are set aside on the disk."""
_POSTING_BYTES = 24
"""Of a gathered posting: its arrays, and their sorted copies."""
_ANY_NUMBER = 1 << 32


class PostingsGatherer:
    """Takes the place of Whoosh's posting pool: keeps postings as arrays, by field."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = TemporaryDirectory(dir=folder, prefix=TEMPORARY)
        self._most = max(1, memory // _POSTING_BYTES)
        self._fields: dict[str, GatheredField] = {}
        self._gathered = 0
        self._earlier: list[ArrayTermsReader] = []
        self._merged: list[tuple[ArrayTermsReader, NDArray[np.int64]]] = []

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """One posting, as Whoosh's own fields give them."""
        name, term, document, weight, _ = item
        self.add_counts(name, document, {term.decode("utf-8", "surrogatepass"): int(weight)})

    def add_counts(self, name: str, document: int, counts: Mapping[str, int]) -> None:
        """All terms of one field of one document."""
        field = self._fields.get(name)
        if field is None:
            field = self._fields[name] = GatheredField()
        before = len(field)
        field.add(document, counts)
        self._gathered += len(field) - before

    def spill_if_full(self) -> None:
        """Set gathered postings aside on the disk; to be called between two documents."""
        if self._gathered >= self._most:
            path = Path(self._folder.name, f"{len(self._earlier)}")
            self._write(path, self._gathered_sources(), _ANY_NUMBER)
            self._earlier.append(ArrayTermsReader(VerifiedFile(path)))
            self._fields, self._gathered = {}, 0

    def add_segment(self, reader: ArrayTermsReader, numbers: NDArray[np.int64]) -> None:
        """A segment to be merged; `numbers` as in `Source`, after all numbers before."""
        self._merged.append((reader, numbers))

    def write(self, path: Path, documents: int) -> None:
        """Write everything as one postings file about `documents` documents."""
        sources: dict[str, list[Source]] = {}
        for earlier in self._earlier:
            for name, field in earlier.fields.items():
                sources.setdefault(name, []).append(Source(field))
        for name, gathered in self._gathered_sources().items():
            sources.setdefault(name, []).extend(gathered)
        for reader, numbers in self._merged:
            for name, field in reader.fields.items():
                sources.setdefault(name, []).append(Source(field, numbers))
        self._write(path, sources, documents)

    def _gathered_sources(self) -> dict[str, list[Source]]:
        for field in self._fields.values():
            field.freeze()
        return {name: [Source(field)] for name, field in self._fields.items()}

    def _write(self, path: Path, sources: Mapping[str, list[Source]], documents: int) -> None:
        file = FileWriter(path)
        try:
            folder = Path(self._folder.name)
            file.finish(
                {
                    name: write_field(file, name, sources[name], documents, folder)
                    for name in sorted(sources)
                }
            )
        finally:
            file.close()

    def cleanup(self) -> None:
        """Drop everything, temporary files too."""
        self._fields, self._merged, self._earlier = {}, [], []
        self._folder.cleanup()


class SegmentBuilder(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer of one segment with `PostingsGatherer` for its pool.

    Args:
        memory: bytes that gathered postings may take.
        private: the private sources that all documents of the segment have.
    """

    newsegment: ArraySegment

    def __init__(
        self, index: ArrayIndex, *, memory: int = MEMORY, private: tuple[str, ...] = ()
    ) -> None:
        generation = index.next_generation()
        super().__init__(index, codec=ArrayCodec(), _lk=False)
        self._index = index
        self.generation = generation
        self.newsegment.private = private
        self.pool = PostingsGatherer(index.folder, memory)

    def add(self, columns: Mapping[str, Any], terms: Mapping[str, Mapping[str, int]]) -> int:
        """Add a document out of ready counts and column values; returns its number."""
        document = int(self.docnum)
        for name, counts in terms.items():
            self.pool.add_counts(name, document, counts)
        # What `add_document` does of it, which asks each field first whether it is indexed after all.
        self.perdocwriter.start_doc(document)
        for name, value in columns.items():
            self.perdocwriter.add_column_value(name, self.schema[name].column_type, value)
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1
        self.pool.spill_if_full()
        return document

    def take_over(self, segment: ArraySegment) -> None:
        """Take over the documents of a segment that are in use."""
        reader = SegmentReader(self.storage, self.schema, segment)
        self.add_reader(reader)
        reader.close()

    def write_per_doc(
        self, fieldnames: set[str], reader: SegmentReader
    ) -> Mapping[int, int] | None:
        """Merge a segment's columns, which is all that the documents of `put` are besides postings.

        Whoosh's own reads and adds each value, and looks for stored lengths of every field, file by file.
        """
        if self.schema.stored_names() or reader.segment()._fieldlengths:
            moves: Mapping[int, int] | None = super().write_per_doc(fieldnames, reader)
            return moves
        rows = np.fromiter(reader.all_doc_ids(), dtype=np.int64)
        writer, start = self.perdocwriter, int(self.docnum)
        for name, field in self.schema.items():
            if field.column_type and reader.has_column(name):
                column = reader.column_reader(name, field.column_type, translate=False)
                if not writer._has_column(name):
                    writer._create_column(name, field.column_type)
                copy_rows(column, writer._get_column(name), rows, start)
        writer._doccount += len(rows)
        self.docnum += len(rows)
        if not reader.has_deletions():
            return None
        return dict(zip(rows.tolist(), range(start, self.docnum), strict=True))

    def add_postings_to_pool(
        self, reader: SegmentReader, startdoc: int, docmap: Mapping[int, int] | None
    ) -> None:
        """Merge a segment: Whoosh has copied its columns and says where its documents went."""
        count = reader.doc_count_all()
        if docmap is None:
            numbers = np.arange(startdoc, startdoc + count, dtype=np.int64)
        else:
            numbers = np.fromiter((docmap.get(old, -1) for old in range(count)), np.int64, count)
        # Whoosh closes its own reader before the postings are read.
        self.pool.add_segment(self.codec.terms_reader(self.storage, reader.segment()), numbers)

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        self.pool.write(postings_path(self.storage, self.newsegment), self.docnum)

    def seal(self) -> None:
        """Flush the finished segment to the disk, with its checksums."""
        id = self.newsegment.segment_id()
        for path in self._index.folder.glob(f"{id}.*"):
            flush_file(path)
        documents = self.newsegment.doc_count_all()
        self.newsegment.sums = write_sums(
            self._index.folder, id, documents, self.generation, self.newsegment.private
        )
        flush_folder(self._index.folder)

    def end(self) -> ArraySegment:
        """Write and seal the segment."""
        segment: ArraySegment = self._finalize_segment()
        self.seal()
        self.is_closed = True
        return segment

    def drop(self) -> None:
        """Give the segment up after any failure; its files are left to `ArrayIndex.clean`."""
        self.is_closed = True
        # On a full disk closing a file fails as writing did.
        with suppress(Exception):
            self.pool.cleanup()
        with suppress(Exception):
            self.perdocwriter._cols._temp.close()
