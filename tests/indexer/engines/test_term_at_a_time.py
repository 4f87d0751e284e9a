"""Random plans against a plain evaluation, document after document."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Boost, Document, EngineHit, InPeriod, Order, Plan, Recency
from indexer.engines.conditions import AllOf, AnyOf, Between, Condition, Not, Phrase, Term
from indexer.engines.fields import Fields
from indexer.engines.scoring import DENSE, K1, SMALL, STEP, B, idf
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


@pytest.fixture(scope="module", params=[SMALL, 0], ids=["small", "large"])
def engine(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[WhooshEngine]:
    """An engine; the second looks terms up as it does in a large index."""
    engine = WhooshEngine.create(
        tmp_path_factory.mktemp("index"), Fields(("t",), ("source",), ("t",))
    )
    for part in (0, 1):
        with engine.writer() as writer:
            for id, text in list(TEXTS.items())[part * 80 : part * 80 + 80]:
                writer.put(
                    Document(
                        id=id,
                        digest="",
                        origin="",
                        terms={"t": {word: text.count(word) for word in text}},
                        tokens=text,
                        token_offsets=range(len(text)),
                        published=int(id),
                        facets={"source": [f"s{int(id) % 3}"]},
                        record=b"",
                        group=group(id),
                    )
                )
    with engine.writer() as writer:
        for id in DELETED:
            writer.delete(id)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("commit_arrays", "placed"):
            patch.setattr(f"indexer.engines.whoosh.{module}.SMALL", request.param)
        patch.setattr("indexer.engines.best._FEW", 0)
        yield engine
    engine.close()


def group(id: str) -> str:
    """Three of each nine documents are of one group."""
    number = int(id)
    return str(number - number % 9) if number % 9 < 3 else ""


def term(words: str) -> Term:
    return Term("t", tuple(words))


def phrase(words: str) -> Phrase:
    return Phrase("t", tuple((word,) for word in words))


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
        case Phrase(_, positions):
            sought = tuple(one[0] for one in positions)
            return any(text[at : at + len(sought)] == sought for at in range(len(text)))
        case Between(since, until):
            return (since or 0) <= int(id) < (until or 1000)
        case _:
            raise TypeError(condition)


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
    for share in plan.minimum_idf_shares:
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

    def earned(condition: Condition, weight: float = 1.0) -> float:
        match condition:
            case Term():
                count = sum(text.count(word) for word in condition.terms)
                count += sum(holds(one, id) for one in condition.phrases)
                return weight * idf(len(LIVE), total(condition)) * count / (count + norm)
            case Phrase():
                return sum(map(earned, condition.terms)) if holds(condition, id) else 0.0
            case AllOf(parts) | AnyOf(parts):
                return sum(map(earned, parts))
            case _:
                return 0.0

    score = sum(earned(one.term, one.weight) for one in plan.boosts)
    return score + sum(map(earned, (*plan.clauses, *plan.required)))


def leaves(condition: Condition) -> int:
    """How many terms may earn something, at most."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return sum(map(leaves, parts))
        case Phrase(_, positions):
            return len(positions)
        case _:
            return 1


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
    minimum_idf_shares=st.sampled_from([(1.0,), (0.5, 0.25)]),
    limit=st.just(200),
)


@given(plan=plans)
def test_what_is_found_and_what_it_misses(engine: WhooshEngine, plan: Plan) -> None:
    result = engine.searcher().search(plan)
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
    parts = sum(map(leaves, (*plan.clauses, *plan.required))) + len(plan.boosts)
    # A common term is off by half a step at most.
    margin = parts * float(STEP) / 2 * idf(len(LIVE), len(LIVE) // DENSE) + 1e-4
    for hit in engine.searcher().search(plan).hits:
        assert hit.score == pytest.approx(expected_score(plan, hit.id), abs=margin)


orders = st.builds(
    lambda plan, order, first, folded, bonus: replace(
        plan, order=order, complete_first=first, folded=folded, date_bonus=bonus
    ),
    plans,
    st.sampled_from([Order.SCORE, Order.SCORE, Order.NEWEST, Order.OLDEST]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, None, Recency(0.3, 1 / 24), InPeriod(Between(40, 90), 0.5)]),
)


@given(plan=orders, offset=st.integers(0, 12), limit=st.integers(1, 9))
def test_a_page_is_a_part_of_all_hits_in_order(
    engine: WhooshEngine, plan: Plan, offset: int, limit: int
) -> None:
    searcher = engine.searcher()
    every = searcher.search(replace(plan, folded=False)).hits

    def key(hit: EngineHit) -> tuple[bool, float, int]:
        newness = {Order.SCORE: hit.score, Order.NEWEST: int(hit.id), Order.OLDEST: -int(hit.id)}
        return bool(plan.complete_first and hit.missing), -newness[plan.order], -int(hit.id)

    keys = list(map(key, every))
    assert all(a[:1] <= b[:1] for a, b in pairwise(keys))
    assert all(a[0] < b[0] or a[1] <= b[1] + 1e-5 for a, b in pairwise(keys))
    firsts, seen = [], set()
    for hit in every:
        its = group(hit.id) if plan.folded else ""
        if not its or its not in seen:
            firsts.append(hit)
            seen.add(its)
    page = searcher.search(replace(plan, offset=offset, limit=limit))
    assert page.groups == len(firsts)
    wanted = firsts[offset : offset + limit]
    assert [hit.score for hit in page.hits] == pytest.approx([hit.score for hit in wanted])
    assert [hit.missing for hit in page.hits] == [hit.missing for hit in wanted]
    # Scores that differ by rounding alone may change places.
    apart = all(abs(a.score - b.score) > 1e-4 for a, b in pairwise(firsts))
    if apart or plan.order is not Order.SCORE:
        assert [hit.id for hit in page.hits] == [hit.id for hit in wanted]


def test_the_parts_of_a_score(engine: WhooshEngine) -> None:
    plan = Plan(
        clauses=(term("b"),),
        boosts=(Boost(term("c"), 0.7),),
        date_bonus=Recency(0.5, half_life=1 / 24),
        limit=200,
    )
    hits = {hit.id: hit for hit in engine.searcher().search(plan).hits}
    plain = engine.searcher().search(replace(plan, boosts=(), date_bonus=None))
    assert {hit.id: hit.clause_score for hit in plain.hits} == {
        id: hit.clause_score for id, hit in hits.items()
    }
    assert all((hit.boost_score > 0) == ("c" in TEXTS[id]) for id, hit in hits.items())
    best = max(hit.clause_score + hit.boost_score for hit in hits.values())
    newest = max(map(int, LIVE))
    for id, hit in hits.items():
        age = (newest - int(id)) / 3600
        assert hit.date_score == pytest.approx(0.5 * 0.5**age * best, rel=1e-3)
        assert hit.score == hit.clause_score + hit.boost_score + hit.date_score
