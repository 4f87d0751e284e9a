"""How the words of a query were typed, and which spellings each of them stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from indexer.language.normalise import has_diacritics
from search.restoration import Spellings, restore
from search.synonyms import spelling_variants
from search.tree import Word

_MOST_RESTORED = 8
"""Longer queries are found well enough without diacritics."""
_TRUST = 3.0
"""In a query with diacritics a word without is so much more probably meant as it is typed."""


class SpellingVocabulary(Spellings, Protocol):
    """What an archive knows about how its syllables are typed."""

    def frequency(self, syllable: str) -> int:
        """How many articles hold a syllable."""

    def is_bare(self, syllable: str) -> bool:
        """Whether a syllable without diacritics is as good as never written so."""

    def decode(self, word: str) -> str | None:
        """The syllable of the archive that a word is the Telex or VNI keystrokes of."""


def is_loose(text: str, vocabulary: SpellingVocabulary, *, folded: bool) -> bool:
    """Whether a syllable of a query stands for all its accented forms.

    So does every one of a query without diacritics (`folded`); in one with them, those alone that
    are hardly ever written as they are: half of a query is often typed without.
    """
    return not has_diacritics(text) and (folded or vocabulary.is_bare(text))


class Speller:
    """The spellings of one query's words.

    Attributes:
        folded: the query was typed without diacritics, and not in keystrokes either.
        restored: places of words without diacritics -> how they are most probably spelt.
    """

    def __init__(self, texts: Iterable[str], vocabulary: SpellingVocabulary) -> None:
        """Look how a query was typed.

        Args:
            texts: its words.
        """
        typed = list(texts)
        self._vocabulary = vocabulary
        self._loose: dict[str, bool] = {}
        decoded = {text: vocabulary.decode(text) for text in typed}
        keys = {text: syllable for text, syllable in decoded.items() if syllable}
        # Keystrokes can be words as well: `cos`, `sex`. One that is none tells of the others.
        self._keystrokes = keys if not all(map(vocabulary.frequency, keys)) else {}
        self.folded = not self._keystrokes and not any(map(has_diacritics, typed))
        self.restored: Mapping[tuple[int, int], str] = {}

    def restore_accents(self, words: Sequence[Word]) -> None:
        """Guess the diacritics of plain words that were typed without them, or without some."""
        # Half a query's diacritics may be missing; a word that surely lacks its own is the sign.
        if (
            len(words) <= _MOST_RESTORED
            if self.folded
            else any(self.is_loose(word.text) for word in words)
        ):
            texts = [self._keystrokes.get(word.text, word.text) for word in words]
            spelt = restore(texts, self._vocabulary, 1.0 if self.folded else _TRUST)
            self.restored = {
                (word.start, word.end): better
                for word, text, better in zip(words, texts, spelt, strict=True)
                if better != text
            }

    def is_loose(self, text: str) -> bool:
        """Whether a word stands for all its accented forms."""
        if text not in self._loose:
            loose = is_loose(text, self._vocabulary, folded=self.folded)
            self._loose[text] = loose and text not in self._keystrokes
        return self._loose[text]

    def decoded(self, text: str) -> str | None:
        """The syllable that a word of a query of keystrokes stands for."""
        return self._keystrokes.get(text)

    def forms(self, word: Word) -> tuple[str, ...]:
        """How a word may be spelt in an article, if it is no keystrokes."""
        if self.is_loose(word.text):
            return self._vocabulary.accented_forms(word.text)
        likely = self.restored.get((word.start, word.end))
        variants = spelling_variants(word.text)
        return (word.text, *variants, *(() if likely is None else (likely,)))
