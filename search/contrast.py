"""Two searches beside each other: what they share, and how their facets differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from indexer.engines.base import EngineResult
from search.requests import SearchRequest
from search.telling_words import TellingWord

SAMPLE = 150
"""Articles of each search that words are counted in."""
SHOWN_VALUES = 8

Count = Callable[[SearchRequest], EngineResult]


@dataclass(frozen=True, slots=True)
class ContrastedValue:
    """A value of a facet with how many articles of each search have it, and their share of each."""

    value: str
    counts: tuple[int, int]
    shares: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two searches beside each other.

    Attributes:
        totals: articles of each.
        both: articles of both; `totals` less it are of one alone.
        facets: the values that differ most, by their shares, the greatest difference first.
        words: for each search the words that it has more of, the most telling first.
        looked_at: articles of each in which words were counted, the best of the search.
    """

    totals: tuple[int, int]
    both: int
    facets: Mapping[str, tuple[ContrastedValue, ...]]
    words: tuple[tuple[TellingWord, ...], tuple[TellingWord, ...]]
    looked_at: tuple[int, int]


def contrast_facets(
    count: Count,
    requests: tuple[SearchRequest, SearchRequest],
    results: tuple[EngineResult, EngineResult],
) -> dict[str, tuple[ContrastedValue, ...]]:
    """The values of each facet that differ most; exact counts."""
    totals = tuple(max(1, one.groups) for one in results)
    found = {}
    for name in requests[0].facets:
        ours, theirs = (one.facets[name] for one in results)
        values = []
        for value in dict.fromkeys((*ours, *theirs)):
            shares = ours.get(value, 0) / totals[0], theirs.get(value, 0) / totals[1]
            values.append((abs(shares[0] - shares[1]), value))
        values.sort(key=lambda one: (-one[0], one[1]))
        shown = []
        for _, value in values[:SHOWN_VALUES]:
            # A list of values may end before one that is in the other.
            counts = [
                one.facets[name][value]
                if value in one.facets[name]
                else count(_with(asked, name, value)).groups
                for asked, one in zip(requests, results, strict=True)
            ]
            pair = counts[0], counts[1]
            shares = pair[0] / totals[0], pair[1] / totals[1]
            shown.append(ContrastedValue(value, pair, shares))
        if shown:
            found[name] = tuple(shown)
    return found


def _with(request: SearchRequest, name: str, value: str) -> SearchRequest:
    return replace(request, facets=(), filters={**request.filters, name: value})
