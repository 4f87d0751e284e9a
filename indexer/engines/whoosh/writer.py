"""The segment writer: postings go into arrays, a commit is one sort a field, a merge joins arrays."""

from __future__ import annotations

import math
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
from indexer.engines.whoosh.commits import write_sums
from indexer.engines.whoosh.field_merge import Source, write_field
from indexer.engines.whoosh.files import FileWriter
from indexer.engines.whoosh.index import TEMPORARY, ArrayIndex
from indexer.engines.whoosh.postings import GatheredField

MEMORY = 256 << 20
"""Bytes that the postings of one transaction may take before they are set aside on the disk."""
_POSTING_BYTES = 24
"""Of a gathered posting: its arrays, and their sorted copies."""
MOST_SEGMENTS = 10
_TIER = 6
"""This many segments of about one size become one."""
_MOST_DELETED = 0.3
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


class ArrayWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer with `PostingsGatherer` for its pool; the index's lock is held by the caller.

    Args:
        memory: bytes that gathered postings may take.
        without: ids of segments that are dropped from the index.
    """

    segments: list[ArraySegment]
    newsegment: ArraySegment

    def __init__(
        self,
        index: ArrayIndex,
        *,
        memory: int = MEMORY,
        without: frozenset[str] = frozenset(),
    ) -> None:
        generation = index.next_generation()
        index.clean(index.commit())  # what a process left that was killed
        super().__init__(index, codec=ArrayCodec(), _lk=False)
        self._index = index
        self.generation = generation
        self.segments = [one for one in self.segments if one.segment_id() not in without]
        self._setup_doc_offsets()
        self.pool = PostingsGatherer(index.folder, memory)
        # Where a document with a given id is: among those committed, or in this transaction.
        self._committed = [
            (offset, self.codec.terms_reader(self.storage, segment))
            for offset, segment in zip(self._doc_offsets, self.segments, strict=True)
        ]
        self._added_ids: dict[str, int] = {}

    def put(
        self, id: str, columns: Mapping[str, Any], terms: Mapping[str, Mapping[str, int]]
    ) -> None:
        """Add a document out of ready counts and column values."""
        document = self.docnum
        self._added_ids[id] = document
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

    def delete_id(self, id: str) -> None:
        """Delete the document with this id, wherever it is."""
        if (added := self._added_ids.pop(id, None)) is not None:
            self.newsegment.delete_document(added)
        term = id.encode("utf-8", "surrogatepass")
        for offset, reader in self._committed:
            if found := reader.postings("t_id", term):
                for document in found[0]:
                    if not self.is_deleted(offset + int(document)):
                        self.delete_document(offset + int(document))

    def write_per_doc(
        self, fieldnames: set[str], reader: SegmentReader
    ) -> Mapping[int, int] | None:
        """Merge a segment's columns, which is all that the documents of `put` are besides postings.

        Whoosh's own looks for stored lengths of every field of every document, file by file.
        """
        if self.schema.stored_names() or reader.segment()._fieldlengths:
            moves: Mapping[int, int] | None = super().write_per_doc(fieldnames, reader)
            return moves
        columns = {
            name: (field.column_type, reader.column_reader(name, field.column_type))
            for name, field in self.schema.items()
            if field.column_type and reader.has_column(name)
        }
        moved: dict[int, int] = {}
        for old in reader.all_doc_ids():
            moved[old] = self.docnum
            self.perdocwriter.start_doc(self.docnum)
            for name, (kind, column) in columns.items():
                self.perdocwriter.add_column_value(name, kind, column[old])
            self.perdocwriter.finish_doc()
            self.docnum += 1
        return moved if reader.has_deletions() else None

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

    def commit(
        self, mergetype: Any = None, optimize: bool | None = None, merge: bool | None = None
    ) -> None:
        """Write the segment, flush it to the disk, then name it in the table of contents."""
        policy = mergetype or (None if optimize else merge_tiers)
        super().commit(mergetype=policy, optimize=optimize, merge=merge)

    def _commit_toc(self, segments: list[ArraySegment]) -> None:
        if self.newsegment in segments:
            id = self.newsegment.segment_id()
            for path in self._index.folder.glob(f"{id}.*"):
                flush_file(path)
            documents = self.newsegment.doc_count_all()
            self.newsegment.sums = write_sums(self._index.folder, id, documents, self.generation)
            flush_folder(self._index.folder)
        self._index.write_commit(segments, self.generation)
        self._let_go()

    def _let_go(self) -> None:
        """Close the committed files: Whoosh's writer holds itself, and would be freed late."""
        self._committed = []

    def discard(self) -> None:
        """Give up the transaction after any failure, and remove the files it wrote."""
        self.is_closed = True
        self._let_go()
        # On a full disk closing a file fails as writing did.
        with suppress(Exception):
            self.pool.cleanup()
        with suppress(Exception):
            self.perdocwriter._cols._temp.close()
        self._index.clean(self._index.commit())


def merge_tiers(writer: ArrayWriter, segments: list[Any]) -> list[Any]:
    """Merge policy: never more than ten segments, and each article is merged only a few times.

    Segments are tiered by the logarithm of their size; a tier of six becomes one segment, and so
    does one in which many articles are deleted. If there are still too many, the smallest are merged.
    """
    tiers: dict[int, list[Any]] = {}
    for segment in segments:
        size = max(1, segment.doc_count())
        tiers.setdefault(int(math.log(size, _TIER)), []).append(segment)
    chosen = {
        segment.segment_id()
        for members in tiers.values()
        for segment in members
        if len(members) >= _TIER
        or segment.deleted_count() > _MOST_DELETED * segment.doc_count_all()
    }
    by_size = sorted(segments, key=lambda segment: int(segment.doc_count()))
    for segment in by_size:
        # One more comes from what this transaction has added.
        if len(segments) - len(chosen) + 1 <= MOST_SEGMENTS:
            break
        chosen.add(segment.segment_id())
    kept = []
    for segment in segments:
        if segment.segment_id() in chosen:
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
        else:
            kept.append(segment)
    return kept
