"""What tells candidates apart, against the same written as plain loops."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.arrays import Values
from search.ranking.candidate_features import (
    NEAR,
    different_words,
    in_either_order,
    neighbours_found,
    pair_counts,
    rarity,
    saturated,
    share,
)

WORDS = 3
TEXT = st.lists(st.integers(-1, WORDS - 1), max_size=40)
"""Number of the word at each place; -1 for one that is not sought."""


def table_of(texts: list[list[int]], distance: int = NEAR) -> Values:
    places = [
        (number * 200 + at, word, number)
        for number, text in enumerate(texts)
        for at, word in enumerate(text)
        if word >= 0
    ]
    positions, words, candidates = np.array(places, dtype=np.int64).reshape(-1, 3).T
    return pair_counts(positions, words, candidates, (len(texts), WORDS), distance)


@given(st.lists(TEXT, min_size=1, max_size=4), st.integers(1, 12))
def test_pairs_are_counted_up_to_a_distance(texts: list[list[int]], distance: int) -> None:
    table = table_of(texts, distance)
    either = different_words(in_either_order(table))
    pairs = list(combinations(range(WORDS), 2))
    for number, text in enumerate(texts):
        found = [
            (text[left], text[right])
            for left, right in combinations(range(len(text)), 2)
            if right - left <= distance
        ]
        for one in range(WORDS):
            for other in range(WORDS):
                assert table[number, one, other] == found.count((one, other))
        expected = [found.count(pair) + found.count(pair[::-1]) for pair in pairs]
        assert either[number].tolist() == expected


def test_a_word_of_all_candidates_tells_nothing_and_a_rare_one_most() -> None:
    present = np.array([[True, True, False], [True, False, False], [True, False, False]])
    weights = rarity(present)
    assert weights.tolist() == pytest.approx([0, math.log(3.5 / 1.5), math.log(3.5 / 0.5)])


def test_neighbours_of_the_query_weigh_by_how_few_candidates_hold_them_together() -> None:
    table = table_of([[0, 1, 2], [0, 1], [0, 1]])
    near = neighbours_found(table, [0, 1, 2])
    # 0 and 1 are together in all three, 1 and 2 in the first alone.
    assert near.tolist() == pytest.approx([1, 0, 0])
    assert neighbours_found(table, [0, 0]).tolist() == [0, 0, 0]


def test_frequency_counts_less_the_longer_the_text() -> None:
    counts = np.array([[1.0], [1.0], [9.0]])
    short, long, often = saturated(counts, np.array([10.0, 100.0, 100.0]))[:, 0]
    assert long < short < often < 1


def test_nothing_to_earn_is_no_share() -> None:
    assert share(np.ones((2, 2)), np.zeros(2)).tolist() == [0, 0]
    assert neighbours_found(np.ones((2, 1, 1)), [0, 0]).tolist() == [0, 0]
    assert different_words(np.ones((2, 1, 1))).shape == (2, 0)
