"""What is measured of the best articles of a search, so that they can be put in order again.

All of it is read off the token arrays, for all candidates at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import TokenArray
from indexer.engines.evaluation import K1
from search.lookup import look_up
from search.windows import Integers, Values, owners, previous_places, window_sums

FEATURES = (
    "syllables",
    "pairs",
    "proximity",
    "window",
    "long_window",
    "three_windows",
    "present",
    "opening",
    "beginning",
    "title",
    "run",
    "distinct",
    "missing",
    "length",
    "density",
)
"""Names of the features, in the order of their columns.

Sums of idf are shares of the query's: BM25 of syllables and of pairs of them, term proximity, the
best window of 1.6 query lengths, the best of 60 syllables, the mean of the best three of the first
kind; the words that are present at all, in the first 60 and 150 syllables after the title, in the
title. Then the longest run of the query in its order, as a share of it; the share of different words
that are present; the largest idf of those that are not, as a share of the largest; the logarithm of
the length in syllables; words of the query a syllable.
"""
OPENING, BEGINNING = 60, 150
_LONG_WINDOW = 60
_RELATIVE_WINDOW = 1.6
_SHORTEST_WINDOW = 8
_LONGEST_WINDOW = 64
_GAP = 64
"""Positions between two articles: farther apart than any window reaches."""


@dataclass(frozen=True, slots=True)
class SoughtWord:
    """One distinct word of a query.

    Attributes:
        hashes: of its spellings, as in a token array; one of two words is found as the first of them.
        idf: its inverse document frequency.
    """

    hashes: frozenset[int]
    idf: float


@dataclass(frozen=True, slots=True)
class Sought:
    """A query as the features see it.

    Attributes:
        words: its distinct words.
        order: index into `words` of each of its words in order; each is there at least once.
    """

    words: Sequence[SoughtWord]
    order: Sequence[int]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every place where a sought word stands in a candidate, candidate after candidate.

    Attributes:
        positions: through all candidates, ascending, with gaps between them.
        words: index of the word at each.
        candidates: index of the candidate of each.
        starts: position of the first token of each candidate.
        lengths: tokens of each candidate.
        titles: tokens of each candidate's title.
    """

    positions: Integers
    words: Integers
    candidates: Integers
    starts: Integers
    lengths: Integers
    titles: Integers


def find_occurrences(tokens: Sequence[TokenArray], words: Sequence[SoughtWord]) -> Occurrences:
    """Look for words in token arrays."""
    pairs = [(value, number) for number, word in enumerate(words) for value in word.hashes]
    # 0 ends a field.
    values = np.array([0, *(value for value, _ in pairs)], dtype=np.uint32)
    numbers = np.array([-1, *(number for _, number in pairs)], dtype=np.int64)
    lengths = np.array([len(one) for one in tokens], dtype=np.int64)
    ends = np.cumsum(lengths)
    everything = np.concatenate([*tokens, np.zeros(1, dtype=np.uint32)])
    places, which = look_up(everything, values)
    fields, hits = places[which == 0], places[which > 0]
    candidates = owners(hits, ends)
    starts = ends - lengths
    titles = np.minimum(fields[np.searchsorted(fields, starts)], ends) - starts
    return Occurrences(
        positions=hits + candidates * _GAP,
        words=numbers[which[which > 0]],
        candidates=candidates,
        starts=starts + np.arange(len(lengths)) * _GAP,
        lengths=lengths,
        titles=titles,
    )


def features(
    sought: Sought, tokens: Sequence[TokenArray], syllables: Values, pairs: Values
) -> Values:
    """Features of each candidate.

    Args:
        sought: the query.
        tokens: token array of each candidate: title, lead and body, a 0 after each.
        syllables: the part of each candidate's score that its syllables earned.
        pairs: the part that pairs of them earned.

    Returns:
        An array of shape (candidates, features).
    """
    idf = np.array([word.idf for word in sought.words])
    whole = max(float(idf.sum()), 1e-9)
    found = find_occurrences(tokens, sought.words)
    count = len(tokens)
    query_length = len(sought.order)
    window = int(_RELATIVE_WINDOW * query_length)
    window = max(_SHORTEST_WINDOW, min(window, _LONGEST_WINDOW))
    previous = previous_places(found.words)
    best, three = best_windows(found, previous, idf, count, window, 3)
    long_best, _ = best_windows(found, previous, idf, count, _LONG_WINDOW, 1)
    inside = found.positions - found.starts[found.candidates]
    body = inside - found.titles[found.candidates]
    present = presence(found, np.ones(len(inside), dtype=np.bool_), count, len(idf))
    lengths = np.maximum(found.lengths, 1).astype(np.float64)
    columns = [
        syllables / whole,
        pairs / whole,
        proximity(found, idf, count) / whole,
        best / whole,
        long_best / whole,
        three / whole,
        present @ idf / whole,
        presence(found, (body > 0) & (body <= OPENING), count, len(idf)) @ idf / whole,
        presence(found, (body > 0) & (body <= BEGINNING), count, len(idf)) @ idf / whole,
        presence(found, body < 0, count, len(idf)) @ idf / whole,
        longest_runs(found, sought.order, count) / max(query_length, 1),
        present.mean(axis=1) if len(idf) else np.zeros(count),
        (~present * idf).max(axis=1, initial=0.0) / max(float(idf.max(initial=0.0)), 1e-9),
        np.log(lengths),
        np.bincount(found.candidates, minlength=count) / lengths,
    ]
    return np.stack(columns, axis=1)


