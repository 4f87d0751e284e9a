"""What terms earn documents, against plain arithmetic over every document."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.doc_sets import DocSet
from indexer.engines.scoring import STEP, Earning, Impacts, earned, idf_mass

SIZE = 30
STEPS = st.lists(st.sampled_from([0, 0, 0, 1, 900, 65_535]), min_size=SIZE, max_size=SIZE)
SOME = st.sets(st.integers(0, SIZE - 1)).map(sorted)
WEIGHTS = st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0])


def listed(steps: list[int]) -> Impacts:
    held = np.flatnonzero(steps)
    return Impacts(DocSet.listed(held), np.array(steps, dtype=np.uint16)[held])


def dense(steps: list[int]) -> Impacts:
    levels = np.array(steps, dtype=np.uint16)
    return Impacts(DocSet.flagged(levels), np.zeros(0, dtype=np.uint16))


KINDS = st.sampled_from([listed, dense])


@given(STEPS, SOME)
def test_a_term_earns_some_documents_what_it_earns_them(steps: list[int], some: list[int]) -> None:
    numbers = np.array(some, dtype=np.int64)
    holding = numbers[[bool(steps[one]) for one in some]]
    for impacts in (listed(steps), dense(steps)):
        among = impacts.among(numbers)
        assert among.dtype == np.uint16
        assert among.tolist() == [steps[one] for one in some]
        assert impacts.earned(holding).tolist() == [steps[one] * STEP for one in holding.tolist()]


@given(st.lists(st.tuples(STEPS, WEIGHTS, KINDS, st.booleans()), max_size=20), SOME)
def test_documents_earn_the_sum_of_their_terms(terms: list, some: list[int]) -> None:  # type: ignore[type-arg]
    earnings, expected = [], np.zeros(SIZE)
    for steps, weight, make, is_partial in terms:
        held = np.flatnonzero(steps)
        among = held[::2] if is_partial else held
        earnings.append(Earning(make(steps), weight, among if is_partial else None))
        expected[among] += np.array(steps)[among] * float(STEP) * weight
    for numbers in (np.array(some, dtype=np.int64), np.arange(SIZE)):
        found = earned(earnings, numbers, SIZE)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected[numbers], rtol=1e-5, atol=1e-6)


@given(st.lists(st.tuples(STEPS, WEIGHTS, KINDS), max_size=20))
def test_documents_hold_the_idf_of_their_clauses(clauses: list) -> None:  # type: ignore[type-arg]
    sets = [make(steps).documents for steps, _, make in clauses]
    expected = [
        sum(weight for steps, weight, _ in clauses if steps[number]) for number in range(SIZE)
    ]
    mass = idf_mass(sets, [weight for _, weight, _ in clauses], SIZE)
    assert mass.dtype == np.float32
    assert mass.tolist() == expected
