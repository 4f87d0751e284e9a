"""The articles of a search by province, as the provinces were until 30 June 2025 and as they are since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from indexer.documents import NEW_PROVINCE, PROVINCE
from indexer.engines.base import EngineResult
from indexer.language.provinces import SINCE_2025, UNTIL_2025
from search.requests import SearchRequest


@dataclass(frozen=True, slots=True)
class ProvinceCount:
    """A province and the articles that name it, or a district of it.

    Attributes:
        parts: the provinces until 30 June 2025 that it is or was made of.
    """

    name: str
    parts: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ProvinceCounts:
    """The articles of a search by province.

    Attributes:
        total: all of its articles that are counted.
        until: the 63 until 30 June 2025, by name.
        since: the 34 since; an article that names two of the parts counts once.
    """

    total: int
    until: tuple[ProvinceCount, ...]
    since: tuple[ProvinceCount, ...]


def count_provinces(
    count: Callable[[SearchRequest], EngineResult], request: SearchRequest
) -> ProvinceCounts:
    """The articles of a search by province, as they were and as they are.

    Args:
        count: see `QueryRunner.count`; it counts all values of a facet.
    """
    found = count(replace(request, facets=(PROVINCE, NEW_PROVINCE)))
    old, new = found.facets[PROVINCE], found.facets[NEW_PROVINCE]
    return ProvinceCounts(
        found.groups,
        tuple(ProvinceCount(one, (one,), old.get(one, 0)) for one in sorted(UNTIL_2025)),
        tuple(ProvinceCount(one, SINCE_2025[one], new.get(one, 0)) for one in sorted(SINCE_2025)),
    )
