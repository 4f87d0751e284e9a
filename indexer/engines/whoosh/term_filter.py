"""Tells most terms that a segment does not hold without reading it (Bloom 1970).

An article has hundreds of pairs of syllables, of which a small segment holds few. A look-up of those that it lacks
would decode a block of terms for each.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_BITS = 16
"""Of each term, two of them set: one in sixty terms that are not there passes."""


class TermFilter:
    """What a term has to pass before it is looked up.

    Args:
        terms: all that the field has.
        count: how many they are.
    """

    def __init__(self, terms: Iterable[bytes], count: int) -> None:
        hashes = np.fromiter(map(hash, terms), dtype=np.int64, count=count)
        self._mask = (1 << max(6, (count * _BITS - 1).bit_length())) - 1
        bits = np.zeros(self._mask + 1, dtype=np.bool_)
        bits[hashes & self._mask] = True
        bits[(hashes >> 32) & self._mask] = True
        self._bits = np.packbits(bits, bitorder="little").tobytes()

    def may_hold(self, term: bytes) -> bool:
        """False only for a term that is not there."""
        number, bits = hash(term), self._bits
        first, second = number & self._mask, (number >> 32) & self._mask
        return bool(bits[first >> 3] >> (first & 7) & bits[second >> 3] >> (second & 7) & 1)

    def passing(self, hashes: NDArray[np.int64]) -> NDArray[np.intp]:
        """Which of some terms may be there, by the hashes of all of them."""
        first, second = hashes & self._mask, (hashes >> 32) & self._mask
        bits = np.frombuffer(self._bits, dtype=np.uint8)
        set_ = bits[first >> 3] >> (first & 7) & bits[second >> 3] >> (second & 7) & 1
        return np.flatnonzero(set_)
