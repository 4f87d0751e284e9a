"""How alike two texts are: sketches that find what may be a copy, and a comparison that decides.

A copy is the text of another article, also with words changed here and there, a paragraph left out, and
another headline and lead. Two articles about one event share whole passages too, but each also has
long stretches of its own, and two bulletins out of one form differ in their numbers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import SKETCH_LENGTH, TokenHashes
from indexer.engines.token_hashes import hash_tokens

SHINGLE = 4
"""Neighbouring tokens of which a sketch holds the hash."""
LEAST_SHARED = 3
"""Numbers that the sketches of two copies share at least: 5 of 24 on average where every fifth word differs."""
LEAST_TOKENS = 30
"""Shorter texts are too short to tell copies from articles about the same."""
_WHOLE = 60
"""A body of fewer tokens is compared with its headline and lead."""
_GAP = 16
"""So many tokens in which nothing is shared are a passage of an article's own."""
_LEAST_COVERED, _LEAST_OF_EACH = 0.75, 0.55
"""The share of two copies' text that is in no such passage: on average, and of each."""
_LEAST_DENSITY = 0.3
"""The share of all pairs of neighbours that two copies share, on average."""
_FACTOR, _SECOND_FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_LEAST_NUMBERS = 5
_EQUAL_NUMBERS = 0.5
"""The share of the different numbers that two copies have in common, of those of the one with fewer.

Bulletins out of one form, of prices or lottery draws, have a third."""

Hashes64 = NDArray[np.uint64]
Places = NDArray[np.int64]


def make_sketch(hashes: TokenHashes) -> tuple[int, ...]:
    """The sketch of an article: the hashes of `SKETCH_LENGTH` of its shingles, those that come first by hash.

    Two sets that share a share J of their union have in common about as much of what comes first.
    Source: Broder, On the resemblance and containment of documents, 1997.

    Args:
        hashes: of `Document.tokens`.

    Returns:
        Up to `SKETCH_LENGTH` numbers of 32 bits, none of them 0; none for a text of fewer than
        `LEAST_TOKENS`.
    """
    text = compared_part(hashes)
    if len(text) < LEAST_TOKENS:
        return ()
    found = shingles(text)
    if len(found) > 4 * SKETCH_LENGTH:
        # A shingle that comes often takes several places: there are some to spare.
        found = np.partition(found, 2 * SKETCH_LENGTH)[: 2 * SKETCH_LENGTH]
    first = sorted(set(found.tolist()))[:SKETCH_LENGTH]
    # They are the least of all in their upper half; the lower half is spread evenly.
    return tuple({((number >> 32) ^ number) & 0xFFFFFFFF or 1: None for number in first})


def compared_part(hashes: TokenHashes) -> TokenHashes:
    """The tokens by which articles are compared: the body, where it is not too short.

    Args:
        hashes: of `Document.tokens`: headline, lead and body, each ended by a 0.
    """
    ends = (hashes == 0).nonzero()[0][:3]
    if len(ends) < 3:
        return _without_ends(hashes)
    body = hashes[ends[1] + 1 : ends[2]]
    if len(body) >= _WHOLE:
        return body
    return _without_ends(hashes[: ends[2]])


def _without_ends(hashes: TokenHashes) -> TokenHashes:
    kept: TokenHashes = hashes[hashes != 0]
    return kept


def _pairs(hashes: TokenHashes) -> Hashes64:
    """The hash of each two neighbouring tokens, in order; not spread evenly."""
    wide = hashes.astype(np.uint64)
    found: Hashes64 = wide[:-1] * _FACTOR
    found += wide[1:]
    return found


