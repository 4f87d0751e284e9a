"""The parts of an understood query as an engine's conditions and boosts."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import replace
from datetime import date
from itertools import groupby

from indexer.documents import HOLDS
from indexer.engines.base import Boost
from indexer.engines.conditions import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Listed,
    Long,
    Not,
    Phrase,
    Term,
    Valued,
)
from indexer.language.analysis import (
    EARLIER,
    SYLLABLES,
    WORDS,
    in_earlier,
    words,
)
from indexer.language.normalise import has_diacritics
from indexer.moments import DAY_SECONDS, timestamp
from search.query.tree import (
    Either,
    Exclude,
    Having,
    InDossier,
    InField,
    Length,
    Must,
    Named,
    Node,
    Published,
    QueryPattern,
    QueryPhrase,
    QueryRepeated,
    QueryTogether,
    QueryWord,
    Sequence,
    Spoken,
    children,
)
from search.ranking.fields import condition_in_field
from search.ranking.places import condition_on_places, folded_pairs, phrase_of
from search.understanding.joined_forms import other_phrases
from search.understanding.understood_query import UnderstoodQuery

_RESTORED_WEIGHT = 0.5
_OTHER_WEIGHT = 0.5
"""What another form of some words counts for, against all pairs of them."""


def between(since: date | None, until: date | None) -> Between:
    """Days, both inclusive, as seconds, half open."""
    last = timestamp(until)
    return Between(timestamp(since), None if last is None else last + DAY_SECONDS)


def condition_of(node: Node, query: UnderstoodQuery) -> Condition:
    """The condition of a part of a query."""
    match node:
        case QueryWord():
            return _dated(node, query)
        case QueryPattern():
            return _in_versions(Term(SYLLABLES, query.expansions[node.start]), query)
        case QueryPhrase(parts):
            return _phrase(parts, query)
        case QueryTogether() | QueryRepeated() | Spoken():
            return condition_on_places(node, query)
        case InField():
            return condition_in_field(node, query)
        case Published() | Length() | Having() | InDossier() | Named():
            return _of_article(node, query)
        case Must(QueryWord() as word):
            return _phrase((word,), query)
        case Must(part):
            return condition_of(part, query)
        case Exclude(part):
            return Not(condition_of(part, query))
        case Either(nodes):
            return AnyOf(tuple(condition_of(one, query) for one in nodes))
        case Sequence(nodes):
            return AllOf(tuple(condition_of(one, query) for one in nodes))


def _of_article(
    node: Published | Length | Having | InDossier | Named, query: UnderstoodQuery
) -> Condition:
    """The condition of a part that asks for no words."""
    match node:
        case Published(since, until):
            return between(since, until)
        case Length(least, most):
            return Long(least, most)
        case Having(part):
            return Valued(HOLDS, (part,))
        case Named(facet, _):
            return Valued(facet, query.names[node])
        case InDossier(name):
            return Listed(query.dossiers[name])


def _dated(word: QueryWord, query: UnderstoodQuery) -> Condition:
    """The condition of a word; an article of the time that it names need not say it."""
    condition = _word(word, query)
    period = query.period
    if period is None or word.start not in period.words:
        return condition
    return AnyOf((condition, between(period.first, period.last)))


def _word(word: QueryWord, query: UnderstoodQuery) -> Condition:
    spellings = query.spellings[word.start]
    other = query.other_of(word)
    if other is None:
        return _in_versions(Term(SYLLABLES, spellings), query)
    return _in_versions(replace(other.term, terms=(*spellings, *other.term.terms)), query)


def _in_versions(condition: Term | Phrase | AnyOf, query: UnderstoodQuery) -> Condition:
    """A condition on what an article says, and on what its older versions say where these count."""
    if not query.all_versions:
        return condition
    if isinstance(condition, AnyOf):
        parts = [one for one in condition.parts if isinstance(one, Term | Phrase)]
        return AnyOf(tuple(_in_versions(one, query) for one in parts))
    if isinstance(condition, Phrase):
        return AnyOf((condition, _earlier_phrase(condition)))
    phrases = tuple(map(_earlier_phrase, condition.phrases))
    return AnyOf((condition, Term(EARLIER, tuple(map(in_earlier, condition.terms)), phrases)))


def _earlier_phrase(phrase: Phrase) -> Phrase:
    positions = tuple(tuple(map(in_earlier, terms)) for terms in phrase.positions)
    return Phrase(EARLIER, positions)


def _phrase(parts: tuple[QueryWord | QueryPattern, ...], query: UnderstoodQuery) -> Condition:
    if len(parts) == 1 and not other_phrases(parts, query.text):
        return condition_of(parts[0], query)
    return _in_versions(phrase_of(parts, query), query)


def boosts(query: UnderstoodQuery, pair_weight: float, word_weight: float) -> Iterator[Boost]:
    """Folded pairs, pyvi's words, and the most probable spellings of words without diacritics.

    Where some words are written as an abbreviation, none of their pairs are there.
    """
    for other in query.others:
        if len(other.starts) > 1:
            weight = _OTHER_WEIGHT * pair_weight * (len(other.starts) - 1)
            yield Boost(other.term, weight)
    for spelling in query.restored.values():
        yield Boost(Term(SYLLABLES, (spelling,)), _RESTORED_WEIGHT)
    for run in neighbours(query):
        for pair in folded_pairs(run, query):
            yield Boost(pair, pair_weight)
        if word_weight and len(run) > 1 and any(has_diacritics(word.text) for word in run):
            for joined in words(query.text[run[0].start : run[-1].end]):
                yield Boost(Term(WORDS, (joined,)), word_weight)


def neighbours(query: UnderstoodQuery) -> list[list[QueryWord]]:
    """Words that stand side by side in a query and in its phrases; excluded words are left out."""
    runs: list[list[QueryWord]] = [[]]
    asking = [start for start, _ in query.asking]
    for part in top_parts(query.root):
        word = part.part if isinstance(part, Must) else part
        if isinstance(word, QueryWord):
            if runs[-1] and any(runs[-1][-1].end <= one < word.start for one in asking):
                runs.append([])
            runs[-1].append(word)
        else:
            runs += [*_phrases(part), []]
    return [run for run in runs if run]


def top_parts(root: Sequence) -> SequenceOf[Node]:
    """The parts of a query; parentheses that only group are opened."""
    return [
        part
        for one in root.parts
        for part in (top_parts(one) if isinstance(one, Sequence) else (one,))
    ]


def _phrases(node: Node) -> Iterator[list[QueryWord]]:
    match node:
        case QueryPhrase(parts):
            for is_word, group in groupby(parts, key=lambda one: isinstance(one, QueryWord)):
                if is_word:
                    yield [one for one in group if isinstance(one, QueryWord)]
        case Exclude() | InField():
            return
        case _:
            for part in children(node):
                yield from _phrases(part)
