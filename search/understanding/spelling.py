"""How the words of a query were typed, and the spellings that each word stands for."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Protocol

from indexer.language.analysis import fold_term
from indexer.language.normalise import has_diacritics
from search.query.tree import QueryWord, place_of
from search.understanding.restoration import Spellings, restore
from search.understanding.spelling_correction import NearWords, correction
from search.understanding.synonyms import spelling_variants

Place = tuple[int, int]

_MOST_RESTORED = 8
"""Longer queries are found well enough without diacritics."""
_MOST_LOOKS = 24
"""Unknown words of a query that are corrected; who types more of them means no words."""
_TRUST = 3.0
"""In a query with diacritics a word without is so much more probably meant as it is typed."""


class SpellingVocabulary(Spellings, NearWords, Protocol):
    """An archive's knowledge of how syllables are typed."""

    def frequency(self, syllable: str) -> int:
        """How many articles hold a syllable."""

    def is_bare(self, syllable: str) -> bool:
        """Whether a syllable is hardly ever written without diacritics."""

    def decode(self, word: str) -> str | None:
        """The syllable of the archive that a word is the Telex or VNI keystrokes of."""


def is_loose(text: str, vocabulary: SpellingVocabulary, *, folded: bool) -> bool:
    """Whether a syllable of a query stands for all its accented forms.

    So does every one of a query without diacritics (`folded`); in one with them, those alone that
    are hardly ever written as they are: half of a query is often typed without.
    """
    return not has_diacritics(text) and (folded or vocabulary.is_bare(text))


def keystrokes_in(texts: Iterable[str], vocabulary: SpellingVocabulary) -> dict[str, str]:
    """The syllables that words of a query stand for, if they were typed in keystrokes.

    Keystrokes can be words as well: `cos`, `sex`. One that is none tells of the others.
    """
    decoded = ((text, vocabulary.decode(text)) for text in texts)
    found = {text: syllable for text, syllable in decoded if syllable}
    return {} if all(map(vocabulary.frequency, found)) else found


class _FewLooks:
    """`NearWords` that looks for near words a few times only: each time all words are compared."""

    def __init__(self, words: NearWords) -> None:
        self._words = words
        self._left = _MOST_LOOKS
        self.size = words.size
        self.frequencies = words.frequencies
        self.accented_forms = words.accented_forms
        self.pair_frequencies = words.pair_frequencies

    def near(self, word: str, most: int, *, folded: bool) -> list[tuple[str, int]]:
        """Near words; none where it has been looked too often."""
        self._left -= 1
        return self._words.near(word, most, folded=folded) if self._left >= 0 else []


class Speller:
    """The spellings of one query's words.

    Attributes:
        folded: the query was typed without diacritics, and not in keystrokes either.
        corrections: places of words -> what they are taken for: keystrokes, misspellings.
        unknown: places of those of them that no article holds.
        restored: places of words without diacritics -> how they are most probably spelt.
    """

    def __init__(self, texts: Iterable[str], vocabulary: SpellingVocabulary) -> None:
        """Look how a query was typed.

        Args:
            texts: its words.
        """
        typed = list(texts)
        self._vocabulary = vocabulary
        self._few_looks = _FewLooks(vocabulary)
        self._loose: dict[str, bool] = {}
        self._keystrokes = keystrokes_in(typed, vocabulary)
        self.folded = not self._keystrokes and not any(map(has_diacritics, typed))
        self.corrections: dict[Place, str] = {}
        self.unknown: set[Place] = set()
        self.restored: Mapping[Place, str] = {}

    def correct(self, run: Sequence[QueryWord], known: Container[int]) -> None:
        """Correct the words of a run of neighbours.

        Args:
            known: where words begin that are no misspellings.
        """
        for at, word in enumerate(run):
            if word.start in known:
                continue
            held = sum(self._vocabulary.frequencies(self.forms(word)))
            left = run[at - 1] if at else None
            right = run[at + 1] if at + 1 < len(run) else None
            better = self._keystrokes.get(word.text) or self._nearest(word, left, right, held)
            if better is not None:
                self.corrections[place_of(word)] = better
                if not held:
                    self.unknown.add(place_of(word))

    def _nearest(
        self, word: QueryWord, left: QueryWord | None, right: QueryWord | None, held: int
    ) -> str | None:
        before, after = (
            None if one is None else fold_term(self._meant(one)) for one in (left, right)
        )
        words = self._few_looks
        found = correction(word.text, before, after, words, folded=self.folded, held=held)
        if found is None and not (held or self.folded or has_diacritics(word.text)):
            found = correction(word.text, before, after, words, folded=True, held=0)
        return found

    def _meant(self, word: QueryWord) -> str:
        """A word as it is understood."""
        typed = self._keystrokes.get(word.text, word.text)
        return self.corrections.get(place_of(word), typed)

    def restore_accents(self, words: Sequence[QueryWord], known: Mapping[int, str]) -> None:
        """Guess the diacritics of plain words that were typed without them, or without some.

        Args:
            known: where words begin of which it is known how they are spelt.
        """
        # Half a query's diacritics may be missing; a word that surely lacks its own is the sign.
        if (
            len(words) <= _MOST_RESTORED
            if self.folded
            else any(word.start not in known and self.is_loose(word.text) for word in words)
        ):
            meant = [self._meant(word) for word in words]
            texts = [known.get(word.start, text) for word, text in zip(words, meant, strict=True)]
            spelt = restore(texts, self._vocabulary, 1.0 if self.folded else _TRUST)
            self.restored = {
                place_of(word): better
                for word, text, guess in zip(words, meant, spelt, strict=True)
                if (better := known.get(word.start, guess)) != text
            }

    def is_loose(self, text: str) -> bool:
        """Whether a word stands for all its accented forms."""
        if text not in self._loose:
            loose = is_loose(text, self._vocabulary, folded=self.folded)
            self._loose[text] = loose and text not in self._keystrokes
        return self._loose[text]

    def forms(self, word: QueryWord) -> tuple[str, ...]:
        """How a word may be spelt in an article, if it was meant as typed."""
        if self.is_loose(word.text):
            return self._vocabulary.accented_forms(word.text)
        return (word.text, *spelling_variants(word.text))

    def understood(self, word: QueryWord) -> tuple[str, ...]:
        """How a word may be spelt otherwise, as it is understood."""
        better = self.corrections.get(place_of(word))
        found = [self.restored.get(place_of(word)), better]
        if better is not None and is_loose(better, self._vocabulary, folded=self.folded):
            found += self._vocabulary.accented_forms(better)
        return tuple(one for one in found if one is not None)
