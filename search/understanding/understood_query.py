"""The meaning of a query in one archive: spellings of each word, corrections, and marked words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field
from itertools import groupby, islice, product
from typing import Protocol

from indexer.engines.conditions import Condition
from indexer.language.analysis import fold_term, in_earlier, pairs
from search.query.reading import reading
from search.query.tree import (
    Exclude,
    InDossier,
    InField,
    Issue,
    Named,
    Node,
    ParsedQuery,
    QueryPattern,
    QueryPhrase,
    QueryProblem,
    QueryWord,
    Sequence,
    children,
    dossiers_of,
    leaves,
    names_of,
    word_runs,
)
from search.understanding.expansions import HasPatterns, expand, pattern_problems
from search.understanding.joined_forms import joined_forms, longest_forms, other_phrases
from search.understanding.other_forms import OtherForms, any_form
from search.understanding.questions import asking_words
from search.understanding.spelling import Place, Speller, SpellingVocabulary
from search.understanding.synonyms import Form, Synonyms
from search.understanding.title_phrases import title_forms
from search.understanding.told_periods import ToldPeriod, told_period

_MOST_WAYS = 64
"""Spellings of a phrase that are marked."""


class Vocabulary(SpellingVocabulary, HasPatterns, Protocol):
    """An archive's knowledge of its syllables, and of other ways to write words."""

    synonyms: Synonyms

    def common(self, syllables: SequenceOf[str]) -> set[str]:
        """The syllables that very many articles hold, so that they say little about any article."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The syllables and phrases that are marked in titles, snippets and articles.

    Attributes:
        syllables: a syllable -> a key: syllables with the same key match the same part of the query.
        phrases: syllables that are marked where they stand side by side.
        common: keys of the parts that so many articles hold that they say little about any.
    """

    syllables: Mapping[str, str]
    phrases: tuple[Form, ...] = ()
    common: frozenset[str] = frozenset()


Dossiers = Callable[[str], tuple[str, ...] | None]
"""The ids of the articles of a dossier by its name; None where there is no such dossier."""


def no_dossiers(name: str) -> None:
    """`Dossiers` of an archive without any."""


NamesLike = Callable[[str, str], tuple[str, ...]]
"""The names of a kind, a facet, that articles have and that are like a typed name."""


def names_as_typed(_facet: str, name: str) -> tuple[str, ...]:
    """`NamesLike` where the names of the archive are not known."""
    return (name,)


