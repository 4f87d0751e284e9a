"""Which documents hold enough of the clauses' idf: rare clauses first, common ones among what is left.

A document needs some share of the idf of all clauses. Common terms together seldom reach it, so a document
has to hold one of the others. The common terms are looked up among those documents alone, and of these only
the ones stay that can still reach the share. Source: the MaxScore of Turtle and Flood, Query evaluation:
strategies and optimizations, 1995, with the match rule in place of the score of the last hit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np

from indexer.engines.conditions import Condition, Term
from indexer.engines.doc_sets import DocSet, Documents, Mask, Scores, intersection
from indexer.engines.scoring import Earning, Looked, Places, Values, holding_more

_MARGIN = 1e-4
"""The threshold is so much lower: it lets through what only rounding keeps below."""
_MANY = 8
"""Where more than one document in this many may hold enough, common terms are not looked up among them."""
_ROUNDING = 1e-3
"""Documents that may be so much below the threshold are not yet left out."""


class Match(NamedTuple):
    """The documents that match a condition, and the scores that its terms give them."""

    documents: DocSet
    earnings: tuple[Earning, ...] = ()


class Finder(Protocol):
    """What is asked about clauses while documents are chosen."""

    size: int

    def match(self, condition: Condition) -> Match:
        """The documents that match a condition."""

    def looked(self, term: Condition) -> Looked:
        """A common term, to be looked up among some documents."""

    def everything(self) -> DocSet:
        """All documents in use."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause or required condition whose documents are counted, and found already if they are few.

    Attributes:
        weight: the clause's idf.
        total: how many documents of the index match it.
        matched: its documents; None for a common term, which `condition` is then.
    """

    condition: Condition
    weight: float
    total: int
    matched: Match | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The documents that hold enough.

    Attributes:
        documents: their numbers.
        earnings: what the conditions earn them.
        clauses: the documents that match each clause; of one that was looked up those of `documents` alone.
        complete: for each document whether it matches every clause.
    """

    documents: Documents
    earnings: tuple[Earning, ...]
    clauses: tuple[DocSet, ...]
    complete: Mask


def choose(
    clauses: Sequence[Clause],
    shares: Sequence[float],
    required: Sequence[Clause],
    filters: Sequence[DocSet],
    finder: Finder,
) -> Chosen:
    """The documents that hold enough of the idf of some clauses, and match all other conditions.

    Args:
        shares: of the clauses' idf; the next one is tried where nothing holds enough. 1 asks for every
            clause.
    """
    choice = _Choice(clauses, required, filters, finder)
    if len(clauses) < 2 or min(shares) >= 1:
        return choice.complete()
    for share in shares:
        chosen = choice.enough(share)
        if len(chosen.documents):
            break
    return chosen


