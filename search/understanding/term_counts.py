"""How many articles hold each term of some fields, carried on from commit to commit.

A commit changes few of an archive's parts. Counts for it are those of the commit before, with the terms of
new parts added and those of parts that are gone taken away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        parts: the parts of the archive's dictionary that are counted.
        counts: term -> articles, 1 or more where any holds it; deleted articles may be among them.
    """

    fields: tuple[tuple[str, str], ...]
    parts: tuple[TermPart, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def moved_to(self, parts: Sequence[TermPart]) -> tuple[TermCounts, Mapping[str, Change]]:
        """The counts of other parts, and what changed."""
        before, now = set(self.parts), set(parts)
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
        counts = {**self.counts, **differences}
        changed: dict[str, Change] = {}
        for term, difference in differences.items():
            old = self.counts.get(term, 0)
            counts[term] = new = old + difference
            changed[term] = old, new
            if not new:
                del counts[term]
        return TermCounts(self.fields, tuple(parts), counts), changed
