"""A request for a page of results: the boundary type from the web and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from indexer.engines.base import Interval

PAGE_SIZE = 10
"""Hits on a page unless the caller asks for another number."""


class Sort(StrEnum):
    """Order of hits; ties are broken by newest, then by id.

    `RECENT` is relevance with something added for what is new.
    """

    RELEVANCE = "relevance"
    RECENT = "recent"
    NEWEST = "newest"
    OLDEST = "oldest"


class Words(StrEnum):
    """Which articles a search is about, by how many words of the query they hold.

    `ALL`: those that hold every word. `ANY`: those that hold enough of them. `AUTO` lists those that hold
    enough, but counts, exports and feeds are of those that hold every word, where there are any.
    """

    AUTO = "auto"
    ALL = "all"
    ANY = "any"


class Copies(StrEnum):
    """Whether the copies of a report are one hit together, or a hit each."""

    FOLDED = "folded"
    ALL = "all"


class Meaning(StrEnum):
    """Whether articles are looked for by what a query means as well.

    `AUTO` does so where few articles hold every word of a query of plain words.
    """

    AUTO = "auto"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search.

    Attributes:
        query: what the user typed, in the query language.
        page: 1-based; a page past the end has no hits.
        offset: hits before the first one shown, in place of `page`.
        after: id of the hit before the first one shown; wherever it stands by now, the hits after it
            are shown. `offset` counts where it is gone.
        since: first day, inclusive; articles without a date never match a bounded search.
        until: last day, inclusive.
        filters: facet -> exact value that an article has to have, as facets give it.
        words: which articles are listed, and which are counted.
        facets: the facets whose values are counted.
        interval: of the timeline; None for what gives a few dozen buckets at most.
        explain: whether hits say what their scores are made of.
        copies: whether copies are folded into one hit.
        counts_copies: whether facets and the timeline count each copy; None for as the hits are. Else
            a report counts once for each value or bucket.
        also: another query; only articles that hold every word of it as well are found. Empty for none.
        without: another query; articles that hold every word of it are not found. Empty for none.
        meaning: an archive without vectors is searched by words alone. "ý:" before a query is `ON`.
    """

    query: str
    page: int = 1
    offset: int | None = None
    after: str | None = None
    per_page: int = PAGE_SIZE
    sort: Sort = Sort.RELEVANCE
    since: date | None = None
    until: date | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    words: Words = Words.AUTO
    facets: tuple[str, ...] = ("source", "section")
    interval: Interval | None = None
    explain: bool = False
    copies: Copies = Copies.FOLDED
    counts_copies: bool | None = None
    also: str = ""
    without: str = ""
    meaning: Meaning = Meaning.AUTO

    @property
    def is_each_copy_counted(self) -> bool:
        """Whether facets and the timeline count each copy."""
        if self.counts_copies is None:
            return self.copies is Copies.ALL
        return self.counts_copies
