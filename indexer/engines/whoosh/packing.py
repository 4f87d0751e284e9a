"""The postings of terms in few bytes, each term's in one run of bytes, decoded by a few array operations.

How a term's postings lie follows from three numbers, so that a run says nothing of itself: how many there
are, how many documents the segment has, and the term's level, which tells the highest count. Of four
layouts the smallest is taken:

    near     for each 255 documents how many hold the term, 1 byte; then what is left of each number, 1 byte
    each     each number modulo 65,536, 2 bytes; then what is left of each number, 0 to 2 bytes
    counted  each number modulo 65,536, 2 bytes; then for each 65,536 documents how many hold it, 4 bytes
    dense    for every document its count, 0 where it lacks the term

In the first three the counts follow: none where all are 1, else 2, 4 or 8 bits each, the lowest bits first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.scoring import values_among

LIMITS = (1, 3, 15, 255)
"""The highest count of each level."""
BITS = (0, 2, 4, 8)
DENSE_BITS = (1, 2, 4, 8)
NEAR, EACH, COUNTED, DENSE = range(4)
NEAR_BLOCK = 255
"""Documents of a block in which a count and a remainder both fit into a byte."""
BLOCK = 1 << 16
_SEARCHED = 8
"""Where a term has so many times more postings than there are documents to look up, they are searched for."""

Documents = NDArray[np.uint32]
Counts = NDArray[np.uint8]
Integers = NDArray[np.int64]


def high_bytes(documents: int) -> int:
    """Bytes of a document number beyond its lowest two."""
    if documents <= BLOCK:
        return 0
    return 1 if documents <= 1 << 24 else 2


@lru_cache(1 << 14)
def size_of(frequency: int, level: int, documents: int) -> tuple[int, int]:
    """The layout of one term's postings and its bytes: what `sizes_of` says, for one term."""
    counts = (frequency * BITS[level] + 7) // 8
    high = high_bytes(documents)
    sizes = (
        frequency + -(-documents // NEAR_BLOCK) + counts,
        (2 + high) * frequency + counts,
        2 * frequency + (4 * -(-documents // BLOCK) if high else 0) + counts,
        (documents * DENSE_BITS[level] + 7) // 8,
    )
    size = min(sizes)
    return sizes.index(size), size


def sizes_of(
    frequencies: Integers, levels: NDArray[np.integer[Any]], documents: int
) -> tuple[Integers, Integers]:
    """The layout of each term's postings, and the bytes that they take."""
    counts = (frequencies * np.array(BITS)[levels] + 7) // 8
    high = high_bytes(documents)
    sizes = np.stack(
        [
            frequencies + -(-documents // NEAR_BLOCK) + counts,
            (2 + high) * frequencies + counts,
            2 * frequencies + (4 * -(-documents // BLOCK) if high else 0) + counts,
            (documents * np.array(DENSE_BITS)[levels] + 7) // 8,
        ]
    )
    layouts = sizes.argmin(axis=0)
    return layouts, sizes[layouts, np.arange(len(layouts))]


def levels_of(counts: Counts, frequencies: Integers) -> NDArray[np.uint8]:
    """The level of each term; every term has a posting."""
    highest = np.maximum.reduceat(counts, np.cumsum(frequencies) - frequencies)
    return np.searchsorted(LIMITS[:-1], highest).astype(np.uint8)


def packed_counts(counts: Counts, bits: int) -> NDArray[np.uint8]:
    """Counts in 1, 2, 4 or 8 bits each, along the last axis."""
    if bits == 8:
        return counts
    if bits == 1:
        return np.packbits(counts, axis=-1, bitorder="little")
    each, number = 8 // bits, counts.shape[-1]
    padded = np.zeros((*counts.shape[:-1], -(-number // each) * each), dtype=np.uint8)
    padded[..., :number] = counts
    packed = padded[..., ::each].copy()
    for place in range(1, each):
        packed |= padded[..., place::each] << np.uint8(bits * place)
    return packed


def unpacked_counts(packed: NDArray[np.uint8], number: int, bits: int) -> Counts:
    """What `packed_counts` was given; `number` counts along the last axis."""
    if bits == 8:
        return packed
    if bits == 1:
        return np.unpackbits(packed, axis=-1, count=number, bitorder="little")
    each = 8 // bits
    counts = np.empty((*packed.shape, each), dtype=np.uint8)
    for place in range(each):
        counts[..., place] = packed >> np.uint8(bits * place) & np.uint8((1 << bits) - 1)
    return counts.reshape(*packed.shape[:-1], -1)[..., :number]


def _counts_from(data: bytes, at: int, number: int, bits: int) -> Counts:
    if bits == 0:
        return np.ones(number, dtype=np.uint8)
    packed = np.frombuffer(data, np.uint8, (number * bits + 7) // 8, at)
    return unpacked_counts(packed, number, bits)


def packed_term(numbers: Documents, counts: Counts, level: int, documents: int) -> bytes:
    """The postings of one term, its document numbers ascending."""
    layout, _ = size_of(len(numbers), level, documents)
    if layout == DENSE:
        every = np.zeros(documents, dtype=np.uint8)
        every[numbers] = counts
        return packed_counts(every, DENSE_BITS[level]).tobytes()
    end = packed_counts(counts, BITS[level]).tobytes() if level else b""
    if layout == NEAR:
        blocks, rest = np.divmod(numbers, np.uint32(NEAR_BLOCK))
        held = np.bincount(blocks, minlength=-(-documents // NEAR_BLOCK))
        return held.astype(np.uint8).tobytes() + rest.astype(np.uint8).tobytes() + end
    low = (numbers & np.uint32(BLOCK - 1)).astype("<u2").tobytes()
    high = numbers >> np.uint32(16)
    if layout == EACH:
        width = high_bytes(documents)
        return low + (high.astype(f"<u{width}").tobytes() if width else b"") + end
    held = np.bincount(high, minlength=-(-documents // BLOCK))
    return low + held.astype("<u4").tobytes() + end


def counts_among(
    data: bytes, frequency: int, level: int, documents: int, numbers: Integers
) -> Counts:
    """The counts of one term, whose postings `data` are, in some documents; 0 for those that lack it."""
    layout, _ = size_of(frequency, level, documents)
    packed = np.frombuffer(data, np.uint8)
    if layout == DENSE:
        if len(numbers) * _SEARCHED < documents:
            return _counts_at(packed, numbers, DENSE_BITS[level])
        return _counts_from(data, 0, documents, DENSE_BITS[level])[numbers]
    if layout != NEAR or len(numbers) * _SEARCHED > frequency:
        holding, counts = unpacked_term(data, 0, frequency, level, documents)
        return values_among(holding.astype(np.int64), counts, numbers)
    blocks = -(-documents // NEAR_BLOCK)
    at, held = _searched(packed[:blocks], packed[blocks:], numbers)
    own = _counts_at(packed[blocks + frequency :], at, BITS[level])
    return np.where(held, own, np.uint8(0))


def spread_term(data: bytes, frequency: int, level: int, documents: int) -> Counts:
    """The counts of one term, whose postings `data` are, in all documents; 0 for those that lack it."""
    if size_of(frequency, level, documents)[0] == DENSE:
        return _counts_from(data, 0, documents, DENSE_BITS[level])
    counts = np.zeros(documents, dtype=np.uint8)
    holding, its = unpacked_term(data, 0, frequency, level, documents)
    # Numbers of any other width are converted piece by piece, which takes longer.
    counts[holding.astype(np.int64)] = its
    return counts


def _searched(
    held: NDArray[np.uint8], rest: NDArray[np.uint8], numbers: Integers
) -> tuple[Integers, NDArray[np.bool_]]:
    """Where documents stand in layout `NEAR`, and whether they do: a binary search in all blocks at once.

    Args:
        held: how many documents of each block hold the term.
        rest: what is left of their numbers; at least as many bytes follow as a block has.
    """
    block, wanted = np.divmod(numbers, NEAR_BLOCK)
    wanted = wanted.astype(np.uint8)
    ends = np.cumsum(held, dtype=np.int64)
    end, size = ends[block], held[block]
    at = end - size
    last = np.int64(len(rest) - 1)
    for step in (128, 64, 32, 16, 8, 4, 2, 1):
        # All before the place that is tried are less than what is wanted.
        tried = at + (step - 1)
        less = (tried < end) & (rest[np.minimum(tried, last)] < wanted)
        at += np.multiply(less, step, dtype=np.int64)
    found = (at < end) & (rest[np.minimum(at, last)] == wanted)
    return at, found


def _counts_at(packed: NDArray[np.uint8], places: Integers, bits: int) -> Counts:
    """The counts at some places of packed counts; any value for places behind their end."""
    if bits == 0:
        return np.ones(len(places), dtype=np.uint8)
    bit = places * bits
    byte = np.minimum(bit >> 3, len(packed) - 1)
    mask = np.uint8((1 << bits) - 1)
    counts: Counts = packed[byte] >> (bit & 7).astype(np.uint8) & mask
    return counts


def unpacked_term(
    data: bytes, at: int, frequency: int, level: int, documents: int
) -> tuple[Documents, Counts]:
    """The postings of one term that begin at a place of some bytes: document numbers and counts."""
    layout, size = size_of(frequency, level, documents)
    if layout == DENSE:
        every = _counts_from(data, at, documents, DENSE_BITS[level])
        holding = np.flatnonzero(every != 0)
        return holding.astype(np.uint32), every[holding]
    if layout == NEAR:
        blocks = -(-documents // NEAR_BLOCK)
        held = np.frombuffer(data, np.uint8, blocks, at)
        numbers = np.repeat(np.arange(0, blocks * NEAR_BLOCK, NEAR_BLOCK, dtype=np.uint32), held)
        numbers += np.frombuffer(data, np.uint8, frequency, at + blocks)
    else:
        numbers = np.frombuffer(data, "<u2", frequency, at).astype(np.uint32)
        high = at + 2 * frequency
        if layout == COUNTED:
            blocks = -(-documents // BLOCK)
            numbers += np.repeat(
                np.arange(blocks, dtype=np.uint32) << np.uint32(16),
                np.frombuffer(data, "<u4", blocks, high),
            )
        elif width := high_bytes(documents):
            rest = np.frombuffer(data, f"<u{width}", frequency, high).astype(np.uint32)
            numbers += rest << np.uint32(16)
    counts = at + size - (frequency * BITS[level] + 7) // 8
    return numbers, _counts_from(data, counts, frequency, BITS[level])
