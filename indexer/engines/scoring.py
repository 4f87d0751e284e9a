"""What terms earn documents, and how much of a query's idf documents hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.doc_sets import DocSet, Documents, Levels, Mask, Scores

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
_FEW = 4
"""Where less than one document in this many matches, common terms are scored for the matching ones alone."""


Steps = NDArray[np.uint16]
"""What a term earns each of some documents, in steps of `STEP`."""


@dataclass(frozen=True, slots=True)
class Impacts:
    """The scores that a term, or a group that counts as one term, gives documents; without deleted ones.

    Attributes:
        documents: the documents that hold the term. For a common term as levels: what each document
            earns in steps of `STEP`, 0 for those without the term.
        shares: for other terms tf / (tf + norm) of each of the documents, in steps of `STEP`; tf is
            the sum of the group's counts.
    """

    documents: DocSet
    shares: Steps

    def among(self, numbers: Documents) -> Steps:
        """The shares of some documents, ascending, 0 for those that do not hold the term."""
        if self.documents.levels is not None:
            return self.documents.levels[numbers].astype(np.uint16, copy=False)
        steps = np.zeros(len(numbers), dtype=np.uint16)
        holding = self.documents.numbers()
        # The fewer are looked for among the more.
        if len(holding) < len(numbers):
            places = np.searchsorted(numbers, holding)
            places[places == len(numbers)] = 0
            held = numbers[places] == holding
            steps[places[held]] = self.shares[held]
        elif len(numbers):
            places = np.searchsorted(holding, numbers)
            places[places == len(holding)] = 0
            held = holding[places] == numbers
            steps[held] = self.shares[places[held]]
        return steps

    def earned(self, numbers: Documents) -> Scores:
        """The shares of some documents, all of which hold the term."""
        if self.documents.levels is not None:
            return self.documents.levels[numbers] * STEP
        return self.shares[np.searchsorted(self.documents.numbers(), numbers)] * STEP


class Earning(NamedTuple):
    """The score that one term gives documents.

    Attributes:
        impacts: the term's.
        weight: what a share of 1 is worth.
        among: the documents that earn it; None for all that hold the term.
    """

    impacts: Impacts
    weight: float
    among: Documents | None = None


def idf(documents: int, frequency: int) -> float:
    """Inverse document frequency as in Lucene: ln(1 + (N - n + 0.5) / (n + 0.5)), never negative."""
    return math.log1p((documents - frequency + 0.5) / (frequency + 0.5))


def earned(earnings: Sequence[Earning], numbers: Documents, size: int) -> Scores:
    """The sum of the scores that terms give the documents `numbers` of an index of `size` documents."""
    scores = np.zeros(size, dtype=np.float32)
    common: list[tuple[Levels | Mask, np.float32]] = []
    for one in earnings:
        held = one.impacts.documents
        if one.among is not None:
            scores[one.among] += one.impacts.earned(one.among) * np.float32(one.weight)
        elif held.levels is not None:
            common.append((held.levels, np.float32(one.weight) * STEP))
        elif held.total:
            scores[held.documents] += one.impacts.shares * (np.float32(one.weight) * STEP)
    # Common terms have a slot for every document: where few match, only those are looked at.
    if len(numbers) * _FEW < size:
        result: Scores = scores[numbers]
        for levels, weight in common:
            result += levels[numbers] * weight
        return result
    spare = np.empty_like(scores)
    for levels, weight in common:
        np.multiply(levels, weight, out=spare)
        scores += spare
    whole: Scores = scores[numbers]
    return whole


def idf_mass(clauses: Sequence[DocSet], weights: Sequence[float], size: int) -> Scores:
    """The idf that every document of an index of `size` documents holds of the clauses."""
    mass = np.zeros(size, dtype=np.float32)
    for clause, weight in zip(clauses, weights, strict=True):
        if clause.documents is not None:
            mass[clause.documents] += np.float32(weight)
    common = [
        (clause.levels, weight)
        for clause, weight in zip(clauses, weights, strict=True)
        if clause.levels is not None
    ]
    for start in range(0, len(common), 8):
        # Which of up to eight clauses a document matches is a byte; their sum is looked up by it.
        eight = common[start : start + 8]
        matched = np.zeros(size, dtype=np.uint8)
        for bit, (levels, _) in enumerate(eight):
            matched |= np.not_equal(levels, 0).view(np.uint8) << np.uint8(bit)
        sums = _BITS[:, : len(eight)] @ np.array([weight for _, weight in eight], np.float32)
        mass += sums.take(matched)
    return mass
