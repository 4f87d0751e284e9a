"""The state of a search page; its URL holds all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from indexer.documents import NAMED_FACETS, NEW_PROVINCE, OFFICE, PROVINCE, SPEAKER, SPELLING
from indexer.language.cleaning import clean_text
from indexer.language.tones import place_tones
from search.query.periods import parse_period
from search.requests import PAGE_SIZE, Copies, Meaning, SearchRequest, Sort, Words
from search.results import SearchResult
from webapp.common import asked

MAX_PAGE = 10_000
MAX_VALUE = 200
"""Characters of a facet's value that are read."""

FACETS = ("section", "source", "credit", "place", "person", "organisation", "author", "tags")
"""The facets of a page of results, in the order in which it shows them."""
FILTERS = (*FACETS, SPEAKER, OFFICE, SPELLING, PROVINCE, NEW_PROVINCE)
"""The facets by which results may be narrowed."""
PAGE_SIZES = (10, 20, 50, 100)
COUNTED = {"once": False, "each": True}
"""The values of `counted`, and whether each copy is counted then."""


_OF_NAMES = frozenset((*NAMED_FACETS, SPEAKER, OFFICE, PROVINCE, NEW_PROVINCE))
"""Facets whose values have one placement of tone marks."""


@dataclass(frozen=True, slots=True)
class PageState:
    """The query, the filters and the page that a search page shows.

    Attributes:
        filters: facet -> the value that articles have to have.
        copies: whether the copies of a report are one hit.
        counts_copies: whether facets and timeline count each copy; None for as the hits are.
        meaning: whether articles are looked for by what the query means.
        words: whether articles have to hold every word, and whether those that do are counted.
        remembered: the choice of `words` that the reader's browser remembers.
        also: another query all of whose words articles have to hold as well.
        without: another query; articles that hold all its words are left out.
        bad_dates: values of `from` and `to` that are no dates, as typed; they are left out.
    """

    query: str = ""
    since: date | None = None
    until: date | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    per_page: int = PAGE_SIZE
    page: int = 1
    copies: Copies = Copies.FOLDED
    counts_copies: bool | None = None
    meaning: Meaning = Meaning.AUTO
    words: Words = Words.AUTO
    remembered: Words = Words.AUTO
    also: str = ""
    without: str = ""
    bad_dates: tuple[str, ...] = ()

    @property
    def is_limited(self) -> bool:
        """Whether anything but the query narrows the result."""
        return bool(self.since or self.until or self.filters or self.also or self.without)

    @property
    def is_inverted(self) -> bool:
        """Whether the first day is after the last."""
        return self.since is not None and self.until is not None and self.since > self.until

    def request(self) -> SearchRequest:
        """The search that this page shows."""
        return SearchRequest(
            query=self.query,
            page=self.page,
            per_page=self.per_page,
            sort=self.sort,
            since=self.since,
            until=self.until,
            filters=self.filters,
            facets=FACETS,
            copies=self.copies,
            counts_copies=self.counts_copies,
            meaning=self.meaning,
            words=self.words,
            also=self.also,
            without=self.without,
        )

    def counted(self, result: SearchResult) -> PageState:
        """The state that lists the articles which facets and timeline of a result count."""
        if not self.query or self.words is not Words.AUTO:
            return self
        return replace(self, words=Words.ALL if result.counts_all_words else Words.ANY)

    def without_limits(self) -> PageState:
        """The same query in the whole archive."""
        return replace(
            self, since=None, until=None, filters={}, also="", without="", page=1, bad_dates=()
        )

    def narrowed(self, facet: str, value: str) -> PageState:
        """The first page of those results that have a value."""
        return replace(self, filters={**self.filters, facet: value}, page=1)

    def widened(self, facet: str) -> PageState:
        """The first page of the results with any value of a facet."""
        rest = {name: value for name, value in self.filters.items() if name != facet}
        return replace(self, filters=rest, page=1)

    def arguments(self) -> dict[str, str]:
        """The arguments of this state's URL; defaults are left out."""
        values = {
            "q": self.query,
            "also": self.also,
            "without": self.without,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            **{name: self.filters.get(name, "") for name in FILTERS},
            "copies": "" if self.copies is Copies.FOLDED else str(self.copies),
            "counted": next((k for k, v in COUNTED.items() if v is self.counts_copies), ""),
            "meaning": "" if self.meaning is Meaning.AUTO else str(self.meaning),
            # A link means the same to a reader whose browser remembers something else.
            "words": "" if self.words is self.remembered is Words.AUTO else str(self.words),
            "sort": "" if self.sort is Sort.RELEVANCE else str(self.sort),
            "per_page": "" if self.per_page == PAGE_SIZE else str(self.per_page),
            "page": "" if self.page == 1 else str(self.page),
        }
        return {name: value for name, value in values.items() if value}

    def beginning(self, *left_out: str) -> str:
        """The URL's query of the first page without some arguments, ready for these to follow."""
        kept = {
            name: value
            for name, value in self.arguments().items()
            if name not in left_out and name != "page"
        }
        return f"{urlencode(kept)}&" if kept else ""

    def query_string(self, **changes: object) -> str:
        """The URL's query for this state or a changed one.

        A change of anything but the page goes back to the first page.
        """
        if changes and "page" not in changes:
            changes["page"] = 1
        state = replace(self, **changes)  # type: ignore[arg-type]
        return urlencode(state.arguments())


def read_filters(arguments: Mapping[str, str]) -> dict[str, str]:
    """Facet -> value of a URL's arguments; names may have either placement of tone marks."""
    found = {}
    for name in FILTERS:
        value = clean_text(arguments.get(name, "")[:MAX_VALUE]).strip()
        if value:
            found[name] = place_tones(value) if name in _OF_NAMES else value
    return found


def read_state(arguments: Mapping[str, str], remembered: str = "") -> PageState:
    """The state that a URL's arguments describe; unreadable values fall back to their defaults.

    Args:
        remembered: the value of `words` that the reader's browser remembers.
    """
    bad: list[str] = []

    def day(name: str, at: int) -> date | None:
        value = clean_text(arguments.get(name, "")).strip()
        if not value:
            return None
        period = parse_period(value)
        if period is None:
            bad.append(value[:40])
            return None
        return period[at]

    sort, meaning = arguments.get("sort", ""), arguments.get("meaning", "")
    page, words = arguments.get("page", ""), arguments.get("words", "")
    usual = Words(remembered) if remembered in set(Words) else Words.AUTO
    per_page = arguments.get("per_page", "")
    return PageState(
        query=asked(arguments),
        since=day("from", 0),
        until=day("to", 1),
        filters=read_filters(arguments),
        sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
        per_page=int(per_page) if per_page in map(str, PAGE_SIZES) else PAGE_SIZE,
        copies=Copies.ALL if arguments.get("copies") == Copies.ALL else Copies.FOLDED,
        counts_copies=COUNTED.get(arguments.get("counted", "")),
        meaning=Meaning(meaning) if meaning in set(Meaning) else Meaning.AUTO,
        words=Words(words) if words in set(Words) else usual,
        remembered=usual,
        also=asked(arguments, "also"),
        without=asked(arguments, "without"),
        page=min(int(page), MAX_PAGE) if re.fullmatch("[1-9][0-9]{0,6}", page) else 1,
        bad_dates=tuple(bad),
    )
