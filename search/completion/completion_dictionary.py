"""The words of two and more syllables that an archive holds, by how they begin and how frequent they are."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from heapq import nlargest

from indexer.engines.base import Searcher
from indexer.engines.capabilities import HasTermDictionary, capability
from indexer.engines.token_hashes import token_hash
from indexer.language.analysis import WORDS, fold_term, syllables
from indexer.language.normalise import has_diacritics

_LEAST = 2
"""Articles that hold a word which is worth suggesting."""
_WHOLE = 4
"""The weight of a word whose first syllable is typed whole, against one whose first syllable is not."""


class CompletionDictionary:
    """The words of one commit that are worth suggesting: a few bytes for every word.

    An engine without a term dictionary has none.
    """

    def __init__(self, searcher: Searcher) -> None:
        dictionary = capability(searcher, HasTermDictionary)
        terms = dictionary.terms(WORDS) if dictionary else ()
        # Folded word, word, articles that hold it.
        self._words = sorted(
            (*spelling, articles)
            for term, articles in terms
            if articles >= _LEAST and (spelling := _spell(term))
        )
        self.pairs = frozenset(
            (token_hash(parts[0]), token_hash(parts[1]))
            for _, word, _ in self._words
            if len(parts := word.split(" ")) == 2
        )
        """The words of two syllables, as the hashes of these."""

    def find(self, beginning: str, count: int) -> list[tuple[str, int]]:
        """The most frequent words that begin so, and how many articles hold each.

        A beginning without diacritics stands for all its spellings.
        """
        folded = fold_term(beginning)
        first = bisect_left(self._words, (folded,))
        last = bisect_left(self._words, (folded + "\U0010ffff",))
        exact = has_diacritics(beginning)
        whole = beginning + " "

        def weight(entry: tuple[str, str, int]) -> int:
            text, word, articles = entry
            return articles * (_WHOLE if (word if exact else text).startswith(whole) else 1)

        found = [
            entry
            for entry in self._words[first:last]
            if not exact or entry[1].startswith(beginning)
        ]
        return [(word, articles) for _, word, articles in nlargest(count, found, key=weight)]


@lru_cache(maxsize=1 << 18)
def _spell(term: str) -> tuple[str, str] | None:
    """A word folded and as it is, with spaces; None for one syllable.

    Remembered, for commits change few words; as plain tuples, which the garbage collector passes over.
    """
    # pyvi takes underscores themselves for letters.
    parts = syllables(term.replace("_", " "))
    if len(parts) < 2:
        return None
    word = " ".join(parts)
    return fold_term(word), word
