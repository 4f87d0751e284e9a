"""The words that tell two lists of articles apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import Searcher
from indexer.engines.capabilities import TokenHashes
from indexer.language.analysis import BIGRAMS, WORDS, fold_term, searched_text, syllables
from indexer.language.normalise import lower
from indexer.records import decode_record
from search.arrays import Integers, Values
from search.articles import fetch_hashes, fetch_tokens

SHOWN_WORDS = 20
"""Words of each list."""
_LONGEST = 3
"""Syllables of a word."""
_CANDIDATES = 60
"""Runs of each length that are looked at."""
_SIGNIFICANT = 10.83
"""Of the log-likelihood: one in a thousand by chance. Source: Dunning, Accurate Methods for the Statistics of
Surprise and Coincidence, 1993."""
_JOINED = 0.3
"""The share of the articles with some syllables side by side in which they are a word."""
_COVERED = 0.6
"""A word most of whose places are in longer words tells nothing by itself."""
_LEAST = 4
"""Times that a telling word stands in the articles that are looked at, at least."""
_SLOT_BITS = 18
_TRIES = 4
"""Places at which a word is looked at for how it is written."""
_WORDS_ONLY = re.compile(r"[\W_]+$")


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word that one of two searches has more of.

    Attributes:
        text: as an article writes it.
        score: the log-likelihood; greater than 10.83 by chance once in a thousand words.
        counts: how often it stands in the articles of each search that were looked at.
        rates: the same in a million syllables.
    """

    text: str
    score: float
    counts: tuple[int, int]
    rates: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Grams:
    """Runs of so many syllables that are worth a look.

    Attributes:
        counts: of each in each search, of shape (2, grams).
        firsts: a place where each stands, among all tokens.
    """

    counts: Integers
    firsts: Integers


def telling_words(
    searcher: Searcher, sides: tuple[Sequence[str], Sequence[str]], asked: frozenset[str]
) -> tuple[tuple[TellingWord, ...], tuple[TellingWord, ...]]:
    """The words that tell two lists of articles apart, by their log-likelihood.

    Args:
        sides: the ids of the articles of each.
        asked: syllables that the searches ask for; a word of these alone tells nothing.
    """
    ids = [*sides[0], *sides[1]]
    if not sides[0] or not sides[1]:
        return (), ()
    arrays = fetch_hashes(searcher, ids)
    lengths = [len(one) for one in arrays]
    ends = np.cumsum(lengths)
    tokens = np.concatenate(arrays)
    side = np.arange(len(tokens)) >= ends[len(sides[0]) - 1]
    sizes = (
        int(np.count_nonzero(tokens[~side])),
        int(np.count_nonzero(tokens[side])),
    )
    if not all(sizes):
        return (), ()
    places: list[tuple[float, int, int, tuple[int, int]]] = []
    for size in range(1, _LONGEST + 1):
        grams = _grams(tokens, side, size, sizes)
        scores = log_likelihood(grams.counts[0], grams.counts[1], *sizes)
        best = np.argsort(-scores, kind="stable")[:_CANDIDATES]
        for at in best[scores[best] > _SIGNIFICANT].tolist():
            counts = int(grams.counts[0, at]), int(grams.counts[1, at])
            places.append((float(scores[at]), int(grams.firsts[at]), size, counts))
    places.sort(key=lambda one: -one[0])
    return _Speller(searcher, ids, tokens, ends, asked).words(places, sizes)


def log_likelihood(ours: Integers, theirs: Integers, our_size: int, their_size: int) -> Values:
    """How surely a word is more frequent in one of two texts: G² of Dunning (1993), as Rayson and Garside
    (2000) have it: 2 (a ln(a / E1) + b ln(b / E2)) with E1 = c (a + b) / (c + d).

    Args:
        ours: how often each word stands in the first text.
        theirs: the same of the second.
        our_size: words of the first text.
        their_size: the same of the second.
    """
    both = (ours + theirs) / (our_size + their_size)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [
            np.where(count > 0, count * np.log(count / (size * both)), 0.0)
            for count, size in ((ours, our_size), (theirs, their_size))
        ]
    whole: Values = 2 * (parts[0] + parts[1])
    return whole


def _grams(
    tokens: TokenHashes, side: NDArray[np.bool_], size: int, sizes: tuple[int, int]
) -> _Grams:
    """The runs of so many syllables that may tell most; the end of a part of a text is in none."""
    count = len(tokens) - size + 1
    keys = tokens[:count].astype(np.uint64)
    is_whole = tokens[:count] != 0
    for step in range(1, size):
        following = tokens[step : count + step]
        is_whole &= following != 0
        # The multiplier of splitmix64 spreads what the hashes have in common.
        keys = keys * np.uint64(0xBF58476D1CE4E5B9) + following
    at = np.flatnonzero(is_whole)
    at = at[_promising(keys[at], side[at], sizes)]
    unique, firsts, which = np.unique(keys[at], return_index=True, return_inverse=True)
    theirs = np.bincount(which[side[at]], minlength=len(unique))
    ours = np.bincount(which, minlength=len(unique)) - theirs
    return _Grams(np.stack([ours, theirs]), at[firsts])


