"""Filters say the same of some documents and of all."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from indexer.engines.columns import UNDATED
from indexer.engines.doc_sets import DocSet, Filter, Mask, counted, intersection, union
from indexer.engines.facets import FacetColumn, FacetPart
from indexer.engines.filters import between, long, valued

DAYS = st.one_of(st.just(UNDATED), st.integers(-50, 50))
ROWS = st.lists(
    st.tuples(
        DAYS, st.integers(0, 20), st.lists(st.sampled_from("abcd"), unique=True), st.booleans()
    ),
    max_size=30,
)


@dataclass
class _Columns:
    rows: list[tuple[int, int, list[str], bool]]

    def live(self) -> Mask:
        return np.array([row[3] for row in self.rows], dtype=np.bool_)

    def published(self) -> NDArray[np.int64]:
        return np.array([row[0] for row in self.rows], dtype=np.int64)

    def published_until(self) -> NDArray[np.int64]:
        return np.array(
            [one if one == UNDATED else one + 3 for one in self.published().tolist()],
            dtype=np.int64,
        )

    def lengths(self) -> NDArray[np.int32]:
        return np.array([row[1] for row in self.rows], dtype=np.int32)

    def facet(self, name: str) -> FacetColumn:
        several = [row[2] for row in self.rows]
        kept = several if name == "several" else [one[:1] for one in several]
        return FacetColumn.joined([FacetPart.of("\n".join(one).encode() for one in kept)])


def sets_of(columns: _Columns) -> list[tuple[DocSet, set[int]]]:
    """Filters, each with the documents that pass it, found one by one."""
    rows = [(number, *row) for number, row in enumerate(columns.rows) if row[3]]
    return [
        (
            between(columns, -10, 20),
            {one[0] for one in rows if one[1] != UNDATED and -10 <= one[1] < 17},
        ),
        (between(columns, None, 0), {one[0] for one in rows if one[1] != UNDATED and one[1] < -3}),
        (long(columns, 5, 9), {one[0] for one in rows if 5 <= one[2] <= 9}),
        (long(columns, 5, None), {one[0] for one in rows if one[2] >= 5}),
        (valued(columns, "several", ("b",)), {one[0] for one in rows if "b" in one[3]}),
        (valued(columns, "one", ("b",)), {one[0] for one in rows if one[3][:1] == ["b"]}),
        (valued(columns, "several", ("x",)), set()),
    ]


@given(ROWS, st.data())
def test_a_filter_says_the_same_of_some_documents_and_of_all(
    rows: list[tuple[int, int, list[str], bool]], data: st.DataObject
) -> None:
    columns, size = _Columns(rows), len(rows)
    numbers = np.array(
        sorted(data.draw(st.sets(st.integers(0, size - 1)) if size else st.just(set()))),
        dtype=np.int64,
    )
    for found, expected in sets_of(columns):
        assert isinstance(found, Filter)
        assert set(found.numbers().tolist()) == expected
        assert set(np.flatnonzero(found.flags(size)).tolist()) == expected
        assert found.holds(numbers).tolist() == [one in expected for one in numbers.tolist()]
        assert counted(found).total == len(expected)
        listed = DocSet.listed(numbers)
        both = intersection([listed, found])
        assert set(both.numbers().tolist()) == expected & set(numbers.tolist())
        either = union([listed, found], size)
        assert set(either.numbers().tolist()) == expected | set(numbers.tolist())


@given(ROWS)
def test_filters_alone_are_a_set(rows: list[tuple[int, int, list[str], bool]]) -> None:
    sets = sets_of(_Columns(rows))
    both = intersection([sets[0][0], sets[2][0]])
    assert not isinstance(both, Filter)
    assert set(both.numbers().tolist()) == sets[0][1] & sets[2][1]
