"""Vectors in memory, and those nearest to one: by their sign bits first, then by all their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from indexer.meanings.embedder import Vectors
from indexer.meanings.vector_graph import Keys, VectorGraph

Rows = NDArray[np.int64]

_RESCORED = 10000
"""Vectors whose bits are nearest, of which the nearest are told by all their numbers."""
_BLOCK = 1 << 16
"""Vectors that are compared at once: their bits stay in the processor's memory."""
_MOST = 127
_GRAPH_WORTH = 100_000
"""Vectors of which the bits are compared in the time that a graph takes."""
_OUTSIDE = 1000
"""Vectors outside a graph that are compared in full."""


@dataclass(frozen=True, slots=True)
class VectorTable:
    """Vectors of articles.

    Attributes:
        keys: of the articles, ascending.
        numbers: shape (vectors, dimensions), in steps of `scales`.
        scales: of each vector.
        center: the mean of all vectors: what they have in common tells none from another.
        bits: the signs of its numbers less the mean's, packed; shape (vectors, dimensions / 64).
        graph: leads to the nearest of very many; None where all are compared.
        outside: the rows that the graph does not hold, ascending.
    """

    keys: Keys
    numbers: NDArray[np.int8]
    scales: Vectors
    center: Vectors
    bits: NDArray[np.uint64]
    graph: VectorGraph | None = None
    outside: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, keys: Keys, numbers: NDArray[np.int8], scales: Vectors) -> VectorTable:
        """A table of vectors in any order."""
        order = np.argsort(keys)
        numbers, scales = numbers[order], scales[order].astype(np.float32)
        blocks = [slice(at, at + _BLOCK) for at in range(0, len(numbers), _BLOCK)]
        center = np.zeros(numbers.shape[1], dtype=np.float32)
        for block in blocks:
            center += scales[block] @ numbers[block].astype(np.float32) / len(numbers)
        bits = np.zeros((len(numbers), numbers.shape[1] // 64), dtype=np.uint64)
        for block in blocks:
            signs = numbers[block] * scales[block, None] > center
            bits[block] = np.packbits(signs, axis=1).view(np.uint64)
        return cls(keys[order], numbers, scales, center, bits)

    def with_graph(self, graph: VectorGraph | None) -> VectorTable:
        """The same vectors, with a graph of most of them."""
        outside = np.zeros(0) if graph is None else np.flatnonzero(~graph.holds(self.keys))
        return replace(self, graph=graph, outside=outside.astype(np.int64))

    def blocks(self, rows: Rows) -> Iterator[Vectors]:
        """The vectors of some rows, some thousands at once."""
        for start in range(0, len(rows), _BLOCK):
            its = rows[start : start + _BLOCK]
            yield self.numbers[its].astype(np.float32) * self.scales[its, None]

    def rows_of(self, keys: Keys) -> Rows:
        """The row of each key; -1 for a key without a vector."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, places, -1)

    def nearest(self, vector: Vectors, rows: Rows, most: int) -> tuple[Rows, Vectors]:
        """The rows nearest to a vector among some.

        Args:
            vector: of unit length.
            rows: those that are compared.
            most: how many are found.

        Returns:
            Places in `rows`, the nearest first, and the cosine of each.
        """
        led = self._led_to(vector, rows, most)
        if led is not None:
            return led
        places = self._of_nearest_bits(vector, rows, max(_RESCORED, 4 * most))
        cosines = self._cosines(vector, rows[places])
        # Ties by place, so that the order is always the same.
        order = np.lexsort((places, -cosines))[:most]
        return places[order], cosines[order]

    def _cosines(self, vector: Vectors, rows: Rows) -> Vectors:
        cosines: Vectors = (self.numbers[rows].astype(np.float32) @ vector) * self.scales[rows]
        return cosines

    def _led_to(self, vector: Vectors, rows: Rows, most: int) -> tuple[Rows, Vectors] | None:
        """As `nearest`, by the graph; None where it leads to too few of them, or is not worth it."""
        if self.graph is None or len(rows) <= _GRAPH_WORTH:
            return None
        led = self.rows_of(self.graph.nearest(vector))
        others = self.outside[self._of_nearest_bits(vector, self.outside, _OUTSIDE)]
        led = np.concatenate((led[led >= 0], others))
        cosines = self._cosines(vector, led)
        order = np.lexsort((led, -cosines))
        led, cosines = led[order], cosines[order]
        places = np.full(len(self.keys), -1)
        places[rows] = np.arange(len(rows))
        found = np.flatnonzero(places[led] >= 0)[:most]
        # What it leads to last is not surely the nearest of what a filter leaves.
        if len(found) < most or found[-1] >= len(led) / 2:
            return None
        return places[led[found]], cosines[found]

    def _of_nearest_bits(self, vector: Vectors, rows: Rows, wanted: int) -> Rows:
        """Places in `rows` of so many whose bits are nearest."""
        if len(rows) <= wanted:
            return np.arange(len(rows))
        distances = self._distances(np.packbits(vector > self.center).view(np.uint64), rows)
        return np.argpartition(distances, wanted)[:wanted]

    def likeness(self, row: int, rows: Rows) -> Vectors:
        """The cosine of one vector to others, each less the mean: what all articles share likens none.

        Args:
            rows: of the others; -1 for one without a vector.

        Returns:
            From -1 to 1; NaN for one without a vector.
        """
        wanted = np.concatenate(([row], rows))
        vectors = self.numbers[wanted].astype(np.float32) * self.scales[wanted, None] - self.center
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        cosines: Vectors = vectors[1:] @ vectors[0]
        cosines[rows < 0] = np.nan
        return cosines

    def _distances(self, bits: NDArray[np.uint64], rows: Rows) -> NDArray[np.uint16]:
        """How many signs differ from a vector's."""
        distances = np.empty(len(rows), dtype=np.uint16)
        for start in range(0, len(rows), _BLOCK):
            block = self.bits[rows[start : start + _BLOCK]]
            counts = np.bitwise_count(block ^ bits)
            distances[start : start + _BLOCK] = counts.sum(axis=1, dtype=np.uint16)
        return distances


def key_of(digest: str) -> int:
    """The key of an article by its digest: the first 63 bits."""
    return int(digest[:16], 16) >> 1


def quantised(vectors: Vectors) -> tuple[NDArray[np.int8], Vectors]:
    """Vectors as whole numbers from -127 to 127, and what a step of each is worth."""
    largest = np.maximum(np.abs(vectors).max(axis=1, initial=0.0), 1e-12)
    scales = (largest / _MOST).astype("<f4")
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales
