"""The parts of a query -> conditions, boosts and what is marked: how each word may be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import Protocol

from indexer.engines.base import (
    AllOf,
    AnyOf,
    Between,
    Boost,
    Condition,
    Not,
    Term,
)
from indexer.engines.base import Phrase as PhraseCondition
from indexer.language.analysis import (
    BIGRAMS,
    SYLLABLES,
    WORDS,
    fold_term,
    pairs,
    token_hash,
    words,
)
from indexer.language.normalise import has_diacritics
from indexer.store import folded_field, timestamp
from search.forms import OtherForms, any_form
from search.spelling import Speller, SpellingVocabulary
from search.synonyms import Form, Synonyms
from search.tree import (
    Either,
    Exclude,
    Field,
    InField,
    Must,
    Node,
    ParsedQuery,
    Phrase,
    Prefix,
    Published,
    Sequence,
    Word,
    leaves,
    place_of,
    word_runs,
)

MOST_EXPANSIONS = 1000
_RESTORED_WEIGHT = 0.5
_OTHER_WEIGHT = 0.5
"""What another form of some words counts for, against all pairs of them."""


class Vocabulary(SpellingVocabulary, Protocol):
    """What the archive knows about its own syllables, and about other ways to write them."""

    synonyms: Synonyms

    def common(self, syllables: SequenceOf[str]) -> set[str]:
        """Those that so many articles hold that they say little about any."""

    def with_prefix(self, field: str, prefix: str, *, folded: bool = False) -> tuple[str, ...]:
        """The terms of a field that begin with `prefix`, not more than `MOST_EXPANSIONS`.

        Args:
            folded: compare without diacritics; for syllables only.
        """


@dataclass(frozen=True, slots=True)
class Marker:
    """What is marked in titles and snippets.

    Attributes:
        syllables: a syllable -> a key: syllables with the same key match the same part of the query.
        common: keys of what so many articles hold that it says little about any.
        phrases: syllables that are marked where they stand side by side.
    """

    syllables: Mapping[str, str]
    phrases: tuple[Form, ...] = ()
    common: frozenset[str] = frozenset()


_DAY = 24 * 3600


def between(since: date | None, until: date | None) -> Between:
    """Days, both inclusive, as seconds, half open."""
    last = timestamp(until)
    return Between(timestamp(since), None if last is None else last + _DAY)


class PlanBuilder:
    """Collects the parts of a plan from one query."""

    def __init__(self, query: ParsedQuery, vocabulary: Vocabulary) -> None:
        self.clauses: list[Condition] = []
        self.others: list[OtherForms] = []
        self.places: list[tuple[int, int]] = []
        self.required: list[Condition] = []
        self._text = query.text
        self._vocabulary = vocabulary
        self._runs: list[list[Word]] = [[]]
        self._marked: list[Word | Prefix] = []
        self._spelt: dict[int, tuple[str, ...]] = {}
        # Other forms of what a word is part of, by the word's place in the query.
        self._others: dict[int, OtherForms] = {}
        # How such a word is spelt itself.
        self._known: dict[int, str] = {}
        self.speller = Speller((node.text for node in leaves(query.root)), vocabulary)

    def note_synonyms(self, root: Sequence) -> None:
        """Find what else the query's runs of plain words may be written as."""
        for plain, parts in groupby(root.parts, key=lambda part: isinstance(part, Word)):
            run = [part for part in parts if isinstance(part, Word)] if plain else []
            texts = [word.text for word in run]
            for found in self._vocabulary.synonyms.find(texts, folded=self.speller.folded):
                starts = tuple(word.start for word in run[found.start : found.end])
                words = tuple(texts[found.start : found.end])
                other = OtherForms(words, starts, found.others, any_form(found.others))
                self.others.append(other)
                self._others.update(dict.fromkeys(starts, other))
                if found.spelt:
                    self._known.update(zip(starts, found.spelt, strict=True))

    def understand(self, root: Sequence) -> None:
        """Find what words were meant to be; of a query of plain words the diacritics that it lacks too."""
        for run in word_runs(root):
            self.speller.correct(run, self._others)
        words = [part for part in root.parts if isinstance(part, Word)]
        if words and len(words) == len(root.parts):
            self.speller.restore_accents(words, self._known)

    def add(self, node: Node) -> None:
        """Add a part of the query that should match."""
        match node:
            case Sequence(parts):
                for part in parts:
                    self.add(part)
            case Word() | Prefix() | Either():
                if isinstance(node, Word):
                    self._runs[-1].append(node)
                else:
                    self._runs.append([])
                self.clauses.append(self._condition(node))
                self.places.append(place_of(node))
            case Must(Word() as word):
                self._runs[-1].append(word)
                self.required.append(self._condition(word))
            case _:
                self._runs.append([])
                self.required.append(self._condition(node))

    def _condition(self, node: Node) -> Condition:
        match node:
            case Word():
                self._marked.append(node)
                return self._word(node)
            case Prefix():
                self._marked.append(node)
                return Term(SYLLABLES, self._with_prefix(node))
            case Phrase(parts):
                self._marked += parts
                self._runs += [list(parts), []]
                return self._phrase(parts)
            case InField(name, part):
                self._marked += [part] if isinstance(part, Word | Prefix) else part.words
                return self._in_field(name, part)
            case Published(since, until):
                return between(since, until)
            case Must(part):
                return self._condition(part)
            case Exclude(part):
                return self._excluded(part)
            case Either(nodes):
                return AnyOf(tuple(self._condition(one) for one in nodes))
            case Sequence(nodes):
                return AllOf(tuple(self._condition(one) for one in nodes))

    def _excluded(self, part: Node) -> Condition:
        """The opposite of a part; what is excluded is neither marked nor does it add to the score."""
        marked, runs = list(self._marked), list(self._runs)
        condition = self._condition(part)
        self._marked, self._runs = marked, runs
        return Not(condition)

    def _word(self, word: Word) -> Term:
        forms = self._forms(word)
        if word.start not in self._others:
            return Term(SYLLABLES, forms)
        others = self._others[word.start].term
        return replace(others, terms=(*forms, *others.terms))

    def _forms(self, word: Word) -> tuple[str, ...]:
        """How a word of the query may be spelt in an article."""
        if word.start not in self._spelt:
            self._spelt[word.start] = self._find_forms(word)
        return self._spelt[word.start]

    def _find_forms(self, word: Word) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.speller.forms(word), *self.speller.understood(word))))

    def _with_prefix(self, node: Prefix) -> tuple[str, ...]:
        loose = self.speller.is_loose(node.text)
        return self._vocabulary.with_prefix(SYLLABLES, node.text, folded=loose)

    def _phrase(self, parts: tuple[Word, ...]) -> Condition:
        if len(parts) == 1:
            return self._word(parts[0])
        forms = [self._forms(word) for word in parts]
        return PhraseCondition(
            positions=tuple(frozenset(map(token_hash, one)) for one in forms),
            terms=tuple(Term(SYLLABLES, one) for one in forms),
            hints=tuple(self._folded_pairs(parts)),
        )

    def _in_field(self, name: Field, part: Word | Prefix | Phrase) -> Condition:
        texts = [word.text for word in part.words] if isinstance(part, Phrase) else [part.text]
        loose = not any(has_diacritics(text) for text in texts)
        field = folded_field(name) if loose else str(name)
        if isinstance(part, Prefix):
            return Term(field, self._vocabulary.with_prefix(field, part.text))
        if len(texts) == 1:
            return Term(field, (texts[0],))
        return AllOf(tuple(Term(field, (pair,)) for pair in pairs(texts)))

    def _folded_pairs(self, parts: Iterable[Word]) -> Iterable[Term]:
        """Neighbours without diacritics; keystrokes and misspellings also as what they are taken for."""
        corrections = self.speller.corrections
        ways = [
            {fold_term(word.text), fold_term(corrections.get(place_of(word), word.text))}
            for word in parts
        ]
        for left, right in pairwise(ways):
            yield Term(BIGRAMS, tuple(sorted(f"{one} {other}" for one in left for other in right)))

    def boosts(self, pair_weight: float, word_weight: float) -> Iterable[Boost]:
        """Folded bigrams, pyvi's words, and the most probable spellings of what lacks diacritics.

        Where some words are written as an abbreviation, none of their pairs are there.
        """
        for other in self.others:
            if len(other.starts) > 1:
                weight = _OTHER_WEIGHT * pair_weight * (len(other.starts) - 1)
                yield Boost(other.term, weight)
        for spelling in self.speller.restored.values():
            yield Boost(Term(SYLLABLES, (spelling,)), _RESTORED_WEIGHT)
        for run in self._runs:
            for pair in self._folded_pairs(run):
                yield Boost(pair, pair_weight)
            if word_weight and len(run) > 1 and any(has_diacritics(word.text) for word in run):
                for joined in words(self._text[run[0].start : run[-1].end]):
                    yield Boost(Term(WORDS, (joined,)), word_weight)

    def marker(self) -> Marker:
        """What is marked: the words of everything that is not excluded."""
        syllables: dict[str, str] = {}
        common: set[str] = set()
        phrases: set[Form] = set()
        for node in self._marked:
            if isinstance(node, Word):
                group = self._others.get(node.start)
                others = group.forms if group else ()
                forms = (*self._forms(node), *(form[0] for form in others if len(form) == 1))
                phrases.update(form for form in others if len(form) > 1)
                if self._vocabulary.common(forms):
                    common.add(node.text)
            else:
                forms = self._with_prefix(node)
            for form in forms:
                syllables.setdefault(form, node.text)
        # A word all of whose spellings another one stands for has no key of its own.
        keys = frozenset(common & set(syllables.values()))
        return Marker(syllables, tuple(sorted(phrases)), keys)
