"""Which documents hold enough of the clauses' idf: rare clauses first, common ones among what is left.

A document needs some share of the idf of all clauses. Common terms together seldom reach it, so a document
has to hold one of the others. The common terms are looked up among those documents alone, and of these only
the ones stay that can still reach the share. Source: the MaxScore of Turtle and Flood, Query evaluation:
strategies and optimizations, 1995, with the match rule in place of the score of the last hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.conditions import Condition
from indexer.engines.doc_sets import DocSet, Documents, Mask, Scores, intersection
from indexer.engines.scoring import STEP, Earning, Steps, idf_mass

_MARGIN = 1e-4
"""The threshold is so much lower: it lets through what only rounding keeps below."""
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

    def steps_among(self, term: Condition, numbers: Documents) -> Steps:
        """What a common term earns some documents, ascending, in steps of `STEP`; 0 where it is not held."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause whose documents are counted, and found already if they are few.

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
        scores: what the clauses that were looked up among them alone earned each.
        earnings: what the other clauses earn documents.
        clauses: the documents that match each clause; of the former those of `documents` alone.
        complete: for each document whether it matches every clause.
    """

    documents: Documents
    scores: Scores
    earnings: tuple[Earning, ...]
    clauses: tuple[DocSet, ...]
    complete: Mask


def choose(
    clauses: Sequence[Clause], shares: Sequence[float], allowed: Sequence[DocSet], finder: Finder
) -> Chosen:
    """The documents of some sets that hold enough of the idf of some clauses.

    Args:
        shares: of the clauses' idf; the next one is tried where nothing holds enough. 1 asks for every
            clause.
    """
    if len(clauses) < 2 or min(shares) >= 1:
        return _Choice(clauses, allowed, finder).made(1.0, only_complete=True)
    choice = _Choice(clauses, allowed, finder)
    for share in shares:
        chosen = choice.made(share, only_complete=False)
        if len(chosen.documents):
            break
    return chosen


def all_of(documents: Documents) -> Chosen:
    """All of some documents, where there are no clauses."""
    count = len(documents)
    return Chosen(documents, np.zeros(count, np.float32), (), (), np.ones(count, np.bool_))


class _Choice:
    def __init__(
        self, clauses: Sequence[Clause], allowed: Sequence[DocSet], finder: Finder
    ) -> None:
        self._clauses, self._allowed, self._finder = clauses, allowed, finder
        self._matched = {
            at: one.matched for at, one in enumerate(clauses) if one.matched is not None
        }

    def made(self, share: float, *, only_complete: bool) -> Chosen:
        """The documents that hold a share of the idf."""
        least = max(0.0, share * sum(one.weight for one in self._clauses) - _MARGIN)
        common = self._common(least)
        for at, one in enumerate(self._clauses):
            if at not in common and at not in self._matched:
                self._matched[at] = self._finder.match(one.condition)
        rare = [at for at in range(len(self._clauses)) if at not in common]
        sets = [self._matched[at].documents for at in rare]
        mass = idf_mass(sets, [self._clauses[at].weight for at in rare], self._finder.size)
        rest = sum(self._clauses[at].weight for at in common)
        # What holds none of the rare clauses cannot hold enough.
        start = np.flatnonzero(mass > max(0.0, least - rest - (_ROUNDING if common else 0.0)))
        numbers = intersection([DocSet.listed(start), *self._allowed]).numbers()
        left = _Left(numbers, mass[numbers])
        for at in common:
            one = self._clauses[at]
            rest -= one.weight
            steps = self._finder.steps_among(one.condition, left.numbers)
            bound = least if at == common[-1] else least - rest - _ROUNDING
            left.look_up(steps, one.weight, bound)
        steps_of = dict(zip(common, left.columns(), strict=True))
        complete = reduce(
            np.logical_and,
            [steps != 0 for steps in steps_of.values()],
            np.ones(len(left.numbers), np.bool_),
        )
        whole = intersection([DocSet.listed(left.numbers[complete]), *sets])
        if only_complete:
            kept = np.flatnonzero(whole.holds(left.numbers))
            steps_of = {at: steps[kept] for at, steps in steps_of.items()}
            left.numbers = left.numbers[kept]
        return self._chosen(left.numbers, steps_of, whole.holds(left.numbers))

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

    def _chosen(self, numbers: Documents, steps_of: dict[int, Steps], complete: Mask) -> Chosen:
        """The documents found, with the earnings of the clauses whose documents are all known."""
        scores = np.zeros(len(numbers), dtype=np.float32)
        earnings: list[Earning] = []
        clauses = []
        for at, one in enumerate(self._clauses):
            if (steps := steps_of.get(at)) is not None:
                clauses.append(DocSet.listed(numbers[steps != 0]))
                scores += steps * (np.float32(one.weight) * STEP)
            else:
                clauses.append(self._matched[at].documents)
                earnings += self._matched[at].earnings
        return Chosen(numbers, scores, tuple(earnings), tuple(clauses), complete)


class _Left:
    """The documents that may still hold enough, and what was looked up among them.

    Attributes:
        numbers: of the documents that are left.
    """

    def __init__(self, numbers: Documents, mass: Scores) -> None:
        self.numbers, self._mass = numbers, mass
        self._looked_up: list[tuple[Steps, NDArray[np.int64]]] = []

    def look_up(self, steps: Steps, weight: float, bound: float) -> None:
        """Add what a clause earns them, and leave out those that hold no more than a bound."""
        self._mass += (steps != 0) * np.float32(weight)
        kept = np.flatnonzero(self._mass > bound)
        self.numbers, self._mass = self.numbers[kept], self._mass[kept]
        self._looked_up.append((steps, kept))

    def columns(self) -> list[Steps]:
        """What each clause that was looked up earns those that are left, in their order."""
        found: list[Steps] = []
        places = np.arange(len(self.numbers))
        for steps, kept in reversed(self._looked_up):
            places = kept[places]
            found.append(steps[places])
        return found[::-1]
