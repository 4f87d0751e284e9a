"""The conditions of a plan: which documents match, and by which terms they score."""

from __future__ import annotations

from dataclasses import dataclass


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


Condition = Term | Phrase | AllOf | AnyOf | Not | Between
