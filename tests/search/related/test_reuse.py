"""Shared passages of two texts, against a plain comparison of all shingles."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.copies.likeness import shingles
from search.related.reuse import LEAST, _Shingles, _Span, _spans

TOKENS = st.lists(st.integers(1, 6), max_size=12)
TEXTS = st.lists(st.sampled_from(range(5)) | TOKENS, max_size=8)
PASSAGES = [[10 * number + at for at in range(7, 7 + 8 * (number + 1))] for number in range(5)]


def tokens(parts: list[int | list[int]]) -> np.ndarray:
    flat = [one for part in parts for one in (PASSAGES[part] if isinstance(part, int) else part)]
    return np.array(flat, dtype=np.uint32)


def plainly(own: np.ndarray, other: np.ndarray) -> list[_Span]:
    if min(len(own), len(other)) < LEAST:
        return []
    _, here, there = np.intersect1d(shingles(own), shingles(other), return_indices=True)
    order = np.argsort(here)
    return _spans(here[order], there[order])


@given(TEXTS, TEXTS)
def test_the_passages_are_those_of_a_plain_comparison(
    one: list[int | list[int]], two: list[int | list[int]]
) -> None:
    own, other = tokens(one), tokens(two)
    assert _Shingles.of(own).shared_with(other) == plainly(own, other)


def test_a_passage_between_other_words_is_found() -> None:
    own, other = tokens([[1, 2, 3], 4, [5]]), tokens([[6, 6], 4])
    assert _Shingles.of(own).shared_with(other) == [_Span(3, 3 + len(PASSAGES[4]))]
    assert _Shingles.of(own[:LEAST]).shared_with(tokens([0])) == []