def _promising(
    keys: NDArray[np.uint64], side: NDArray[np.bool_], sizes: tuple[int, int]
) -> NDArray[np.bool_]:
    """The places whose runs may be among the most telling: by counts of runs with the same last bits.

    Sorting all runs takes ten times as long as this.
    """
    slots = ((keys * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)
    whole = np.bincount(slots, minlength=1 << _SLOT_BITS)
    theirs = np.bincount(slots[side], minlength=1 << _SLOT_BITS)
    often = np.flatnonzero(whole >= _LEAST)
    scores = log_likelihood(whole[often] - theirs[often], theirs[often], *sizes)
    chosen = np.zeros(1 << _SLOT_BITS, dtype=np.bool_)
    chosen[often[np.argsort(-scores)[: 2 * _CANDIDATES]]] = True
    return chosen[slots]


class _Speller:
    """How the telling runs of syllables are written, and which of them are words."""

    def __init__(
        self,
        searcher: Searcher,
        ids: Sequence[str],
        tokens: TokenHashes,
        ends: Integers,
        asked: frozenset[str],
    ) -> None:
        self._searcher = searcher
        self._ids = ids
        self._tokens = tokens
        self._ends = ends
        self._asked = asked

    def words(
        self,
        found: Sequence[tuple[float, int, int, tuple[int, int]]],
        sizes: tuple[int, int],
    ) -> tuple[tuple[TellingWord, ...], tuple[TellingWord, ...]]:
        """The words among runs of syllables, by the search that has more of them.

        Args:
            found: score, a place, number of syllables and counts of each, the most telling first.
            sizes: syllables of each search.
        """
        texts = self._written([(place, size) for _, place, size, _ in found])
        words = [tuple(syllables(one)) for one in texts]
        is_word = self._are_words(words)
        kept: list[tuple[float, str, tuple[int, int]]] = []
        covered: Counter[tuple[str, ...]] = Counter()
        order = sorted(range(len(found)), key=lambda at: -found[at][2])
        for at in order:
            score, _, _, counts = found[at]
            word = words[at]
            total = sum(counts)
            if not is_word[at] or self._asked.issuperset(word) or covered[word] > _COVERED * total:
                continue
            kept.append((score, texts[at], counts))
            for size in range(1, len(word)):
                for start in range(len(word) - size + 1):
                    covered[word[start : start + size]] += total
        kept.sort(key=lambda one: (-one[0], one[1]))
        sides: tuple[list[TellingWord], list[TellingWord]] = [], []
        for score, text, counts in kept:
            rates = counts[0] / sizes[0], counts[1] / sizes[1]
            million = 1e6 * rates[0], 1e6 * rates[1]
            sides[rates[1] > rates[0]].append(TellingWord(text, score, counts, million))
        return tuple(sides[0][:SHOWN_WORDS]), tuple(sides[1][:SHOWN_WORDS])

    def _are_words(self, words: Sequence[tuple[str, ...]]) -> list[bool]:
        """Whether some syllables are a word: pyvi joins them in a good part of the articles that hold them."""
        joined = self._searcher.frequencies(WORDS, ["_".join(one) for one in words])
        pairs = [" ".join(map(fold_term, one[:2])) for one in words]
        beside = self._searcher.frequencies(BIGRAMS, pairs)
        return [
            bool(word)
            and not word[0].isdecimal()
            and len(word[0]) > 1
            and (len(word) == 1 or often > _JOINED * together)
            for word, often, together in zip(words, joined, beside, strict=True)
        ]

    def _written(self, runs: Sequence[tuple[int, int]]) -> list[str]:
        """The text of runs of syllables at some places.

        A capital at the beginning of a sentence says nothing of the word: it is written small unless the
        article writes it with a capital elsewhere, too.
        """
        places = [self._places(place, size) for place, size in runs]
        every = sorted(
            {int(np.searchsorted(self._ends, at, "right")) for its in places for at in its}
        )
        ids = [self._ids[one] for one in every]
        arrays, records = fetch_tokens(self._searcher, ids), self._searcher.records(ids)
        texts = {
            number: (searched_text(decode_record(record)), one.token_offsets)
            for number, record, one in zip(every, records, arrays, strict=True)
            if record is not None and one is not None
        }
        return [
            self._most_written([self._slice(at, size, texts) for at in its])
            for its, (_, size) in zip(places, runs, strict=True)
        ]

    def _places(self, place: int, size: int) -> list[int]:
        """The first place of a run, and others in the same article."""
        article = int(np.searchsorted(self._ends, place, "right"))
        part = self._tokens[place : self._ends[article]]
        run = part[:size]
        count = len(part) - size + 1
        same = np.ones(count, dtype=np.bool_)
        for step in range(size):
            same &= part[step : count + step] == run[step]
        return [place + at for at in np.flatnonzero(same)[:_TRIES].tolist()]

    def _slice(
        self, at: int, size: int, texts: Mapping[int, tuple[str, NDArray[np.uint32]]]
    ) -> tuple[str, bool]:
        """The text of a run, and whether it begins a sentence."""
        article = int(np.searchsorted(self._ends, at, "right"))
        if article not in texts:
            return "", True
        text, offsets = texts[article]
        first = at - (int(self._ends[article - 1]) if article else 0)
        start = int(offsets[first])
        end = int(offsets[first + size]) if first + size < len(offsets) else len(text)
        before = text[:start].rstrip(" \"'“‘(-–")
        return _WORDS_ONLY.sub("", text[start:end]), not before or before[-1] in ".!?…:\n"

    def _most_written(self, found: Sequence[tuple[str, bool]]) -> str:
        inside = [text for text, begins in found if not begins and text]
        if inside:
            return Counter(inside).most_common(1)[0][0]
        first = found[0][0] if found else ""
        return lower(first) if not first.istitle() or " " not in first else first
