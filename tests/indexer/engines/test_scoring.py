"""What terms earn documents, against plain arithmetic over every document."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.doc_sets import DocSet
from indexer.engines.scoring import Impacts, holding_more, shares_of, values_among

SIZE = 30
STEPS = st.lists(st.sampled_from([0, 0, 0, 1, 900, 65_535]), min_size=SIZE, max_size=SIZE)
SOME = st.sets(st.integers(0, SIZE - 1)).map(sorted)
WEIGHTS = st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0])


def listed(steps: list[int]) -> Impacts:
    held = np.flatnonzero(steps)
    return Impacts(DocSet.listed(held), np.array(steps, dtype=np.uint16)[held])


def dense(steps: list[int]) -> Impacts:
    levels = np.array(steps, dtype=np.uint16)
    return Impacts(DocSet.flagged(levels), levels)


KINDS = st.sampled_from([listed, dense])


@given(STEPS, SOME)
def test_a_term_earns_some_documents_what_it_earns_them(steps: list[int], some: list[int]) -> None:
    numbers = np.array(some, dtype=np.int64)
    for impacts in (listed(steps), dense(steps)):
        among = impacts.among(numbers)
        assert among.dtype == np.uint16
        assert among.tolist() == [steps[one] for one in some]


@pytest.mark.parametrize("search", [0, 1 << 30])
@given(st.sets(st.integers(0, 99)).map(sorted), st.sets(st.integers(0, 99)).map(sorted))
def test_values_are_searched_for_or_read_alike(
    search: int, holding: list[int], numbers: list[int]
) -> None:
    values = np.array([1 + one % 7 for one in holding], dtype=np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.engines.scoring._READ", search)
        found = values_among(np.array(holding, dtype=np.int64), values, np.array(numbers, np.int64))
    assert found.dtype == np.uint8
    assert found.tolist() == [1 + one % 7 if one in holding else 0 for one in numbers]


def test_shares_of_counts_and_of_steps() -> None:
    norms = np.array([0.5, 3.0], dtype=np.float32)
    assert shares_of(np.array([1, 255], dtype=np.uint8), norms).tolist() == pytest.approx(
        [1 / 1.5, 255 / 258]
    )
    assert shares_of(np.array([0, 65_535], dtype=np.uint16), None).tolist() == [0.0, 1.0]


@given(
    st.lists(st.tuples(STEPS, WEIGHTS, KINDS), max_size=20),
    st.sampled_from([0.0, 0.3, 1.0, 2.5, 7.0, 20.0]),
)
def test_documents_hold_the_idf_of_their_clauses(clauses: list, least: float) -> None:  # type: ignore[type-arg]
    sets = [make(steps).documents for steps, _, make in clauses]
    masses = [
        sum(weight for steps, weight, _ in clauses if steps[number]) for number in range(SIZE)
    ]
    numbers, mass = holding_more(sets, [weight for _, weight, _ in clauses], least, SIZE)
    assert numbers.tolist() == [number for number in range(SIZE) if masses[number] > least]
    assert mass.dtype == np.float32
    assert mass.tolist() == [masses[number] for number in numbers.tolist()]
