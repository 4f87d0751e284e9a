"""The map of provinces, drawn from an outline.

The outline is Natural Earth's first-order administrative boundaries at 1:10m, which are in the public
domain, simplified; borders are kept once, as arcs, so that provinces can be joined.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

WIDTH, HEIGHT = 900, 1010
"""Of the drawing, in its own units; sixty for a degree of latitude."""
_OUTLINE = Path(__file__).with_name("provinces.json")
ISLANDS = {
    "Hoàng Sa": ((571, 414), (583, 400), (592, 418), (612, 408), (624, 420), (606, 426)),
    "Trường Sa": (
        (712, 722), (742, 742), (770, 754), (760, 790), (722, 806), (800, 800), (808, 770), (690, 840), (660, 860),
    ),
}  # fmt: skip
"""The archipelagos, too small for an outline, by some of their islands."""
OF_PROVINCES = {"Hoàng Sa": "Đà Nẵng", "Trường Sa": "Khánh Hoà"}

Point = tuple[int, int]


@cache
def path_of(parts: tuple[str, ...]) -> str:
    """The outline of some provinces together, as the data of an SVG path; borders between them are left out.

    Raises:
        KeyError: there is no such province.
    """
    arcs, provinces = _outline()
    rings = [ring for name in parts for ring in provinces[name]]
    used = {arc for ring in rings for arc in ring}
    if len(parts) == 1:
        return "".join(_written(_points(arcs, ring)) for ring in rings)
    # What two of them share, one walks along in the other direction.
    outer = [arc for ring in rings for arc in ring if ~arc not in used]
    return "".join(_written(_points(arcs, ring)) for ring in _joined(arcs, outer))


@cache
def _outline() -> tuple[list[list[Point]], dict[str, list[list[int]]]]:
    """Arcs as points, and provinces as rings of arcs; ~n is arc n backwards."""
    found = json.loads(_OUTLINE.read_text("utf-8"))
    arcs = []
    for numbers in found["arcs"]:
        x = y = 0
        points = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        arcs.append(points)
    return arcs, found["provinces"]


def _arc(arcs: Sequence[list[Point]], number: int) -> list[Point]:
    return arcs[number] if number >= 0 else arcs[~number][::-1]


def _points(arcs: Sequence[list[Point]], ring: Iterable[int]) -> list[Point]:
    points: list[Point] = []
    for number in ring:
        its = _arc(arcs, number)
        points += its[1:] if points and points[-1] == its[0] else its
    return points


def _joined(arcs: Sequence[list[Point]], numbers: Sequence[int]) -> Iterator[list[int]]:
    """Arcs put together to closed rings."""
    left = list(numbers)
    while left:
        ring = [left.pop(0)]
        begin = _arc(arcs, ring[0])[0]
        while (end := _arc(arcs, ring[-1])[-1]) != begin:
            following = next((one for one in left if _arc(arcs, one)[0] == end), None)
            if following is None:
                break
            left.remove(following)
            ring.append(following)
        yield ring


def _written(points: Sequence[Point]) -> str:
    """A closed ring in relative coordinates: shorter than absolute ones."""
    (x, y), *rest = points
    steps = []
    for a, b in rest:
        steps.append(f"{a - x},{b - y}")
        x, y = a, b
    return f"M{points[0][0]},{points[0][1]}l{' '.join(steps)}z"
