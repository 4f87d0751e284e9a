"""Pages of people, places and organisations, and the list of those most often named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from indexer.documents import NAMED_FACETS
from indexer.language.cleaning import clean_text
from indexer.language.entities import EntityKind
from indexer.language.naming import provinces_of
from indexer.language.normalise import fold, normalise
from indexer.language.provinces import UNTIL_2025
from indexer.language.tones import place_tones
from search.names import NamePage, about_request
from search.query.values import NAME_FIELDS
from search.requests import Sort, Words
from search.results import TimelineBucket
from webapp import outline, timeline
from webapp.common import archive
from webapp.provinces import areas
from webapp.state import MAX_VALUE, PageState

blueprint = Blueprint("names", __name__)

KINDS = {"people": "person", "places": "place", "organisations": "organisation"}
"""First part of an address -> the facet of its names."""
_PATHS = {facet: path for path, facet in KINDS.items()}
LISTED = 60
"""Names of each kind that the list shows."""


@blueprint.app_template_global()
def name_url(facet: str, name: str) -> str:
    """The address of a name's page."""
    return url_for("names.name", kind=_PATHS[facet], name=name)


@blueprint.get("/names")
def names() -> str | WerkzeugResponse:
    """The names that most articles name, or those with some letters in them."""
    typed = clean_text(request.args.get("q", ""))[:MAX_VALUE].strip()
    everything = archive().newsroom.names()
    wanted = fold(normalise(typed))
    found = {facet: list(_with(wanted, everything.names[facet]))[:LISTED] for facet in NAMED_FACETS}
    exact = place_tones(typed)
    kinds = archive().newsroom.kinds_of(exact) if typed else ()
    if len(kinds) == 1:
        return redirect(name_url(kinds[0], exact))
    for facet in kinds:
        if exact not in dict(found[facet]):
            found[facet].insert(0, (exact, archive().newsroom.name(facet, exact).total))
    return render_template(
        "names.html", typed=typed, found=found, as_phrase=PageState(f'"{exact}"')
    )


def _with(wanted: str, counts: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    """The names with some letters in them, whatever their diacritics."""
    if not wanted:
        return counts.items()
    return ((one, n) for one, n in counts.items() if wanted in fold(normalise(one)))


@blueprint.get("/<any(people, places, organisations):kind>/<path:name>")
def name(kind: str, name: str) -> str:
    """What the archive knows of a name."""
    facet = KINDS[kind]
    asked = place_tones(clean_text(name)[:MAX_VALUE].strip())
    found = archive().newsroom.name(facet, asked)
    if not found.total:
        abort(404)
    of_name = PageState(filters={facet: asked}, sort=Sort.NEWEST)
    about = about_request(asked)
    on_map = archive().newsroom.provinces(of_name.request()) if facet == EntityKind.PLACE else None
    return render_template(
        "name.html",
        found=found,
        areas=areas(on_map, of_name) if on_map and any(one.count for one in on_map.since) else [],
        lies_in=[(one, UNTIL_2025[one]) for one in provinces_of([asked])] if on_map else [],
        map_drawing=(outline.WIDTH, outline.HEIGHT),
        labels=outline.ISLANDS,
        state=of_name,
        said_state=PageState(filters={"speaker": asked}, sort=Sort.NEWEST),
        about_state=PageState(query=about.query, words=Words.ALL, sort=Sort.NEWEST),
        bars=timeline.bars(found.timeline, found.interval),
        office_bars=[
            timeline.bars(_of(found, one.counts), found.interval) for one in found.offices
        ],
        drawing=(timeline.WIDTH, timeline.HEIGHT),
        kinds=list(NAMED_FACETS),
        fields=NAME_FIELDS,
    )


def _of(found: NamePage, counts: tuple[int, ...]) -> list[TimelineBucket]:
    """The timeline of a name with other counts."""
    return [replace(one, count=n) for one, n in zip(found.timeline, counts, strict=True)]