def presence(
    found: Occurrences, among: NDArray[np.bool_], candidates: int, words: int
) -> NDArray[np.bool_]:
    """Which words stand at some of the places in each candidate; shape (candidates, words)."""
    table = np.zeros((candidates, words), dtype=np.bool_)
    table[found.candidates[among], found.words[among]] = True
    return table


def proximity(found: Occurrences, idf: Values, candidates: int) -> Values:
    """Term proximity: neighbours of different words add idf / distance² to each other.

    Source: Büttcher, Clarke and Lushman, Term Proximity Scoring for Ad-Hoc Retrieval on Very Large
    Text Collections, 2006.
    """
    left, right = found.words[:-1], found.words[1:]
    distance = np.diff(found.positions).astype(np.float64)
    together = (left != right) & (found.candidates[:-1] == found.candidates[1:])
    weight = np.where(together, 1 / np.maximum(distance, 1) ** 2, 0.0)
    size = candidates * len(idf)
    row = found.candidates * len(idf)
    gathered = np.bincount(row[1:] + right, weights=idf[left] * weight, minlength=size)
    gathered += np.bincount(row[:-1] + left, weights=idf[right] * weight, minlength=size)
    table = gathered.reshape(candidates, len(idf))
    result: Values = (np.minimum(1.0, idf) * table / (table + K1)).sum(axis=1)
    return result


def best_windows(
    found: Occurrences, previous: Integers, idf: Values, candidates: int, window: int, turns: int
) -> tuple[Values, Values]:
    """The most idf of different words in one window, and the mean of the best `turns`.

    Those begin in different stretches of the text, each as long as a window.
    """
    positions = found.positions
    best = np.zeros(candidates)
    if not len(positions):
        return best, best.copy()
    covered = window_sums(positions, previous, idf[found.words], window)
    # Counted from the article's own beginning: its score must not depend on those beside it.
    stretch = (positions - found.starts[found.candidates]) // window
    bounds = np.flatnonzero(np.diff(stretch, prepend=-1) | np.diff(found.candidates, prepend=-1))
    highest = np.maximum.reduceat(covered, bounds)
    of = found.candidates[bounds]
    # The highest of each candidate, then the highest of what is left, and once more.
    edges = np.flatnonzero(np.diff(of, prepend=-1))
    sizes = np.diff(edges, append=len(of))
    total = np.zeros(candidates)
    for turn in range(turns):
        peaks = np.maximum.reduceat(highest, edges)
        total[of[edges]] += peaks
        if not turn:
            best[of[edges]] = peaks
        at = np.flatnonzero(highest == np.repeat(peaks, sizes))
        highest[at[np.diff(of[at], prepend=-1) != 0]] = 0.0
    return best, total / turns


def longest_runs(found: Occurrences, order: Sequence[int], candidates: int) -> Values:
    """The most words of the query, side by side and in its order, that each candidate holds."""
    longest = np.zeros(candidates)
    if not len(found.positions):
        return longest
    # A word's places less its place in the query are the same along a run.
    places: dict[int, list[int]] = {}
    for place, word in enumerate(order):
        places.setdefault(word, []).append(place)
    width = max(map(len, places.values()))
    table = np.full((max(places) + 1, width), -1)
    for word, its in places.items():
        table[word, : len(its)] = its
    in_query = table[found.words]
    rows, columns = np.nonzero(in_query >= 0)
    positions = found.positions[rows]
    keys = (positions - in_query[rows, columns] + len(order)) * (_GAP << 32) + positions
    # They are nearly sorted: the stable sort sees that.
    ranked = np.argsort(keys, kind="stable")
    breaks = np.flatnonzero(np.diff(keys[ranked]) != 1) + 1
    bounds = np.concatenate(([0], breaks, [len(keys)]))
    of = found.candidates[rows[ranked[bounds[:-1]]]]
    np.maximum.at(longest, of, np.diff(bounds))
    return longest
