"""Which documents hold enough, against plain arithmetic over every document."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.best import best
from indexer.engines.choosing import Chosen, Clause, Match, choose
from indexer.engines.conditions import Condition, Term
from indexer.engines.doc_sets import DocSet
from indexer.engines.scoring import STEP, Earning, Impacts

SIZE = 40


@dataclass(frozen=True)
class Plain:
    """A clause as plain numbers: what it earns each document in steps, 0 where it is not held."""

    steps: tuple[int, ...]
    weight: float
    is_given: bool
    is_dense: bool

    def impacts(self) -> Impacts:
        steps = np.array(self.steps, dtype=np.uint16)
        held = np.flatnonzero(steps)
        if self.is_dense:
            return Impacts(DocSet.flagged(steps), steps)
        return Impacts(DocSet.listed(held), steps[held])

    def match(self) -> Match:
        impacts = self.impacts()
        return Match(impacts.documents, (Earning.of(impacts, self.weight),))


class PlainFinder:
    """Knows the clauses by the names of their terms."""

    size = SIZE

    def __init__(self) -> None:
        self._clauses: dict[Condition, Plain] = {}
        self._names = count()

    def clause(self, one: Plain) -> Clause:
        condition = Term("f", (f"t{next(self._names)}",))
        self._clauses[condition] = one
        total = int(np.count_nonzero(one.steps))
        return Clause(condition, one.weight, total, one.match() if one.is_given else None)

    def match(self, condition: Condition) -> Match:
        return self._clauses[condition].match()

    def looked(self, term: Condition) -> Impacts:
        return self._clauses[term].impacts()

    def everything(self) -> DocSet:
        return DocSet.listed(np.arange(SIZE))


STEPS = st.lists(st.sampled_from([0, 0, 1, 700, 65_535]), min_size=SIZE, max_size=SIZE).map(tuple)
PLAIN = st.builds(
    Plain, STEPS, st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0]), st.booleans(), st.booleans()
)
SHARES = st.lists(st.sampled_from([1.0, 0.75, 0.5, 0.3]), min_size=1, max_size=3, unique=True)
FLAGS = st.lists(st.booleans(), min_size=SIZE, max_size=SIZE)


def expected(
    clauses: list[Plain], shares: list[float], required: list[Plain], flags: list[list[bool]]
) -> list[int]:
    allowed = [
        number
        for number in range(SIZE)
        if all(its[number] for its in flags) and all(one.steps[number] for one in required)
    ]
    total = sum(one.weight for one in clauses)
    if len(clauses) < 2 or min(shares) >= 1:
        shares = [1.0]
    for share in shares:
        found = []
        for number in allowed:
            own = sum(one.weight for one in clauses if one.steps[number])
            # One clause at least, whatever share of the idf is enough.
            if own > share * total - 1e-4 and (own > 0 or not clauses):
                found.append(number)
        if found:
            return found
    return []


def check(chosen: Chosen, clauses: list[Plain], required: list[Plain]) -> None:
    numbers = chosen.documents
    whole = [all(one.steps[number] for one in clauses) for number in numbers.tolist()]
    assert chosen.complete.tolist() == whole
    scores = best(chosen.earnings, numbers, np.arange(len(numbers)), SIZE).scores
    wanted = [
        sum(one.steps[number] * one.weight for one in (*clauses, *required)) * float(STEP)
        for number in numbers.tolist()
    ]
    np.testing.assert_allclose(scores, wanted, rtol=1e-4, atol=1e-6)
    for one, documents in zip(clauses, chosen.clauses, strict=True):
        held = [one.steps[number] > 0 for number in numbers.tolist()]
        assert documents.holds(numbers).tolist() == held


@pytest.fixture(autouse=True, params=[0, 1 << 20], ids=["looked up", "read whole"])
def many(request: pytest.FixtureRequest) -> Iterator[None]:
    """Common terms are never looked up among documents, or wherever any are left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.engines.choosing._MANY", request.param)
        yield


@given(
    st.lists(PLAIN, max_size=7), SHARES, st.lists(PLAIN, max_size=3), st.lists(FLAGS, max_size=2)
)
def test_enough_is_what_plain_arithmetic_finds(
    clauses: list[Plain], shares: list[float], required: list[Plain], flags: list[list[bool]]
) -> None:
    finder = PlainFinder()
    filters = [DocSet.flagged(np.array(its)) for its in flags]
    chosen = choose(
        list(map(finder.clause, clauses)),
        shares,
        list(map(finder.clause, required)),
        filters,
        finder,
    )
    assert chosen.documents.tolist() == expected(clauses, shares, required, flags)
    check(chosen, clauses, required)
