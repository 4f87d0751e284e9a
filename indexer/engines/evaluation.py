"""Plan -> documents, term at a time over arrays: one slot a document, one vectorised step a term.

It needs of an index only what `Postings` names, so it serves any index that can give a term's
postings as two arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
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
    Term,
    TokenArray,
)

K1 = 1.2
B = 0.75

DENSE = 8
"""A term that more than one document in so many holds is scored over all of them at once."""

Documents = NDArray[np.uint16] | NDArray[np.uint32]
"""Document numbers, ascending."""
Mask = NDArray[np.bool_]
"""One flag a document."""
Scores = NDArray[np.float32]
"""One score a document, or a document found."""


class Postings(Protocol):
    """What an index offers to an evaluation."""

    def live(self) -> Mask:
        """Which document numbers are in use."""

    def postings(self, field: str, term: str) -> tuple[Documents, NDArray[np.uint8]]:
        """Documents that hold a term and its weighted count in each; deleted ones are among them."""

    def row(self, field: str, terms: tuple[str, ...]) -> Scores:
        """tf / (tf + norm) for every document, 0 without the terms; tf is the sum of their counts."""

    def norms(self, field: str) -> Scores:
        """k1 (1 - b + b length / mean length) for every document; k1 where a field has no lengths."""

    def phrase(self, phrase: Phrase, candidates: Documents) -> Documents:
        """The candidates whose token array holds the phrase."""

    def published(self) -> NDArray[np.int64]:
        """Seconds since 1970 UTC of every document; `UNDATED` for those without a date."""

    def facet(self, name: str) -> tuple[NDArray[np.int32], list[str]]:
        """For every document the index of its value, and the values."""


UNDATED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Matched:
    """Documents that a plan found.

    Attributes:
        documents: their numbers.
        scores: one a document found.
        clauses: which documents of the index match each clause.
        complete: one flag a document found: whether it matches every clause.
        clause_totals: for each clause how many documents match it.
    """

    documents: Documents
    scores: Scores
    clauses: tuple[Mask, ...]
    complete: Mask
    clause_totals: tuple[int, ...]

    def missing(self, document: int) -> tuple[int, ...]:
        """Indices of the clauses that a document does not match."""
        return tuple(at for at, clause in enumerate(self.clauses) if not clause[document])


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
        self._count = int(self._live.sum())

    def run(self, plan: Plan) -> Matched:
        """Find the plan's documents; the order is left to the caller."""
        scores = np.zeros(len(self._live), dtype=np.float32)
        clauses = tuple(self._match(clause, scores) for clause in plan.clauses)
        totals = tuple(int(np.count_nonzero(clause & self._live)) for clause in clauses)
        allowed = self._allowed(plan, scores)
        complete = reduce(np.logical_and, clauses, allowed)
        found = complete
        if len(clauses) > 1 and min(plan.shares) < 1:
            mass, whole = self._mass(clauses, totals)
            for share in plan.shares:
                found = found | (allowed & (mass > max(0.0, share * whole - 1e-4)))
                if found.any():
                    break
        for boost in plan.boosts:
            self._add(boost.term, scores, boost.weight)
        documents = np.flatnonzero(found).astype(np.uint32)
        return Matched(documents, scores[documents], clauses, complete[documents], totals)

    def _allowed(self, plan: Plan, scores: Scores) -> Mask:
        allowed = self._live.copy()
        for condition in plan.required:
            allowed &= self._match(condition, scores)
        for name, value in plan.filters.items():
            codes, values = self._index.facet(name)
            allowed &= codes == (values.index(value) if value in values else -1)
        return allowed

    def _mass(self, clauses: tuple[Mask, ...], totals: tuple[int, ...]) -> tuple[Scores, float]:
        """The idf that each document holds, and that of all clauses; one that nothing matches counts 0."""
        mass = np.zeros(len(self._live), dtype=np.float32)
        share = np.empty_like(mass)
        whole = 0.0
        for clause, total in zip(clauses, totals, strict=True):
            if total:
                weight = idf(self._count, total)
                whole += weight
                np.multiply(clause, np.float32(weight), out=share)
                mass += share
        return mass, whole

    def _match(self, condition: Condition, scores: Scores) -> Mask:
        """Mark the documents that match, and add what they earn to `scores`."""
        match condition:
            case Term():
                return self._add(condition, scores, 1.0)
            case AllOf(parts):
                return reduce(np.logical_and, [self._match(part, scores) for part in parts])
            case AnyOf(parts):
                return reduce(np.logical_or, [self._match(part, scores) for part in parts])
            case Not(part):
                return ~self._match(part, np.zeros_like(scores))
            case Phrase():
                return self._phrase(condition, scores)
            case Between(since, until):
                published = self._index.published()
                mask: Mask = published != UNDATED
                if since is not None:
                    mask &= published >= since
                if until is not None:
                    mask &= published < until
                return mask

    def _add(self, term: Term, scores: Scores, weight: float) -> Mask:
        """Score a term: the counts of its alternatives add up, so that they are one term."""
        mask = np.zeros(len(scores), dtype=np.bool_)
        found = [
            (text, documents, counts)
            for text in term.terms
            if len((postings := self._index.postings(term.field, text))[0])
            for documents, counts in [postings]
        ]
        if not found:
            return mask
        if len(found) > 1 or len(found[0][1]) * DENSE > len(scores):
            row = self._index.row(term.field, tuple(text for text, _, _ in found))
            np.logical_and(row > 0, self._live, out=mask)
            scores += self._rarity(mask, weight) * row
            return mask
        _, documents, counts = found[0]
        mask[documents] = self._live[documents]
        weights = counts.astype(np.float32)
        share = weights / (weights + self._index.norms(term.field)[documents])
        scores[documents] += self._rarity(mask, weight) * share
        return mask

    def _rarity(self, mask: Mask, weight: float) -> np.float32:
        return np.float32(weight * idf(self._count, int(np.count_nonzero(mask))))

    def _phrase(self, phrase: Phrase, scores: Scores) -> Mask:
        earned = np.zeros_like(scores)
        parts = [self._add(term, earned, 1.0) for term in phrase.terms]
        hints = [self._add(term, np.zeros_like(scores), 1.0) for term in phrase.hints]
        candidates = np.flatnonzero(reduce(np.logical_and, [*parts, *hints], self._live)).astype(
            np.uint32
        )
        mask = np.zeros(len(scores), dtype=np.bool_)
        mask[self._index.phrase(phrase, candidates)] = True
        scores += np.where(mask, earned, np.float32(0))
        return mask


def holds_phrase(tokens: TokenArray, positions: tuple[frozenset[int], ...]) -> bool:
    """Whether the hashes of `positions` stand side by side, in order, somewhere in `tokens`."""
    room = len(tokens) - len(positions) + 1
    if room <= 0:
        return False
    starts = np.ones(room, dtype=np.bool_)
    for offset, hashes in enumerate(positions):
        window = tokens[offset : offset + room]
        if len(hashes) == 1:
            starts &= window == next(iter(hashes))
        else:
            starts &= np.isin(window, np.fromiter(hashes, dtype=np.uint32, count=len(hashes)))
        if not starts.any():
            return False
    return True
