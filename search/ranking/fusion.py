"""Two orders of articles made one: that of the words of a query, and that of its meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from indexer.engines.base import Searcher
from indexer.engines.capabilities import Near
from search.ranking.execution import RankedHit, RankedResult, run_query_plan
from search.ranking.planning import QueryPlan

NEAREST = 100
"""Articles that are looked at by meaning, and as many by words."""
NEAREST_UNASKED = 20
"""Articles that are looked at by meaning where nobody has asked for it."""
_K = 10
"""How much less the first places count than their ranks say; 60 in the source, 10 by our paraphrases.

Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods, 2009.
"""


def run_fused(
    query_plan: QueryPlan,
    searcher: Searcher,
    near: Sequence[Near],
    after: str | None = None,
    *,
    complete_first: bool,
    kept: int = 0,
) -> RankedResult:
    """Run a query's plan, and put the nearest articles among its hits by reciprocal ranks.

    Args:
        near: those nearest to the query, for the same plan.
        after: the hit that the page begins behind; None for the plan's offset.
        complete_first: whether hits that hold every word stay before all others.
        kept: the first hits by words that stay first.
    """
    plan = query_plan.plan
    end = plan.offset + plan.limit
    # Every hit by words may be pushed back by all that only their meaning has found.
    whole = replace(plan, offset=0, limit=max(NEAREST, end) + len(near))
    words = run_query_plan(replace(query_plan, plan=whole), searcher)
    names = _names(searcher, words.hits, near) if plan.folded else {}
    ordered = _ordered(words.hits, near, names)
    first = [hit for hit in words.hits[:NEAREST] if complete_first and not hit.missing]
    first += [hit for hit in words.hits[:kept] if hit not in first]
    ids = {hit.id for hit in first}
    ordered = [*first, *(hit for hit in ordered if hit.id not in ids)]
    start = plan.offset
    if after is not None:
        start = next((at for at, hit in enumerate(ordered, 1) if hit.id == after), start)
    page = tuple(ordered[start : start + plan.limit])
    return RankedResult(words.result, page, sum(not one.is_hit for one in near))


def _names(searcher: Searcher, hits: Sequence[RankedHit], near: Sequence[Near]) -> dict[str, str]:
    ids = [*(hit.id for hit in hits), *(one.id for one in near)]
    return {id: group or id for id, group in zip(ids, searcher.groups(ids), strict=True)}


def _ordered(
    hits: Sequence[RankedHit], near: Sequence[Near], names: Mapping[str, str]
) -> list[RankedHit]:
    """The hits in their new order.

    Args:
        names: of the group of each; of one group one is left, the one that the words have found.
    """
    found: dict[str, RankedHit] = {}
    scores: dict[str, dict[str, float]] = {}
    for rank, hit in enumerate(hits[:NEAREST], 1):
        name = names.get(hit.id, hit.id)
        found[name] = hit
        scores[name] = {"words": _earned(rank)}
    for rank, one in enumerate(near, 1):
        name = names.get(one.id, one.id)
        only = RankedHit(one.id, 0.0, {}, one.missing, by_meaning=not one.is_hit)
        found.setdefault(name, only)
        scores.setdefault(name, {})["meaning"] = _earned(rank)
    first = [
        replace(hit, score=sum(scores[name].values()), parts=scores[name])
        for name, hit in found.items()
    ]
    # Sorting is stable: among equals those that the words have found come first.
    first.sort(key=lambda hit: -hit.score)
    return first + [hit for hit in hits[NEAREST:] if names.get(hit.id, hit.id) not in found]


def _earned(rank: int) -> float:
    """What a place in one of the orders earns; the first 1."""
    return (_K + 1) / (_K + rank)
