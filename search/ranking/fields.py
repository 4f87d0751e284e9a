"""The conditions of parts that ask for words in one field, such as the author or the tags.

The index keeps no places of words for a short field. It keeps pairs of neighbouring words. The pairs of a
longer phrase may come from different values of the field. So the values of the articles with all pairs are
compared with the phrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, islice
from operator import contains
from typing import Final

from indexer.documents import folded_field
from indexer.engines.base import Plan, Searcher
from indexer.engines.conditions import AllOf, AnyOf, Condition, Term, Valued
from indexer.language.analysis import fold_term, pairs, syllables
from indexer.language.normalise import has_diacritics, nfc
from search.query.tree import (
    InField,
    Node,
    QueryField,
    QueryPattern,
    QueryPhrase,
    QueryWord,
    children,
)
from search.ranking.places import in_title
from search.understanding.understood_query import UnderstoodQuery

MOST_VALUES = 10_000
"""Values of a field that a phrase is compared with;"""
MOST_WORDS = 40
"""words of such a phrase;"""
_MOST_CHAINS = 1000
"""ways in which it may go on from author to author; where there are more, its pairs decide alone."""
_BETWEEN_AUTHORS: Final = frozenset({"và", "va"})
"""The words of a byline that stand between its authors, who are values of their own."""

_Phrase = Sequence[frozenset[str]]
"""For each word of a phrase the terms that it stands for."""


def condition_in_field(node: InField, query: UnderstoodQuery) -> Condition:
    """The condition of a word, a pattern or a phrase in a field."""
    words, terms = _words_of(node), _terms_of(node, query)
    if node.field is QueryField.TITLE and _needs_places(node):
        return AllOf((*terms, in_title(words, terms, query)))
    if node in query.values:
        return AllOf((*terms, query.values[node]))
    return terms[0] if len(terms) == 1 else AllOf(terms)


def with_values(query: UnderstoodQuery, searcher: Searcher) -> UnderstoodQuery:
    """A query that knows which values of a field hold each of its phrases in fields."""
    found = {}
    for node in _phrases_in_fields(query.root):
        if len(_words_of(node)) > MOST_WORDS:
            continue
        terms = _terms_of(node, query)
        plan = Plan(required=terms, facets={str(node.field): MOST_VALUES}, limit=0)
        values = searcher.search(plan).facets[node.field]
        held = _held(node, query, values) if len(values) < MOST_VALUES else None
        if held is not None:
            found[node] = held
    return replace(query, values=found) if found else query


def _phrases_in_fields(node: Node) -> Iterator[InField]:
    if isinstance(node, InField):
        if node.field is not QueryField.TITLE and _needs_places(node):
            yield node
        return
    for part in children(node):
        yield from _phrases_in_fields(part)


def _words_of(node: InField) -> Sequence[QueryWord | QueryPattern]:
    return node.part.words if isinstance(node.part, QueryPhrase) else (node.part,)


def _needs_places(node: InField) -> bool:
    """Whether pairs do not tell: they do for two words, of which none is a pattern."""
    words = _words_of(node)
    has_patterns = any(isinstance(one, QueryPattern) for one in words)
    return len(words) > 2 or (len(words) == 2 and has_patterns)


def _is_loose(node: InField) -> bool:
    return not any(has_diacritics(one.text) for one in _words_of(node))


def _terms_of(node: InField, query: UnderstoodQuery) -> tuple[Term, ...]:
    """The terms that all have to be there: pairs of words, and what stands beside none."""
    field = folded_field(node.field) if _is_loose(node) else str(node.field)
    return tuple(_terms_in(field, _words_of(node), query))


def _terms_in(
    field: str, words: Sequence[QueryWord | QueryPattern], query: UnderstoodQuery
) -> Iterator[Term]:
    for is_word, group in groupby(words, key=lambda one: isinstance(one, QueryWord)):
        run = list(group)
        if is_word and len(run) > 1:
            yield from (Term(field, (pair,)) for pair in pairs(one.text for one in run))
        elif is_word:
            yield Term(field, (run[0].text,))
        else:
            yield from (Term(field, query.expansions[one.start]) for one in run)


def _held(node: InField, query: UnderstoodQuery, values: Iterable[str]) -> Condition | None:
    """The condition that a value of a field holds a phrase; None where it would be too long.

    A phrase of a byline may begin in one author's name and end in another's.
    """
    written = [
        query.expansions[one.start] if isinstance(one, QueryPattern) else (one.text,)
        for one in _words_of(node)
    ]
    phrase = list(map(frozenset, written))
    found = _Values(node.field, {one: _syllables(one, is_loose=_is_loose(node)) for one in values})
    whole = found.condition(found.like(partial(_holds, phrase)))
    if node.field is not QueryField.AUTHOR:
        return whole
    names = [one for one in phrase if not one <= _BETWEEN_AUTHORS]
    across = list(islice(_across(names, found), _MOST_CHAINS + 1))
    return AnyOf((whole, *across)) if len(across) <= _MOST_CHAINS else None


def _syllables(value: str, *, is_loose: bool) -> list[str]:
    found = syllables(nfc(value))
    return list(map(fold_term, found)) if is_loose else found


@dataclass(frozen=True, slots=True)
class _Values:
    """Values of a field, each with its terms."""

    field: str
    terms: Mapping[str, Sequence[str]]

    def like(self, is_wanted: Callable[[Sequence[str]], bool]) -> list[str]:
        """The values whose terms are wanted."""
        return [value for value, its in self.terms.items() if is_wanted(its)]

    def condition(self, values: Iterable[str]) -> Valued:
        """The condition that the field has any of some values."""
        return Valued(self.field, tuple(values))


def _across(phrase: _Phrase, values: _Values) -> Iterator[Condition]:
    """The conditions of a phrase that begins at the end of one value and goes on in others."""
    cuts = range(1, len(phrase))
    whole = {at: values.like(partial(_lies_in, phrase, at)) for at in cuts}
    last = {at: values.like(partial(_begins_with, phrase[at:])) for at in cuts}
    ends: dict[int, bool] = {}
    for at in reversed(cuts):
        further = (ends[at + len(values.terms[one])] for one in whole[at])
        ends[at] = bool(last[at]) or any(further)

    def going_on(at: int, before: tuple[str, ...]) -> Iterator[Condition]:
        """The phrase from a word on, in other values than those before."""
        if others := [one for one in last[at] if one not in before]:
            yield AllOf((*(values.condition([one]) for one in before), values.condition(others)))
        for one in whole[at]:
            end = at + len(values.terms[one])
            if one not in before and ends[end]:
                yield from going_on(end, (*before, one))

    for at in cuts:
        if ends[at]:
            for one in values.like(partial(_ends_with, phrase[:at])):
                yield from going_on(at, (one,))


def _lies_in(phrase: _Phrase, at: int, terms: Sequence[str]) -> bool:
    """Whether terms are the words of a phrase from one on, and not the last."""
    end = at + len(terms)
    return bool(terms) and end < len(phrase) and _is_like(phrase[at:end], terms)


def _is_like(phrase: _Phrase, terms: Sequence[str]) -> bool:
    return len(terms) == len(phrase) and all(map(contains, phrase, terms))


def _begins_with(phrase: _Phrase, terms: Sequence[str]) -> bool:
    return _is_like(phrase, terms[: len(phrase)])


def _ends_with(phrase: _Phrase, terms: Sequence[str]) -> bool:
    return _is_like(phrase, terms[-len(phrase) :])


def _holds(phrase: _Phrase, terms: Sequence[str]) -> bool:
    starts = range(len(terms) - len(phrase) + 1)
    return any(_begins_with(phrase, terms[at:]) for at in starts)
