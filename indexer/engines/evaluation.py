"""Plan -> documents, term at a time over arrays: one slot a document, one vectorised step a term.

It needs of an index only what `Postings` names, so it serves any index that can give what a term
earns its documents as two arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Not,
    Phrase,
    Plan,
    Recency,
    Term,
    TokenArray,
)
from indexer.engines.columns import UNDATED, FacetColumn
from indexer.engines.matches import Documents, Levels, Mask, Matches, Scores, intersection, union

K1 = 1.2
B = 0.75

STEP = np.float32(1 / 255)
"""Precision of what common terms earn: a byte a document keeps many of them at hand."""
FINE_STEP = np.float32(1 / 65535)
"""Precision of what other terms earn."""
DENSE = 8
"""What more than one document in so many holds is kept with one slot for each of them all."""
_BITS = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(np.float32)
"""The bits of each byte, the lowest first."""
_DAY = 24 * 3600
_FEW = 4
"""Where less than one document in so many is found, common terms are scored for those alone."""


@dataclass(frozen=True, slots=True)
class Impacts:
    """What a term, or a group that counts as one, earns documents; those in use alone.

    Attributes:
        matches: the documents that hold it. For a common one as levels: what each earns in steps
            of `STEP`, 0 for those without it.
        shares: tf / (tf + norm) of each of the matches' numbers, where they are not common, in steps
            of `FINE_STEP`; tf is the sum of the group's.
    """

    matches: Matches
    shares: NDArray[np.uint16]

    def earned(self, numbers: Documents) -> Scores:
        """The shares of some documents, all of which hold the term."""
        if self.matches.levels is not None:
            return self.matches.levels[numbers] * STEP
        return self.shares[np.searchsorted(self.matches.numbers(), numbers)] * FINE_STEP


class Postings(Protocol):
    """What an index offers to an evaluation."""

    def live(self) -> Mask:
        """Which document numbers are in use."""

    def impacts(self, term: Term) -> Impacts:
        """What a term, or a group of spellings, earns; nothing where the index holds none of it."""

    def phrase(self, phrase: Phrase) -> Documents:
        """The documents in use whose token array holds the phrase."""

    def published_until(self) -> NDArray[np.int64]:
        """The last second that `published` may mean, for every document."""
        ...

    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC of every document; `UNDATED` for those without a date."""

    def facet(self, name: str) -> FacetColumn:
        """The values of a facet; raises KeyError when there is no such facet."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Documents that a plan found.

    Attributes:
        documents: their numbers.
        scores: one a document found.
        boosts: the part of it that the boosts earned.
        recency: the part of it that being new earned; None where that counts for nothing.
        clauses: the documents of the index that match each clause.
        complete: one flag a document found: whether it matches every clause.
        index_size: documents of the index that are in use.
    """

    documents: Documents
    scores: Scores
    boosts: Scores
    recency: Scores | None
    clauses: tuple[Matches, ...]
    complete: Mask
    index_size: int

    def missing(self, documents: Documents) -> list[tuple[int, ...]]:
        """For each of some documents the indices of the clauses that it does not match."""
        if not self.clauses:
            return [()] * len(documents)
        lacking = ~np.stack([clause.holds(documents) for clause in self.clauses], axis=1)
        return [tuple(np.flatnonzero(row).tolist()) if row.any() else () for row in lacking]


def idf(documents: int, frequency: int) -> float:
    """Inverse document frequency as in Lucene: ln(1 + (N - n + 0.5) / (n + 0.5)), never negative."""
    return math.log1p((documents - frequency + 0.5) / (frequency + 0.5))


