"""Postings of one field as sorted arrays, in memory or in a file, and how several become one.

Terms are sorted by their bytes. Term number t has the postings from starts[t] to starts[t + 1]:
document numbers, ascending, and the term's count in each document, in one byte.
"""

from __future__ import annotations

import tempfile
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh import files
from indexer.engines.whoosh.files import FileReader, FileWriter

MOST = 255
"""Higher counts are kept as this number: BM25 hardly grows beyond it."""
_STEP_POSTINGS = 1 << 19
_STEP_TERMS = 1 << 16
_BLOCK = 32
"""Terms that a look-up decodes."""
_BLOCKS = 1 << 11
"""Blocks of terms that are read at once."""

Numbers = NDArray[np.uint16] | NDArray[np.uint32]
Counts = NDArray[np.uint8]
Starts = NDArray[np.uint64] | files.Numbers


class FieldPostings(Protocol):
    """The postings of one field."""

    starts: Starts

    def term(self, number: int) -> bytes:
        """A term by its number."""

    def terms(self, first: int, end: int) -> list[bytes]:
        """Terms by their numbers."""

    def slice(self, first: int, end: int) -> tuple[Numbers, Counts]:
        """The postings of terms `first` to `end` - 1, one term after the other."""


def find(field: FieldPostings, term: bytes) -> int:
    """Number of the first term that is not less than `term`."""
    low, high = 0, len(field.starts) - 1
    while low < high:
        middle = (low + high) // 2
        if field.term(middle) < term:
            low = middle + 1
        else:
            high = middle
    return low


class StoredField:
    """A field in a postings file; its arrays are read piece by piece, as they are needed."""

    def __init__(self, file: FileReader, name: str) -> None:
        self._file = file
        self._terms = f"{name}/terms"
        self._samples: list[bytes] | None = None
        facts = file.fields[name]
        self._offsets = file.numbers(f"{name}/offsets", facts["offset bytes"], kept=True)
        self.starts: Starts = file.numbers(f"{name}/starts", facts["start bytes"], kept=True)
        self.documents = file.numbers(f"{name}/documents", facts["document bytes"])
        self.counts = file.numbers(f"{name}/counts", 1)

    def term(self, number: int) -> bytes:
        """A term by its number."""
        return self.terms(number, number + 1)[0]

    def terms(self, first: int, end: int) -> list[bytes]:
        """Terms by their numbers."""
        offsets = self._offsets[first : end + 1].tolist()
        if len(offsets) < 2:
            return []
        base = offsets[0]
        blob = self._file.bytes(self._terms, base, offsets[-1])
        return [blob[a - base : b - base] for a, b in pairwise(offsets)]

    def _first_of_blocks(self) -> list[bytes]:
        """The first term of each block."""
        count = len(self.starts) - 1
        found: list[bytes] = []
        for first in range(0, count, _BLOCK * _BLOCKS):
            offsets = self._offsets[first : first + _BLOCK * _BLOCKS + 1]
            base = int(offsets[0])
            blob = self._file.bytes(self._terms, base, int(offsets[-1]))
            begins, ends = (offsets[:-1] - base)[::_BLOCK], (offsets[1:] - base)[::_BLOCK]
            found += [blob[a:b] for a, b in zip(begins.tolist(), ends.tolist(), strict=True)]
        return found

    def number(self, term: bytes) -> int | None:
        """Number of a term, or None."""
        if self._samples is None:
            # The first term of each block is kept at hand, so that a look-up decodes one block only.
            self._samples = self._first_of_blocks()
        if not term or not self._samples:
            return None
        first = _BLOCK * max(0, bisect_right(self._samples, term) - 1)
        offsets = self._offsets[first : first + _BLOCK + 1].tolist()
        start = offsets[0]
        block = self._file.bytes(self._terms, start, offsets[-1])
        # It may stand inside another term as well: only from one offset to the next is it itself.
        place = block.find(term)
        while place >= 0:
            at = bisect_left(offsets, start + place)
            if offsets[at] == start + place and offsets[at + 1] == start + place + len(term):
                return first + at
            place = block.find(term, place + 1)
        return None

    def slice(self, first: int, end: int) -> tuple[Numbers, Counts]:
        """The postings of terms `first` to `end` - 1, one term after the other."""
        bounds = self.starts[first : end + 1]
        a, b = int(bounds[0]), int(bounds[-1])
        return self.documents.between(a, b), self.counts.between(a, b)


