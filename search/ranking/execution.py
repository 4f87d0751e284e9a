"""Plan -> ranked hits: the engine finds candidates, the best of them are reranked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from indexer.deadline import is_over
from indexer.engines.base import EngineHit, EngineResult, Plan, Searcher
from indexer.engines.scoring import idf
from indexer.stages import stage
from search.articles import fetch_hashes
from search.ranking.planning import QueryPlan
from search.ranking.reranking import CANDIDATES, Candidates, rerank

_FIRST = 3
"""Hits that tell how well the words of a query are found."""


@dataclass(frozen=True, slots=True)
class RankedHit:
    """One article of a page of results.

    Attributes:
        parts: what the score is the sum of.
        missing: indices of the plan's clauses that the article does not match.
        by_meaning: whether only its meaning has found it.
    """

    id: str
    score: float
    parts: Mapping[str, float]
    missing: tuple[int, ...]
    by_meaning: bool = False


@dataclass(frozen=True, slots=True)
class RankedResult:
    """The engine's result with the hits of one page in their final order.

    Attributes:
        added: hits of all pages that only their meaning has found; None where it was not looked at.
        together: how much of the query the best of the first hits holds close together, from 0 to 1;
            for a page among the reranked hits.
    """

    result: EngineResult
    hits: tuple[RankedHit, ...]
    added: int | None = None
    together: float = 0.0


def run_query_plan(query_plan: QueryPlan, searcher: Searcher) -> RankedResult:
    """Run a query's plan and rerank its best candidates, where its page shows any of them."""
    plan, sought, model = query_plan.plan, query_plan.sought, query_plan.model
    if sought is None or model is None or plan.offset >= CANDIDATES or not plan.limit:
        return as_found(searcher.search(plan), plan)
    end = plan.offset + plan.limit
    result = searcher.search(replace(plan, offset=0, limit=max(end, CANDIDATES)))
    best, rest = result.hits[:CANDIDATES], result.hits[CANDIDATES:]
    if is_over():
        return as_found(replace(result, hits=result.hits[plan.offset : end]), plan)
    by_date = any(hit.date_score for hit in best)
    with stage("read tokens of candidates"):
        hashes = fetch_hashes(searcher, [hit.id for hit in best])
    with stage("rerank"):
        weighed = sought.weighed(searcher.count(), result.clause_totals, by_date=by_date)
        candidates = Candidates.of(weighed, best, hashes)
        reranked = rerank(candidates, model, len(sought.words))
    scores = reranked.scores.tolist()
    ordered: list[RankedHit] = [
        RankedHit(
            best[at].id,
            scores[at],
            _parts(plan, zip(reranked.names, reranked.parts[at].tolist(), strict=True)),
            best[at].missing,
        )
        for at in reranked.order[plan.offset : end]
    ]
    following = rest[max(0, plan.offset - len(best)) : max(0, end - len(best))]
    ordered += [_as_found(hit, plan) for hit in following]
    first = reranked.together[list(reranked.order[:_FIRST])]
    lacking = sum(not result.clause_totals[clause] for clause in sought.words)
    known = _known(candidates, lacking, searcher.count())
    together = known * float(first.max(initial=0.0))
    return RankedResult(result, tuple(ordered), together=together)


def _known(candidates: Candidates, lacking: int, documents: int) -> float:
    """The share of a query's idf that is of words which the archive holds.

    Args:
        lacking: words that no article holds; they are no part of the candidates' features.
    """
    held = sum(word.idf for word in candidates.sought.words)
    return held / max(held + lacking * idf(documents, 0), 1e-9)


def as_found(result: EngineResult, plan: Plan) -> RankedResult:
    """Hits as the engine ranks them."""
    hits = tuple(_as_found(hit, plan) for hit in result.hits)
    return RankedResult(result, hits, together=float(result.total_all > 0))


def _as_found(hit: EngineHit, plan: Plan) -> RankedHit:
    """A hit as the engine ranks it."""
    parts = {
        "syllables": hit.clause_score,
        "pairs": hit.boost_score,
        "date": hit.date_score,
    }
    return RankedHit(hit.id, hit.score, _parts(plan, parts.items()), hit.missing)


def _parts(plan: Plan, parts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The parts of a score; the date is left out where it counts for nothing."""
    return {name: value for name, value in parts if plan.date_bonus or name != "date"}
