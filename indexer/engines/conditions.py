"""The conditions of a plan: which documents match, and by which terms they score."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Term:
    """Matches documents that hold any of `terms`, which count and score as one term.

    Attributes:
        field: the field that the terms are looked up in.
        terms: alternatives, such as the expansions of a prefix; without any nothing matches.
        phrases: further alternatives; a document that holds a phrase holds the term once.
    """

    field: str
    terms: tuple[str, ...]
    phrases: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Matches documents whose tokens have these terms side by side, in order.

    Attributes:
        field: the field in which the terms of the tokens are counted.
        positions: for each position the terms that fit there.
        hints: every document with the phrase matches these as well; an engine may use them to look at
            fewer documents.
    """

    field: str
    positions: tuple[tuple[str, ...], ...]
    hints: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """One term for each position; a document with the phrase matches all of them."""
        return tuple(Term(self.field, alternatives) for alternatives in self.positions)


class Scope(StrEnum):
    """A stretch of text, by the ends that a document's `breaks` name; none reaches over a part's end."""

    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Together:
    """Matches documents in which the parts stand close to each other.

    Attributes:
        parts: two or more. Of an `AnyOf` the shortest places count.
        within: for two parts the most tokens between them, in either order and in one part of the
            text; or the scope in which all stand.
    """

    parts: tuple[Spot, ...]
    within: int | Scope


@dataclass(frozen=True, slots=True)
class Repeated:
    """Matches documents that hold a part at least so many times, no two of them overlapping."""

    part: Spot
    least: int


@dataclass(frozen=True, slots=True)
class InPassage:
    """Matches documents with a passage that has a key and in which all parts stand whole.

    Attributes:
        key: of the passage; every document with such a passage holds it as a term.
        parts: one or more.
    """

    key: Term
    parts: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Matches documents that match every condition in `parts`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Matches documents that match at least one condition in `parts`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Matches documents that do not match `part`."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Between:
    """Matches documents published in a range of seconds since 1970 UTC, half open.

    Undated documents never match. Documents of a month or year match if all of it lies in the range.
    """

    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class Long:
    """Matches documents whose `length` lies in a range, both ends inclusive."""

    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Valued:
    """Matches documents with any of some values of a facet; raises KeyError where there is no such facet."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Matches the documents with some ids; ids of no document match nothing."""

    ids: tuple[str, ...]


Spot = Term | Phrase | AnyOf
"""What has places in a text; the parts of an `AnyOf` are spots as well, and a `Term` has no phrases."""
Condition = (
    Term
    | Phrase
    | Together
    | Repeated
    | InPassage
    | AllOf
    | AnyOf
    | Not
    | Between
    | Long
    | Valued
    | Listed
)
Placed = Phrase | Together | Repeated | InPassage
"""Conditions that places in a text decide."""


def spot_terms(condition: Condition) -> list[Term]:
    """The terms by which documents score that match a condition on places; each once."""
    match condition:
        case Term():
            return [condition]
        case Phrase():
            return list(condition.terms)
        case Repeated(part):
            return spot_terms(part)
        case Together(parts) | AnyOf(parts) | InPassage(_, parts):
            return list(dict.fromkeys(term for part in parts for term in spot_terms(part)))
        case _:
            return []
