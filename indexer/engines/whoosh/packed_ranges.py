"""The postings of many terms one after the other, packed and unpacked together.

Most terms are rare, and their postings are few: all of one layout are handled in one go.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.packing import (
    BITS,
    BLOCK,
    COUNTED,
    EACH,
    Counts,
    Documents,
    Integers,
    high_bytes,
    packed_term,
    sizes_of,
    unpacked_term,
)

Bytes = NDArray[np.uint8]


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
    for layout in (EACH, COUNTED):
        few = _Few(terms, layout)
        if len(few.postings):
            few.pack(packed, numbers[few.postings], counts[few.postings])
    for place, first, frequency, level in terms.others():
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
    for layout in (EACH, COUNTED):
        few = _Few(terms, layout)
        if len(few.postings):
            numbers[few.postings], counts[few.postings] = few.unpack(packed)
    for place, first, frequency, level in terms.others():
        end = first + frequency
        numbers[first:end], counts[first:end] = unpacked_term(
            data, place, frequency, level, documents
        )
    return numbers, counts


class _Terms:
    """Terms one after the other: the layout of each, where its bytes begin, which posting is its first."""

    def __init__(self, frequencies: Integers, levels: Counts, documents: int) -> None:
        self.documents = documents
        self.frequencies, self.levels = frequencies, levels
        self.layouts, self.sizes = sizes_of(frequencies, levels, documents)
        self.places = np.cumsum(self.sizes) - self.sizes
        self.firsts = np.cumsum(frequencies) - frequencies

    def others(self) -> Iterator[tuple[int, int, int, int]]:
        """Place, first posting, frequency and level of each term that has neither of the two layouts."""
        at = np.flatnonzero((self.layouts != EACH) & (self.layouts != COUNTED))
        columns = (self.places, self.firsts, self.frequencies, self.levels)
        return zip(*(column[at].tolist() for column in columns), strict=True)


class _Few:
    """The bytes and the postings of all terms of one layout, `EACH` or `COUNTED`.

    Attributes:
        postings: the numbers of their postings.
    """

    def __init__(self, terms: _Terms, layout: int) -> None:
        self._layout, documents = layout, terms.documents
        at = np.flatnonzero(terms.layouts == layout)
        places, frequencies = terms.places[at], terms.frequencies[at]
        bits = np.array(BITS)[terms.levels[at]]
        # One row for every posting.
        within = np.arange(int(frequencies.sum()))
        within -= np.repeat(np.cumsum(frequencies) - frequencies, frequencies)
        self.postings = within + np.repeat(terms.firsts[at], frequencies)
        self._low = 2 * within + np.repeat(places, frequencies)
        ends = places + terms.sizes[at] - (frequencies * bits + 7) // 8
        self._bits = np.repeat(bits, frequencies).astype(np.uint8)
        bit = within * self._bits
        self._counts = np.repeat(ends, frequencies) + (bit >> 3)
        self._shifts = (bit & 7).astype(np.uint8)
        high = places + 2 * frequencies
        self._each = high_bytes(documents) if layout == EACH else 0
        if layout == EACH:
            self._high = np.repeat(high, frequencies) + self._each * within
        else:
            # Four bytes for every block of every term.
            self._blocks = -(-documents // BLOCK)
            self._high = (high[:, None] + np.arange(4 * self._blocks)).reshape(-1)
            self._term = np.repeat(np.arange(len(at)) * self._blocks, frequencies)

    def pack(self, packed: Bytes, numbers: Documents, counts: Counts) -> None:
        """Write the bytes of their postings."""
        for byte in range(2):
            packed[self._low + byte] = numbers >> np.uint32(8 * byte) & np.uint32(255)
        high = numbers >> np.uint32(16)
        if self._layout == EACH:
            for byte in range(self._each):
                packed[self._high + byte] = high >> np.uint32(8 * byte) & np.uint32(255)
        else:
            held = np.bincount(self._term + high, minlength=len(self._high) // 4)
            packed[self._high] = held.astype("<u4").view(np.uint8)
        for shift in range(0, 8, 2):
            # Of the counts in one byte no two have the same shift.
            at = np.flatnonzero((self._shifts == shift) & (self._bits > 0))
            packed[self._counts[at]] |= counts[at] << np.uint8(shift)

    def unpack(self, data: Bytes) -> tuple[Documents, Counts]:
        """Read their postings."""
        numbers = data[self._low].astype(np.uint32)
        numbers |= data[self._low + 1].astype(np.uint32) << np.uint32(8)
        if self._layout == EACH:
            for byte in range(self._each):
                numbers |= data[self._high + byte].astype(np.uint32) << np.uint32(16 + 8 * byte)
        else:
            held = data[self._high].view("<u4")
            blocks = np.arange(len(held), dtype=np.uint32) % np.uint32(self._blocks)
            numbers |= np.repeat(blocks << np.uint32(16), held)
        counts = np.ones(len(numbers), dtype=np.uint8)
        at = np.flatnonzero(self._bits)
        masks = (np.uint16(1) << self._bits[at].astype(np.uint16)) - np.uint16(1)
        counts[at] = data[self._counts[at]] >> self._shifts[at] & masks.astype(np.uint8)
        return numbers, counts
