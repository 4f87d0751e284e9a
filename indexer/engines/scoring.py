"""What terms earn documents, and how much of a query's idf documents hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.conditions import Term
from indexer.engines.doc_sets import DocSet, Documents, Scores

K1 = 1.2
B = 0.75

STEP = np.float32(1 / 65535)
"""Precision of what terms earn."""
DENSE = 8
"""A term that more than one document in this many holds is kept with one slot for every document."""
SMALL = 1 << 17
"""Documents of an index of which all that terms earn is worked out once and kept. In a larger one a term earns
so many documents something that it is worked out for those alone that a search finds."""
_BITS = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(np.float32)
"""The bits of each byte, the lowest first."""
_ROUNDING = 1e-3
"""Sums of idf are so exact, whatever the order of the clauses."""
_MOST_HELD = 16
"""Of more clauses it is not noted which each document holds, but how much."""
_READ = 40
"""So many documents that lie side by side are read in the time in which one is searched for."""


Values = NDArray[np.unsignedinteger[Any]]
"""How often a term stands in documents, or what it earns them in steps of `STEP`; 0 where it is not held."""
Places = NDArray[np.int64]
"""Places of some documents among others."""


class Looked(Protocol):
    """A term that is looked up among some documents.

    Attributes:
        norms: of all documents; None where values are steps of `STEP` already.
    """

    @property
    def norms(self) -> Scores | None: ...

    def among(self, numbers: Documents) -> Values:
        """The values of some documents in use, ascending, 0 for those that do not hold the term."""


@dataclass(frozen=True, slots=True)
class Impacts:
    """The documents that hold a term, or a group that counts as one term, and its values; without deleted ones.

    Attributes:
        documents: the documents that hold the term; those of a common term as levels, its values.
        values: of each of the documents; for a common term the levels once more.
        norms: of all documents; a value is a count then, the sum of the group's. None where values are
            steps of `STEP`.
    """

    documents: DocSet
    values: Values
    norms: Scores | None = None

    def among(self, numbers: Documents) -> Values:
        """The values of some documents, ascending, 0 for those that do not hold the term."""
        if self.documents.levels is not None:
            return self.values[numbers]
        return values_among(self.documents.numbers(), self.values, numbers)


def values_among(holding: Documents, values: Values, numbers: Documents) -> Values:
    """The values of some documents, ascending, of which those in `holding` have one; 0 for the others."""
    few, many = sorted((len(holding), len(numbers)))
    found: Values = np.zeros(len(numbers), dtype=values.dtype)
    if not few:
        return found
    size = int(max(holding[-1], numbers[-1])) + 1
    if few * _READ > many + size // 40:
        every = np.zeros(size, dtype=values.dtype)
        every[holding] = values
        return every[numbers]
    # The fewer are looked for among the more.
    if len(holding) < len(numbers):
        places = np.searchsorted(numbers, holding)
        places[places == len(numbers)] = 0
        held = numbers[places] == holding
        found[places[held]] = values[held]
    else:
        places = np.searchsorted(holding, numbers)
        places[places == len(holding)] = 0
        held = holding[places] == numbers
        found[held] = values[places[held]]
    return found


def shares_of(values: Values, norms: Scores | None) -> Scores:
    """tf / (tf + norm) of some documents: BM25 without idf and its constant factor, below 1.

    Args:
        norms: of the same documents; None for values in steps of `STEP`.
    """
    if norms is None:
        return values * STEP
    counts = values.astype(np.float32)
    shares: Scores = counts / (counts + norms)
    return shares


class Earning(NamedTuple):
    """The score that one term gives documents.

    Attributes:
        weight: what a share of 1 is worth as a clause.
        among: its values, by places among the documents of a search and by their numbers.
        norms: of all documents; None where values are steps of `STEP`.
        boost: what a share of 1 is worth besides; may be less than nothing.
        term: the term, where every document that holds it earns this; None where only some do.
    """

    weight: float
    among: Callable[[Places, Documents], Values]
    norms: Scores | None
    boost: float = 0.0
    term: Term | None = None

    @classmethod
    def of(
        cls, looked: Looked, weight: float, term: Term | None = None, boost: float = 0.0
    ) -> Earning:
        """What a term earns that is looked up."""
        return cls(weight, lambda _, numbers: looked.among(numbers), looked.norms, boost, term)

    @property
    def most(self) -> float:
        """How much it changes a score at most."""
        return abs(self.weight + self.boost)


def idf(documents: int, frequency: int) -> float:
    """Inverse document frequency as in Lucene: ln(1 + (N - n + 0.5) / (n + 0.5)), never negative."""
    return math.log1p((documents - frequency + 0.5) / (frequency + 0.5))


def holding_more(
    clauses: Sequence[DocSet], weights: Sequence[float], least: float, size: int
) -> tuple[Documents, Scores]:
    """The documents of an index of `size` documents that hold more than so much idf of some clauses.

    Returns:
        Their numbers, ascending, and the idf that each holds.
    """
    if len(clauses) > _MOST_HELD:
        mass = _mass(clauses, weights, size)
        found = np.flatnonzero(mass > least)
        return found, mass[found]
    heaviest = sorted(range(len(clauses)), key=lambda at: -weights[at])
    held: list[tuple[NDArray[np.uint8], Scores]] = []
    for start in range(0, len(heaviest), 8):
        # Which of up to eight clauses a document holds is a byte; their sum is looked up by it.
        eight = heaviest[start : start + 8]
        sums = _BITS[:, : len(eight)] @ np.array([weights[at] for at in eight[::-1]], np.float32)
        held.append((_held([clauses[at] for at in eight], size), sums))
    if not held:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    rest = sum(float(sums.max()) for _, sums in held[1:])
    # The byte of the heaviest clauses leaves few documents of which the others are read.
    may = (held[0][1] + np.float32(rest) > least - _ROUNDING).astype(np.uint8).tobytes()
    hopeful = np.frombuffer(held[0][0].tobytes().translate(may), dtype=np.bool_)
    found = np.flatnonzero(hopeful)
    mass = np.zeros(len(found), dtype=np.float32)
    for its, sums in held:
        mass += sums.take(its[found])
    enough = mass > least
    return found[enough], mass[enough]


def _mass(clauses: Sequence[DocSet], weights: Sequence[float], size: int) -> Scores:
    """The idf that every document holds of many clauses, few of which are common."""
    mass = np.zeros(size, dtype=np.float32)
    for one, weight in zip(clauses, weights, strict=True):
        if one.documents is not None:
            mass[one.documents] += np.float32(weight)
        else:
            mass += one.flags(size) * np.float32(weight)
    return mass


def _held(clauses: Sequence[DocSet], size: int) -> NDArray[np.uint8]:
    """Which of up to eight clauses each document holds; the last one's is the lowest bit."""
    held = np.zeros(size, dtype=np.uint8)
    for one in clauses:
        held += held
        if one.documents is not None:
            held[one.documents] += 1
        else:
            held |= one.flags(size).view(np.uint8)
    return held
