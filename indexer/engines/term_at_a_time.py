"""Plan -> documents, term at a time over arrays: one slot for each document, one step for each term.

It needs of an index only what `Postings` names, so it serves any index that can give what a term
earns its documents as two arrays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import InPeriod, Plan, Recency
from indexer.engines.columns import UNDATED, FacetColumn
from indexer.engines.conditions import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    InPassage,
    Listed,
    Long,
    Not,
    Phrase,
    Placed,
    Repeated,
    Term,
    Together,
    Valued,
    spot_terms,
)
from indexer.engines.doc_sets import DocSet, Documents, Levels, Mask, Scores, intersection, union

K1 = 1.2
B = 0.75

STEP = np.float32(1 / 65535)
"""Precision of what terms earn."""
DENSE = 8
"""A term that more than one document in this many holds is kept with one slot for every document."""
_BITS = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(np.float32)
"""The bits of each byte, the lowest first."""
_DAY = 24 * 3600
_FEW = 4
"""Where less than one document in this many matches, common terms are scored for the matching ones alone."""


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
    shares: NDArray[np.uint16]

    def earned(self, numbers: Documents) -> Scores:
        """The shares of some documents, all of which hold the term."""
        if self.documents.levels is not None:
            return self.documents.levels[numbers] * STEP
        return self.shares[np.searchsorted(self.documents.numbers(), numbers)] * STEP


class Postings(Protocol):
    """The interface of an index that plans are run over."""

    def live(self) -> Mask:
        """Which document numbers are in use."""

    def impacts(self, term: Term) -> Impacts:
        """The impacts of a term or a group of spellings; empty where the index holds none of them."""

    def placed(self, condition: Placed) -> Documents:
        """The documents in use whose tokens match a condition on their places."""

    def lengths(self) -> NDArray[np.int32]:
        """How long every document is, as `Long` counts."""

    def listed(self, condition: Listed) -> Documents:
        """The documents in use that have one of some ids, ascending."""

    def published_until(self) -> NDArray[np.int64]:
        """The last second that `published` may mean, for every document."""

    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC of every document; `UNDATED` for those without a date."""

    def facet(self, name: str) -> FacetColumn:
        """The values of a facet; raises KeyError when there is no such facet."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The documents that match a plan, and the parts of their scores.

    Attributes:
        documents: their numbers.
        clause_scores: what the clauses and required conditions earned each document.
        boost_scores: what the boosts earned each document.
        date_scores: what its date earned each document.
        clauses: the documents of the index that match each clause.
        complete: for each document whether it matches every clause.
    """

    documents: Documents
    clause_scores: Scores
    boost_scores: Scores
    date_scores: Scores
    clauses: tuple[DocSet, ...]
    complete: Mask

    @property
    def scores(self) -> Scores:
        """The whole score of each document."""
        return self.clause_scores + self.boost_scores + self.date_scores

    def missing(self, documents: Documents) -> list[tuple[int, ...]]:
        """For each of some documents the indices of the clauses that it does not match."""
        if not self.clauses:
            return [()] * len(documents)
        lacking = ~np.stack([clause.holds(documents) for clause in self.clauses], axis=1)
        clauses = lacking.nonzero()[1].tolist()
        ends = np.cumsum(lacking.sum(axis=1)).tolist()
        return [tuple(clauses[start:end]) for start, end in pairwise([0, *ends])]


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


class Match(NamedTuple):
    """The documents that match a condition, and the scores that its terms give them."""

    documents: DocSet
    earnings: tuple[Earning, ...] = ()


def idf(documents: int, frequency: int) -> float:
    """Inverse document frequency as in Lucene: ln(1 + (N - n + 0.5) / (n + 0.5)), never negative."""
    return math.log1p((documents - frequency + 0.5) / (frequency + 0.5))


def run_plan(plan: Plan, index: Postings) -> Matched:
    """Find the documents of a plan, ascending by number; the caller puts them in order.

    A term earns a document idf * tf / (tf + k1 (1 - b + b length / mean length)): BM25 without its
    constant factor k1 + 1. Source: Robertson and Zaragoza, The Probabilistic Relevance Framework:
    BM25 and Beyond, 2009.
    """
    return _Run(index).run(plan)


