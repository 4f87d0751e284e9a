"""Two searches beside each other: on one timeline, what they share, and what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, g, render_template, request

from search.contrast import Contrast
from search.presentation.wording import describe
from search.requests import Words
from search.trends import Trends
from webapp import timeline, wording
from webapp.common import archive, asked
from webapp.pages import REMEMBERED
from webapp.state import PageState, read_state

blueprint = Blueprint("comparison", __name__)

FACETS = ("source", "section", "place", "person", "organisation")
"""Whose values are set beside each other."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two searches."""

    state: PageState
    total: int
    bars: list[timeline.Bar]


@blueprint.get("/compare")
def compare() -> str:
    """How often two queries are met over time; the dates narrow both."""
    first = read_state(request.args, request.cookies.get(REMEMBERED, ""))
    other = asked(request.args, "with")
    words = Words.ANY if first.words is Words.ANY else Words.ALL
    first = replace(first, page=1, words=words)
    states = [first, replace(first, query=other)]
    both = [one.request() for one in states] if first.query and other else []
    found = archive().trends(both, counts_words=False)
    sides = _sides(found, states) if both else []
    contrast = None
    if both and words is Words.ALL:
        asked_for = [replace(one, facets=FACETS) for one in both]
        contrast = archive().newsroom.contrast(asked_for[0], asked_for[1])
    return render_template(
        "compare.html",
        state=first,
        other=other,
        sides=sides,
        contrast=contrast,
        parts=_parts(contrast, *states) if contrast else [],
        percent=lambda share: wording.percent(share, g.language),
        problems=[describe(fault, g.language) for one in found.trends for fault in one.problems],
        pairs=list(zip(*(side.bars for side in sides), strict=True)),
        drawing=(timeline.WIDTH, timeline.HEIGHT),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Articles of the first search alone, of both, or of the second alone.

    Attributes:
        name: of its text.
        share: of all articles of the two.
        state: the search that lists them.
    """

    name: str
    count: int
    share: float
    state: PageState


def _parts(contrast: Contrast, first: PageState, second: PageState) -> list[Part]:
    counts = contrast.totals[0] - contrast.both, contrast.both, contrast.totals[1] - contrast.both
    states = (
        replace(first, without=second.query),
        replace(first, also=second.query),
        replace(second, without=first.query),
    )
    whole = max(1, sum(counts))
    names = ("only_first", "of_both", "only_second")
    return [
        Part(name, count, count / whole, state)
        for name, count, state in zip(names, counts, states, strict=True)
    ]


def _sides(found: Trends, states: Sequence[PageState]) -> list[Side]:
    """Both searches over the same intervals, drawn to the same scale."""
    most = max((count for one in found.trends for count in one.counts), default=1)
    return [
        Side(
            state,
            trend.total,
            timeline.bars(
                [
                    replace(bucket, count=count)
                    for bucket, count in zip(found.buckets, trend.counts, strict=True)
                ],
                found.interval,
                most,
            ),
        )
        for state, trend in zip(states, found.trends, strict=True)
    ]
