"""Where the words of a query stand in the candidates of a search, all candidates at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.capabilities import TokenHashes
from indexer.engines.phrases import phrase_starts
from search.arrays import Integers, look_up, owners

GAP = 64
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
class SoughtForm:
    """Another way to write some neighbouring words of a query, as an abbreviation is.

    Attributes:
        words: numbers of the words, in order.
        hashes: of the syllables that they are written as.
    """

    words: tuple[int, ...]
    hashes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """The words of a query that the features look for.

    Attributes:
        words: its distinct words.
        order: index into `words` of each of its words in order; each is there at least once.
        forms: what some of them may be written as.
    """

    words: Sequence[SoughtWord]
    order: Sequence[int]
    forms: Sequence[SoughtForm] = ()


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


def find_occurrences(tokens: Sequence[TokenHashes], sought: Sought) -> Occurrences:
    """Look for words and their other forms in token hashes."""
    pairs = [(value, number) for number, word in enumerate(sought.words) for value in word.hashes]
    # 0 ends a field.
    values = np.array([0, *(value for value, _ in pairs)], dtype=np.uint32)
    numbers = np.array([-1, *(number for _, number in pairs)], dtype=np.int64)
    lengths = np.array([len(one) for one in tokens], dtype=np.int64)
    ends = np.cumsum(lengths)
    everything = np.concatenate([*tokens, np.zeros(1, dtype=np.uint32)])
    places, which = look_up(everything, values)
    fields, hits, found = places[which == 0], places[which > 0], numbers[which[which > 0]]
    if sought.forms:
        hits, found = with_forms(hits, found, everything, sought.forms)
    candidates = owners(hits, ends)
    starts = ends - lengths
    titles = np.minimum(fields[np.searchsorted(fields, starts)], ends) - starts
    return Occurrences(
        positions=hits + candidates * GAP,
        words=found,
        candidates=candidates,
        starts=starts + np.arange(len(lengths)) * GAP,
        lengths=lengths,
        titles=titles,
    )


def with_forms(
    places: Integers, words: Integers, tokens: TokenHashes, forms: Sequence[SoughtForm]
) -> tuple[Integers, Integers]:
    """Occurrences of words and of their other forms, in order of their places.

    The words of a form stand side by side from its beginning on; if it is too short for that, the rest
    of them stand where it ends.
    """
    parts = [(places, words)]
    for form in forms:
        last = len(form.hashes) - 1
        starts = phrase_starts(tokens, [[one] for one in form.hashes])
        parts += [
            (starts + min(step, last), np.full(len(starts), word))
            for step, word in enumerate(form.words)
        ]
        if last >= len(form.words):
            parts.append((starts + last, np.full(len(starts), form.words[-1])))
    width = max(int(words.max(initial=0)), *(max(form.words) for form in forms)) + 1
    # They are nearly sorted: the stable sort sees that.
    keys = np.sort(np.concatenate([at * width + word for at, word in parts]), kind="stable")
    keys = keys[np.diff(keys, prepend=-1) > 0]
    return keys // width, keys % width
