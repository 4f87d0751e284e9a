"""What a search is asked and what it answers: the boundary types to the web and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indexer.article import Moment

PAGE_SIZE = 10
"""Hits on a page unless the caller asks for another number."""


class Sort(StrEnum):
    """Order of hits; ties are broken by newest, then by id."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search.

    Attributes:
        query: what the user typed, in the query language.
        page: 1-based; a page past the end has no hits.
        since: first day, inclusive; articles without a date never match a bounded search.
        until: last day, inclusive.
        source: exact source as facets give it, or None for all.
        section: exact section as facets give it, or None for all.
    """

    query: str
    page: int = 1
    per_page: int = PAGE_SIZE
    sort: Sort = Sort.RELEVANCE
    since: date | None = None
    until: date | None = None
    source: str | None = None
    section: str | None = None


class Issue(StrEnum):
    """What is wrong with a query; the web app and the command line word it."""

    UNCLOSED_QUOTE = "unclosed_quote"
    EMPTY_PHRASE = "empty_phrase"
    EMPTY_FIELD = "empty_field"
    UNKNOWN_FIELD = "unknown_field"
    BAD_DATE = "bad_date"
    DANGLING_OR = "dangling_or"
    DANGLING_NOT = "dangling_not"
    ONLY_EXCLUSIONS = "only_exclusions"
    SHORT_PREFIX = "short_prefix"
    MISPLACED_STAR = "misplaced_star"
    UNBALANCED_PARENTHESIS = "unbalanced_parenthesis"
    INVERTED_RANGE = "inverted_range"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """One fault of a query and its place.

    Attributes:
        issue: the kind of fault.
        start: offset into the query as typed, in characters.
        end: one past the last character at fault.
        text: the characters at fault.
    """

    issue: Issue
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fragment of stored text.

    Attributes:
        text: plain text, not HTML; the caller escapes it.
        highlights: ``(start, end)`` into `text`, sorted, not overlapping.
    """

    text: str
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found."""

    id: str
    title: Snippet
    url: str | None
    published: Moment | None
    source: str | None
    section: str | None
    author: str | None
    score: float
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a field and how many of the matching articles have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class TimelineBucket:
    """How many of the matching articles were published in one calendar year."""

    year: int
    count: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits.

    Attributes:
        query: as typed.
        total: matching articles, exact.
        took_ms: wall time inside the search, milliseconds.
        hits: the requested page, best first.
        sources: counts over all matching articles, most frequent first.
        sections: counts over all matching articles, most frequent first.
        timeline: one bucket a year from the first to the last with a match, empty years included.
        relaxed: no article matched every word, so articles that match part of them are shown.
        missing_terms: query terms, as typed, that occur in no article of the archive.
        folded: the query was typed without diacritics and matched so.
        problems: faults of the query; the hits are those of its best literal reading.
        did_you_mean: a better spelling of the query, if there is one.
        page: the page shown.
        pages: number of pages.
    """

    query: str
    total: int
    took_ms: float
    hits: tuple[Hit, ...]
    sources: tuple[FacetValue, ...]
    sections: tuple[FacetValue, ...]
    timeline: tuple[TimelineBucket, ...]
    relaxed: bool
    missing_terms: tuple[str, ...]
    folded: bool
    problems: tuple[QueryProblem, ...]
    did_you_mean: str | None
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class RelatedStory:
    """A story beside an article.

    Attributes:
        id: its id when the archive holds it, else None.
        url: its source URL, if known.
    """

    title: str
    id: str | None
    url: str | None
    lead: str | None
    published: Moment | None
    source: str | None


@dataclass(frozen=True, slots=True)
class RelatedStories:
    """What goes with one article.

    Attributes:
        linked: the links that the article itself printed, in its order.
        backlinks: archived articles that link to it, newest first.
        similar: archived articles about the same matter, best first.
    """

    linked: tuple[RelatedStory, ...]
    backlinks: tuple[RelatedStory, ...]
    similar: tuple[RelatedStory, ...]


@dataclass(frozen=True, slots=True)
class ArchiveStats:
    """Numbers about an archive.

    Attributes:
        articles: how many articles it holds.
        undated: how many of them have no date.
        first: earliest publication day.
        last: latest publication day.
        bytes_on_disk: size of the archive directory.
        sources: articles by source, most frequent first.
        sections: articles by section, most frequent first.
        timeline: articles by year.
    """

    articles: int
    undated: int
    first: date | None
    last: date | None
    bytes_on_disk: int
    sources: tuple[FacetValue, ...]
    sections: tuple[FacetValue, ...]
    timeline: tuple[TimelineBucket, ...]
