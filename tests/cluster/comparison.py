"""Two archives that hold the same, asked the same: where their answers differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from search.archive import Archive
from search.query.parser import parse_query
from search.ranking.planning import plan_query
from search.ranking.reranking import CANDIDATES
from search.requests import SearchRequest
from search.results import SearchResult
from search.understanding.understood_query import UnderstoodQuery, understand

NEARLY = 0.02
"""Scores that differ by a smaller share are the same, but for rounding."""


@dataclass(slots=True)
class Comparison:
    """How many requests were compared, and what differed.

    Attributes:
        wrong: one line for each answer that is not the same.
        reordered: requests whose hits stand in another order, with the reason.
        unexplained: those of them whose scores are not nearly the same.
    """

    requests: int = 0
    wrong: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)


def compare(one: Archive, other: Archive, requests: Iterable[SearchRequest]) -> Comparison:
    """Ask both archives everything."""
    found = Comparison()
    for request in requests:
        found.requests += 1
        left, right = one.search(request), other.search(request)
        for name, its, others in zip(_NAMES, _counts(left), _counts(right), strict=True):
            if its != others:
                found.wrong.append(f"{request.query!r} {request.sort}: {name} {its} / {others}")
        _compare_hits(found, request, (left, right), (one, other))
    return found


_NAMES = (
    "total",
    "complete",
    "counted",
    "facets",
    "interval",
    "timeline",
    "unknown",
    "corrected",
    "problems",
)


def _counts(result: SearchResult) -> tuple[object, ...]:
    return (
        result.total,
        result.total_all_words,
        result.counts_all_words,
        {name: [(one.value, one.count) for one in its] for name, its in result.facets.items()},
        result.interval,
        [(one.since, one.count) for one in result.timeline],
        result.unknown_words,
        result.did_you_mean,
        result.problems,
    )


def _compare_hits(
    found: Comparison,
    request: SearchRequest,
    results: tuple[SearchResult, SearchResult],
    archives: tuple[Archive, Archive],
) -> None:
    left, right = results
    ids, others = [one.id for one in left.hits], [one.id for one in right.hits]
    missing = {one.id: one.missing for one in left.hits}
    for hit in right.hits:
        if hit.id in missing and hit.missing != missing[hit.id]:
            found.wrong.append(
                f"{request.query!r}: {hit.id} lacks {missing[hit.id]} / {hit.missing}"
            )
    if ids[:10] == others[:10]:
        return
    line = f"{request.query!r} {request.sort} page {request.page}: {ids[:10]} / {others[:10]}"
    found.reordered.append(line)
    one, other = (_understood(request, archive) for archive in archives)
    if one.restored != other.restored:
        # The embedded engine reads the spelling of a pair off forty articles, the cluster's off all.
        return
    apart = first_step_apart(request, archives)
    if apart > NEARLY:
        found.unexplained.append(f"{line} {apart:.3f}")


def first_step_apart(request: SearchRequest, archives: tuple[Archive, Archive]) -> float:
    """How far the first scores of the best candidates are apart at most, as a share.

    Where first scores are the same but for rounding, the last places among the fifty candidates may be
    taken by others, and the model compares candidates with each other.
    """
    one, other = (_first_scores(request, archive) for archive in archives)
    least = max(min(its.values(), default=0.0) for its in (one, other))
    apart = 0.0
    for id in {*one, *other}:
        scores = one.get(id, least), other.get(id, least)
        apart = max(apart, abs(scores[0] - scores[1]) / max(1e-9, *map(abs, scores)))
    return apart


def _understood(request: SearchRequest, archive: Archive) -> UnderstoodQuery:
    return understand(parse_query(request.query), archive.reader()._snapshot.vocabulary)


def _first_scores(request: SearchRequest, archive: Archive) -> dict[str, float]:
    plan = plan_query(_understood(request, archive), replace(request, facets=())).plan
    end = max(CANDIDATES, plan.offset + plan.limit)
    hits = archive.reader()._searcher.search(replace(plan, offset=0, limit=end)).hits
    return {hit.id: hit.score for hit in hits}