def shingles(hashes: TokenHashes) -> Hashes64:
    """The hash of each `SHINGLE` neighbouring tokens, in order."""
    pairs = _pairs(hashes)
    found: Hashes64 = pairs[:-2] * _SECOND_FACTOR
    found += pairs[2:]
    # The upper half of a product depends on all bits of what is multiplied.
    found *= _FACTOR
    return found


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two texts have in common, in the same order.

    Attributes:
        covered: of each text the share that is in no passage of its own.
        density: of each text the share of its pairs of neighbours that both have.
    """

    covered: tuple[float, float]
    density: tuple[float, float]

    @property
    def is_copy(self) -> bool:
        """Whether one of the texts is a copy of the other."""
        return (
            sum(self.density) >= 2 * _LEAST_DENSITY
            and sum(self.covered) >= 2 * _LEAST_COVERED
            and min(self.covered) >= _LEAST_OF_EACH
        )


NOTHING = Agreement((0.0, 0.0), (0.0, 0.0))


class ComparedText:
    """The text of an article, ready to be compared with several others.

    Args:
        hashes: of `Document.tokens`.
    """

    def __init__(self, hashes: TokenHashes) -> None:
        self._text = compared_part(hashes)

    @cached_property
    def _pairs(self) -> Hashes64:
        return _pairs(self._text)

    @cached_property
    def _anchors(self) -> tuple[Hashes64, Places]:
        """The pairs of neighbours that occur once, sorted, and their places."""
        found, places, counts = np.unique(self._pairs, return_index=True, return_counts=True)
        once = counts == 1
        return found[once], places[once]

    def agreement(self, other: ComparedText) -> Agreement:
        """What this text has in common with another one; `NOTHING` where it is clearly no copy."""
        own_length, its_length = max(1, len(self._pairs)), max(1, len(other._pairs))
        own, its = self._shared_anchors(other)
        if len(own) * (1 / own_length + 1 / its_length) < 2 * _LEAST_DENSITY:
            return NOTHING
        order = np.argsort(own)
        first, second = own[order], its[order]
        if (second[1:] < second[:-1]).any():
            kept = longest_ascending(second.tolist())
            first, second = first[kept], second[kept]
        return Agreement(
            (_covered(first, own_length), _covered(second, its_length)),
            (len(first) / own_length, len(first) / its_length),
        )

    def _shared_anchors(self, other: ComparedText) -> tuple[Places, Places]:
        """The places, in this text and in another, of pairs that occur once in each."""
        anchors, places = self._anchors
        if not len(anchors):
            return places, places
        # The other text is not sorted: a text is compared with many.
        near = np.minimum(np.searchsorted(anchors, other._pairs), len(anchors) - 1)
        its = np.flatnonzero(anchors[near] == other._pairs)
        at = near[its]
        once = np.bincount(at, minlength=len(anchors))[at] == 1
        return places[at[once]], its[once]

    @cached_property
    def _numbers(self) -> TokenHashes:
        """The hashes of the different numbers in the text."""
        found = np.unique(self._text)
        known = _number_hashes()
        at = np.minimum(np.searchsorted(known, found), len(known) - 1)
        numbers: TokenHashes = found[known[at] == found]
        return numbers

    def is_copy_of(self, other: ComparedText) -> bool:
        """Whether one of two texts is a copy of the other; the same both ways round."""
        return self.agreement(other).is_copy and self._has_numbers_of(other)

    def _has_numbers_of(self, other: ComparedText) -> bool:
        """Whether two texts have as many numbers in common as copies would have."""
        least = min(len(self._numbers), len(other._numbers))
        if least < _LEAST_NUMBERS:
            return True
        shared = len(np.intersect1d(self._numbers, other._numbers, assume_unique=True))
        return shared >= _EQUAL_NUMBERS * least


@cache
def _number_hashes() -> TokenHashes:
    """The hashes of all numbers of up to four digits, sorted."""
    numbers = (f"{value:0{digits}d}" for digits in (1, 2, 3, 4) for value in range(10**digits))
    return np.unique(hash_tokens(numbers))


def longest_ascending(values: Sequence[int]) -> list[int]:
    """The places of a longest ascending part of a list of different numbers.

    Source: Fredman, On computing the length of longest increasing subsequences, 1975.
    """
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(places[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            places.append(place)
        else:
            ends[length], places[length] = value, place
    found: list[int] = []
    at = places[-1] if places else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def _covered(shared: Places, length: int) -> float:
    """The share of a text that is in no passage of its own.

    Args:
        shared: the places of what is shared, ascending.
        length: of the text.
    """
    gaps = np.diff(np.concatenate(([-1], shared, [length]))) - 1
    return 1 - float(gaps[gaps > _GAP].sum()) / length
