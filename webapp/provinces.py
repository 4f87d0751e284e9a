"""The articles of a search on a map of provinces, as they were until 30 June 2025 and as they are since."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from flask import Blueprint, g, render_template, request

from indexer.documents import NEW_PROVINCE, PROVINCE
from indexer.language.entities import EntityKind
from search.presentation.wording import describe
from search.provinces import ProvinceCounts
from search.query.parser import parse_query
from search.requests import Words
from webapp import outline
from webapp.common import archive
from webapp.pages import REMEMBERED
from webapp.state import PageState, read_state

blueprint = Blueprint("provinces", __name__)

_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Area:
    """One province on the map.

    Attributes:
        path: its outline, the data of an SVG path.
        islands: the places of islands that the outline leaves out.
        level: 0 for no article, up to 5 for the most.
        state: the search for its articles.
    """

    name: str
    parts: tuple[str, ...]
    count: int
    path: str
    islands: tuple[outline.Point, ...]
    level: int
    state: PageState


@blueprint.get("/provinces")
def provinces() -> str:
    """The articles of a search by the provinces that they name."""
    state = read_state(request.args, request.cookies.get(REMEMBERED, ""))
    words = Words.ANY if state.words is Words.ANY else Words.ALL
    state = replace(state, page=1, words=words if state.query else state.words)
    is_since = request.args.get("borders") != "2024"
    found = archive().newsroom.provinces(state.request())
    return render_template(
        "provinces.html",
        state=state,
        found=found,
        is_since=is_since,
        areas=areas(found, state, is_since=is_since),
        drawing=(outline.WIDTH, outline.HEIGHT),
        labels=outline.ISLANDS,
        # A province may be known by its districts alone.
        named=archive().newsroom.names().names[EntityKind.PLACE],
        problems=[describe(one, g.language) for one in parse_query(state.query).problems],
    )


def areas(found: ProvinceCounts, state: PageState, *, is_since: bool = True) -> list[Area]:
    """The provinces of a search as they are drawn, each a link to its articles.

    Args:
        is_since: whether as they are since 1 July 2025.
    """
    counts, facet = (found.since, NEW_PROVINCE) if is_since else (found.until, PROVINCE)
    most = max((one.count for one in counts), default=0)
    drawn = []
    for one in counts:
        islands = tuple(
            place
            for name, places in outline.ISLANDS.items()
            if outline.OF_PROVINCES[name] in one.parts
            for place in places
        )
        # Few provinces have most of the articles: levels are of the root.
        level = math.ceil(_LEVELS * math.sqrt(one.count / most)) if one.count else 0
        drawn.append(
            Area(
                one.name,
                one.parts,
                one.count,
                outline.path_of(one.parts),
                islands,
                level,
                state.narrowed(facet, one.name),
            )
        )
    return drawn
