"""Postings of one field as sorted arrays, in memory or in a file, and how several become one.

Terms are sorted by their bytes. Term number t has the postings from starts[t] to starts[t + 1]:
document numbers, ascending, and the term's count in each document, 255 at most. In a file they are packed
(`packing.py`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh import files
from indexer.engines.whoosh.files import FileReader
from indexer.engines.whoosh.packed_ranges import unpack
from indexer.engines.whoosh.packing import (
    counts_among,
    size_of,
    sizes_of,
    spread_term,
    unpacked_term,
)
from indexer.engines.whoosh.term_filter import TermFilter

MOST = 255
"""Higher counts are kept as this number: BM25 hardly grows beyond it."""
BLOCK = 32
"""Terms that a look-up decodes."""
_BLOCKS = 1 << 11
"""Blocks of terms that are read at once."""
PLACED = 8
"""The place of every such term's postings is stored; the sizes of those between tell the others."""

_MOST_KNOWN = 1 << 13
"""Terms of a field whose numbers are kept: 1.5 MB."""
_MOST_WHOLE = 1 << 14
"""Terms of a field that is held whole: 2 MB, those of 100 articles."""
_MOST_FILTERED = 1 << 18
"""Terms of a field that are read whole for a filter: 512 KB, those of 4,000 articles."""