class _Run:
    """One plan over one commit of an index."""

    def __init__(self, index: Postings) -> None:
        self.index = index
        self.live = index.live()
        self.size = len(self.live)
        self.count = int(np.count_nonzero(self.live))

    def run(self, plan: Plan) -> Matched:
        clauses = [self._match(clause) for clause in plan.clauses]
        required = [self._match(condition) for condition in plan.required]
        sets = tuple(one.documents for one in clauses)
        allowed = [one.documents for one in required]
        for name, value in plan.filters.items():
            allowed.append(DocSet.flagged(self.index.facet(name).flags(value) & self.live))
        everything = DocSet(None, self.live, self.count)
        complete = intersection([*sets, *allowed] or [everything])
        found = self._enough(plan, sets, allowed, complete).numbers()
        earnings = [earning for one in (*clauses, *required) for earning in one.earnings]
        clause_scores = earned(earnings, found, self.size)
        boost_scores = earned(
            [self._boost(one.term, one.weight) for one in plan.boosts], found, self.size
        )
        return Matched(
            documents=found,
            clause_scores=clause_scores,
            boost_scores=boost_scores,
            date_scores=self._date_bonus(plan.date_bonus, found, clause_scores + boost_scores),
            clauses=sets,
            complete=complete.holds(found),
        )

    def _enough(
        self, plan: Plan, clauses: Sequence[DocSet], allowed: list[DocSet], complete: DocSet
    ) -> DocSet:
        """The documents that hold enough of the clauses' idf."""
        if len(clauses) < 2 or min(plan.minimum_idf_shares) >= 1:
            return complete
        weights = [idf(self.count, one.total) if one.total else 0.0 for one in clauses]
        mass = idf_mass(clauses, weights, self.size)
        found = complete
        for share in plan.minimum_idf_shares:
            # The margin lets through what only rounding keeps below the threshold.
            least = max(0.0, share * sum(weights) - 1e-4)
            found = intersection([DocSet.listed(np.flatnonzero(mass > least)), *allowed])
            if found.total:
                break
        return found

    def _date_bonus(
        self, bonus: Recency | InPeriod | None, numbers: Documents, scores: Scores
    ) -> Scores:
        """The bonus of some documents for being new, or of a period."""
        if bonus is None or not len(numbers):
            return np.zeros(len(numbers), dtype=np.float32)
        if isinstance(bonus, InPeriod):
            within = self._match(bonus.period).documents.holds(numbers)
            return np.where(within, np.float32(bonus.weight) * scores.max(), np.float32(0))
        published = self.index.published()
        newest = published[self.live].max()
        own = published[numbers]
        age = np.where(own == UNDATED, np.inf, (newest - own) / _DAY)
        shares: Scores = (bonus.weight * 0.5 ** (age / bonus.half_life)).astype(np.float32)
        earned: Scores = shares * scores.max()
        return earned

    def _match(self, condition: Condition) -> Match:
        """The documents that match a condition."""
        match condition:
            case Term():
                earning = self._boost(condition, 1.0)
                return Match(earning.impacts.documents, (earning,))
            case AllOf(parts):
                matches = [self._match(part) for part in parts]
                return _joined(intersection([one.documents for one in matches]), matches)
            case AnyOf(parts):
                matches = [self._match(part) for part in parts]
                return _joined(union([one.documents for one in matches], self.size), matches)
            case Not(part):
                excluded = self._match(part).documents.flags(self.size)
                return Match(DocSet.flagged(self.live & ~excluded))
            case Phrase() | Together() | Repeated() | InPassage():
                numbers = self.index.placed(condition)
                terms = [self._boost(term, 1.0) for term in spot_terms(condition)]
                return Match(DocSet.listed(numbers), tuple(_earned_among(terms, numbers)))
            case Between(since, until):
                return Match(self._between(since, until))
            case Long(least, most):
                lengths = self.index.lengths()
                mask: Mask = self.live & (lengths >= (least or 0))
                return Match(DocSet.flagged(mask if most is None else mask & (lengths <= most)))
            case Valued(facet, value):
                return Match(DocSet.flagged(self.index.facet(facet).flags(value) & self.live))
            case Listed():
                return Match(DocSet.listed(self.index.listed(condition)))

    def _between(self, since: int | None, until: int | None) -> DocSet:
        published = self.index.published()
        mask: Mask = self.live & (published != UNDATED)
        if since is not None:
            mask &= published >= since
        if until is not None:
            mask &= self.index.published_until() < until
        return DocSet.flagged(mask)

    def _boost(self, term: Term, weight: float) -> Earning:
        impacts = self.index.impacts(term)
        return Earning(impacts, weight * idf(self.count, impacts.documents.total))


def _earned_among(terms: Iterable[Earning], numbers: Documents) -> Iterator[Earning]:
    """What terms earn those of some documents that hold them: all, but where there are alternatives."""
    for one in terms:
        held = one.impacts.documents.holds(numbers)
        yield Earning(one.impacts, one.weight, numbers if held.all() else numbers[held])


def _joined(documents: DocSet, matches: Iterable[Match]) -> Match:
    return Match(documents, tuple(earning for one in matches for earning in one.earnings))


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
