"""How many articles hold each term of some fields, carried on from commit to commit.

A commit changes few of an archive's parts. Counts for it are those of the commit before, with the terms of
new parts added and those of parts that are gone taken away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TypeAlias

from indexer.engines.capabilities import TermPart

Change: TypeAlias = tuple[int, int]
"""How many articles held a term before, and how many do now."""


@dataclass(frozen=True, slots=True)
class TermCounts:
    """The counts of one commit.

    Attributes:
        fields: fields and the beginning that terms need there, which is left off.
        least: articles that hold a term which is kept, 1 or more. Most terms are of one article: with 2 a
            third of the terms is kept.
        parts: the parts of the archive's dictionary that are counted.
        counts: term -> articles, for the terms that are kept; deleted articles may be among them. A number
            below 0 is kept as well: parts that come may make up for it.
    """

    fields: tuple[tuple[str, str], ...]
    least: int = 1
    parts: tuple[TermPart, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def moved_to(self, parts: Sequence[TermPart]) -> tuple[TermCounts, Mapping[str, Change]]:
        """The counts of other parts, and what changed among the terms that were kept before or are now."""
        differences = self._differences(set(self.parts), set(parts))
        new = self._of_new(differences, parts)
        counts = {term: number for term, number in self.counts.items() if term not in differences}
        changed: dict[str, Change] = {}
        for term, difference in differences.items():
            old = self.counts.get(term)
            number = new.get(term, 0) if old is None else old + difference
            is_kept = number >= self.least or number < 0
            if is_kept:
                counts[term] = number
            if is_kept or old is not None:
                changed[term] = number - difference, number
        return TermCounts(self.fields, self.least, tuple(parts), counts), changed

    def _differences(self, before: Set[TermPart], now: Set[TermPart]) -> dict[str, int]:
        """How many articles more hold each term of the parts that came and went."""
        differences: dict[str, int] = {}
        for part, sign in [(one, 1) for one in now - before] + [(one, -1) for one in before - now]:
            for name, beginning in self.fields:
                found = part.terms(name, beginning)
                if beginning:
                    found = ((term[len(beginning) :], articles) for term, articles in found)
                if sign > 0 and not differences:
                    differences = dict(found)
                    continue
                for term, articles in found:
                    differences[term] = differences.get(term, 0) + sign * articles
        return differences

    def _of_new(
        self, differences: Mapping[str, int], parts: Sequence[TermPart]
    ) -> Mapping[str, int]:
        """How many articles hold the terms that were not kept before and may be now."""
        if not self.parts or self.least <= 1:
            return differences
        # A term that few articles held before is in no table: what other parts have of it is looked up.
        terms = [term for term, more in differences.items() if more and term not in self.counts]
        numbers = dict.fromkeys(terms, 0)
        for part in parts:
            for name, beginning in self.fields:
                found = part.counts(name, [beginning + term for term in terms])
                for term, number in zip(terms, found, strict=True):
                    numbers[term] += number
        return numbers
