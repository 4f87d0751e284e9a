"""The words of two and more syllables that an archive holds, by how they begin and how frequent they are."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from heapq import nlargest
from typing import TypeAlias

from indexer.engines.base import Searcher
from indexer.engines.capabilities import HasTermDictionary, capability
from indexer.engines.token_hashes import token_hash
from indexer.language.analysis import WORDS, fold_term, syllables
from indexer.language.normalise import has_diacritics
from search.understanding.term_counts import TermCounts

_LEAST = 2
"""Articles that hold a word which is worth suggesting."""
_WHOLE = 4
"""The weight of a word whose first syllable is typed whole, against one whose first syllable is not."""

_Entry: TypeAlias = tuple[str, str, int]
"""Folded word, word, articles that hold it: a plain tuple, which the garbage collector passes over."""


class CompletionDictionary:
    """The words of one commit that are worth suggesting: a few bytes for every word.

    An engine without a term dictionary has none.
    """

    def __init__(self, searcher: Searcher, before: CompletionDictionary | None = None) -> None:
        """The words of a commit.

        Args:
            before: those of an earlier commit; only what has changed since is looked at.
        """
        dictionary = capability(searcher, HasTermDictionary)
        counts = before._counts if before else TermCounts(((WORDS, ""),), _LEAST)
        parts = dictionary.term_parts() if dictionary else ()
        moved = counts.moved_to(parts)
        self._counts: TermCounts = moved[0]
        # Before a commit and after it a word is another entry.
        gone, new = Counter[_Entry](), list[_Entry]()
        for term, (then, now) in moved[1].items():
            if max(then, now) >= _LEAST and (spelling := _spell(term)):
                if then >= _LEAST:
                    gone[(*spelling, then)] += 1
                if now >= _LEAST:
                    new.append((*spelling, now))
        kept = _without(before._words if before else [], gone)
        pairs: frozenset[tuple[int, int]] = before.pairs if before else frozenset()
        # Two terms may be one word: what is left of it keeps its pair.
        words = {word for _, word, _ in gone}
        there = _pairs([*new, *(entry for entry in kept if entry[1] in words)])
        self._words: list[_Entry] = sorted([*kept, *sorted(new)])
        self.pairs: frozenset[tuple[int, int]] = pairs.difference(_pairs(gone)).union(there)
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

        def weight(entry: _Entry) -> int:
            text, word, articles = entry
            return articles * (_WHOLE if (word if exact else text).startswith(whole) else 1)

        found = [
            entry
            for entry in self._words[first:last]
            if not exact or entry[1].startswith(beginning)
        ]
        return [(word, articles) for _, word, articles in nlargest(count, found, key=weight)]


def _without(entries: Iterable[_Entry], gone: Mapping[_Entry, int]) -> list[_Entry]:
    """Entries but so many of each as are gone."""
    left, kept = dict(gone), []
    for entry in entries:
        if left.get(entry):
            left[entry] -= 1
        else:
            kept.append(entry)
    return kept


def _pairs(entries: Iterable[_Entry]) -> set[tuple[int, int]]:
    """Those of two syllables, as the hashes of these."""
    return {
        (token_hash(parts[0]), token_hash(parts[1]))
        for _, word, _ in entries
        if len(parts := word.split(" ")) == 2
    }


@lru_cache(1 << 15)
def _spell(term: str) -> tuple[str, str] | None:
    """A word folded and as it is, with spaces; None for one syllable."""
    # pyvi takes underscores themselves for letters.
    parts = syllables(term.replace("_", " "))
    if len(parts) < 2:
        return None
    word = " ".join(parts)
    return fold_term(word), word
