"""Facets against a plain reading: any values, in any number of parts."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.facet_values import ValueTable
from indexer.engines.facets import Counted, FacetColumn, FacetPart

NAMES = ["Hà Nội", "Huế", "b", "c", "\ud800", *(f"tên {number}" for number in range(60))]
# A few values that many documents share, and many that few do.
NAME = st.sampled_from(NAMES[:4]) | st.sampled_from(NAMES)
values = st.lists(st.lists(NAME, unique=True), min_size=1)


@given(values, st.data())
def test_counts_and_flags(documents: list[list[str]], data: st.DataObject) -> None:
    cut = data.draw(st.lists(st.integers(0, len(documents)), max_size=2).map(sorted))
    bounds = [0, *cut, len(documents)]
    column = FacetColumn.joined(
        [
            FacetPart.of(
                "\n".join(one).encode("utf-8", "surrogatepass") for one in documents[first:last]
            )
            for first, last in pairwise(bounds)
        ]
    )
    assert len(column) == len({value for one in documents for value in one})
    numbers = data.draw(st.lists(st.sampled_from(range(len(documents))), unique=True))
    expected = Counter(value for number in numbers for value in documents[number])
    chosen = np.array(sorted(numbers), dtype=np.int64)
    assert column.counts(Counted.of(chosen), 99) == expected
    most = column.counts(Counted.of(chosen), 2)
    assert list(most.items()) == sorted(expected.items(), key=lambda x: (-x[1], x[0]))[:2]
    for value in ("Hà Nội", "c", "none"):
        assert column.flags((value,)).tolist() == [value in one for one in documents]
    assert column.counts(Counted.of(chosen), 0) == {}
    groups = np.array(
        data.draw(st.lists(st.integers(-1, 3), min_size=len(chosen), max_size=len(chosen)))
    )
    once = {
        (value, group if group >= 0 else ("alone", number))
        for number, group in zip(chosen.tolist(), groups.tolist(), strict=True)
        for value in documents[number]
    }
    assert column.counts(Counted.of(chosen, groups), 99) == Counter(value for value, _ in once)
    holders, codes = column.pairs()
    names = column.values()
    assert [
        (at, names[code]) for at, code in zip(holders.tolist(), codes.tolist(), strict=True)
    ] == [(at, value) for at, one in enumerate(documents) for value in one]
    several = data.draw(st.lists(st.sampled_from(["Hà Nội", "c", "none", "a", ""])))
    found = [not set(several).isdisjoint(one) for one in documents]
    assert column.flags(several).tolist() == found
    assert column.having(several, chosen).tolist() == [found[number] for number in chosen]


encoded = st.lists(st.binary(max_size=3), unique=True, max_size=200)


@given(encoded, encoded)
def test_values_are_found_one_by_one_and_many_at_once(
    values: list[bytes], others: list[bytes]
) -> None:
    table = ValueTable.of(values)
    assert len(table) == len(values)
    assert table.all_encoded() == values
    assert [table.encoded(at) for at in range(len(table))] == values
    places = {value: place for place, value in enumerate(values)}
    for some in (values, others, others[:3]):
        expected = [places.get(one, -1) for one in some]
        assert [table.place(one) for one in some] == expected
        assert table.places(some).tolist() == expected


@given(values, st.data())
def test_a_document_tells_its_first_value_and_a_value_its_documents(
    documents: list[list[str]], data: st.DataObject
) -> None:
    part = FacetPart.of("\n".join(one).encode("utf-8", "surrogatepass") for one in documents)
    number = data.draw(st.sampled_from(range(len(documents))))
    assert part.first_of(number) == next(iter(documents[number]), None)
    value = data.draw(st.sampled_from([*NAMES, "none"]))
    assert part.holders((value,)).tolist() == [
        at for at, one in enumerate(documents) if value in one
    ]
