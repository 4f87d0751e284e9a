"""Evidence for a field: a value, its place, a reason, a weight. `khobao parse --explain` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Evidence(NamedTuple, Generic[T]):
    """One thing that was seen.

    Attributes:
        value: what it says.
        place: where it stands: an element with its class, a meta element, a key, a line.
        reason: why it counts, or does not.
        weight: the heaviest wins; of equals the first; none of weight 0 or less does.
    """

    value: T
    place: str
    reason: str
    weight: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of an explanation.

    Attributes:
        field: of the article.
        chosen: whether the article has this value, or part of it.
    """

    field: str
    value: str
    place: str
    reason: str
    weight: float
    chosen: bool


def heaviest(found: Sequence[Evidence[T]]) -> Evidence[T] | None:
    """The evidence that wins; None where nothing counts."""
    best = max(found, key=lambda one: one.weight, default=None)
    return best if best is not None and best.weight > 0 else None


def explained(
    field: str, found: Sequence[Evidence[T]], chosen: Sequence[Evidence[T]] = ()
) -> list[Seen]:
    """The lines of an explanation for one field, the heaviest first."""
    ordered = sorted(found, key=lambda one: -one.weight)
    return [
        Seen(field, _shown(one.value), one.place, one.reason, one.weight, one in chosen)
        for one in ordered
    ]


def _shown(value: object) -> str:
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:99] + "…"
