"""Folded plans on the embedded engine and on the one of plain dictionaries: the same answers."""

import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Document, InPeriod, Interval, Order, Plan, Recency
from indexer.engines.conditions import Between, Term
from indexer.engines.fields import Fields
from indexer.engines.folding import firsts, firsts_of_values
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh import sketches as whoosh_sketches
from indexer.engines.whoosh.sketches import SketchTable, packed_sketch
from tests.engines.dictionary_engine import DictionaryEngine, DictionarySearcher

pytestmark = pytest.mark.embedded

WORDS = "abcdef"
SIZE = 120


def documents() -> list[Document]:
    """Documents of which about half are in groups, some of these named by a document that is gone."""
    draw = random.Random(5)
    made = []
    for number in range(SIZE):
        text = draw.choices(WORDS, [1 / (rank + 1) for rank in range(len(WORDS))], k=6)
        group = draw.choice(["", "", str(number // 10 * 10), str(number // 4 * 4), "gone"])
        made.append(
            Document(
                id=str(number),
                digest="",
                origin="",
                terms={"t": {word: text.count(word) for word in text}},
                tokens=text,
                token_offsets=range(len(text)),
                published=None if number % 7 == 0 else draw.randrange(1000) * 86400,
                facets={"source": [f"s{draw.randrange(4)}"], "tags": draw.sample("xyz", 2)},
                record=b"",
                group=group,
                sketch=draw.sample(range(1, 40), draw.randrange(8)),
            )
        )
    return made


@pytest.fixture(scope="module")
def searchers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[WhooshEngine, DictionarySearcher]]:
    engine = WhooshEngine.create(
        tmp_path_factory.mktemp("whoosh"), Fields(("t",), ("source", "tags"), ())
    )
    plain = DictionaryEngine.create(tmp_path_factory.mktemp("plain"))
    made = documents()
    deleted = [str(number) for number in range(0, SIZE, 11)]
    for one in (engine, plain):
        for part in range(3):
            with one.writer() as writer:
                for document in made[part * 40 : part * 40 + 40]:
                    writer.put(document)
        with one.writer() as writer:
            for id in deleted:
                writer.delete(id)
            # A document that is put again may be in another group.
            writer.put(replace(made[50], group="60"))
    yield engine, plain.searcher()
    engine.close()


PLANS = st.builds(
    Plan,
    clauses=st.lists(st.builds(Term, st.just("t"), st.tuples(st.sampled_from(WORDS))), max_size=3)
    .map(tuple)
    .filter(lambda clauses: len(set(clauses)) == len(clauses)),
    filters=st.sampled_from([{}, {"source": "s1"}]),
    facets=st.just({"source": 3, "tags": 5}),
    has_timeline=st.booleans(),
    interval=st.sampled_from([None, *Interval]),
    minimum_idf_shares=st.sampled_from([(1.0,), (0.5, 0.25)]),
    folded=st.booleans(),
    counts_groups=st.booleans(),
    counts_complete=st.booleans(),
    complete_first=st.booleans(),
    date_bonus=st.sampled_from(
        [
            None,
            Recency(0.3, half_life=90),
            InPeriod(Between(200 * 86400, 500 * 86400), 0.4),
            InPeriod(Between(None, 86400), 0.1),
            InPeriod(Between(5000 * 86400, None), 1.0),
        ]
    ),
    order=st.sampled_from(Order),
    offset=st.integers(0, 30),
    limit=st.integers(0, 130),
)


@given(PLANS)
def test_folded_plans(searchers: tuple[WhooshEngine, DictionarySearcher], plan: Plan) -> None:
    engine, plain = searchers
    found, expected = engine.searcher().search(plan), plain.search(plan)
    assert (found.total, found.total_all) == (expected.total, expected.total_all)
    assert (found.groups, found.groups_all) == (expected.groups, expected.groups_all)
    assert found.facets == expected.facets
    assert found.timeline == expected.timeline
    if plan.order is Order.SCORE:
        # Scores that are equal but for rounding may stand the other way round.
        scores = [[round(hit.score, 3) for hit in one.hits] for one in (found, expected)]
        assert scores[0] == pytest.approx(scores[1], abs=2e-3)
    else:
        assert [hit.id for hit in found.hits] == [hit.id for hit in expected.hits]
    if plan.folded:
        groups = engine.searcher().groups([hit.id for hit in found.hits])
        assert len(set(groups)) == len(groups)
        everything = engine.searcher().search(replace(plan, offset=0, limit=SIZE))
        assert len(everything.hits) == everything.groups


def test_groups_and_members(searchers: tuple[WhooshEngine, DictionarySearcher]) -> None:
    engine, plain = searchers
    ids = [str(number) for number in range(SIZE + 1)]
    assert engine.searcher().groups(ids) == plain.groups(ids)
    names = ["gone", "nobody", *ids]
    found = engine.searcher().members(names)
    assert list(map(sorted, found)) == list(map(sorted, plain.members(names)))


@pytest.mark.parametrize("small", [0, 50_000])
def test_sketches_that_share_numbers(
    searchers: tuple[WhooshEngine, DictionarySearcher],
    small: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whoosh_sketches, "_SMALL", small)
    engine, plain = searchers
    asked = [one.sketch for one in documents()] + [(), (99,)]
    for least in (1, 2, 3):
        found = engine.searcher().sharing(asked, least, SIZE)
        expected = plain.sharing(asked, least, SIZE)
        assert list(map(set, found)) == list(map(set, expected))
        few = engine.searcher().sharing(asked, least, 2)
        assert all(its[:2] == fewer for its, fewer in zip(found, few, strict=True))


@pytest.mark.parametrize("room", [0, 1 << 20])
@given(st.lists(st.tuples(st.integers(-1, 5), st.integers(0, 4)), max_size=30))
def test_the_first_of_each_group(room: int, documents: list[tuple[int, int]]) -> None:
    groups = np.array([group for group, _ in documents], dtype=np.int32)
    values = np.array([value for _, value in documents], dtype=np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.engines.folding._ROOM", room)
        found, found_of_values = firsts(groups), firsts_of_values(groups, values)
    every = [group for group, _ in documents]
    assert found.tolist() == [
        group < 0 or group not in every[:at] for at, group in enumerate(every)
    ]
    assert found_of_values.tolist() == [
        one[0] < 0 or one not in documents[:at] for at, one in enumerate(documents)
    ]


@given(
    st.lists(st.lists(st.integers(1, 50), unique=True, max_size=24), min_size=1, max_size=30),
    st.sets(st.integers(1, 50), min_size=1),
)
def test_a_table_that_is_sorted_finds_what_a_look_through_it_finds(
    rows: list[list[int]], asked: set[int]
) -> None:
    table = SketchTable.of(b"".join(map(packed_sketch, rows)), len(rows) + 2)
    numbers = np.array(sorted(asked), dtype=np.uint32)
    scanned = table._scan(numbers)
    table.holders(numbers)
    sought = table._seek(numbers)
    pairs = [sorted(zip(*map(list, one), strict=True)) for one in (scanned, sought)]
    assert pairs[0] == pairs[1]
    assert pairs[0] == sorted(
        (at, row)
        for at, number in enumerate(numbers.tolist())
        for row, its in enumerate(rows)
        if number in its
    )
