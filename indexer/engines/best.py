"""The best documents of a search: the terms that can earn most first, the others for those that are left.

A document is left out as soon as all terms that are to come cannot lift it among the best any more. Source: the
MaxScore of Turtle and Flood, Query evaluation: strategies and optimizations, 1995, term at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.deadline import is_over
from indexer.engines.doc_sets import Documents, Scores
from indexer.engines.folding import firsts
from indexer.engines.groups import GroupColumn
from indexer.engines.scoring import Earning, Places, Values, shares_of

_ROUNDING = 1e-3
"""Documents that may be so much below the last of the best are not left out."""
_FEW = 1024
"""Among so many documents all terms are scored."""


class Scored(NamedTuple):
    """Some documents of a search with the parts of their scores.

    Attributes:
        places: of the documents among all that are found.
        clause_scores: what the clauses and required conditions earned each.
        boost_scores: what the boosts earned each.
        date_scores: what its date earned each.
    """

    places: Places
    clause_scores: Scores
    boost_scores: Scores
    date_scores: Scores

    @property
    def scores(self) -> Scores:
        """The whole score of each document."""
        return self.clause_scores + self.boost_scores + self.date_scores

    @classmethod
    def joined(cls, parts: Sequence[Scored]) -> Scored:
        """Some documents, one part after the other."""
        return cls(
            np.concatenate([part.places for part in parts]),
            np.concatenate([part.clause_scores for part in parts]),
            np.concatenate([part.boost_scores for part in parts]),
            np.concatenate([part.date_scores for part in parts]),
        )

    def at(self, chosen: Places) -> Scored:
        """Some of them, in another order."""
        return Scored(
            self.places[chosen],
            self.clause_scores[chosen],
            self.boost_scores[chosen],
            self.date_scores[chosen],
        )


def best(
    earnings: Sequence[Earning],
    documents: Documents,
    places: Places,
    wanted: int,
    date_scores: Scores | None = None,
    groups: GroupColumn | None = None,
) -> Scored:
    """The documents at some places that may be among the best of these, and all that are as good, scored.

    Boosts that there is no time for are left out.

    Args:
        documents: all that are found, ascending.
        places: ascending.
        wanted: how many of the best are asked for, or groups of them.
        date_scores: what the documents at the places earn by their dates; None for nothing.
        groups: of all documents; None where each document counts.
    """
    scored = Scored(places, *(np.zeros(len(places), dtype=np.float32) for _ in range(3)))
    if date_scores is not None:
        scored = scored._replace(date_scores=date_scores)
    numbers = documents[places]
    ordered = sorted(earnings, key=lambda one: -one.most)
    # A boost may be less than nothing: what is to come may lift one document, and lower another.
    rest, most = sum(one.most for one in ordered), 0.0
    for one in ordered:
        rest -= one.most
        if not one.weight and is_over():
            continue
        most += one.most
        _add(scored, one, one.among(scored.places, numbers), numbers)
        # What is to come may outweigh all before it at first, and then nothing can be left out.
        if rest < most and len(numbers) > max(_FEW, 2 * wanted):
            scores = scored.scores
            least = _least(scores, rest, wanted, groups, numbers)
            if least is not None:
                kept = np.flatnonzero(scores >= least - rest - _ROUNDING)
                scored, numbers = scored.at(kept), numbers[kept]
    return scored


def _add(scored: Scored, earning: Earning, values: Values, numbers: Documents) -> None:
    """Add what a term earns some documents to their scores."""
    held = values != 0
    places: slice | Places = slice(None)
    if not held.all():
        places = np.flatnonzero(held)
        values, numbers = values[places], numbers[places]
    norms = None if earning.norms is None else earning.norms[numbers]
    shares = shares_of(values, norms)
    if earning.weight:
        scored.clause_scores[places] += shares * np.float32(earning.weight)
    if earning.boost:
        scored.boost_scores[places] += shares * np.float32(earning.boost)


def _least(
    scores: Scores, rest: float, wanted: int, groups: GroupColumn | None, numbers: Documents
) -> np.float32 | None:
    """What each of the best has earned already, at least; None where most documents may be among them.

    Args:
        scores: what documents have earned.
        rest: what a document may gain on another yet, at most.
        wanted: how many are the best, or groups of them.
        groups: of all documents; None where each document counts.
        numbers: of the documents.
    """
    # Where not even the mean is beaten by enough documents, the others need not be sorted.
    above = np.flatnonzero(scores > scores.mean() + rest)
    if len(above) < wanted:
        return None
    most = wanted
    while True:
        its = scores[above]
        least: np.float32 = np.partition(its, len(above) - most)[len(above) - most]
        if groups is None:
            return least
        best_groups = groups.of_documents(numbers[above[its >= least]])
        if np.count_nonzero(firsts(best_groups)) >= wanted:
            return least
        if most == len(above):
            return None
        most = min(4 * most, len(above))
