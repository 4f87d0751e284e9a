"""The parts of an understood query that ask for places in a text, as an engine's conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from indexer.documents import SPEAKERS, TITLE_KEY
from indexer.engines.conditions import (
    AnyOf,
    InPassage,
    Not,
    Phrase,
    Repeated,
    Scope,
    Spot,
    Term,
    Together,
)
from indexer.language.analysis import BIGRAMS, SYLLABLES, fold_term
from search.query.tree import (
    Either,
    Node,
    QueryPattern,
    QueryPhrase,
    QueryRepeated,
    QueryTogether,
    QueryWord,
    Spoken,
    place_of,
)
from search.understanding.joined_forms import other_phrases
from search.understanding.understood_query import UnderstoodQuery


def spot_of(query: UnderstoodQuery) -> Spot | None:
    """The words of a query side by side; None for a query of more than words or one phrase."""
    parts = query.root.parts
    if query.needs_all:
        return None
    if len(parts) == 1 and isinstance(parts[0], QueryPhrase):
        return phrase_of(parts[0].words, query)
    words = [part for part in parts if isinstance(part, QueryWord | QueryPattern)]
    return phrase_of(words, query) if words and len(words) == len(parts) else None


def condition_on_places(
    node: QueryTogether | QueryRepeated | Spoken, query: UnderstoodQuery
) -> Together | Repeated | InPassage | Spot:
    """The condition of parts that stand together, or are said by somebody, or one that is said several times.

    Older versions of an article count for nothing here.
    """
    if isinstance(node, Spoken):
        return _spoken(node, query)
    if isinstance(node, QueryRepeated):
        return Repeated(_spot(node.part, query), node.least)
    spots = tuple(_spot(part, query) for part in node.parts)
    if not isinstance(node.within, Scope):
        return Together(spots, node.within)
    # A word that is sought twice in one sentence is there once as well.
    spots = tuple(dict.fromkeys(spots))
    return Together(spots, node.within) if len(spots) > 1 else spots[0]


def _spoken(node: Spoken, query: UnderstoodQuery) -> Term | InPassage:
    """The condition of words that somebody has to be quoted with."""
    key = Term(SPEAKERS, (node.speaker,))
    # A word that is sought twice in one quotation is there once as well.
    spots = tuple(dict.fromkeys(_spot(part, query) for part in node.parts))
    return InPassage(key, spots) if spots else key


def in_title(
    words: Sequence[QueryWord | QueryPattern], terms: Sequence[Term], query: UnderstoodQuery
) -> AnyOf:
    """The condition of words that stand side by side in the title.

    An article that was indexed before titles had their places matches by its terms alone.

    Args:
        terms: of the title, which every such article holds.
    """
    key = Term(SPEAKERS, (TITLE_KEY,))
    positions = tuple(query.titles[one.start] for one in words)
    return AnyOf((InPassage(key, (Phrase(SYLLABLES, positions, tuple(terms)),)), Not(key)))


def _spot(part: Node, query: UnderstoodQuery) -> Spot:
    """The condition of what has places in a text, as the text is now."""
    match part:
        case QueryWord():
            return Term(SYLLABLES, query.spellings[part.start])
        case QueryPattern():
            return Term(SYLLABLES, query.expansions[part.start])
        case QueryPhrase(words):
            return phrase_of(words, query)
        case Either(parts):
            return AnyOf(tuple(_spot(one, query) for one in parts))
    raise TypeError(f"{type(part).__name__} has no places in a text")


def phrase_of(
    parts: Sequence[QueryWord | QueryPattern], query: UnderstoodQuery
) -> Term | Phrase | AnyOf:
    """A phrase, or any way to write it where a word of it may be written in pieces or in one."""
    others = other_phrases(parts, query.text)
    exact = _exact_phrase(parts, query)
    return AnyOf((exact, *(_exact_phrase(one, query) for one in others))) if others else exact


def _exact_phrase(
    parts: Sequence[QueryWord | QueryPattern | str], query: UnderstoodQuery
) -> Term | Phrase:
    positions = tuple(_written(one, query) for one in parts)
    if len(positions) == 1:
        return Term(SYLLABLES, positions[0])
    return Phrase(SYLLABLES, positions, tuple(_hints(parts, query)))


def _written(part: QueryWord | QueryPattern | str, query: UnderstoodQuery) -> tuple[str, ...]:
    match part:
        case QueryWord():
            return query.spellings[part.start]
        case QueryPattern():
            return query.expansions[part.start]
        case str():
            return (part,)


def _hints(
    parts: Sequence[QueryWord | QueryPattern | str], query: UnderstoodQuery
) -> Iterator[Term]:
    """Pairs of neighbours; those beside a pattern are not known."""
    for is_word, group in groupby(parts, key=lambda one: isinstance(one, QueryWord)):
        if is_word:
            yield from folded_pairs([one for one in group if isinstance(one, QueryWord)], query)


def folded_pairs(parts: Iterable[QueryWord], query: UnderstoodQuery) -> Iterator[Term]:
    """Pairs of neighbours without diacritics; corrected words with both their spellings."""
    ways = [
        {fold_term(word.text), fold_term(query.corrections.get(place_of(word), word.text))}
        for word in parts
    ]
    for left, right in pairwise(ways):
        yield Term(BIGRAMS, tuple(sorted(f"{one} {other}" for one in left for other in right)))