@dataclass(frozen=True, slots=True)
class UnderstoodQuery:
    """A query and the meaning of its words in one archive.

    Attributes:
        text: the query as typed, NFC.
        root: its tree.
        problems: faults of the query.
        folded: the query was typed without diacritics, and not in keystrokes either.
        spellings: where a word begins in the query -> how it may be spelt in an article.
        expansions: where a pattern begins -> the syllables that are like it, or terms of its field.
        titles: where a word or pattern of a phrase in the title begins -> the syllables that it stands for.
        others: other ways to write some neighbouring words.
        corrections: places of words -> the words they are taken for: keystrokes, misspellings.
        unknown: places of corrected words that no article holds as they were typed.
        restored: places of words without diacritics -> how they are most probably spelt.
        marks: what is marked of it.
        all_versions: whether what only older versions of an article say counts as well.
        asking: places of the words that only ask, which are not in the tree.
        period: the time that its words name; None where they name none.
        needs_all: whether an article has to match every part.
        dossiers: the articles of the dossiers that it names; none for one that is not there.
        names: the names as articles have them that it asks for.
        values: of phrases in fields, the condition that a value of the field holds the phrase; pairs of
            its words decide alone for the others.
        reading: how operators in words were read; None where there are none.
    """

    text: str
    root: Sequence
    problems: tuple[QueryProblem, ...]
    folded: bool
    spellings: Mapping[int, tuple[str, ...]]
    expansions: Mapping[int, tuple[str, ...]]
    others: tuple[OtherForms, ...]
    corrections: Mapping[Place, str]
    unknown: frozenset[Place]
    restored: Mapping[Place, str]
    marks: Marks
    titles: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    all_versions: bool = False
    asking: tuple[Place, ...] = ()
    period: ToldPeriod | None = None
    needs_all: bool = False
    reading: str | None = None
    dossiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[Named, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[InField, Condition] = field(default_factory=dict)

    def other_of(self, word: QueryWord) -> OtherForms | None:
        """The other forms of the words that a word is one of."""
        return next((other for other in self.others if word.start in other.starts), None)


def understand(
    query: ParsedQuery,
    vocabulary: Vocabulary,
    dossiers: Dossiers = no_dossiers,
    names: NamesLike = names_as_typed,
) -> UnderstoodQuery:
    """Find the meaning of a query's words in the archive of a vocabulary, and the dossiers that it names."""
    root = query.root
    named = {one: dossiers(one.name) for one in dossiers_of(root)}
    everything = leaves(root, in_fields=True)
    speller = Speller((leaf.text for leaf in leaves(root)), vocabulary)
    others, known = _other_forms(query, speller, vocabulary)
    starts = {start for other in others for start in other.starts}
    for run in word_runs(root):
        speller.correct(run, starts)
    words = [part for part in root.parts if isinstance(part, QueryWord)]
    asking: frozenset[int] = frozenset()
    if words and len(words) == len(root.parts):
        speller.restore_accents(words, known)
        asking = asking_words(words, folded=speller.folded)
        # What only asks is no part of what is looked for.
        root = Sequence(tuple(word for word in words if word.start not in asking))
        others = tuple(one for one in others if not asking.intersection(one.starts))
    spellings = {
        leaf.start: tuple(dict.fromkeys((*speller.forms(leaf), *speller.understood(leaf))))
        for leaf in everything
        if isinstance(leaf, QueryWord)
    }
    found = expand(root, everything, vocabulary, speller.is_loose)
    expansions = {leaf.start: one.terms for leaf, one in found.items()}
    marks = _marks(query.text, root, spellings, expansions, others, vocabulary)
    return UnderstoodQuery(
        text=query.text,
        root=root,
        problems=(*query.problems, *pattern_problems(query, found), *_unknown(query, named)),
        folded=speller.folded,
        spellings=spellings,
        expansions=expansions,
        titles=title_forms(root, found, vocabulary),
        others=others,
        corrections=speller.corrections,
        unknown=frozenset(speller.unknown),
        restored=speller.restored,
        marks=_with_versions(marks, root, spellings, expansions) if query.all_versions else marks,
        all_versions=query.all_versions,
        asking=tuple((word.start, word.end) for word in words if word.start in asking),
        needs_all=query.needs_all,
        reading=reading(query),
        names={one: names(one.facet, one.name) for one in names_of(root)},
        dossiers={one.name: ids or () for one, ids in named.items()},
        period=told_period(query.text, [one for one in root.parts if isinstance(one, QueryWord)]),
    )


def _unknown(
    query: ParsedQuery, named: Mapping[InDossier, tuple[str, ...] | None]
) -> Iterator[QueryProblem]:
    """The dossiers that are not there, each with its place."""
    for one, ids in named.items():
        if ids is None:
            text = query.text[one.start : one.end]
            yield QueryProblem(Issue.NO_DOSSIER, one.start, one.end, text)


def _other_forms(
    query: ParsedQuery, speller: Speller, vocabulary: Vocabulary
) -> tuple[tuple[OtherForms, ...], dict[int, str]]:
    """Other forms of runs of plain words, and the spelling of the words themselves."""
    others: list[OtherForms] = []
    known: dict[int, str] = {}
    for plain, parts in groupby(query.root.parts, key=lambda part: isinstance(part, QueryWord)):
        run = [part for part in parts if isinstance(part, QueryWord)] if plain else []
        texts = [word.text for word in run]
        joined = [
            one
            for one in joined_forms(run, query.text)
            if not _is_typed_in_keys(texts[one.start : one.end], one.others, vocabulary)
        ]
        listed = vocabulary.synonyms.find(texts, folded=speller.folded)
        for found in longest_forms([*listed, *joined]):
            starts = tuple(word.start for word in run[found.start : found.end])
            words = tuple(texts[found.start : found.end])
            others.append(OtherForms(words, starts, found.others, any_form(found.others)))
            if found.spelt:
                known.update(zip(starts, found.spelt, strict=True))
    return tuple(others), known


def _is_typed_in_keys(
    words: SequenceOf[str], others: SequenceOf[Form], vocabulary: Vocabulary
) -> bool:
    """Whether a word with digits is keystrokes, as ``ho75p``, and not pieces that stand side by side."""
    if len(words) > 1 or vocabulary.frequency(words[0]) or not vocabulary.decode(words[0]):
        return False
    pieces = (pairs(map(fold_term, form)) for form in others)
    return not any(all(vocabulary.pair_frequencies(its)) for its in pieces if its)


def _marks(
    text: str,
    root: Sequence,
    spellings: Mapping[int, tuple[str, ...]],
    expansions: Mapping[int, tuple[str, ...]],
    others: tuple[OtherForms, ...],
    vocabulary: Vocabulary,
) -> Marks:
    """The marks of a query: its words and patterns, except excluded ones."""
    syllables: dict[str, str] = {}
    common: set[str] = set()
    phrases: set[Form] = set()
    other_of = {start: other for other in others for start in other.starts}
    for leaf in marked_leaves(root):
        if isinstance(leaf, QueryWord):
            group = other_of.get(leaf.start)
            written = group.forms if group else ()
            forms = (*spellings[leaf.start], *(form[0] for form in written if len(form) == 1))
            phrases.update(form for form in written if len(form) > 1)
            if vocabulary.common(forms):
                common.add(leaf.text)
        else:
            forms = expansions[leaf.start]
        for form in forms:
            syllables.setdefault(form, leaf.text)
    for part in _phrases(root):
        for other in other_phrases(part.words, text):
            # One spelling of each word is enough to show where such a rare form stands.
            spelt = tuple(
                one if isinstance(one, str) else next(iter(spellings.get(one.start, ())), one.text)
                for one in other
            )
            if len(spelt) > 1:
                phrases.add(spelt)
            else:
                syllables.setdefault(spelt[0], spelt[0])
    # A word all of whose spellings stand for another word as well has no key of its own.
    keys = frozenset(common & set(syllables.values()))
    return Marks(syllables, tuple(sorted(phrases)), keys)


def _with_versions(
    marks: Marks,
    root: Node,
    spellings: Mapping[int, tuple[str, ...]],
    expansions: Mapping[int, tuple[str, ...]],
) -> Marks:
    """Marks that are found in the lines of older versions as well.

    A phrase has a mark of its own there, so that the line that holds it is shown.
    """
    older = {in_earlier(one): key for one, key in marks.syllables.items()}
    phrases = set(marks.phrases)
    for part in (one for one in _phrases(root) if len(one.words) > 1):
        written = [
            spellings[one.start] if isinstance(one, QueryWord) else expansions[one.start]
            for one in part.words
        ]
        ways = product(*written)
        phrases |= {tuple(map(in_earlier, way)) for way in islice(ways, _MOST_WAYS)}
    phrases |= {tuple(map(in_earlier, one)) for one in marks.phrases}
    return Marks({**marks.syllables, **older}, tuple(sorted(phrases)), marks.common)


def _phrases(node: Node) -> Iterator[QueryPhrase]:
    match node:
        case QueryPhrase():
            yield node
        case Exclude():
            return
        case _:
            for part in children(node):
                yield from _phrases(part)


def marked_leaves(node: Node) -> list[QueryWord | QueryPattern]:
    """The words and patterns of a part of a query; excluded parts are left out."""
    match node:
        case QueryWord() | QueryPattern():
            return [node]
        case Exclude():
            return []
        case _:
            return [leaf for part in children(node) for leaf in marked_leaves(part)]
