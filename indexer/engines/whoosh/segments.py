"""Columns of the segments of a Whoosh index, held in memory from one commit to the next."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import DTypeLike, NDArray
from whoosh.columns import MultiColumnReader

from indexer.engines.columns import FacetColumn
from indexer.engines.whoosh.codec import ArrayTermsReader


class SegmentColumns:
    """What was read of one segment: it never changes, but for documents that are marked as deleted."""

    def __init__(self) -> None:
        self._numbers: dict[str, NDArray[Any]] = {}
        self._facets: dict[str, FacetColumn] = {}
        self._lock = Lock()

    def numbers(self, name: str, column: Any, count: int, dtype: DTypeLike) -> NDArray[Any]:
        """The numbers of a column.

        Args:
            column: Whoosh's reader of it.
            count: documents of the segment.
        """
        with self._lock:
            if name not in self._numbers:
                self._numbers[name] = np.fromiter(column, dtype=dtype, count=count)
            return self._numbers[name]

    def facet(self, name: str, column: Any) -> FacetColumn:
        """The values of a facet."""
        with self._lock:
            if name not in self._facets:
                self._facets[name] = FacetColumn.of(column)
            return self._facets[name]


class SegmentMemory:
    """The columns of all segments that some state of an index still uses."""

    def __init__(self) -> None:
        self._segments: WeakValueDictionary[str, SegmentColumns] = WeakValueDictionary()

    def of(self, segment: Any) -> SegmentColumns:
        """Those of a segment, whichever commit it is read in."""
        return self._segments.setdefault(segment.segment_id(), SegmentColumns())


class Segment:
    """One segment as one commit has it.

    Attributes:
        offset: number of its first document among those of all segments.
        count: its documents, deleted ones among them.
        terms: its postings.
        columns: Whoosh's readers of all its columns.
    """

    def __init__(self, leaf: Any, offset: int, memory: SegmentMemory) -> None:
        self.offset = offset
        # Whoosh's reader opened them together with the table of contents; opened anew they could
        # be gone already.
        self.terms: ArrayTermsReader = leaf._terms
        self.count = int(leaf.doc_count_all())
        self._held = memory.of(leaf.segment())
        # Opened now: Whoosh takes a column whose file is gone for one that holds nothing.
        self.columns = {
            name: leaf.column_reader(name) for name, kind in leaf.schema.items() if kind.column_type
        }

    def numbers(self, name: str, dtype: DTypeLike) -> NDArray[Any]:
        """The numbers of a column."""
        return self._held.numbers(name, self.columns[name], self.count, dtype)

    def facet(self, name: str) -> FacetColumn:
        """The values of a facet; raises KeyError when there is no such facet."""
        return self._held.facet(name, self.columns[f"f_{name}"])


def join_columns(segments: Sequence[Segment]) -> dict[str, Any]:
    """The columns of all segments as one."""
    if len(segments) == 1:
        return segments[0].columns
    offsets = [segment.offset for segment in segments]
    names = segments[0].columns if segments else ()
    return {
        name: MultiColumnReader([one.columns[name] for one in segments], offsets) for name in names
    }
