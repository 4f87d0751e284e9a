"""The best documents of a search, against plain arithmetic over every document."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.best import best
from indexer.engines.doc_sets import DocSet, Documents
from indexer.engines.groups import GroupColumn
from indexer.engines.scoring import STEP, Earning, Impacts, Places, Values

SIZE = 60
STEPS = st.lists(st.sampled_from([0, 0, 0, 1, 900, 30_000, 65_535]), min_size=SIZE, max_size=SIZE)
WEIGHTS = st.sampled_from([-1.0, -0.25, 0.0, 0.25, 0.5, 1.0, 2.0, 4.0])
TERMS = st.lists(st.tuples(STEPS, WEIGHTS, WEIGHTS), max_size=12)
PLACES = st.sets(st.integers(0, SIZE - 1), min_size=1).map(sorted)
DATES = st.lists(st.sampled_from([0.0, 0.5, 3.0]), min_size=SIZE, max_size=SIZE)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are left out from the beginning."""
    monkeypatch.setattr("indexer.engines.best._FEW", 0)


def earning(steps: list[int], weight: float, boost: float = 0.0) -> Earning:
    held = np.flatnonzero(steps)
    impacts = Impacts(DocSet.listed(held), np.array(steps, dtype=np.uint16)[held])
    return Earning.of(impacts, weight, boost=boost)


@given(TERMS, PLACES, st.integers(1, 20), DATES | st.none())
def test_the_best_are_found_with_their_whole_scores(
    terms: list[tuple[list[int], float, float]],
    places: list[int],
    wanted: int,
    dates: list[float] | None,
) -> None:
    earnings = [earning(*term) for term in terms]
    documents = np.arange(SIZE)
    clauses, boosts = np.zeros(SIZE), np.zeros(SIZE)
    for steps, weight, boost in terms:
        clauses += np.array(steps) * float(STEP) * weight
        boosts += np.array(steps) * float(STEP) * boost
    whole = clauses + boosts + np.array(dates or [0.0] * SIZE)
    its = np.array(places)
    given_dates = None if dates is None else np.array(dates, dtype=np.float32)[its]
    found = best(earnings, documents, its, wanted, given_dates)
    np.testing.assert_allclose(found.scores, whole[found.places], 1e-5, 1e-5)
    np.testing.assert_allclose(found.clause_scores, clauses[found.places], 1e-5, 1e-5)
    np.testing.assert_allclose(found.boost_scores, boosts[found.places], 1e-5, 1e-5)
    assert (np.diff(found.places) > 0).all()
    last = sorted(whole[its])[::-1][:wanted][-1]
    must = {place for place in places if whole[place] >= last}
    assert must <= set(found.places.tolist()) <= set(places)


def test_what_cannot_be_among_the_best_is_not_scored() -> None:
    rare = [0] * 50 + [65_535] * 10
    asked: list[int] = []

    def among(places: Places, numbers: Documents) -> Values:
        asked.append(len(numbers))
        return np.zeros(len(places), dtype=np.uint16)

    earnings = [Earning(1.0, among, None), earning(rare, 8.0)]
    found = best(earnings, np.arange(SIZE), np.arange(SIZE), 5)
    assert asked == [10]
    assert found.places.tolist() == list(range(50, 60))


def test_what_a_later_term_may_lift_is_kept() -> None:
    first = [65_535] * 10 + [58_000] * 10 + [0] * 40
    second = [0] * 10 + [65_535] * 10 + [0] * 40
    earnings = [earning(first, 4.0), earning(second, 0.0, 1.0)]
    found = best(earnings, np.arange(SIZE), np.arange(SIZE), 10)
    assert found.places.tolist() == list(range(20))
    assert found.scores.tolist() == pytest.approx([4.0] * 10 + [4 * 58_000 / 65_535 + 1] * 10)


def test_what_a_later_term_may_lower_is_not_taken_for_the_best() -> None:
    first = [65_535] * 10 + [58_000] * 10 + [0] * 40
    second = [65_535] * 10 + [0] * 50
    earnings = [earning(first, 4.0), earning(second, 0.0, -1.0)]
    found = best(earnings, np.arange(SIZE), np.arange(SIZE), 10)
    assert found.places.tolist() == list(range(20))


def test_copies_count_as_one_of_the_best() -> None:
    steps = [65_535] * 10 + [30_000] * 10 + [0] * 40
    groups = GroupColumn(np.array([0] * 10 + [-1] * 50, dtype=np.int32), 1)
    earnings = [earning(steps, 4.0)]
    apart = best(earnings, np.arange(SIZE), np.arange(SIZE), 2)
    assert apart.places.tolist() == list(range(10))
    found = best(earnings, np.arange(SIZE), np.arange(SIZE), 2, groups=groups)
    assert found.places.tolist() == list(range(20))
