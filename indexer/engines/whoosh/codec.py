"""Whoosh's codec with postings as arrays: reads and writes the postings file of a segment.

Everything else of a segment (columns, lengths, deletions) stays Whoosh's own. Whoosh's searcher and its
queries work on it unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base, whoosh3
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from indexer.engines.whoosh.checksums import VerifiedFile
from indexer.engines.whoosh.commits import SegmentEntry, read_sums
from indexer.engines.whoosh.files import FileReader
from indexer.engines.whoosh.postings import Counts, Numbers, StoredField, find
from indexer.engines.whoosh.storage import SegmentStorage

EXTENSION = ".kpo"


class ArrayCodec(whoosh3.W3Codec):  # type: ignore[misc]
    """Whoosh's third codec with another inverted index, and with verified files."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> Any:  # noqa: ARG002
        """The writer of terms and postings; see `writer.py` for who fills it."""
        return _ClosedFieldWriter()

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTermsReader:
        """The reader of a segment's terms and postings."""
        return ArrayTermsReader(
            segment.files(Path(storage.folder)).file(segment.make_filename(EXTENSION))
        )

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> whoosh3.W3PerDocReader:
        """The reader of a segment's columns."""
        return whoosh3.W3PerDocReader(segment.files(Path(storage.folder)), segment)

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:  # noqa: ARG002
        """A segment that remembers this codec."""
        return ArraySegment(self, indexname)


class ArraySegment(whoosh3.W3Segment):  # type: ignore[misc]
    """A segment written by `ArrayCodec`.

    Attributes:
        sums: length and CRC-32 of its file of checksums; None until it is written.
        private: the private sources that all its documents have; see `SegmentEntry`.
    """

    sums: tuple[int, int] | None = None
    private: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: SegmentEntry, indexname: str) -> ArraySegment:
        """A segment as a commit has it."""
        segment = cls(ArrayCodec(), indexname, entry.documents, _segid(entry.id, indexname))
        segment.sums = entry.sums_length, entry.sums_checksum
        segment.private = entry.private
        segment._fieldlengths = dict(entry.lengths)
        for number in entry.deleted:
            segment.delete_document(number)
        return segment

    def entry(self) -> SegmentEntry:
        """The segment's entry in a commit; its files are written by then."""
        if self.sums is None:
            raise ValueError(f"{self.segment_id()}: its checksums are not written")
        deleted = tuple(sorted(self.deleted_docs()))
        lengths = tuple(self._fieldlengths.items())
        return SegmentEntry(
            self.segment_id(), self.doc_count_all(), deleted, *self.sums, lengths, self.private
        )

    def files(self, folder: Path) -> SegmentStorage:
        """The files of the segment in a folder, verified."""
        return SegmentStorage(folder, read_sums(folder, self.entry()))

    def should_assemble(self) -> bool:
        """No compound file: a postings file is read as it is."""
        return False


def _segid(id: str, indexname: str) -> str:
    return id.removeprefix(f"{indexname}_")


class _ClosedFieldWriter:
    """Takes the place of Whoosh's field writer: postings never pass one by one."""

    is_closed = True


def postings_path(storage: Any, segment: Any) -> Path:
    """Where a segment's postings file is."""
    return Path(storage.folder, segment.make_filename(EXTENSION))


def encoded_term(term: str) -> bytes:
    """A term as the files have it."""
    return term.encode("utf-8", "surrogatepass")


