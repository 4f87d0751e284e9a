"""The vectorised features against the same formulas written as plain loops, and their model."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.ranking.features import FEATURES, features
from search.ranking.occurrences import Sought, SoughtWord
from search.ranking.reranking import Candidates, SoughtClauses, load_model, rerank

WORDS = [
    SoughtWord(frozenset({1, 11}), 0.5),
    SoughtWord(frozenset({2}), 2.0),
    SoughtWord(frozenset({3, 4097}), 4.0),
]
WHOLE = 6.5
Place = tuple[int, int]
"""Position and index of the word."""


def places_of(tokens: list[int]) -> list[Place]:
    return [
        (at, number)
        for at, token in enumerate(tokens)
        for number, word in enumerate(WORDS)
        if token in word.hashes
    ]


def idf_of(numbers: set[int]) -> float:
    return sum(WORDS[number].idf for number in numbers)


def windows(places: list[Place], length: int) -> list[tuple[int, float]]:
    return [
        (start, idf_of({n for at, n in places if start <= at < start + length}))
        for start, _ in places
    ]


def proximity(places: list[Place]) -> float:
    gathered = [0.0] * len(WORDS)
    for (left, one), (right, other) in pairwise(places):
        if one != other:
            gathered[one] += WORDS[other].idf / (right - left) ** 2
            gathered[other] += WORDS[one].idf / (right - left) ** 2
    return sum(min(1, w.idf) * g / (g + 1.2) for w, g in zip(WORDS, gathered, strict=True))


def longest_run(tokens: list[int], order: list[int]) -> int:
    longest = 0
    for start in range(len(tokens)):
        for first in range(len(order)):
            length = 0
            while (
                start + length < len(tokens)
                and first + length < len(order)
                and tokens[start + length] in WORDS[order[first + length]].hashes
            ):
                length += 1
            longest = max(longest, length)
    return longest


def expected(fields: list[list[int]], order: list[int]) -> dict[str, float]:
    """All features but those that depend on where the candidate's array begins among the others."""
    tokens = [token for one in fields for token in (*one, 0)]
    places = places_of(tokens)
    title = len(fields[0])
    present = {n for _, n in places}
    missing = [word.idf for n, word in enumerate(WORDS) if n not in present]

    def until(count: int) -> float:
        return idf_of({n for at, n in places if title < at <= title + count}) / WHOLE

    return {
        "proximity": proximity(places) / WHOLE,
        "window": max((value for _, value in windows(places, 60)), default=0.0) / WHOLE,
        "present": idf_of(present) / WHOLE,
        "opening": until(60),
        "beginning": until(150),
        "title": idf_of({n for at, n in places if at < title}) / WHOLE,
        "run": longest_run(tokens, order) / len(order),
        "missing": max(missing, default=0.0) / 4.0,
        "length": math.log(len(tokens)),
        "title_whole": float({n for at, n in places if at < title} == {0, 1, 2}),
        "title_density": sum(at < title for at, _ in places) / max(title, 1),
    }


FIELD = st.lists(st.sampled_from([1, 2, 3, 5, 11, 12, 4097, 8193]), max_size=90)


@given(
    st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=4),
    st.lists(st.integers(0, 2), max_size=9).map(lambda more: [2, *more, 0, 1]),
)
def test_as_the_formulas_say(
    articles: list[tuple[list[int], list[int], list[int]]], order: list[int]
) -> None:
    arrays = [
        np.array([token for one in fields for token in (*one, 0)], dtype=np.uint32)
        for fields in articles
    ]
    syllables = np.array([number + 1.0 for number in range(len(arrays))])
    pairs = syllables + 1
    table = features(Sought(WORDS, order), arrays, syllables, pairs)
    assert table.shape == (len(articles), len(FEATURES))
    for number, (row, fields) in enumerate(zip(table, articles, strict=True)):
        named = dict(zip(FEATURES, row.tolist(), strict=True))
        for name, value in expected(list(fields), order).items():
            assert named[name] == pytest.approx(value), name
        assert named["syllables"] == pytest.approx((number + 1) / WHOLE)
        assert named["pairs"] == pytest.approx((number + 2) / WHOLE)


def test_nothing_to_look_for_is_no_fault() -> None:
    array = np.array([1, 0, 0, 0], dtype=np.uint32)
    assert features(Sought([], []), [array], np.zeros(1), np.zeros(1)).shape == (1, len(FEATURES))
    assert len(features(Sought(WORDS, [0]), [], np.zeros(0), np.zeros(0))) == 0


CLAUSES = SoughtClauses({0: frozenset({1}), 1: frozenset({2}), 2: frozenset({1})})


def test_words_side_by_side_beat_words_far_apart_in_the_same_order_otherwise() -> None:
    far = np.array([0, 0, 2, *[7] * 30, 1, 0], dtype=np.uint32)
    near = np.array([0, 0, *[7] * 30, 2, 1, 0], dtype=np.uint32)
    same = np.array([3.0, 3.0])
    candidates = Candidates(CLAUSES.weighed(100, (5, 5, 5)), [far, near], same, same, np.zeros(2))
    before = [one.copy() for one in (same, far, near)]
    reranked = rerank(candidates, load_model(), 3)
    assert reranked.order == (1, 0)
    assert reranked.scores[1] > reranked.scores[0] == pytest.approx(6.0)
    assert [one.tolist() for one in (same, far, near)] == [one.tolist() for one in before]


def test_being_new_is_added_to_the_new_scores() -> None:
    array = np.array([1, 2, 0, 0, 0], dtype=np.uint32)
    same, recency = np.array([3.0, 3.0]), np.array([0.0, 0.5])
    sought = CLAUSES.weighed(100, (5, 5, 5))
    reranked = rerank(Candidates(sought, [array, array], same, same, recency), load_model(), 3)
    assert reranked.order == (1, 0)
    assert reranked.scores.tolist() == pytest.approx([6.0, 6.5])
    assert reranked.parts[:, reranked.names.index("date")].tolist() == [0.0, 0.5]


def test_words_are_counted_once_and_those_of_no_article_left_out() -> None:
    sought = CLAUSES.weighed(100, (5, 0, 5))
    assert [word.hashes for word in sought.words] == [frozenset({1})]
    assert list(sought.order) == [0, 0]


def test_the_model_is_a_table_that_can_be_read() -> None:
    model = load_model()
    table = json.loads(model.as_json())
    assert list(table["short"]) == list(table["long"]) == list(FEATURES)
    assert model.weights(6).tolist() == list(model.short)
    assert model.weights(7).tolist() == list(model.long)
    assert table["short"]["present"] == model.short[FEATURES.index("present")]
