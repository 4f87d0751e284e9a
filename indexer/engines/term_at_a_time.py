"""Plan -> documents, term at a time over arrays: one slot for each document, one step for each term.

It needs of an index only what `Postings` names, so it serves any index that can give what a term
earns its documents as two arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Protocol

import numpy as np

from indexer.deadline import TookTooLongError, check, is_over
from indexer.engines.base import Boost, InPeriod, Plan, Recency
from indexer.engines.best import Scored, best
from indexer.engines.choosing import Clause, Match, choose
from indexer.engines.columns import UNDATED
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
from indexer.engines.doc_sets import (
    DocSet,
    Documents,
    Mask,
    Scores,
    counted,
    intersection,
    union,
)
from indexer.engines.filters import Columns, between, long, valued
from indexer.engines.groups import GroupColumn
from indexer.engines.scoring import DENSE, Earning, Impacts, Looked, Places, idf

_DAY = 24 * 3600


class Postings(Columns, Protocol):
    """The interface of an index that plans are run over."""

    def impacts(self, term: Term) -> Impacts:
        """The impacts of a term or a group of spellings; empty where the index holds none of them."""

    def total(self, term: Term) -> int:
        """How many documents in use hold a term or any of a group of spellings."""

    def looked(self, term: Term) -> Looked:
        """A term or a group of spellings, to be looked up among some documents."""

    def prepare(self, terms: Sequence[Term]) -> None:
        """Find terms together that will be asked for one by one."""

    def placed(self, condition: Placed) -> Documents:
        """The documents in use whose tokens match a condition on their places."""

    def listed(self, condition: Listed) -> Documents:
        """The documents in use that have one of some ids, ascending."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The documents that match a plan, and what their scores are worked out from.

    Attributes:
        documents: their numbers.
        earnings: what terms earn them.
        date_bonus: what some documents earn by their dates, given the best score without it; None for
            nothing.
        clauses: the documents that match each clause; of a common term those of `documents` alone.
        clause_totals: how many documents of the index match each clause.
        complete: for each document whether it matches every clause.
    """

    documents: Documents
    earnings: Sequence[Earning]
    date_bonus: Callable[[Documents, float], Scores] | None
    clauses: tuple[DocSet, ...]
    clause_totals: tuple[int, ...]
    complete: Mask

    def best(self, places: Places, wanted: int, groups: GroupColumn | None = None) -> Scored:
        """The documents at some places that may be among the best of these, and all that are as good, scored.

        Args:
            places: ascending.
            wanted: how many of the best are asked for, or groups of them.
            groups: of all documents; None where each document counts.
        """
        dates = None
        if self.date_bonus is not None and len(places):
            first = best(self.earnings, self.documents, np.arange(len(self.documents)), 1)
            highest = float(first.scores.max())
            dates = self.date_bonus(self.documents[places], highest)
        return best(self.earnings, self.documents, places, wanted, dates, groups)

    def at(self, places: Places) -> Scored:
        """The documents at some places, in their order, scored."""
        ascending = np.unique(places)
        scored = self.best(ascending, len(ascending))
        return scored.at(np.searchsorted(ascending, places))

    def missing(self, documents: Documents) -> list[tuple[int, ...]]:
        """For each of some documents the indices of the clauses that it does not match."""
        if not self.clauses:
            return [()] * len(documents)
        lacking = ~np.stack([clause.holds(documents) for clause in self.clauses], axis=1)
        clauses = lacking.nonzero()[1].tolist()
        ends = np.cumsum(lacking.sum(axis=1)).tolist()
        return [tuple(clauses[start:end]) for start, end in pairwise([0, *ends])]


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
        terms = [one for one in (*plan.clauses, *plan.required) if isinstance(one, Term)]
        self.index.prepare([*terms, *(one.term for one in plan.boosts)])
        clauses = [self._clause(one) for one in plan.clauses]
        chosen = choose(
            clauses,
            plan.minimum_idf_shares,
            [self._condition(one) for one in plan.required],
            [valued(self.index, name, (value,)) for name, value in plan.filters.items()],
            self,
        )
        bonus = plan.date_bonus
        return Matched(
            documents=chosen.documents,
            earnings=self._boosted(chosen.earnings, plan.boosts),
            date_bonus=None if bonus is None else partial(self._date_bonus, bonus),
            clauses=chosen.clauses,
            clause_totals=tuple(clause.total for clause in clauses),
            complete=chosen.complete,
        )

    def _boosted(self, earnings: Iterable[Earning], boosts: Iterable[Boost]) -> list[Earning]:
        """What clauses and boosts earn; the boost of a clause's own term is worked out with the clause."""
        weights: dict[Term, float] = {}
        for boost in boosts:
            weights[boost.term] = weights.get(boost.term, 0.0) + boost.weight
        found = []
        for one in earnings:
            if one.term and (weight := weights.pop(one.term, 0.0)):
                found.append(one._replace(boost=weight * self._idf(one.term)))
            else:
                found.append(one)
        for term, weight in weights.items():
            if not is_over() and (earned := weight * self._idf(term)):
                found.append(Earning.of(self.index.looked(term), 0.0, term, earned))
        return found

    def _idf(self, term: Term) -> float:
        """The idf of a term; 0 for one that no document holds."""
        total = self.index.total(term)
        return idf(self.count, total) if total else 0.0

    def _clause(self, condition: Condition) -> Clause:
        """A clause whose documents are counted; those of a common term are not yet looked up.

        One that there is no time for matches nothing.
        """
        try:
            check()
            one = self._condition(condition)
        except TookTooLongError:
            if not is_over():
                raise
            return Clause(condition, 0.0, 0, Match(DocSet.listed(np.zeros(0, dtype=np.int64))))
        if one.matched is None:
            return one
        documents = counted(one.matched.documents)
        weight = idf(self.count, documents.total) if documents.total else 0.0
        matched = Match(documents, one.matched.earnings)
        return Clause(condition, weight, documents.total, matched)

    def _condition(self, condition: Condition) -> Clause:
        """A condition; its documents are at most so many."""
        if isinstance(condition, Term):
            total = self.index.total(condition)
            if total * DENSE > self.size:
                return Clause(condition, idf(self.count, total), total, None)
        matched = self.match(condition)
        return Clause(condition, 0.0, matched.documents.total, matched)

    def everything(self) -> DocSet:
        """All documents in use."""
        return DocSet(None, self.live, self.count)

    def looked(self, term: Condition) -> Looked:
        """See `choosing.Finder`."""
        if not isinstance(term, Term):
            raise TypeError(f"not a term: {term}")
        return self.index.looked(term)

    def _date_bonus(self, bonus: Recency | InPeriod, numbers: Documents, highest: float) -> Scores:
        """The bonus of some documents for being new, or of a period; `highest`: the best score without it."""
        if isinstance(bonus, InPeriod):
            within = self.match(bonus.period).documents.holds(numbers)
            return np.where(within, np.float32(bonus.weight * highest), np.float32(0))
        published = self.index.published()
        newest = published[self.live].max()
        own = published[numbers]
        age = np.where(own == UNDATED, np.inf, (newest - own) / _DAY)
        earned: Scores = (highest * bonus.weight * 0.5 ** (age / bonus.half_life)).astype(
            np.float32
        )
        return earned

    def match(self, condition: Condition) -> Match:
        """The documents that match a condition."""
        match condition:
            case Term():
                impacts = self.index.impacts(condition)
                documents = impacts.documents
                weight = idf(self.count, documents.total)
                return Match(documents, (Earning.of(impacts, weight, condition),))
            case AllOf(parts):
                matches = [self.match(part) for part in parts]
                return _joined(intersection([one.documents for one in matches]), matches)
            case AnyOf(parts):
                matches = [self.match(part) for part in parts]
                return _joined(union([one.documents for one in matches], self.size), matches)
            case Not(part):
                excluded = self.match(part).documents.flags(self.size)
                return Match(DocSet.flagged(self.live & ~excluded))
            case Phrase() | Together() | Repeated() | InPassage():
                numbers = self.index.placed(condition)
                terms = spot_terms(condition)
                return Match(
                    DocSet.listed(numbers),
                    tuple(self._earning_among(term, numbers) for term in terms),
                )
            case Between(since, until):
                return Match(between(self.index, since, until))
            case Long(least, most):
                return Match(long(self.index, least or 0, most))
            case Valued(facet, values):
                return Match(valued(self.index, facet, values))
            case Listed():
                return Match(DocSet.listed(self.index.listed(condition)))

    def _earning_among(self, term: Term, numbers: Documents) -> Earning:
        """What a term earns those of some documents that hold it: all, but where there are alternatives."""
        looked = self.index.looked(term)
        values = looked.among(numbers)
        its = np.flatnonzero(values != 0)
        impacts = Impacts(DocSet.listed(numbers[its]), values[its], looked.norms)
        return Earning.of(impacts, self._idf(term))


def _joined(documents: DocSet, matches: Iterable[Match]) -> Match:
    return Match(documents, tuple(earning for one in matches for earning in one.earnings))
