"""Conditions that earn no score: a date, a length, a value of a facet.

Beside words they are tested only on the documents that the words found. Alone they are tested on all documents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.columns import UNDATED
from indexer.engines.doc_sets import DocSet, Documents, Filter, Mask
from indexer.engines.facets import FacetColumn

_Test = Callable[[Documents | slice], Mask]
"""Which of some documents, or of a slice of all, pass."""


class Columns(Protocol):
    """The columns of an index that filters ask."""

    def live(self) -> Mask:
        """Which document numbers are in use."""

    def lengths(self) -> NDArray[np.int32]:
        """How long every document is, as `Long` counts."""

    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC of every document; `UNDATED` for those without a date."""

    def published_until(self) -> NDArray[np.int64]:
        """The last second that `published` may mean, for every document."""

    def facet(self, name: str) -> FacetColumn:
        """The values of a facet; raises KeyError when there is no such facet."""


def _filter(columns: Columns, test: _Test) -> DocSet:
    live = columns.live()
    return Filter.of(
        len(live), lambda numbers: test(numbers) & live[numbers], lambda: test(slice(None)) & live
    )


def between(columns: Columns, since: int | None, until: int | None) -> DocSet:
    """The dated documents in use from one second on, and before another."""
    published, published_until = columns.published(), columns.published_until()

    def test(numbers: Documents | slice) -> Mask:
        own = published[numbers]
        mask: Mask = own != UNDATED
        if since is not None:
            mask &= own >= since
        if until is not None:
            mask &= published_until[numbers] < until
        return mask

    return _filter(columns, test)


def long(columns: Columns, least: int, most: int | None) -> DocSet:
    """The documents in use of a length."""
    lengths = columns.lengths()

    def test(numbers: Documents | slice) -> Mask:
        own = lengths[numbers]
        mask: Mask = own >= least
        return mask if most is None else mask & (own <= most)

    return _filter(columns, test)


def valued(columns: Columns, facet: str, values: Sequence[str]) -> DocSet:
    """The documents in use with any of some values of a facet; raises KeyError when there is no such facet."""
    column = columns.facet(facet)

    def test(numbers: Documents | slice) -> Mask:
        if isinstance(numbers, slice):
            return column.flags(values)
        return column.having(values, numbers)

    return _filter(columns, test)
