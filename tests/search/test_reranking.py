"""The vectorised reranking against the same formulas written as plain loops."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.reranking import WEIGHTS, SoughtWord, closeness

WORDS = [
    SoughtWord(frozenset({1, 11}), 0.5),
    SoughtWord(frozenset({2}), 2.0),
    SoughtWord(frozenset({3}), 4.0),
]


def slow(tokens: list[int], words: list[SoughtWord], query_length: int) -> float:
    places = [
        (at, number)
        for at, token in enumerate(tokens)
        for number, word in enumerate(words)
        if token in word.hashes
    ]
    gathered = [0.0] * len(words)
    for (left, one), (right, other) in pairwise(places):
        if one != other:
            gathered[one] += words[other].idf / (right - left) ** 2
            gathered[other] += words[one].idf / (right - left) ** 2
    proximity = sum(min(1, w.idf) * g / (g + 1.2) for w, g in zip(words, gathered, strict=True))
    window = max(8, min(64, int(1.6 * query_length)))
    best = max(
        (
            sum(words[n].idf for n in {n for at, n in places if start <= at < start + window})
            for start, _ in places
        ),
        default=0.0,
    )
    return WEIGHTS.proximity * proximity + WEIGHTS.window * best


@given(
    st.lists(st.lists(st.integers(0, 12), max_size=40), min_size=1, max_size=5), st.integers(1, 12)
)
def test_as_the_formulas_say(articles: list[list[int]], query_length: int) -> None:
    arrays = [np.array(tokens, dtype=np.uint32) for tokens in articles]
    expected = [slow(tokens, WORDS, query_length) for tokens in articles]
    assert closeness(arrays, WORDS, query_length) == pytest.approx(expected)


def test_words_side_by_side_beat_words_far_apart() -> None:
    far = np.array([2, *[0] * 30, 3], dtype=np.uint32)
    near = np.array([*[0] * 30, 2, 3], dtype=np.uint32)
    scores = closeness([far, near], WORDS, 2)
    assert scores[1] > scores[0] > 0


def test_nothing_to_look_for_adds_nothing() -> None:
    assert closeness([np.array([1], dtype=np.uint32)], [], 0).tolist() == [0.0]
    assert closeness([np.zeros(0, dtype=np.uint32)], WORDS, 3).tolist() == [0.0]
    assert len(closeness([], WORDS, 3)) == 0
