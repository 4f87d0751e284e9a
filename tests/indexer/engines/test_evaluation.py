"""Random plans against a plain evaluation, document after document."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import (
    AllOf,
    AnyOf,
    Between,
    Boost,
    Condition,
    Document,
    Not,
    Phrase,
    Plan,
    Term,
)
from indexer.engines.evaluation import DENSE, K1, STEP, B, idf
from indexer.engines.whoosh import WhooshEngine

WORDS = "abcdefghijkl"
"""From one that nearly all texts hold to one that hardly any does; z is in none."""


def make_texts(count: int) -> dict[str, tuple[str, ...]]:
    draw = random.Random(7)
    weights = [1 / (rank + 1) ** 2 for rank in range(len(WORDS))]
    return {
        str(number): tuple(draw.choices(WORDS, weights, k=draw.randint(2, 12)))
        for number in range(count)
    }


TEXTS = make_texts(160)
DELETED = {str(number) for number in range(0, 160, 9)}
LIVE = {id: text for id, text in TEXTS.items() if id not in DELETED}
MEAN = sum(map(len, LIVE.values())) / len(LIVE)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    engine = WhooshEngine.create(tmp_path_factory.mktemp("index"), ["t"], ["source"], ["t"])
    for part in (0, 1):
        with engine.writer() as writer:
            for id, text in list(TEXTS.items())[part * 80 : part * 80 + 80]:
                writer.put(
                    Document(
                        id=id,
                        digest="",
                        origin="",
                        terms={"t": {word: text.count(word) for word in text}},
                        tokens=np.array([ord(word) for word in text], dtype=np.uint32),
                        starts=np.arange(len(text), dtype=np.uint32),
                        published=int(id),
                        facets={"source": [f"s{int(id) % 3}"]},
                        record=b"",
                    )
                )
    with engine.writer() as writer:
        for id in DELETED:
            writer.delete(id)
    yield engine
    engine.close()


def term(words: str) -> Term:
    return Term("t", tuple(words))


def phrase(words: str) -> Phrase:
    return Phrase(tuple(frozenset({ord(word)}) for word in words), tuple(map(term, words)), ())


def holds(condition: Condition, id: str) -> bool:
    text = TEXTS[id]
    match condition:
        case Term(_, terms, phrases):
            return any(word in text for word in terms) or any(holds(one, id) for one in phrases)
        case AllOf(parts):
            return all(holds(part, id) for part in parts)
        case AnyOf(parts):
            return any(holds(part, id) for part in parts)
        case Not(part):
            return not holds(part, id)
        case Phrase(positions):
            sought = [next(iter(one)) for one in positions]
            codes = [ord(word) for word in text]
            return any(codes[at : at + len(sought)] == sought for at in range(len(codes)))
        case Between(since, until):
            return (since or 0) <= int(id) < (until or 1000)


def total(condition: Condition) -> int:
    return sum(holds(condition, id) for id in LIVE)


def expected_ids(plan: Plan) -> set[str]:
    allowed = {
        id
        for id in LIVE
        if all(holds(one, id) for one in plan.required)
        and all(f"s{int(id) % 3}" == value for value in plan.filters.values())
    }
    weights = [idf(len(LIVE), total(one)) if total(one) else 0.0 for one in plan.clauses]
    for share in plan.shares:
        least = share * sum(weights) - 1e-4
        found = {
            id
            for id in allowed
            if sum(w for w, one in zip(weights, plan.clauses, strict=True) if holds(one, id))
            > max(0.0, least)
        }
        if share == 1 or len(plan.clauses) < 2:
            found = {id for id in allowed if all(holds(one, id) for one in plan.clauses)}
        if found:
            return found
    return set()


def expected_score(plan: Plan, id: str) -> float:
    text = TEXTS[id]
    norm = K1 * (1 - B + B * len(text) / MEAN)

    def earned(part: Term, weight: float) -> float:
        count = sum(text.count(word) for word in part.terms)
        count += sum(holds(one, id) for one in part.phrases)
        return weight * idf(len(LIVE), total(part)) * count / (count + norm)

    score = sum(earned(one.term, one.weight) for one in plan.boosts)
    for one in (*plan.clauses, *plan.required):
        if isinstance(one, Term):
            score += earned(one, 1.0)
        elif isinstance(one, Phrase) and holds(one, id):
            score += sum(earned(part, 1.0) for part in one.terms)
    return score


phrases = st.text(WORDS, min_size=2, max_size=3).map(phrase)
terms = st.builds(
    lambda words, more: Term("t", tuple(sorted(set(words))), tuple(more)),
    st.text(WORDS + "z", min_size=1, max_size=3),
    st.just([]) | st.lists(phrases, max_size=2, unique=True),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    terms | phrases | st.builds(Between, st.integers(0, 99), st.integers(100, 199)),
    lambda inner: st.lists(inner, min_size=1, max_size=2).flatmap(
        lambda parts: st.sampled_from([AllOf(tuple(parts)), AnyOf(tuple(parts)), Not(parts[0])])
    ),
    max_leaves=3,
)
plans = st.builds(
    Plan,
    clauses=st.lists(terms | phrases, max_size=6).map(tuple) | st.tuples(conditions),
    required=st.lists(conditions, max_size=1).map(tuple),
    boosts=st.lists(st.builds(Boost, terms, st.just(0.7)), max_size=2).map(tuple),
    filters=st.sampled_from([{}, {}, {"source": "s1"}, {"source": "none"}]),
    shares=st.sampled_from([(1.0,), (0.5, 0.25)]),
    limit=st.just(200),
)


@given(plan=plans)
def test_what_is_found_and_what_it_misses(engine: WhooshEngine, plan: Plan) -> None:
    result = engine.search(plan)
    assert {hit.id for hit in result.hits} == expected_ids(plan)
    assert result.total == len(result.hits)
    assert result.clause_totals == tuple(map(total, plan.clauses))
    for hit in result.hits:
        assert hit.missing == tuple(
            at for at, one in enumerate(plan.clauses) if not holds(one, hit.id)
        )
    assert result.total_all == sum(not hit.missing for hit in result.hits)


@given(plan=plans)
def test_scores_are_the_sum_of_what_terms_earn(engine: WhooshEngine, plan: Plan) -> None:
    if all(isinstance(one, Term | Phrase) for one in plan.required + plan.clauses):
        parts = len(plan.clauses) * 3 + len(plan.required) * 3 + len(plan.boosts)
        for hit in engine.search(plan).hits:
            # A common term is off by half a step at most.
            margin = parts * float(STEP) / 2 * idf(len(LIVE), len(LIVE) // DENSE) + 1e-4
            assert hit.score == pytest.approx(expected_score(plan, hit.id), abs=margin)
