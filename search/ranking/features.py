"""The features by which the best candidates of a search are reranked.

They are computed from token hashes, for all candidates at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import TokenHashes
from indexer.engines.scoring import K1
from search.arrays import Values, previous_places, window_sums
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
from search.ranking.occurrences import GAP, Occurrences, Sought, find_occurrences

FEATURES = (
    "syllables",
    "pairs",
    "proximity",
    "window",
    "present",
    "opening",
    "beginning",
    "title",
    "run",
    "missing",
    "length",
    "telling",
    "telling_beginning",
    "phrases",
    "neighbours",
    "near",
    "title_whole",
    "title_density",
)
"""Names of the features, in the order of their columns.

Sums of idf are shares of the query's: BM25 of syllables and of pairs of them, term proximity, the
best window of 60 syllables; the words that are present at all, in the first 60 and 150 syllables
after the title, in the title. Then the longest run of the query in its order, as a share of it; the
largest idf of the words that are not present, as a share of the largest; the logarithm of the length
in syllables.

The five after these compare the candidates with each other: BM25 with the rarity of words among the
candidates as their weights; the same in the title and the first 150 syllables after it, as a share;
the neighbouring words of the query that stand side by side in its order, and those that stand near
each other in any, by their pairs' rarity, as shares; BM25 of all pairs of words that are near each
other, by their rarity, as a share.

The last two are of what an article is about: whether its title holds every word, and how much of the
title is words of the query.
"""
OPENING, BEGINNING = 60, 150
_WINDOW = 60
_ALL = 0.999


def features(
    sought: Sought, tokens: Sequence[TokenHashes], syllables: Values, pairs: Values
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
    found = find_occurrences(tokens, sought)
    count = len(tokens)
    query_length = len(sought.order)
    inside = found.positions - found.starts[found.candidates]
    body = inside - found.titles[found.candidates]
    lengths = np.maximum(found.lengths, 1).astype(np.float64)
    counts = occurrence_counts(found, slice(None), count, len(idf))
    present = counts > 0
    telling = rarity(present)
    in_title = body < 0
    title = presence(found, in_title, count, len(idf))
    early = occurrence_counts(found, body <= BEGINNING, count, len(idf))
    columns = [
        syllables / whole,
        pairs / whole,
        proximity(found, idf, count) / whole,
        best_windows(found, idf, count) / whole,
        present @ idf / whole,
        presence(found, (body > 0) & (body <= OPENING), count, len(idf)) @ idf / whole,
        presence(found, (body > 0) & (body <= BEGINNING), count, len(idf)) @ idf / whole,
        title @ idf / whole,
        longest_runs(found, sought.order, count) / max(query_length, 1),
        (~present * idf).max(axis=1, initial=0.0) / max(float(idf.max(initial=0.0)), 1e-9),
        np.log(lengths),
        saturated(counts, lengths) @ telling,
        share(early / (early + K1), telling),
        *pair_features(found, sought.order, lengths, len(idf)),
        (title @ idf > _ALL * whole).astype(np.float64),
        np.bincount(found.candidates[in_title], minlength=count) / np.maximum(found.titles, 1),
    ]
    return np.stack(columns, axis=1)


def pair_features(
    found: Occurrences, order: Sequence[int], lengths: Values, words: int
) -> list[Values]:
    """The features of pairs of words: `phrases`, `neighbours` and `near`."""
    places = found.positions, found.words, found.candidates, (len(lengths), words)
    near = in_either_order(pair_counts(*places, NEAR))
    counts = different_words(near)
    present = counts > 0
    return [
        neighbours_found(pair_counts(*places, 1), order),
        neighbours_found(near, order),
        share(saturated(counts, lengths), rarity(present)),
    ]


def occurrence_counts(
    found: Occurrences, among: NDArray[np.bool_] | slice, candidates: int, words: int
) -> Values:
    """How often each word stands at some of the places in each candidate; shape (candidates, words)."""
    cells = found.candidates[among] * words + found.words[among]
    counts = np.bincount(cells, minlength=candidates * words)
    return counts.reshape(candidates, words).astype(np.float64)


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


def best_windows(found: Occurrences, idf: Values, candidates: int) -> Values:
    """The most idf of different words in one window of each candidate."""
    best = np.zeros(candidates)
    if len(found.positions):
        previous = previous_places(found.words)
        covered = window_sums(found.positions, previous, idf[found.words], _WINDOW)
        edges = np.flatnonzero(np.diff(found.candidates, prepend=-1))
        best[found.candidates[edges]] = np.maximum.reduceat(covered, edges)
    return best


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
    keys = (positions - in_query[rows, columns] + len(order)) * (GAP << 32) + positions
    # They are nearly sorted: the stable sort sees that.
    ranked = np.argsort(keys, kind="stable")
    breaks = np.flatnonzero(np.diff(keys[ranked]) != 1) + 1
    bounds = np.concatenate(([0], breaks, [len(keys)]))
    of = found.candidates[rows[ranked[bounds[:-1]]]]
    np.maximum.at(longest, of, np.diff(bounds))
    return longest
