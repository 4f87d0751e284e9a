"""The distinct values of a facet in one piece of memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 32
"""Of so many values the first is at hand as a string of its own."""
_FEW = 8
"""One value in so many or fewer are looked up one by one; of more, all values become a table."""


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Strings, each once, in any order: as Python strings they take ten times the memory.

    Attributes:
        text: all of them, one after the other.
        begins: where each begins, and the end of all.
        order: their places, sorted by their UTF-8 bytes.
        heads: each `_BLOCK`th of them as they are sorted.
    """

    text: bytes
    begins: NDArray[np.uint32]
    order: NDArray[np.uint32]
    heads: list[bytes]

    @classmethod
    def of(cls, values: Sequence[bytes]) -> ValueTable:
        """The table of values that are different."""
        lengths = np.fromiter(map(len, values), dtype=np.uint32, count=len(values))
        begins = np.zeros(len(values) + 1, dtype=np.uint32)
        np.cumsum(lengths, out=begins[1:])
        order = np.array(sorted(range(len(values)), key=values.__getitem__), dtype=np.uint32)
        heads = [values[place] for place in order[::_BLOCK].tolist()]
        return cls(b"".join(values), begins, order, heads)

    def __len__(self) -> int:
        return len(self.begins) - 1

    def encoded(self, place: int) -> bytes:
        """The value at a place, as UTF-8."""
        first, end = self.begins[place : place + 2].tolist()
        return self.text[first:end]

    def all_encoded(self) -> list[bytes]:
        """All values, as UTF-8."""
        begins = self.begins.tolist()
        return list(map(self.text.__getitem__, map(slice, begins[:-1], begins[1:])))

    def place(self, value: bytes) -> int:
        """The place of a value; -1 where it is none of them."""
        block = bisect_right(self.heads, value) - 1
        if block < 0:
            return -1
        nearby = self.order[block * _BLOCK : (block + 1) * _BLOCK].tolist()
        at = bisect_left(nearby, value, key=self.encoded)
        return nearby[at] if at < len(nearby) and self.encoded(nearby[at]) == value else -1

    def places(self, values: Sequence[bytes]) -> NDArray[np.int64]:
        """The place of each of some values, -1 where it is none of them."""
        if len(values) * _FEW <= len(self):
            found: Iterable[int] = map(self.place, values)
        else:
            known = dict(zip(self.all_encoded(), range(len(self)), strict=True))
            found = (known.get(value, -1) for value in values)
        return np.fromiter(found, dtype=np.int64, count=len(values))
