"""Plan -> documents, term at a time over arrays: one slot a document, one vectorised step a term.

It needs of an index only what `Postings` names, so it serves any index that can give a term's
postings as two arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Row:
    """A term, or a group that counts as one, over all documents.

    Attributes:
        shares: tf / (tf + norm), 0 without the term; tf is the sum of the group's counts.
        mask: which documents hold it.
        documents: how many of those in use do.
    """

    shares: Scores
    mask: Mask
    documents: int


@dataclass(frozen=True, slots=True)
class _Postings:
    """Postings of one term; of a group all names, and the postings of the first."""

    terms: tuple[str, ...]
    documents: Documents
    counts: NDArray[np.uint8]


class Postings(Protocol):
    """What an index offers to an evaluation."""

    def live(self) -> Mask:
        """Which document numbers are in use."""

    def postings(self, field: str, term: str) -> tuple[Documents, NDArray[np.uint8]]:
        """Documents that hold a term and its weighted count in each; deleted ones are among them."""

    def row(self, field: str, terms: tuple[str, ...]) -> Row:
        """What a common term, or a group of spellings, earns every document."""

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
        self._count = int(np.count_nonzero(self._live))
        self._all_live = self._count == len(self._live)
        self._spare = np.empty(len(self._live), dtype=np.float32)

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
            self._boost(boost.term, scores, boost.weight)
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
        """Score a term and mark its documents; one that is not in the index marks none."""
        postings = self._postings(term)
        if postings is not None and self._is_common(postings):
            row = self._index.row(term.field, postings.terms)
            self._add_row(row, scores, weight)
            return row.mask
        mask = np.zeros(len(scores), dtype=np.bool_)
        if postings is None:
            return mask
        mask[postings.documents] = True
        if not self._all_live:
            mask &= self._live
        self._add_few(term.field, postings, scores, weight)
        return mask

    def _boost(self, term: Term, scores: Scores, weight: float) -> None:
        """Score a term without marking its documents."""
        postings = self._postings(term)
        if postings is None:
            return
        if self._is_common(postings):
            self._add_row(self._index.row(term.field, postings.terms), scores, weight)
        else:
            self._add_few(term.field, postings, scores, weight)

    def _postings(self, term: Term) -> _Postings | None:
        """The postings of the term, or of the only one of its alternatives that the index holds."""
        found = [
            _Postings((text,), *postings)
            for text in term.terms
            if len((postings := self._index.postings(term.field, text))[0])
        ]
        if len(found) < 2:
            return found[0] if found else None
        return replace(found[0], terms=tuple(one.terms[0] for one in found))

    def _is_common(self, postings: _Postings) -> bool:
        """Whether to score over all documents at once: a common term, or a group of spellings."""
        return len(postings.terms) > 1 or len(postings.documents) * DENSE > len(self._live)

    def _add_row(self, row: Row, scores: Scores, weight: float) -> None:
        np.multiply(
            row.shares, np.float32(weight * idf(self._count, row.documents)), out=self._spare
        )
        scores += self._spare

    def _add_few(self, field: str, postings: _Postings, scores: Scores, weight: float) -> None:
        documents, counts = postings.documents, postings.counts
        frequency = len(documents) if self._all_live else int(self._live[documents].sum())
        weights = counts.astype(np.float32)
        weights /= weights + self._index.norms(field)[documents]
        weights *= np.float32(weight * idf(self._count, frequency))
        scores[documents] += weights

    def _phrase(self, phrase: Phrase, scores: Scores) -> Mask:
        earned = np.zeros_like(scores)
        parts = [self._add(term, earned, 1.0) for term in phrase.terms]
        unscored = np.zeros_like(scores)
        hints = [self._add(term, unscored, 1.0) for term in phrase.hints]
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
