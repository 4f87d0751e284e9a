"""What the patterns of a query, words with * or ?, stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass
from typing import Protocol

from indexer.documents import folded_field
from indexer.language.analysis import SYLLABLES
from indexer.language.normalise import has_diacritics
from search.query.tree import (
    InField,
    Issue,
    Node,
    ParsedQuery,
    QueryPattern,
    QueryProblem,
    QueryWord,
    children,
    leaves,
)

MOST_EXPANSIONS = 1000
"""Terms that a prefix stands for at most;"""
_ALL_EXPANSIONS = 4000
"""and all patterns of a query together."""
_MOST_PATTERNS = 32
"""Patterns of a query that are looked up: some are compared with every word of the archive."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """The terms that a pattern stands for.

    Attributes:
        terms: not more than were asked for, the most frequent of all.
        is_cut: whether others are left out.
    """

    terms: tuple[str, ...]
    is_cut: bool = False


class HasPatterns(Protocol):
    """An archive's knowledge of the words that are like a pattern."""

    def matching(
        self, field: str, pattern: str, *, folded: bool = False, most: int = MOST_EXPANSIONS
    ) -> Expansion:
        """The terms of a field that are like a pattern.

        Args:
            most: how many are wanted.
            folded: compare without diacritics; for syllables only.
        """


class _Lookups:
    """What the patterns of one query stand for: a few of them, each looked up once.

    Args:
        count: how many the query has, which share the words that they stand for.
    """

    def __init__(self, vocabulary: HasPatterns, count: int) -> None:
        self._vocabulary = vocabulary
        self._most = min(MOST_EXPANSIONS, _ALL_EXPANSIONS // max(1, count))
        self._found: dict[tuple[str, str, bool], Expansion] = {}

    def matching(self, field: str, pattern: str, *, folded: bool = False) -> Expansion:
        """The terms of a field that are like a pattern; see `HasPatterns.matching`."""
        key = field, pattern, folded
        if key not in self._found:
            if len(self._found) >= _MOST_PATTERNS:
                return Expansion((), is_cut=True)
            self._found[key] = self._vocabulary.matching(
                field, pattern, folded=folded, most=self._most
            )
        return self._found[key]


def expand(
    root: Node,
    everything: SequenceOf[QueryWord | QueryPattern],
    vocabulary: HasPatterns,
    is_loose: Callable[[str], bool],
) -> dict[QueryPattern, Expansion]:
    """The terms that each pattern of a query stands for.

    Args:
        everything: the leaves of the whole query, those in fields among them.
        is_loose: whether a pattern stands for all accented forms.
    """
    lookups = _Lookups(vocabulary, sum(isinstance(leaf, QueryPattern) for leaf in everything))
    found = {
        leaf: lookups.matching(SYLLABLES, leaf.text, folded=is_loose(leaf.text))
        for leaf in leaves(root)
        if isinstance(leaf, QueryPattern)
    }
    return found | _in_fields(root, lookups)


def _in_fields(node: Node, lookups: _Lookups) -> dict[QueryPattern, Expansion]:
    """The terms that the patterns in fields stand for."""
    if isinstance(node, InField):
        its = leaves(node.part)
        is_spelt = any(has_diacritics(leaf.text) for leaf in its)
        field = str(node.field) if is_spelt else folded_field(node.field)
        return {
            leaf: lookups.matching(field, leaf.text)
            for leaf in its
            if isinstance(leaf, QueryPattern)
        }
    return {leaf: one for part in children(node) for leaf, one in _in_fields(part, lookups).items()}


def pattern_problems(
    query: ParsedQuery, found: Mapping[QueryPattern, Expansion]
) -> Iterator[QueryProblem]:
    """What patterns stand for too many words, or for none where that is not told otherwise."""
    plain = [part for part in query.root.parts if isinstance(part, QueryPattern)]
    for leaf, one in found.items():
        text = query.text[leaf.start : leaf.end]
        if one.is_cut:
            yield QueryProblem(Issue.MANY_EXPANSIONS, leaf.start, leaf.end, text)
        elif not one.terms and leaf not in plain:
            yield QueryProblem(Issue.NO_EXPANSION, leaf.start, leaf.end, text)
