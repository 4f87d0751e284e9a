"""The most frequent terms over segments, against adding up all of them."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any, cast
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import indexer.engines.whoosh.frequent_terms as module
from indexer.engines.whoosh.frequent_terms import TermRange, most_frequent, sums

SEGMENTS = st.lists(
    st.dictionaries(
        st.integers(0, 40).map(lambda one: f"t{one:02}".encode()),
        st.one_of(st.integers(1, 3), st.integers(1, 400)),
        max_size=40,
    ),
    max_size=4,
)


class Field:
    """The terms of a segment; those that were read are counted."""

    def __init__(self, terms: list[bytes]) -> None:
        self._terms = terms
        self.read = 0

    def terms_among(self, first: int, end: int, places: Any) -> list[bytes]:
        self.read += len(places)
        return [self._terms[first:end][at] for at in places]

    def number(self, term: bytes) -> int | None:
        return self._terms.index(term) if term in self._terms else None


def ranges_of(segments: list[dict[bytes, int]]) -> list[TermRange]:
    return [
        TermRange(
            cast(Any, Field(sorted(one))),
            0,
            np.array([one[term] for term in sorted(one)], np.int64),
        )
        for one in segments
    ]


@given(SEGMENTS, st.integers(1, 10))
def test_the_most_frequent_terms(segments: list[dict[bytes, int]], wanted: int) -> None:
    totals = Counter[bytes]()
    for one in segments:
        totals.update(one)
    with patch.object(module, "_WANTED", wanted), patch.object(module, "_FEW", 4):
        found = list(most_frequent(ranges_of(segments)))
    assert found == sorted(totals.items(), key=lambda one: (-one[1], one[0]))
    assert sums(ranges_of(segments)) == totals


def test_rare_terms_are_not_read() -> None:
    """And the first of a term that no segment alone has most often comes first all the same."""
    often = {f"a{at:03}".encode(): 1000 + at for at in range(80)}
    rare = {f"b{at:04}".encode(): 1 for at in range(5000)}
    ranges = ranges_of(
        [{**often, **rare, b"c": 900, b"d": 2000}, {**often, **rare, b"c": 30_000, b"d": 50}]
    )
    found = list(islice(most_frequent(ranges), 60))
    assert found[:2] == [(b"c", 30_900), (b"a079", 2158)]
    # What is added up of it is less than the last wanted term has.
    assert (b"d", 2050) in found
    assert sum(cast(Any, one.field).read for one in ranges) == 163
