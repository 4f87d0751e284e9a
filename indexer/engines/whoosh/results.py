"""A plan over one commit -> the engine's result: matching, order, the page, facets, the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import EngineHit, EngineResult, Order, Plan
from indexer.engines.columns import UNDATED, timeline
from indexer.engines.term_at_a_time import Matched, Postings, run_plan


class SearchedIndex(Postings, Protocol):
    """The interface of an index that results are made from."""

    def ids(self, numbers: list[int]) -> list[str]:
        """The ids of documents."""


def answer(plan: Plan, index: SearchedIndex) -> EngineResult:
    """Run a plan and put the documents found in order."""
    matched = run_plan(plan, index)
    places = order(plan, matched, index.published())[plan.offset :]
    interval, days = timeline(
        index.published()[matched.documents],
        index.published_until()[matched.documents],
        plan.interval,
        plan.utc_offset,
    )
    return EngineResult(
        total=len(matched.documents),
        total_all=int(np.count_nonzero(matched.complete)),
        clause_totals=tuple(clause.total for clause in matched.clauses),
        hits=tuple(_hits(matched, places, index)),
        facets={
            name: index.facet(name).counts(matched.documents, most)
            for name, most in plan.facets.items()
        },
        interval=interval,
        timeline=days,
    )


def _hits(matched: Matched, places: NDArray[np.int64], index: SearchedIndex) -> Sequence[EngineHit]:
    documents = matched.documents[places]
    return list(
        map(
            EngineHit,
            index.ids(documents.tolist()),
            matched.clause_scores[places].tolist(),
            matched.boost_scores[places].tolist(),
            matched.recency_scores[places].tolist(),
            matched.missing(documents),
        )
    )


def order(plan: Plan, matched: Matched, published: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions in `matched` of the hits up to the end of the plan's page, in order.

    Ties: the newest first, then the document added last.
    """
    end = plan.offset + plan.limit
    if not plan.limit:
        return np.zeros(0, dtype=np.int64)
    scores = matched.scores
    candidates = np.arange(len(matched.documents))
    if plan.order is Order.SCORE and not plan.complete_first and end < len(candidates):
        # Everything that scores as the page's last hit or better; the rest need not be sorted.
        least = np.partition(scores, len(candidates) - end)[len(candidates) - end]
        candidates = np.flatnonzero(scores >= least)
    documents = matched.documents[candidates]
    moments = published[documents]
    undated = moments == UNDATED
    keys: list[NDArray[np.generic]] = [
        -documents,
        np.where(undated, np.iinfo(np.int64).max, -np.where(undated, 0, moments)),
    ]
    if plan.order is Order.SCORE:
        keys.append(-scores[candidates])
    elif plan.order is Order.OLDEST:
        keys.append(np.where(undated, np.iinfo(np.int64).max, moments))
    if plan.complete_first:
        keys.append(~matched.complete[candidates])
    positions: NDArray[np.int64] = candidates[np.lexsort(keys)]
    return positions[:end]
