"""A plan over one commit -> the engine's result: matching, order, the page, facets, the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import EngineHit, EngineResult, Order, Plan
from indexer.engines.best import Scored
from indexer.engines.columns import UNDATED, timeline
from indexer.engines.doc_sets import Documents, Scores
from indexer.engines.facets import Counted
from indexer.engines.folding import firsts
from indexer.engines.groups import GroupColumn
from indexer.engines.scoring import Places
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
    whole = documents if total_all == total else documents[matched.complete]
    counted = whole if plan.counts_complete and total_all else documents
    groups = index.group_column() if plan.folded or plan.counts_groups else None
    folded = groups if plan.folded else None
    groups_of = groups.of_documents(counted) if groups and plan.counts_groups else None
    group_total = folded.total if folded else len
    found_groups = group_total(documents)
    with stage("put in order"):
        ordered = order(plan, matched, index.published(), folded)
        page = ordered.at(np.arange(plan.offset, len(ordered.places)))
        hits = tuple(_hits(matched, page, index))
    with stage("count over time"):
        dated = counted if plan.has_timeline else counted[:0]
        interval, days = timeline(
            index.published()[dated],
            index.published_until()[dated],
            plan.interval,
            plan.utc_offset,
            groups_of,
        )
    with stage("count facets"):
        each = Counted.of(counted, groups_of)
        facets = {name: index.facet(name).counts(each, most) for name, most in plan.facets.items()}
    return EngineResult(
        total=total,
        total_all=total_all,
        groups=found_groups,
        groups_all=found_groups if total_all == total else group_total(whole),
        clause_totals=matched.clause_totals,
        hits=hits,
        facets=facets,
        interval=interval,
        timeline=days,
    )


def _hits(matched: Matched, hits: Scored, index: SearchedIndex) -> Sequence[EngineHit]:
    documents = matched.documents[hits.places]
    return list(
        map(
            EngineHit,
            index.ids(documents.tolist()),
            hits.clause_scores.tolist(),
            hits.boost_scores.tolist(),
            hits.date_scores.tolist(),
            matched.missing(documents),
        )
    )


def order(
    plan: Plan,
    matched: Matched,
    published: NDArray[np.int64],
    groups: GroupColumn | None = None,
) -> Scored:
    """The hits up to the end of the plan's page, in order.

    Ties: the newest first, then the document added last.

    Args:
        groups: of which each is one hit; None for a hit a document.
    """
    if not plan.limit:
        return matched.at(np.zeros(0, dtype=np.int64))
    wanted = plan.offset + plan.limit
    tiers = [np.arange(len(matched.documents))]
    if plan.complete_first:
        tiers = [np.flatnonzero(matched.complete), np.flatnonzero(~matched.complete)]
    hits: list[Scored] = []
    for places in tiers:
        # As many of each: what is first in a later one may be a copy of what is in an earlier one.
        hits.append(_best_of(plan, matched, published, places, wanted, groups))
        if len(hits[-1].places) == wanted:
            break
    joined = Scored.joined(hits)
    kept = _firsts(matched.documents[joined.places], groups)
    return joined.at(kept[:wanted])


def _best_of(
    plan: Plan,
    matched: Matched,
    published: NDArray[np.int64],
    places: Places,
    wanted: int,
    groups: GroupColumn | None,
) -> Scored:
    """The best of the documents at some places in order, of each group the first."""
    scored = matched.best(places, wanted, groups) if plan.order is Order.SCORE else None
    if scored:
        places = scored.places
    documents = matched.documents[places]
    moments = published[documents]
    keys: NDArray[np.int64] | Scores
    if scored:
        keys = scored.scores
    else:
        keys = moments if plan.order is Order.NEWEST else -moments
        keys = np.where(moments == UNDATED, np.iinfo(np.int64).min, keys)
    most = wanted
    while True:
        highest = _highest(keys, moments, documents, most)
        kept = highest[_firsts(documents[highest], groups)[:wanted]]
        if len(kept) == wanted or len(highest) == len(places):
            return scored.at(kept) if scored else matched.at(places[kept])
        # Copies took places: more documents are put in order.
        most *= 4


def _firsts(documents: Documents, groups: GroupColumn | None) -> Places:
    """The places of those documents that are the first of their group."""
    if groups is None:
        return np.arange(len(documents))
    return np.flatnonzero(firsts(groups.of_documents(documents)))


def _highest(
    keys: NDArray[np.int64] | Scores, moments: NDArray[np.int64], documents: Documents, wanted: int
) -> Places:
    """Where the highest keys stand, in order; ties: see `order`."""
    places = np.arange(len(keys))
    if wanted < len(keys):
        # Everything that is as high as the last one; the rest need not be sorted.
        last = len(keys) - wanted
        places = np.flatnonzero(keys >= np.partition(keys, last)[last])
    keys, moments = keys[places], moments[places]
    newest = np.where(moments == UNDATED, np.iinfo(np.int64).min, moments)
    # Turned round, not negated: the lowest number has no opposite.
    rising = np.lexsort((documents[places], newest, keys))
    return places[rising[::-1][:wanted]]
