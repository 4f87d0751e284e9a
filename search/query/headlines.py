"""Pasted headlines: a query whose quotation marks and signs ask for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search.query.tree import (
    Either,
    Exclude,
    Must,
    Node,
    ParsedQuery,
    QueryPhrase,
    QueryWord,
    Sequence,
)

_HEADLINE_WORDS = 4


@dataclass(frozen=True, slots=True)
class LiteralReading:
    """A pasted headline with its quotation marks and signs given up.

    Attributes:
        query: all its words as plain words.
        has_negative_number: whether a minus before a number is among the signs, as in "xuống -30 độ".
    """

    query: ParsedQuery
    has_negative_number: bool


def literal_reading(query: ParsedQuery) -> LiteralReading | None:
    """A pasted headline as its words alone; None for anything else.

    A headline quotes as headlines do, not to ask for a phrase, and its minus is a minus or a dash. A
    query is taken for one when at least four plain words are in it and nothing but words, quotations,
    their exclusions and alternatives of words. Who quotes and excludes words asks for just that,
    and so does who writes an operator in words.
    """
    if query.has_operators:
        return None
    parts = query.root.parts
    plain = sum(isinstance(part, QueryWord) for part in parts)
    if plain < _HEADLINE_WORDS or plain == len(parts):
        return None
    words = [_literal_words(part) for part in parts]
    if not all(words):
        return None
    excluded = [its for part, its in zip(parts, words, strict=True) if isinstance(part, Exclude)]
    negative = any(its[0].text.isdecimal() for its in excluded)
    if any(isinstance(part, QueryPhrase) for part in parts) and excluded and not negative:
        return None
    root = Sequence(tuple(word for its in words for word in its))
    return LiteralReading(replace(query, root=root), negative)


def _literal_words(node: Node) -> list[QueryWord]:
    """The words of a part of a headline; none where it asks for more than words."""
    match node:
        case QueryWord():
            return [node]
        case QueryPhrase(words):
            return [word for word in words if isinstance(word, QueryWord)]
        case Exclude(part) | Must(part):
            return _literal_words(part)
        case Either(parts):
            found = [_literal_words(part) for part in parts]
            return [word for its in found for word in its] if all(found) else []
        case _:
            return []