Numbers = NDArray[np.uint32]
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
        self._known: dict[bytes, int | None] = {}
        self._filter: TermFilter | None = None
        self._whole: dict[bytes, int] | None = None
        facts = file.fields[name]
        self._offsets = file.numbers(f"{name}/offsets", facts["offset bytes"], kept=True)
        self._blocks = file.numbers(f"{name}/blocks", facts["block bytes"], kept=True)
        self._starts = file.numbers(f"{name}/starts", facts["start bytes"], kept=True)
        self.starts: Starts = self._starts
        self._is_tiny = len(self._starts) <= _MOST_WHOLE
        self._is_small = len(self._starts) <= _MOST_FILTERED
        self._levels = file.numbers(f"{name}/levels", 1, kept=True)
        self._places = file.numbers(f"{name}/places", facts["place bytes"], kept=True)
        self._postings = f"{name}/postings"
        self._documents = facts["documents"]

    def term(self, number: int) -> bytes:
        """A term by its number."""
        return self.terms(number, number + 1)[0]

    def terms(self, first: int, end: int) -> list[bytes]:
        """Terms by their numbers."""
        if first >= end:
            return []
        offsets = self._offsets_of(first, end + 1).tolist()
        base = offsets[0]
        blob = self._file.bytes(self._terms, base, offsets[-1])
        return [blob[a - base : b - base] for a, b in pairwise(offsets)]

    def terms_among(self, first: int, end: int, places: NDArray[np.int64]) -> list[bytes]:
        """Some of the terms `first` to `end` - 1, by their places among these."""
        if not len(places):
            return []
        offsets = self._offsets_of(first, end + 1)
        blob = self._file.bytes(self._terms, int(offsets[0]), int(offsets[-1]))
        offsets -= offsets[0]
        begins, ends = offsets[places].tolist(), offsets[places + 1].tolist()
        return [blob[a:b] for a, b in zip(begins, ends, strict=True)]

    def _offsets_of(self, first: int, end: int) -> NDArray[np.int64]:
        """Where terms `first` to `end` - 1 begin among all terms."""
        block = first // BLOCK
        blocks = self._blocks[block : (end - 1) // BLOCK + 1].astype(np.int64)
        within = first - block * BLOCK
        offsets: NDArray[np.int64] = np.repeat(blocks, BLOCK)[within : within + end - first]
        offsets += self._offsets[first:end]
        return offsets

    def _first_of_blocks(self) -> list[bytes]:
        """The first term of each block."""
        count = len(self.starts) - 1
        found: list[bytes] = []
        for first in range(0, count, BLOCK * _BLOCKS):
            offsets = self._offsets_of(first, min(first + BLOCK * _BLOCKS, count) + 1)
            base = int(offsets[0])
            blob = self._file.bytes(self._terms, base, int(offsets[-1]))
            begins, ends = (offsets[:-1] - base)[::BLOCK], (offsets[1:] - base)[::BLOCK]
            found += [blob[a:b] for a, b in zip(begins.tolist(), ends.tolist(), strict=True)]
        return found

    def number(self, term: bytes) -> int | None:
        """Number of a term, or None; kept, for a search asks for each of its terms several times."""
        if self._is_tiny:
            return self._all_numbers().get(term)
        its = self._its_filter()
        return self._kept_number(term) if its is None or its.may_hold(term) else None

    def numbers(
        self, terms: Sequence[bytes], hashes: NDArray[np.int64]
    ) -> Iterator[tuple[int, int]]:
        """Which of some terms the field has, and the number of each; faster than one after the other.

        Args:
            hashes: Python's own of each term.
        """
        places: Iterable[int] = range(len(terms))
        look_up: Callable[[bytes], int | None] = self._kept_number
        if self._is_tiny:
            look_up = self._all_numbers().get
        elif its := self._its_filter():
            places = its.passing(hashes).tolist()
        for at in places:
            if (number := look_up(terms[at])) is not None:
                yield at, number

    def _all_numbers(self) -> dict[bytes, int]:
        """The numbers of all terms of a tiny field: a look-up decodes nothing."""
        if self._whole is None:
            count = len(self.starts) - 1
            self._whole = dict(zip(self.terms(0, count), range(count), strict=True))
        return self._whole

    def _its_filter(self) -> TermFilter | None:
        """What tells most terms that the field lacks; None for a large field."""
        if self._filter is None and self._is_small:
            count = len(self.starts) - 1
            self._filter = TermFilter(self.terms(0, count), count)
        return self._filter

    def _kept_number(self, term: bytes) -> int | None:
        known = self._known
        number = known.get(term, -1)
        if number == -1:
            if len(known) >= _MOST_KNOWN:
                known = self._known = {}
            number = known[term] = self._number(term)
        return number

    def place(self, term: bytes) -> int:
        """What `find` gives; faster, with a part of the terms in memory."""
        block = bisect_left(self._heads(), term) - 1
        if block < 0:
            return 0
        first = block * BLOCK
        return first + bisect_left(
            self.terms(first, min(first + BLOCK, len(self.starts) - 1)), term
        )

    def _heads(self) -> list[bytes]:
        """The first term of each block, kept at hand so that a look-up decodes one block only."""
        if self._samples is None:
            self._samples = self._first_of_blocks()
        return self._samples

    def _number(self, term: bytes) -> int | None:
        if not term or not (heads := self._heads()):
            return None
        first = BLOCK * max(0, bisect_right(heads, term) - 1)
        at = first // BLOCK
        start, *following = self._blocks.few(at, at + 2)
        offsets = self._offsets.few(first, first + BLOCK + 1)
        if len(offsets) > BLOCK:
            offsets[-1] = following[0] - start
        block = self._file.bytes(self._terms, start, start + offsets[-1])
        # It may stand inside another term as well: only from one offset to the next is it itself.
        place = block.find(term)
        while place >= 0:
            at = bisect_left(offsets, place)
            if offsets[at] == place and offsets[at + 1] == place + len(term):
                return first + at
            place = block.find(term, place + 1)
        return None

    def postings(self, number: int) -> tuple[Numbers, Counts]:
        """The postings of one term."""
        data, frequency, level = self._packed(number)
        return unpacked_term(data, 0, frequency, level, self._documents)

    def counts_among(self, number: int, documents: NDArray[np.int64]) -> Counts:
        """The counts of one term in some documents; 0 for those that lack it."""
        data, frequency, level = self._packed(number)
        return counts_among(data, frequency, level, self._documents, documents)

    def spread(self, number: int) -> Counts:
        """The counts of one term in all documents; 0 for those that lack it."""
        data, frequency, level = self._packed(number)
        return spread_term(data, frequency, level, self._documents)

    def frequency(self, number: int) -> int:
        """How many documents hold a term."""
        first, end = self._starts.few(number, number + 2)
        return end - first

    def _packed(self, number: int) -> tuple[bytes, int, int]:
        """The bytes of a term's postings, how many they are, and the term's level."""
        first = number - number % PLACED
        starts = self._starts.few(first, number + 2)
        levels = self._levels.few(first, number + 1)
        size, place = 0, self._places[first // PLACED]
        for (begin, end), level in zip(pairwise(starts), levels, strict=True):
            place += size
            _, size = size_of(end - begin, level, self._documents)
        data = self._file.bytes(self._postings, place, place + size)
        return data, end - begin, level

    def slice(self, first: int, end: int) -> tuple[Numbers, Counts]:
        """The postings of terms `first` to `end` - 1, one term after the other."""
        placed = first - first % PLACED
        starts = self.starts[placed : end + 1].astype(np.int64)
        frequencies = starts[1:] - starts[:-1]
        levels = self._levels[placed:end]
        _, sizes = sizes_of(frequencies, levels, self._documents)
        before = first - placed
        begin = self._places[placed // PLACED] + int(sizes[:before].sum()) if end > first else 0
        data = self._file.bytes(self._postings, begin, begin + int(sizes[before:].sum()))
        return unpack(data, frequencies[before:], levels[before:], self._documents)


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
        self.starts = starts_of(np.bincount(of_term, minlength=len(ranks)))
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


def starts_of(frequencies: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    starts = np.zeros(len(frequencies) + 1, dtype=np.uint64)
    np.cumsum(frequencies, out=starts[1:])
    return starts