class _Choice:
    """The clauses of one search, of which those that are found are remembered from share to share."""

    def __init__(
        self,
        clauses: Sequence[Clause],
        required: Sequence[Clause],
        filters: Sequence[DocSet],
        finder: Finder,
    ) -> None:
        self._clauses, self._finder = clauses, finder
        self._required = sorted(required, key=lambda one: one.total)
        if not clauses and self._required and not self._required[0].matched:
            # There has to be something to look among.
            rarest = self._required[0]
            self._required[0] = replace(rarest, matched=finder.match(rarest.condition))
        self._allowed = [
            *filters,
            *(one.matched.documents for one in self._required if one.matched),
        ]
        if not clauses and not self._allowed:
            self._allowed = [finder.everything()]
        self._matched = {
            at: one.matched for at, one in enumerate(clauses) if one.matched is not None
        }

    def complete(self) -> Chosen:
        """The documents that match every clause."""
        every = sorted(range(len(self._clauses)), key=lambda at: self._clauses[at].total)
        common = [at for at in every[1:] if at not in self._matched]
        sets = self._sets(common)
        left = self._left(sets)
        for at in common:
            self._look_up(self._clauses[at], left)
        return self._chosen(left, common, np.ones(len(left.numbers), np.bool_))

    def _left(self, sets: Sequence[DocSet]) -> _Left:
        """The documents of some sets that match all other conditions."""
        left = _Left(intersection([*sets, *self._allowed]).numbers())
        for one in self._required:
            if one.matched is None:
                self._look_up(one, left)
        return left

    def _look_up(self, one: Clause, left: _Left) -> None:
        """Keep the documents that hold a common term."""
        looked = self._finder.looked(one.condition)
        values = looked.among(left.numbers)
        left.keep(one, looked, values, np.flatnonzero(values != 0))

    def enough(self, share: float) -> Chosen:
        """The documents that hold a share of the idf."""
        least = max(0.0, share * sum(one.weight for one in self._clauses) - _MARGIN)
        common = self._common(least)
        sets = self._sets(common)
        weights = [one.weight for at, one in enumerate(self._clauses) if at not in common]
        rest = sum(self._clauses[at].weight for at in common)
        # What holds none of the rare clauses cannot hold enough.
        low = max(0.0, least - rest - (_ROUNDING if common else 0.0))
        start, own = holding_more(sets, weights, low, self._finder.size)
        if common and len(start) * _MANY > self._finder.size:
            # So many are left that whole terms are read sooner than places in them.
            sets += self._sets_of(common)
            weights += [self._clauses[at].weight for at in common]
            common = []
            start, own = holding_more(sets, weights, least, self._finder.size)
        left = self._left([DocSet.listed(start)])
        if len(left.numbers) < len(start):
            own = own[np.searchsorted(start, left.numbers)]
        for at in common:
            one = self._clauses[at]
            rest -= one.weight
            looked = self._finder.looked(one.condition)
            values = looked.among(left.numbers)
            own += (values != 0) * np.float32(one.weight)
            kept = np.flatnonzero(own > (least if at == common[-1] else least - rest - _ROUNDING))
            left.keep(one, looked, values, kept)
            own = own[kept]
        complete = np.ones(len(left.numbers), np.bool_)
        for values in left.columns():
            complete &= values != 0
        whole = intersection([DocSet.listed(left.numbers[complete]), *sets])
        return self._chosen(left, common, whole.holds(left.numbers))

    def _common(self, least: float) -> list[int]:
        """The common terms that do not hold enough together, the rarest first."""
        found: list[int] = []
        bound = 0.0
        open_ones = [at for at in range(len(self._clauses)) if at not in self._matched]
        for at in sorted(open_ones, key=lambda at: self._clauses[at].weight):
            bound += self._clauses[at].weight
            if bound > least or len(found) + 1 == len(self._clauses):
                break
            found.append(at)
        return found[::-1]

    def _sets(self, common: Collection[int]) -> list[DocSet]:
        """The documents of each clause but those that are looked up."""
        return self._sets_of([at for at in range(len(self._clauses)) if at not in common])

    def _sets_of(self, clauses: Iterable[int]) -> list[DocSet]:
        """The documents of some clauses."""
        found = []
        for at in clauses:
            if at not in self._matched:
                self._matched[at] = self._finder.match(self._clauses[at].condition)
            found.append(self._matched[at].documents)
        return found

    def _chosen(self, left: _Left, common: Sequence[int], complete: Mask) -> Chosen:
        """The documents found, with the earnings of the conditions whose documents are all known."""
        columns = left.columns()
        values_of = dict(zip(common, columns[len(columns) - len(common) :], strict=True))
        earnings = [one for match in self._matched.values() for one in match.earnings]
        earnings += [one for its in self._required if its.matched for one in its.matched.earnings]
        clauses = tuple(
            DocSet.listed(left.numbers[values_of[at] != 0])
            if at in values_of
            else self._matched[at].documents
            for at in range(len(self._clauses))
        )
        return Chosen(left.numbers, (*earnings, *left.earnings(columns)), clauses, complete)


class _LookedUp(NamedTuple):
    """What a clause earns documents, and the places of those that were kept."""

    condition: Condition
    weight: float
    norms: Scores | None
    values: Values
    kept: Places


class _Left:
    """The documents that are left, and what was looked up among them.

    Attributes:
        numbers: of the documents that are left.
    """

    def __init__(self, numbers: Documents) -> None:
        self.numbers = numbers
        self._looked_up: list[_LookedUp] = []

    def keep(self, clause: Clause, looked: Looked, values: Values, places: Places) -> None:
        """Remember the values of a clause, and leave out all documents but those at some places."""
        self.numbers = self.numbers[places]
        self._looked_up.append(
            _LookedUp(clause.condition, clause.weight, looked.norms, values, places)
        )

    def columns(self) -> list[Values]:
        """The values of each clause that was looked up, of the documents that are left."""
        found: list[Values] = []
        places = np.arange(len(self.numbers))
        for one in reversed(self._looked_up):
            places = one.kept[places]
            found.append(one.values[places])
        return found[::-1]

    def earnings(self, columns: Sequence[Values]) -> list[Earning]:
        """What each clause that was looked up earns those that are left."""
        return [
            Earning(
                one.weight,
                partial(_at, column),
                one.norms,
                term=one.condition if isinstance(one.condition, Term) else None,
            )
            for one, column in zip(self._looked_up, columns, strict=True)
        ]


def _at(column: Values, places: Places, numbers: Documents) -> Values:  # noqa: ARG001
    """The values at some places; the documents are known by them."""
    return column[places]
