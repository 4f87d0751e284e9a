"""A plan over one commit -> the engine's result: matching, order, the page, facets, the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import EngineHit, EngineResult, Order, Plan
from indexer.engines.columns import UNDATED, timeline
from indexer.engines.folding import firsts
from indexer.engines.groups import GroupColumn
from indexer.engines.term_at_a_time import Matched, Postings, run_plan
from indexer.stages import stage


class SearchedIndex(Postings, Protocol):
    """The interface of an index that results are made from."""

    def ids(self, numbers: list[int]) -> list[str]:
        """The ids of documents."""

    def group_column(self) -> GroupColumn:
        """The groups of all documents."""


def answer(plan: Plan, index: SearchedIndex) -> EngineResult:
    """Run a plan and put the documents found in order."""
    with stage("match and score"):
        matched = run_plan(plan, index)
    documents = matched.documents
    total, total_all = len(documents), int(np.count_nonzero(matched.complete))
    counted = documents[matched.complete] if plan.counts_complete and total_all else documents
    groups = index.group_column() if plan.folded or plan.counts_groups else None
    folded = groups if plan.folded else None
    groups_of = groups.of_documents(counted) if groups and plan.counts_groups else None
    with stage("put in order"):
        places = order(plan, matched, index.published(), folded)[plan.offset :]
        hits = tuple(_hits(matched, places, index))
    with stage("count over time"):
        interval, days = timeline(
            index.published()[counted],
            index.published_until()[counted],
            plan.interval,
            plan.utc_offset,
            groups_of,
        )
    with stage("count facets"):
        facets = {
            name: index.facet(name).counts(counted, most, groups_of)
            for name, most in plan.facets.items()
        }
    return EngineResult(
        total=total,
        total_all=total_all,
        groups=folded.total(documents) if folded else total,
        groups_all=folded.total(documents[matched.complete]) if folded else total_all,
        clause_totals=matched.clause_totals,
        hits=hits,
        facets=facets,
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
            matched.date_scores[places].tolist(),
            matched.missing(documents),
        )
    )


def order(
    plan: Plan,
    matched: Matched,
    published: NDArray[np.int64],
    groups: GroupColumn | None = None,
) -> NDArray[np.int64]:
    """Positions in `matched` of the hits up to the end of the plan's page, in order.

    Ties: the newest first, then the document added last.

    Args:
        groups: of which each is one hit; None for a hit a document.
    """
    end = wanted = plan.offset + plan.limit
    if not plan.limit:
        return np.zeros(0, dtype=np.int64)
    while True:
        positions = _best(plan, matched, published, wanted)
        found = len(positions)
        if groups is not None:
            positions = positions[firsts(groups.of_documents(matched.documents[positions]))]
        if len(positions) >= end or found == len(matched.documents):
            return positions[:end]
        # Copies took places: more documents are put in order.
        wanted *= 4


def _best(
    plan: Plan, matched: Matched, published: NDArray[np.int64], wanted: int
) -> NDArray[np.int64]:
    """Positions of the best documents in order: as many as are wanted, or more that are at hand."""
    scores = matched.scores
    candidates = np.arange(len(matched.documents))
    if plan.order is Order.SCORE and not plan.complete_first and wanted < len(candidates):
        # Everything that scores as the last one or better; the rest need not be sorted.
        least = np.partition(scores, len(candidates) - wanted)[len(candidates) - wanted]
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
    return positions
