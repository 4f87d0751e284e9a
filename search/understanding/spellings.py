"""All syllables of an archive, by their spelling without diacritics and by their length."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.engines.capabilities import TermPart
from indexer.language.analysis import fold_term
from search.understanding.term_counts import TermCounts


@dataclass(frozen=True, slots=True)
class Spellings:
    """The syllables of a commit.

    Attributes:
        counts: how many articles hold each.
        accented: folded syllable -> its accented forms, sorted.
        folded: the folded syllables, by their length, sorted.
        every: all syllables, by their length, sorted.
        bases, words: the folded syllables, and all, sorted.
    """

    counts: TermCounts
    accented: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folded: Mapping[int, Sequence[str]] = field(default_factory=dict)
    every: Mapping[int, Sequence[str]] = field(default_factory=dict)
    bases: Sequence[str] = ()
    words: Sequence[str] = ()

    def moved_to(self, parts: Sequence[TermPart]) -> Spellings:
        """The syllables of other parts; only what is new and what is gone is looked at."""
        counts, changed = self.counts.moved_to(parts)
        new = {term for term, (before, now) in changed.items() if before <= 0 < now}
        gone = {term for term, (before, now) in changed.items() if now <= 0 < before}
        forms: dict[str, list[str]] = {}
        for term in new:
            base = fold_term(term)
            forms.setdefault(base, []).append(term)
        for base in {*forms, *map(fold_term, gone)}:
            kept = [term for term in self.accented.get(base, ()) if term not in gone]
            forms[base] = [*kept, *forms.get(base, ())]
        accented = {**self.accented, **{base: tuple(sorted(its)) for base, its in forms.items()}}
        gone_bases = {base for base, its in forms.items() if not its}
        for base in gone_bases:
            del accented[base]
        new_bases = {base for base, its in forms.items() if its and base not in self.accented}
        return Spellings(
            counts,
            accented,
            _changed(self.folded, new_bases, gone_bases),
            _changed(self.every, new, gone),
            _merged(self.bases, new_bases, gone_bases),
            _merged(self.words, new, gone),
        )

    def beginning(self, prefix: str, *, folded: bool) -> Sequence[str]:
        """The syllables that begin so, or the folded ones."""
        words = self.bases if folded else self.words
        if not prefix:
            return words
        first = bisect_left(words, prefix)
        return words[first : bisect_left(words, prefix + "\U0010ffff", first)]


def _merged(words: Sequence[str], new: Iterable[str], gone: set[str]) -> Sequence[str]:
    """Sorted words with some more and without some."""
    # Two sorted runs: Python merges them.
    return sorted([*(word for word in words if word not in gone), *sorted(new)])


def _changed(
    words: Mapping[int, Sequence[str]], new: Iterable[str], gone: set[str]
) -> dict[int, Sequence[str]]:
    """Words by their length, with some more and without some."""
    added: dict[int, list[str]] = {len(word): [] for word in gone}
    for word in new:
        added.setdefault(len(word), []).append(word)
    found = dict(words)
    for length, its in added.items():
        kept = [word for word in words.get(length, ()) if word not in gone]
        if both := sorted([*kept, *its]):
            found[length] = both
        else:
            found.pop(length, None)
    return found
