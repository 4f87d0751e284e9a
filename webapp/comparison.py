"""Two searches on one timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, g, render_template, request

from search.presentation.wording import describe
from search.requests import Words
from search.trends import Trends
from webapp import timeline
from webapp.common import archive, asked
from webapp.pages import REMEMBERED
from webapp.state import PageState, read_state

blueprint = Blueprint("comparison", __name__)


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
    return render_template(
        "compare.html",
        state=first,
        other=other,
        sides=sides,
        problems=[describe(fault, g.language) for one in found.trends for fault in one.problems],
        pairs=list(zip(*(side.bars for side in sides), strict=True)),
        drawing=(timeline.WIDTH, timeline.HEIGHT),
    )


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