class GatheredField:
    """A field that is being filled, document after document; frozen by the first reading."""

    def __init__(self) -> None:
        # Gives every new term the next number.
        self._vocabulary: defaultdict[str, int] = defaultdict(count().__next__)
        self._numbers = array("I")
        self._documents = array("I")
        self._counts = array("B")
        self._sorted: list[bytes] = []
        self.starts: Starts = np.zeros(1, dtype=np.uint64)

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, document: int, counts: Mapping[str, int]) -> None:
        """Add the terms of one document; numbers of documents never fall."""
        self._numbers.extend(map(self._vocabulary.__getitem__, counts))
        self._documents.extend([document] * len(counts))
        try:
            self._counts.frombytes(bytes(counts.values()))
        except ValueError:
            self._counts.extend(min(count, MOST) for count in counts.values())

    def freeze(self) -> None:
        """Sort by term; the order of documents stays."""
        # Code points have the order of their UTF-8 bytes.
        terms = sorted(self._vocabulary)
        ranks = np.empty(len(terms), dtype=np.uint32)
        order = np.fromiter(map(self._vocabulary.__getitem__, terms), np.int64, len(ranks))
        self._sorted = [term.encode("utf-8", "surrogatepass") for term in terms]
        ranks[order] = np.arange(len(ranks), dtype=np.uint32)
        of_term = ranks[np.frombuffer(self._numbers, dtype=np.uint32)]
        by_term = np.argsort(of_term, kind="stable")
        self.starts = _starts(np.bincount(of_term, minlength=len(ranks)))
        self._all = (
            np.frombuffer(self._documents, dtype=np.uint32)[by_term],
            np.frombuffer(self._counts, dtype=np.uint8)[by_term],
        )

    def term(self, number: int) -> bytes:
        """A term by its number."""
        return self._sorted[number]

    def terms(self, first: int, end: int) -> list[bytes]:
        """Terms by their numbers."""
        return self._sorted[first:end]

    def slice(self, first: int, end: int) -> tuple[Numbers, Counts]:
        """The postings of terms `first` to `end` - 1, one term after the other."""
        a, b = int(self.starts[first]), int(self.starts[end])
        return self._all[0][a:b], self._all[1][a:b]


