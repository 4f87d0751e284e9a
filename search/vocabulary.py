"""The syllables of an archive: how frequent they are, and which of them differ in diacritics alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.engines.base import Engine, Term, TokenArray
from indexer.language.analysis import BIGRAMS, SYLLABLES, fold_term
from indexer.language.normalise import normalise
from search.clauses import MOST_EXPANSIONS
from search.keystrokes import decode_telex, decode_vni
from search.synonyms import Synonyms, load_synonyms

_MOST_COUNTS = 1 << 17
_COMMON, _LEAST_COMMON = 0.25, 100
"""A syllable is common in so many of the articles, and in an archive that is not too small."""
_BARE = 20
"""A syllable is half typed when one with diacritics is in so many times as many articles."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """The syllables of one commit.

    Attributes:
        of: folded syllable -> its accented forms.
        bases: the folded ones, by their length.
        every: all of them, by their length.
    """

    of: dict[str, tuple[str, ...]]
    bases: Mapping[int, list[str]]
    every: Mapping[int, list[str]]


@dataclass(slots=True)
class _Memory:
    """What is known of one commit.

    Attributes:
        articles: in the archive.
        counts: articles that hold a syllable.
        forms: None until they are asked for.
    """

    generation: int
    articles: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    forms: _Forms | None = None


class EngineVocabulary:
    """`clauses.Vocabulary` of one engine; what it remembers is dropped at the next commit."""

    def __init__(self, engine: Engine, synonyms: Synonyms | None = None) -> None:
        self.synonyms = load_synonyms() if synonyms is None else synonyms
        self._engine = engine
        self._lock = Lock()
        self._memory = _Memory(-1)
        self._pinned: _Memory | None = None

    def pinned(self) -> Self:
        """The vocabulary of the newest commit, which does not look for newer ones again."""
        pinned = copy(self)
        pinned._pinned = self._current()
        return pinned

    def frequency(self, syllable: str) -> int:
        """How many articles hold a syllable."""
        return self.frequencies([syllable])[0]

    def frequencies(self, syllables: Sequence[str]) -> list[int]:
        """How many articles hold each syllable."""
        counts = self._current().counts
        missing = [one for one in syllables if one not in counts]
        if missing:
            counts.update(zip(missing, self._engine.frequencies(SYLLABLES, missing), strict=True))
        return [counts[one] for one in syllables]

    def accented_forms(self, folded: str) -> tuple[str, ...]:
        """The syllables of the archive that fold to `folded`."""
        return self._load().of.get(folded, ())

    def with_prefix(self, field: str, prefix: str, *, folded: bool = False) -> tuple[str, ...]:
        """The single terms of a field that begin with `prefix`, the first `MOST_EXPANSIONS`."""
        found: Iterable[str]
        if folded:
            forms = self._load().of
            found = (form for base in forms if base.startswith(prefix) for form in forms[base])
        else:
            found = (term for term, _ in self._engine.terms(field, prefix) if " " not in term)
        return tuple(islice(found, MOST_EXPANSIONS))

    def samples(self, first: str, second: str, count: int) -> list[TokenArray]:
        """Token arrays of some articles that hold two folded syllables side by side."""
        return self._engine.samples(Term(BIGRAMS, (f"{first} {second}",)), count)

    def common(self, syllables: Sequence[str]) -> set[str]:
        """Those that so many articles hold that they say little about any."""
        least = max(_LEAST_COMMON, _COMMON * self._current().articles)
        counts = self.frequencies(syllables)
        return {one for one, count in zip(syllables, counts, strict=True) if count > least}

    def is_bare(self, syllable: str) -> bool:
        """Whether a syllable without diacritics is as good as never written so."""
        forms = [form for form in self.accented_forms(syllable) if form != syllable]
        if not forms:
            return False
        most = max(self.frequencies(forms))
        return self.frequency(syllable) * _BARE < most

    def decode(self, word: str) -> str | None:
        """The syllable of the archive that a word is the Telex or VNI keystrokes of."""
        for decode in (decode_telex, decode_vni):
            syllable = decode(word)
            if syllable is not None and self.frequency(normalise(syllable)):
                return normalise(syllable)
        return None

    def size(self) -> int:
        """How many articles there are."""
        return self._current().articles

    def near(self, word: str, most: int, *, folded: bool) -> list[tuple[str, int]]:
        """Syllables that differ from a word in up to so many letters, and in how many.

        Neighbouring letters that changed places count as one.

        Args:
            folded: syllables without diacritics, which stand for all their accented forms.
        """
        forms = self._load()
        by_length = forms.bases if folded else forms.every
        lengths = range(len(word) - most, len(word) + most + 1)
        found = process.extract(
            word,
            [one for length in lengths for one in by_length.get(length, ())],
            scorer=OSA.distance,
            score_cutoff=most,
            limit=None,
        )
        return [(other, int(distance)) for other, distance, _ in found]

    def pair_frequencies(self, pairs: Sequence[str]) -> list[int]:
        """How many articles hold each pair of folded syllables side by side."""
        return self._engine.frequencies(BIGRAMS, pairs)

    def _load(self) -> _Forms:
        """All syllables, read once for each commit."""
        memory = self._current()
        with self._lock:
            if memory.forms is None:
                forms: dict[str, tuple[str, ...]] = {}
                every = tuple(term for term, _ in self._engine.terms(SYLLABLES))
                for term in every:
                    base = fold_term(term)
                    forms[base] = (*forms.get(base, ()), term)
                memory.forms = _Forms(forms, _by_length(forms), _by_length(every))
            return memory.forms

    def _current(self) -> _Memory:
        """What is remembered of the newest commit."""
        if self._pinned:
            return self._pinned
        generation = self._engine.generation()
        with self._lock:
            if self._memory.generation != generation:
                self._memory = _Memory(generation, self._engine.count())
            elif len(self._memory.counts) > _MOST_COUNTS:
                self._memory.counts = {}
            return self._memory


def _by_length(words: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in words:
        found.setdefault(len(word), []).append(word)
    return found
