"""Words close to each other and words said often, in the embedded engine and place by place."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import PARAGRAPH_END, Document, Passage, Plan
from indexer.engines.conditions import (
    AllOf,
    AnyOf,
    Condition,
    InPassage,
    Listed,
    Long,
    Not,
    Phrase,
    Repeated,
    Scope,
    Term,
    Together,
    Valued,
)
from indexer.engines.fields import Fields
from indexer.engines.phrases import is_one_of
from indexer.engines.whoosh.engine import WhooshEngine
from tests.engines.dictionary_engine import DictionaryEngine, DictionarySearcher

WORDS = "abcde"
SIZE = 150


def documents() -> list[Document]:
    chance = random.Random(7)
    made = []
    for number in range(SIZE):
        tokens: list[str] = []
        breaks: list[int] = []
        for _ in range(3):
            for _ in range(chance.randint(0, 4)):
                sentence = chance.choices(WORDS, (3, 2, 2, 1, 1), k=chance.randint(1, 6))
                tokens += sentence
                closes = chance.random() < 0.3
                breaks.append(len(sentence) | (PARAGRAPH_END if closes else 0))
            tokens.append("")
            breaks.append(1 | PARAGRAPH_END)
        passages: list[Passage] = []
        start = 0
        while start < len(tokens):
            end = start + chance.randint(1, 6)
            if "" not in tokens[start:end] and end <= len(tokens):
                keys = tuple(f"k{one}" for one in chance.sample(range(3), chance.randint(1, 2)))
                passages.append(Passage(start, end, keys))
            start = end + chance.randint(0, 4)
        counts = Counter(one for one in tokens if one)
        held = dict.fromkeys((key for one in passages for key in one.keys), 1)
        made.append(
            Document(
                str(number), "", "", {"t": counts, "k": held}, tokens, list(range(len(tokens))), None,
                {"s": [f"s{number % 3}"]}, b"", breaks=breaks, passages=passages,
                length=sum(counts.values()),
            )
        )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[WhooshEngine, DictionarySearcher]]:
    folder = tmp_path_factory.mktemp("places")
    engine = WhooshEngine.create(folder, Fields(("t", "k"), ("s",), ()))
    made = documents()
    for part in range(3):
        with engine.writer() as writer:
            for document in made[part::3]:
                writer.put(document)
    with engine.writer() as writer:
        writer.delete("3")
        writer.put(made[4])
    plain = DictionaryEngine.create(tmp_path_factory.mktemp("plain"))
    with plain.writer() as writer:
        for document in made:
            if document.id != "3":
                writer.put(document)
    yield engine, plain.searcher()
    engine.close()


TERMS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True).map(tuple)
TERM = st.builds(Term, st.just("t"), TERMS)
PHRASE = st.builds(Phrase, st.just("t"), st.lists(TERMS, min_size=2, max_size=3).map(tuple))
SPOT = st.one_of(
    TERM, PHRASE, st.lists(st.one_of(TERM, PHRASE), min_size=2, max_size=3).map(tuple).map(AnyOf)
)
PLACED = st.one_of(
    st.builds(Together, st.tuples(SPOT, SPOT), st.integers(0, 8)),
    st.builds(
        Together,
        st.lists(SPOT, min_size=2, max_size=3, unique=True).map(tuple),
        st.sampled_from(Scope),
    ),
    st.builds(Repeated, SPOT, st.integers(1, 6)),
    st.builds(
        InPassage,
        st.sampled_from(["k0", "k1", "k2", "none"]).map(lambda key: Term("k", (key,))),
        st.lists(SPOT, min_size=1, max_size=3).map(tuple),
    ),
)
CONDITION = st.one_of(
    PLACED,
    PLACED.map(Not),
    st.tuples(PLACED, TERM).map(AllOf),
    st.tuples(PLACED, TERM).map(AnyOf),
    st.builds(Long, st.none() | st.integers(0, 50), st.none() | st.integers(0, 50)),
    st.builds(Valued, st.just("s"), st.sampled_from(["s0", "s1", "none"])),
    st.builds(Listed, st.lists(st.sampled_from(["0", "1", "7", "39", "none"])).map(tuple)),
    st.builds(Listed, st.lists(st.sampled_from(["0", "1", "7"])).map(tuple)).map(Not),
)


@given(CONDITION)
def test_conditions_on_places(
    engines: tuple[WhooshEngine, DictionarySearcher], condition: Condition
) -> None:
    engine, plain = engines
    plan = Plan(required=(condition,), limit=SIZE)
    found, expected = engine.searcher().search(plan), plain.search(plan)
    assert {hit.id for hit in found.hits} == {hit.id for hit in expected.hits}
    scores = {hit.id: hit.score for hit in expected.hits}
    for hit in found.hits:
        assert hit.score == pytest.approx(scores[hit.id], abs=2e-3)


@given(st.integers(0, 3), st.integers(1, 300), st.integers(0, 9000))
def test_tokens_with_one_of_some_hashes(seed: int, count: int, size: int) -> None:
    chance = np.random.default_rng(seed)
    tokens = chance.integers(0, 1 << 32, size=size, dtype=np.uint32)
    # Some share half of their bits with a hash that is sought.
    hashes = chance.integers(0, 1 << 32, size=count, dtype=np.uint32)
    tokens[: size // 3] = chance.choice(hashes, size // 3)
    tokens[size // 3 : size // 2] ^= np.uint32(1 << 20)
    sought = set(hashes.tolist())
    found = is_one_of(tokens, hashes.tolist())
    assert found.tolist() == [one in sought for one in tokens.tolist()]
