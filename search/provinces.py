"""The provinces of Việt Nam until 30 June 2025 and since, and the articles of a search that name them.

Source of the mergers: Resolution 202/2025/QH15 of the National Assembly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from indexer.documents import PROVINCE
from indexer.engines.base import EngineResult
from search.requests import SearchRequest

_MERGED = {
    "Tuyên Quang": "Hà Giang",
    "Lào Cai": "Yên Bái",
    "Thái Nguyên": "Bắc Kạn",
    "Phú Thọ": "Hoà Bình, Vĩnh Phúc",
    "Bắc Ninh": "Bắc Giang",
    "Hưng Yên": "Thái Bình",
    "Hải Phòng": "Hải Dương",
    "Ninh Bình": "Hà Nam, Nam Định",
    "Quảng Trị": "Quảng Bình",
    "Đà Nẵng": "Quảng Nam",
    "Quảng Ngãi": "Kon Tum",
    "Gia Lai": "Bình Định",
    "Khánh Hoà": "Ninh Thuận",
    "Lâm Đồng": "Bình Thuận, Đắk Nông",
    "Đắk Lắk": "Phú Yên",
    "TP HCM": "Bà Rịa - Vũng Tàu, Bình Dương",
    "Đồng Nai": "Bình Phước",
    "Tây Ninh": "Long An",
    "Cần Thơ": "Hậu Giang, Sóc Trăng",
    "Vĩnh Long": "Bến Tre, Trà Vinh",
    "Đồng Tháp": "Tiền Giang",
    "Cà Mau": "Bạc Liêu",
    "An Giang": "Kiên Giang",
}
_UNCHANGED = (
    "Hà Nội", "Huế", "Lai Châu", "Điện Biên", "Sơn La", "Lạng Sơn", "Quảng Ninh", "Thanh Hoá", "Nghệ An", "Hà Tĩnh",
    "Cao Bằng",
)  # fmt: skip
SINCE_2025 = {
    **{name: (name, *rest.split(", ")) for name, rest in _MERGED.items()},
    **{name: (name,) for name in _UNCHANGED},
}
"""Each of the 34 provinces and cities since 1 July 2025 -> those that it was made of."""
UNTIL_2025 = {old: new for new, parts in SINCE_2025.items() for old in parts}
"""Each of the 63 until then -> the one that it is in since."""


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


def query_for(parts: tuple[str, ...]) -> str:
    """The query for articles that name any of some provinces."""
    return " OR ".join(f'tỉnh:"{one}"' for one in parts)


def count_provinces(
    count: Callable[[SearchRequest], EngineResult], request: SearchRequest
) -> ProvinceCounts:
    """The articles of a search by province, as they were and as they are.

    Args:
        count: see `QueryRunner.count`; it counts all values of the facet.
    """
    found = count(replace(request, facets=(PROVINCE,)))
    old = found.facets[PROVINCE]
    since = []
    for name, parts in SINCE_2025.items():
        named = [one for one in parts if old.get(one)]
        counted = old.get(named[0], 0) if named else 0
        if len(named) > 1:
            both = replace(request, facets=(), also=query_for(parts))
            result = count(both)
            counted = result.groups
        since.append(ProvinceCount(name, parts, counted))
    return ProvinceCounts(
        found.groups,
        tuple(ProvinceCount(one, (one,), old.get(one, 0)) for one in sorted(UNTIL_2025)),
        tuple(sorted(since, key=lambda one: one.name)),
    )