class ArrayTermsReader(base.TermsReader):  # type: ignore[misc]
    """Terms and postings of one segment.

    Raises:
        DamageError: the file is damaged.
    """

    def __init__(self, file: VerifiedFile) -> None:
        self._file = FileReader(file)
        self.fields = {name: StoredField(self._file, name) for name in self._file.fields}

    def verify(self) -> None:
        """Compare the whole file with its checksums; raises DamageError."""
        self._file.verify()

    def postings(self, fieldname: str, term: bytes) -> tuple[Numbers, Counts] | None:
        """Documents of a term and its count in each, as they lie in the file; None without the term."""
        field, number = self.find(fieldname, term)
        return field.postings(number) if field else None

    def find(self, fieldname: str, term: bytes) -> tuple[StoredField | None, int]:
        """A term's field and its number there; None and 0 without the term."""
        field = self.fields.get(fieldname)
        number = field.number(term) if field else None
        return (None, 0) if number is None else (field, number)

    def _existing(self, fieldname: str, term: bytes) -> tuple[Numbers, Counts]:
        found = self.postings(fieldname, term)
        if found is None:
            raise TermNotFound(f"{fieldname}:{term!r}")
        return found

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self.postings(*term) is not None

    def indexed_field_names(self) -> list[str]:
        """Fields that have terms here."""
        return list(self.fields)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Every field and term, sorted."""
        for name in sorted(self.fields):
            for term in self._from(name, b""):
                yield name, term

    def _from(self, fieldname: str, prefix: bytes) -> Iterator[bytes]:
        for _, block in self._blocks(fieldname, prefix):
            yield from block

    def _blocks(self, fieldname: str, prefix: bytes) -> Iterator[tuple[int, list[bytes]]]:
        """Terms from `prefix` on, with the number of the first of each block."""
        field = self.fields.get(fieldname)
        if field is None:
            return
        end = len(field.starts) - 1
        first = field.place(prefix)
        while first < end:
            # Prefixes are short: few terms are wanted at first, then more and more.
            block = field.terms(first, min(end, first + 256))
            yield first, block
            first += len(block)

    def counted_terms(self, fieldname: str, prefix: bytes) -> Iterator[tuple[bytes, int]]:
        """The terms of a field that begin with `prefix`, sorted, and how many documents hold each."""
        for first, block in self._blocks(fieldname, prefix):
            starts = self.fields[fieldname].starts[first : first + len(block) + 1]
            counts = np.diff(starts).tolist()
            if not block[-1].startswith(prefix):
                counted = zip(block, counts, strict=True)
                yield from takewhile(lambda one: one[0].startswith(prefix), counted)
                return
            yield from zip(block, counts, strict=True)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Terms of a field, then of the fields after it, from `prefix` on."""
        for name in sorted(self.fields):
            if name >= fieldname:
                for term in self._from(name, prefix if name == fieldname else b""):
                    yield name, term

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Every term with its facts."""
        for name, term in self.terms():
            yield (name, term), self.term_info(name, term)

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """`terms_from` with the facts of each term."""
        for name, term in self.terms_from(fieldname, prefix):
            yield (name, term), self.term_info(name, term)

    def cursor(self, fieldname: str, fieldobj: Any) -> ArrayCursor:
        """A cursor over a field's terms."""
        return ArrayCursor(self.fields.get(fieldname), fieldobj)

    def term_info(self, fieldname: str, term: bytes) -> TermInfo:
        """Facts of a term; raises TermNotFound."""
        return _term_info(*self._existing(fieldname, term))

    def frequency(self, fieldname: str, term: bytes) -> float:
        """Sum of a term's counts; 0 for an unknown one."""
        found = self.postings(fieldname, term)
        return float(found[1].sum(dtype=np.int64)) if found else 0.0

    def doc_frequency(self, fieldname: str, term: bytes) -> int:
        """How many documents hold a term."""
        field, number = self.find(fieldname, term)
        return field.frequency(number) if field else 0

    def matcher(self, fieldname: str, term: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """Whoosh's own way over a term's postings; raises TermNotFound."""
        documents, counts = self._existing(fieldname, term)
        return ListMatcher(
            documents.tolist(),
            counts.astype(float).tolist(),
            format=format_,
            scorer=scorer,
            term=(fieldname, term),
            terminfo=self.term_info(fieldname, term),
        )

    def close(self) -> None:
        """Let go of the file."""
        self.fields = {}


def _term_info(documents: Numbers, counts: Counts) -> TermInfo:
    return TermInfo(
        weight=float(counts.sum(dtype=np.int64)),
        df=len(documents),
        minlength=1,
        maxlength=1,
        maxweight=float(counts.max()),
        minid=int(documents[0]),
        maxid=int(documents[-1]),
    )


class ArrayCursor(base.FieldCursor):  # type: ignore[misc]
    """Walks over the terms of one field; gives them as the field's own values, as Whoosh's does."""

    def __init__(self, field: StoredField | None, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._at = 0
        self._end = len(field.starts) - 1 if field else 0

    def first(self) -> Any:
        """Go to the first term."""
        self._at = 0
        return self.text()

    def find(self, term: Any) -> Any:
        """Go to the first term that is not less than `term`."""
        if not isinstance(term, bytes):
            term = self._fieldobj.to_bytes(term)
        self._at = find(self._field, term) if self._field else 0
        return self.text()

    def next(self) -> Any:
        """Go one term on."""
        self._at += 1
        return self.text()

    def text(self) -> Any:
        """The term that the cursor is on; None past the end."""
        if self._field is None or self._at >= self._end:
            return None
        return self._fieldobj.from_bytes(self._field.term(self._at))

    term = text

    def term_info(self) -> TermInfo | None:
        """Facts of the term that the cursor is on; None past the end."""
        if self._field is None or self._at >= self._end:
            return None
        return _term_info(*self._field.postings(self._at))

    def is_valid(self) -> bool:
        """Whether the cursor is on a term."""
        return self._at < self._end
