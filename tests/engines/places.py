"""Conditions on what a document holds, one document at a time: what the engines are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from indexer.engines.base import PARAGRAPH_END, Document
from indexer.engines.conditions import (
    AnyOf,
    Between,
    Condition,
    InPassage,
    Listed,
    Long,
    Phrase,
    Repeated,
    Scope,
    Term,
    Together,
    Valued,
)

Span = tuple[int, int]


def holds(condition: Condition, document: Document) -> bool:
    """Whether a document matches a condition that tells nothing of terms alone."""
    match condition:
        case Term() | Phrase() | AnyOf():
            return bool(spots(condition, document.tokens))
        case Repeated(part, least):
            return _apart(spots(part, document.tokens)) >= least
        case Together():
            return _together(condition, document)
        case InPassage(key, parts):
            found = [spots(part, document.tokens) for part in parts]
            return any(
                set(key.terms).intersection(one.keys)
                and all(any(one.start <= a and b <= one.end for a, b in its) for its in found)
                for one in document.passages
            )
        case Long(least, most):
            return (least or 0) <= document.length and (most is None or document.length <= most)
        case Valued(facet, values):
            return not set(values).isdisjoint(document.facets.get(facet, ()))
        case Listed(ids):
            return document.id in ids
        case Between(since, until):
            published, last = document.published, document.published_until
            return (
                published is not None
                and (since is None or published >= since)
                and (until is None or (last or published) < until)
            )
        case _:
            raise TypeError(condition)


def _apart(found: Sequence[Span]) -> int:
    """How many there are, from the first on, that do not overlap."""
    past, count = 0, 0
    for start, end in found:
        if start >= past:
            past, count = end, count + 1
    return count


def _together(condition: Together, document: Document) -> bool:
    tokens = document.tokens
    parts = [spots(part, tokens) for part in condition.parts]
    if isinstance(condition.within, Scope):
        stretches = list(scopes(document, condition.within))
        return any(
            all(any(low <= start and end <= high for start, end in part) for part in parts)
            for low, high in stretches
        )
    most = condition.within
    return any(
        0 <= other[0] - one[1] <= most and "" not in tokens[one[0] : other[1]]
        for left, right in product(*parts)
        for one, other in ((left, right), (right, left))
    )


def spots(condition: Condition, tokens: Sequence[str]) -> list[Span]:
    """Where a condition stands; of alternatives only those that hold no other."""
    match condition:
        case Term(_, terms, _):
            return [(at, at + 1) for at, token in enumerate(tokens) if token in terms]
        case Phrase(_, positions):
            return [
                (at, at + len(positions))
                for at in range(len(tokens) - len(positions) + 1)
                if all(tokens[at + step] in fitting for step, fitting in enumerate(positions))
            ]
        case AnyOf(parts):
            found = sorted({span for part in parts for span in spots(part, tokens)})
            return [
                one
                for one in found
                if not any(
                    one != other and one[0] <= other[0] and other[1] <= one[1] for other in found
                )
            ]
        case _:
            raise TypeError(condition)


def scopes(document: Document, scope: Scope) -> Iterator[Span]:
    """The sentences or paragraphs of a document."""
    breaks = document.breaks or [len(document.tokens) | PARAGRAPH_END]
    begins = at = 0
    for number, length in enumerate(breaks, 1):
        at += length & ~PARAGRAPH_END
        if scope is Scope.SENTENCE or length & PARAGRAPH_END or number == len(breaks):
            yield begins, at
            begins = at
