"""The sketches of a segment's documents, and which documents share numbers with others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import MOST_HOLDERS, SKETCH_LENGTH
from indexer.engines.doc_sets import Mask

_SMALL = 50_000
"""Documents of a segment that is sorted at the first look."""
_LOOKS = 16
"""Looks at a larger segment that go through all of it: sorting it costs about as much as these."""
_HIGH = np.uint32(16)

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


class SketchedSegment(Protocol):
    """The interface of a segment that holds sketches."""

    def sketches(self) -> SketchTable:
        """The sketches of its documents."""


def packed_sketch(sketch: Sequence[int]) -> bytes:
    """A sketch as it is stored; numbers beyond `SKETCH_LENGTH` are left out."""
    row = np.zeros(SKETCH_LENGTH, dtype="<u4")
    row[: len(sketch)] = sketch[:SKETCH_LENGTH]
    return row.tobytes()


@dataclass(slots=True)
class SketchTable:
    """The sketches of documents, sorted by number once that is worth it.

    Attributes:
        rows: shape (documents, `SKETCH_LENGTH`); 0 fills short ones up.
    """

    rows: NDArray[np.uint32]
    _looks: int = 0
    _sorted: NDArray[np.uint32] | None = None
    _documents: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))

    @classmethod
    def of(cls, data: bytes, count: int) -> SketchTable:
        """The sketches as they lie in a file; Whoosh leaves out empty ones at the end."""
        rows = np.zeros((count, SKETCH_LENGTH), dtype=np.uint32)
        written = np.frombuffer(data, dtype="<u4").reshape(-1, SKETCH_LENGTH)
        rows[: len(written)] = written
        return cls(rows)

    def holders(self, numbers: NDArray[np.uint32]) -> Pairs:
        """The documents that hold some numbers.

        Args:
            numbers: ascending, each once, none of them 0.

        Returns:
            Indices of the numbers, and a document that holds each; a number that more than
            `MOST_HOLDERS` hold is left out.
        """
        self._looks += 1
        if self._sorted is None and (len(self.rows) <= _SMALL or self._looks > _LOOKS):
            flat = self.rows.reshape(-1)
            order = np.argsort(flat, kind="stable")
            self._sorted = flat[order]
            self._documents = (order // SKETCH_LENGTH).astype(np.uint32)
        which, documents = self._seek(numbers) if self._sorted is not None else self._scan(numbers)
        often = np.bincount(which, minlength=len(numbers)) > MOST_HOLDERS
        kept = ~often[which]
        return which[kept], documents[kept]

    def _seek(self, numbers: NDArray[np.uint32]) -> Pairs:
        if self._sorted is None:
            raise ValueError("not sorted")
        first = np.searchsorted(self._sorted, numbers, side="left")
        counts = np.searchsorted(self._sorted, numbers, side="right") - first
        counts[counts > MOST_HOLDERS] = 0
        which = np.repeat(np.arange(len(numbers)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(first, counts) + within
        return which, self._documents[places].astype(np.int64)

    def _scan(self, numbers: NDArray[np.uint32]) -> Pairs:
        # The upper half of a number tells most of them apart.
        halves = np.zeros(1 << 16, dtype=np.bool_)
        halves[numbers >> _HIGH] = True
        flat = self.rows.reshape(-1)
        maybe = np.flatnonzero(halves[flat >> _HIGH])
        at = np.minimum(np.searchsorted(numbers, flat[maybe]), len(numbers) - 1)
        found = numbers[at] == flat[maybe]
        return at[found], maybe[found] // SKETCH_LENGTH


def sharing(
    segments: Iterable[tuple[SketchedSegment, int]],
    live: Mask,
    sketches: Sequence[Sequence[int]],
    least: int,
    most: int,
) -> list[list[int]]:
    """For each sketch the documents that share numbers with it, those that share most first.

    Args:
        segments: each with the number of its first document.
        live: which documents are in use.
        least: numbers that a document has to share.
        most: documents that are given for a sketch.
    """
    lengths = np.array([len(one) for one in sketches])
    flat = np.array([number for one in sketches for number in one], dtype=np.uint32)
    found: list[list[int]] = [[] for _ in sketches]
    if not len(flat):
        return found
    numbers, inverse = np.unique(flat, return_inverse=True)
    asked_by = np.repeat(np.arange(len(sketches)), lengths)[np.argsort(inverse, kind="stable")]
    ends = np.cumsum(np.bincount(inverse, minlength=len(numbers)))
    sizes = np.diff(ends, prepend=0)
    codes = [np.zeros(0, dtype=np.int64)]
    for segment, offset in segments:
        which, documents = segment.sketches().holders(numbers)
        # Several of the sketches may hold the same number.
        times = sizes[which]
        within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        sketch = asked_by[np.repeat((ends - sizes)[which], times) + within]
        codes.append(sketch * len(live) + np.repeat(documents + offset, times))
    pairs, counts = np.unique(np.concatenate(codes), return_counts=True)
    enough = (counts >= least) & live[pairs % len(live)] if len(pairs) else counts >= least
    pairs, counts = pairs[enough], counts[enough]
    for at in np.lexsort((-pairs, -counts)).tolist():
        its = found[int(pairs[at]) // len(live)]
        if len(its) < most:
            its.append(int(pairs[at]) % len(live))
    return found