def _starts(frequencies: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    starts = np.zeros(len(frequencies) + 1, dtype=np.uint64)
    np.cumsum(frequencies, out=starts[1:])
    return starts


def _narrow(values: NDArray[np.uint64]) -> NDArray[np.uint32] | NDArray[np.uint64]:
    """The same values in half the bytes where they fit."""
    return values.astype(np.uint32) if values[-1] < 1 << 32 else values


@dataclass(frozen=True, slots=True)
class Source:
    """Postings to be merged; `numbers` gives each document its new number, or -1 when it is deleted.

    Sources are in the order of their new numbers.
    """

    postings: FieldPostings
    numbers: NDArray[np.int64] | None = None


def write_field(
    file: FileWriter, name: str, sources: Sequence[Source], documents: int, folder: Path
) -> dict[str, int]:
    """Merge sources into one field of a postings file, a range of terms at a time.

    Memory stays bounded by the ranges, by sixteen bytes a term, and by the postings of the most
    frequent term.

    Args:
        documents: how many documents the file is about.
        folder: where temporary files may lie.

    Returns:
        The field's facts: number of terms and of postings, and how wide its numbers are.
    """
    width = np.uint16 if documents <= 1 << 16 else np.uint32
    lengths = array("I")
    frequencies = array("I")
    with tempfile.TemporaryFile(dir=folder) as terms, tempfile.TemporaryFile(dir=folder) as counts:
        file.begin(f"{name}/documents")
        for ranges in _ranges([source.postings for source in sources]):
            merged = _merge(sources, ranges)
            if merged is None:
                continue
            words, found, numbers, weights = merged
            terms.write(b"".join(words))
            lengths.extend(map(len, words))
            frequencies.frombytes(found.astype(np.uint32).tobytes())
            file.write(numbers.astype(width).data)
            counts.write(weights.tobytes())
        file.copy(f"{name}/counts", counts)
        file.copy(f"{name}/terms", terms)
    offsets = _narrow(_starts(np.frombuffer(lengths, dtype=np.uint32)))
    file.begin(f"{name}/offsets")
    file.write(offsets.data)
    starts = _narrow(_starts(np.frombuffer(frequencies, dtype=np.uint32)))
    file.begin(f"{name}/starts")
    file.write(starts.data)
    return {
        "terms": len(lengths),
        "postings": int(starts[-1]),
        "document bytes": np.dtype(width).itemsize,
        "offset bytes": offsets.itemsize,
        "start bytes": starts.itemsize,
    }


def _ranges(fields: Sequence[FieldPostings]) -> Iterator[list[tuple[int, int]]]:
    """Ranges of terms of every field, all between the same two terms, none with too many postings."""
    # All ranges of a step are in memory together.
    most_postings = max(1, _STEP_POSTINGS // len(fields))
    most_terms = max(1, _STEP_TERMS // len(fields))
    at = [0] * len(fields)
    ends = [len(field.starts) - 1 for field in fields]
    while any(first < end for first, end in zip(at, ends, strict=True)):
        pivots = []
        for field, first, end in zip(fields, at, ends, strict=True):
            limit = int(field.starts[first]) + most_postings
            stop = min(bisect_right(field.starts, limit), first + most_terms)
            stop = max(stop, first + 1)
            if stop < end:
                pivots.append(field.term(stop))
        if pivots:
            pivot = min(pivots)
            following = [find(field, pivot) for field in fields]
        else:
            following = ends
        yield list(zip(at, following, strict=True))
        at = following


def _merge(
    sources: Sequence[Source], ranges: list[tuple[int, int]]
) -> tuple[list[bytes], NDArray[np.int64], Numbers, Counts] | None:
    """One range of terms of all sources: terms, their frequencies, documents, counts."""
    lists = [source.postings.terms(*bounds) for source, bounds in zip(sources, ranges, strict=True)]
    words = lists[0] if len(lists) == 1 else sorted(set().union(*lists))
    rank: Callable[[bytes], int] = {word: number for number, word in enumerate(words)}.__getitem__
    total = np.zeros(len(words), dtype=np.int64)
    parts = []
    for source, (first, end), own in zip(sources, ranges, lists, strict=True):
        documents, counts = source.postings.slice(first, end)
        bounds = source.postings.starts[first : end + 1].astype(np.int64)
        sizes: NDArray[np.int64] = bounds[1:] - bounds[:-1]
        ranks = np.fromiter(map(rank, own), dtype=np.int64, count=len(own))
        of_term = np.repeat(ranks, sizes)
        if source.numbers is not None:
            renumbered = source.numbers[documents]
            kept = renumbered >= 0
            documents, counts, of_term = (
                renumbered[kept].astype(np.uint32),
                counts[kept],
                of_term[kept],
            )
        found = np.bincount(of_term, minlength=len(words))
        parts.append((documents, counts, of_term, found))
        total += found
    if not total.any():
        return None
    starts = _starts(total).astype(np.int64)
    out_documents = np.empty(int(starts[-1]), dtype=np.uint32)
    out_counts = np.empty(int(starts[-1]), dtype=np.uint8)
    room = starts[:-1].copy()
    for documents, counts, of_term, found in parts:
        # Within a source postings are sorted by term, so a posting's place among those of its term
        # is its own place less that of the term's first.
        within = np.arange(len(of_term)) - (np.cumsum(found) - found)[of_term]
        places = room[of_term] + within
        out_documents[places] = documents
        out_counts[places] = counts
        room += found
    present = total > 0
    if not present.all():
        words = [word for word, there in zip(words, present, strict=True) if there]
    return words, total[present], out_documents, out_counts