class Evaluation:
    """One plan over one state of an index.

    A term earns a document idf * tf / (tf + k1 (1 - b + b length / mean length)): BM25 without its
    constant factor k1 + 1. Source: Robertson and Zaragoza, The Probabilistic Relevance Framework:
    BM25 and Beyond, 2009.
    """

    def __init__(self, index: Postings) -> None:
        self._index = index
        self._live = index.live()
        self._size = len(self._live)
        self._count = int(np.count_nonzero(self._live))
        self._scores = np.zeros(self._size, dtype=np.float32)
        # Common terms, whose scores wait until it is known which documents need them.
        self._common: list[tuple[Levels | Mask, np.float32]] = []

    def run(self, plan: Plan) -> Matched:
        """Find the plan's documents; the order is left to the caller."""
        clauses = tuple(self._match(clause, scored=True) for clause in plan.clauses)
        allowed = self._allowed(plan)
        everything = Matches(None, self._live, self._count)
        complete = intersection([*clauses, *allowed] or [everything])
        found = complete
        if len(clauses) > 1 and min(plan.shares) < 1:
            weights = [idf(self._count, one.total) if one.total else 0.0 for one in clauses]
            mass = self._mass(clauses, weights)
            for share in plan.shares:
                # The margin lets through what only rounding keeps below the threshold.
                least = max(0.0, share * sum(weights) - 1e-4)
                found = intersection([Matches.listed(np.flatnonzero(mass > least)), *allowed])
                if found.total:
                    break
        numbers = found.numbers()
        earned = self._scores_of(numbers)
        for boost in plan.boosts:
            self._earn(self._index.impacts(boost.term), boost.weight)
        scores = self._scores_of(numbers)
        recency = None
        if plan.recency and len(numbers):
            recency = self._recency(plan.recency, numbers) * scores.max()
        return Matched(
            documents=numbers,
            scores=scores if recency is None else scores + recency,
            boosts=scores - earned,
            recency=recency,
            clauses=clauses,
            complete=complete.holds(numbers),
            index_size=self._count,
        )

    def _recency(self, recency: Recency, numbers: Documents) -> Scores:
        """What being new earns some documents where the best score is 1."""
        published = self._index.published()
        newest = published[self._live].max()
        own = published[numbers]
        age = np.where(own == UNDATED, np.inf, (newest - own) / _DAY)
        earned: Scores = (recency.weight * 0.5 ** (age / recency.half_life)).astype(np.float32)
        return earned

    def _allowed(self, plan: Plan) -> list[Matches]:
        allowed = [self._match(condition, scored=True) for condition in plan.required]
        for name, value in plan.filters.items():
            allowed.append(Matches.flagged(self._index.facet(name).flags(value) & self._live))
        return allowed

    def _mass(self, clauses: Sequence[Matches], weights: Sequence[float]) -> Scores:
        """The idf that every document holds of the clauses."""
        mass = np.zeros(self._size, dtype=np.float32)
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
            matched = np.zeros(self._size, dtype=np.uint8)
            for bit, (levels, _) in enumerate(eight):
                matched |= np.not_equal(levels, 0).view(np.uint8) << np.uint8(bit)
            sums = _BITS[:, : len(eight)] @ np.array([weight for _, weight in eight], np.float32)
            mass += sums.take(matched)
        return mass

    def _scores_of(self, numbers: Documents) -> Scores:
        """The scores of some documents, those by common terms included."""
        if len(numbers) * _FEW < self._size:
            scores = self._scores[numbers]
            for levels, weight in self._common:
                scores += levels[numbers] * weight
            return scores
        spare = np.empty_like(self._scores)
        for levels, weight in self._common:
            np.multiply(levels, weight, out=spare)
            self._scores += spare
        self._common.clear()
        return self._scores[numbers]

    def _match(self, condition: Condition, *, scored: bool) -> Matches:
        """The documents that match; `scored`: note what they earn."""
        match condition:
            case Term():
                impacts = self._index.impacts(condition)
                if scored:
                    self._earn(impacts, 1.0)
                return impacts.matches
            case AllOf(parts):
                return intersection([self._match(part, scored=scored) for part in parts])
            case AnyOf(parts):
                sets = [self._match(part, scored=scored) for part in parts]
                return union(sets, self._size)
            case Not(part):
                excluded = self._match(part, scored=False).flags(self._size)
                return Matches.flagged(self._live & ~excluded)
            case Phrase():
                return self._phrase(condition, scored=scored)
            case Between(since, until):
                return self._between(since, until)

    def _between(self, since: int | None, until: int | None) -> Matches:
        published = self._index.published()
        mask: Mask = self._live & (published != UNDATED)
        if since is not None:
            mask &= published >= since
        if until is not None:
            mask &= self._index.published_until() < until
        return Matches.flagged(mask)

    def _weight(self, impacts: Impacts, weight: float) -> np.float32:
        return np.float32(weight * idf(self._count, impacts.matches.total))

    def _earn(self, impacts: Impacts, weight: float) -> None:
        """Note what a term earns its documents."""
        factor = self._weight(impacts, weight)
        matches = impacts.matches
        if matches.levels is not None:
            self._common.append((matches.levels, factor * STEP))
        elif matches.total:
            self._scores[matches.documents] += impacts.shares * (factor * FINE_STEP)

    def _phrase(self, phrase: Phrase, *, scored: bool) -> Matches:
        numbers = self._index.phrase(phrase)
        if scored:
            for term in phrase.terms:
                impacts = self._index.impacts(term)
                self._scores[numbers] += impacts.earned(numbers) * self._weight(impacts, 1.0)
        return Matches.listed(numbers)


def hold_phrase(arrays: Sequence[TokenArray], positions: Sequence[frozenset[int]]) -> Mask:
    """Which token arrays have the hashes of `positions` side by side, in order, somewhere."""
    result = np.zeros(len(arrays), dtype=np.bool_)
    tokens = np.concatenate(arrays) if len(arrays) else np.zeros(0, dtype=np.uint32)
    room = len(tokens) - len(positions) + 1
    if room <= 0:
        return result
    starts = np.flatnonzero(_is_one_of(tokens[:room], positions[0]))
    for offset, hashes in enumerate(positions[1:], 1):
        starts = starts[_is_one_of(tokens[starts + offset], hashes)]
    ends = np.cumsum([len(array) for array in arrays])
    first = np.searchsorted(ends, starts, side="right")
    last = np.searchsorted(ends, starts + len(positions) - 1, side="right")
    result[first[first == last]] = True
    return result


def _is_one_of(tokens: TokenArray, hashes: frozenset[int]) -> Mask:
    if len(hashes) == 1:
        return np.equal(tokens, next(iter(hashes)))
    return np.isin(tokens, np.fromiter(hashes, dtype=np.uint32, count=len(hashes)))
