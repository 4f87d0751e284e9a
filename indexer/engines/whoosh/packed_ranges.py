"""The postings of many terms one after the other, packed and unpacked together.

Most terms are rare, and their postings are few: all of one layout are handled in one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.packing import (
    BITS,
    BLOCK,
    COUNTED,
    DENSE,
    DENSE_BITS,
    EACH,
    NEAR,
    NEAR_BLOCK,
    Counts,
    Documents,
    Integers,
    high_bytes,
    packed_counts,
    packed_term,
    sizes_of,
    unpacked_counts,
    unpacked_term,
)

Bytes = NDArray[np.uint8]
_MANY = 512
"""Postings from which a term is handled alone: what it takes for itself is little then."""


def pack(
    numbers: Documents, counts: Counts, frequencies: Integers, levels: Counts, documents: int
) -> Bytes:
    """The postings of terms, term after term, as `unpack` reads them.

    Args:
        frequencies: how many postings each term has, one at least.
        levels: the level of each term's counts.
        documents: how many documents the segment has.
    """
    terms = _Terms(frequencies, levels, documents)
    packed = np.zeros(int(terms.sizes.sum()), dtype=np.uint8)
    for few in terms.few():
        few.pack(packed, numbers[few.postings], counts[few.postings])
    for place, first, frequency, level in terms.many():
        end = first + frequency
        its = packed_term(numbers[first:end], counts[first:end], level, documents)
        packed[place : place + len(its)] = np.frombuffer(its, np.uint8)
    return packed


def unpack(
    data: bytes, frequencies: Integers, levels: Counts, documents: int
) -> tuple[Documents, Counts]:
    """The postings of terms that lie one after the other: document numbers and counts, term after term."""
    terms = _Terms(frequencies, levels, documents)
    numbers = np.empty(int(frequencies.sum()), dtype=np.uint32)
    counts = np.empty(len(numbers), dtype=np.uint8)
    packed = np.frombuffer(data, np.uint8)
    for few in terms.few():
        numbers[few.postings], counts[few.postings] = few.unpack(packed)
    for place, first, frequency, level in terms.many():
        end = first + frequency
        numbers[first:end], counts[first:end] = unpacked_term(
            data, place, frequency, level, documents
        )
    return numbers, counts


class _Few(Protocol):
    """The bytes and the postings of many terms with few postings each.

    Attributes:
        postings: the numbers of their postings.
    """

    postings: Integers

    def pack(self, packed: Bytes, numbers: Documents, counts: Counts) -> None:
        """Write the bytes of their postings."""

    def unpack(self, data: Bytes) -> tuple[Documents, Counts]:
        """Read their postings."""


class _Terms:
    """Terms one after the other: the layout of each, where its bytes begin, which posting is its first."""

    def __init__(self, frequencies: Integers, levels: Counts, documents: int) -> None:
        self.documents = documents
        self.frequencies, self.levels = frequencies, levels
        self.layouts, self.sizes = sizes_of(frequencies, levels, documents)
        self.places = np.cumsum(self.sizes) - self.sizes
        self.firsts = np.cumsum(frequencies) - frequencies

    def few(self) -> Iterator[_Few]:
        """The terms with few postings, by the way in which they lie."""
        few = self.frequencies < _MANY
        for layout in (NEAR, EACH, COUNTED):
            if len(at := np.flatnonzero(few & (self.layouts == layout))):
                yield _Numbered(self, at, layout)
        for level, bits in enumerate(DENSE_BITS):
            its = few & (self.layouts == DENSE) & (self.levels == level)
            if len(at := np.flatnonzero(its)):
                yield _Dense(self, at, bits)

    def many(self) -> Iterator[tuple[int, int, int, int]]:
        """Place, first posting, frequency and level of each term with many postings."""
        at = np.flatnonzero(self.frequencies >= _MANY)
        columns = (self.places, self.firsts, self.frequencies, self.levels)
        return zip(*(column[at].tolist() for column in columns), strict=True)

    def postings(self, at: Integers) -> tuple[Integers, Integers]:
        """For each posting of some terms its place among those of its term, and its number."""
        frequencies = self.frequencies[at]
        within = np.arange(int(frequencies.sum()))
        within -= np.repeat(np.cumsum(frequencies) - frequencies, frequencies)
        return within, within + np.repeat(self.firsts[at], frequencies)


class _Dense:
    """Terms of layout `DENSE` with counts of equally many bits: a row of bytes each."""

    def __init__(self, terms: _Terms, at: Integers, bits: int) -> None:
        self._bits, self._documents = bits, terms.documents
        _, self.postings = terms.postings(at)
        self._rows = terms.places[at][:, None] + np.arange(int(terms.sizes[at[0]]))
        self._term = np.repeat(np.arange(len(at)), terms.frequencies[at])

    def pack(self, packed: Bytes, numbers: Documents, counts: Counts) -> None:
        every = np.zeros((len(self._rows), self._documents), dtype=np.uint8)
        every[self._term, numbers] = counts
        packed[self._rows] = packed_counts(every, self._bits)

    def unpack(self, data: Bytes) -> tuple[Documents, Counts]:
        every = unpacked_counts(data[self._rows], self._documents, self._bits)
        holding = np.nonzero(every)
        return holding[1].astype(np.uint32), every[holding]


class _Numbered:
    """Terms of layout `NEAR`, `EACH` or `COUNTED`: a row for every posting.

    What is left of a document's number in its block comes in `_low_bytes`. The block follows from how many
    postings each block of the term has (`_held`), or comes with each posting (`_high`).
    """

    def __init__(self, terms: _Terms, at: Integers, layout: int) -> None:
        places, frequencies = terms.places[at], terms.frequencies[at]
        bits = np.array(BITS)[terms.levels[at]]
        within, self.postings = terms.postings(at)
        self._low_bytes, self._block = (1, NEAR_BLOCK) if layout == NEAR else (2, BLOCK)
        blocks = -(-terms.documents // self._block)
        lows = places + (blocks if layout == NEAR else 0)
        self._low = self._low_bytes * within + np.repeat(lows, frequencies)
        ends = places + terms.sizes[at] - (frequencies * bits + 7) // 8
        self._bits = np.repeat(bits, frequencies).astype(np.uint8)
        bit = within * self._bits
        self._counts = np.repeat(ends, frequencies) + (bit >> 3)
        self._shifts = (bit & 7).astype(np.uint8)
        self._held = None
        if layout == EACH:
            self._each = high_bytes(terms.documents)
            self._high = np.repeat(places + 2 * frequencies, frequencies) + self._each * within
            return
        self._blocks = blocks
        self._term = np.repeat(np.arange(len(at)) * blocks, frequencies)
        self._held_type = "<u4" if layout == COUNTED else "u1"
        width = np.dtype(self._held_type).itemsize
        heads = places if layout == NEAR else places + 2 * frequencies
        self._held = (heads[:, None] + np.arange(width * blocks)).reshape(-1)

    def pack(self, packed: Bytes, numbers: Documents, counts: Counts) -> None:
        block, rest = np.divmod(numbers, np.uint32(self._block))
        for byte in range(self._low_bytes):
            packed[self._low + byte] = rest >> np.uint32(8 * byte) & np.uint32(255)
        if self._held is not None:
            places = len(self._held) // np.dtype(self._held_type).itemsize
            held = np.bincount(self._term + block, minlength=places)
            packed[self._held] = held.astype(self._held_type).view(np.uint8)
        else:
            for byte in range(self._each):
                packed[self._high + byte] = block >> np.uint32(8 * byte) & np.uint32(255)
        for shift in range(0, 8, 2):
            # Of the counts in one byte no two have the same shift.
            at = np.flatnonzero((self._shifts == shift) & (self._bits > 0))
            packed[self._counts[at]] |= counts[at] << np.uint8(shift)

    def unpack(self, data: Bytes) -> tuple[Documents, Counts]:
        numbers = data[self._low].astype(np.uint32)
        for byte in range(1, self._low_bytes):
            numbers |= data[self._low + byte].astype(np.uint32) << np.uint32(8 * byte)
        if self._held is not None:
            held = data[self._held].view(self._held_type)
            blocks = np.arange(len(held), dtype=np.uint32) % np.uint32(self._blocks)
            numbers += np.repeat(blocks * np.uint32(self._block), held)
        else:
            for byte in range(self._each):
                numbers |= data[self._high + byte].astype(np.uint32) << np.uint32(16 + 8 * byte)
        counts = np.ones(len(numbers), dtype=np.uint8)
        at = np.flatnonzero(self._bits)
        masks = (np.uint16(1) << self._bits[at].astype(np.uint16)) - np.uint16(1)
        counts[at] = data[self._counts[at]] >> self._shifts[at] & masks.astype(np.uint8)
        return numbers, counts
