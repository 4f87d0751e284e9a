"""Results of a search: the boundary types to the web and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from indexer.documents import PARTS
from indexer.engines.base import Interval
from indexer.moments import Moment
from search.query.lexer import OPENING_QUOTES
from search.query.tree import QueryProblem


@dataclass(frozen=True, slots=True)
class VersionName:
    """Which version of an article something is from.

    Attributes:
        number: 1 for the oldest.
        date: when it was captured, else changed or published; None where that is not known.
    """

    number: int
    date: Moment | None


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fragment of stored text.

    Attributes:
        text: plain text, not HTML; the caller escapes it.
        highlights: ``(start, end)`` into `text`, sorted, not overlapping.
        version: the older version that alone says it; None for what the article says.
    """

    text: str
    highlights: tuple[tuple[int, int], ...]
    version: VersionName | None = None


@dataclass(frozen=True, slots=True)
class ArticleCopy:
    """A copy of an article: much the same text, in another paper or again in the same."""

    id: str
    title: str
    url: str | None
    published: Moment | None
    source: str | None


def sources_of_copies(source: str | None, copies: Iterable[ArticleCopy]) -> tuple[str, ...]:
    """The other papers that printed an article, in the order of its copies."""
    return tuple(dict.fromkeys(one.source for one in copies if one.source and one.source != source))


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found.

    Attributes:
        copies: the other articles of its group where copies are folded, found or not, oldest first.
        missing: the words of the query that it does not hold.
        parts: what its score is the sum of, where the request asks for it.
        by_meaning: whether only its meaning has found it.
    """

    id: str
    title: Snippet
    url: str | None
    published: Moment | None
    source: str | None
    section: str | None
    author: str | None
    score: float
    missing: tuple[str, ...]
    snippets: tuple[Snippet, ...]
    parts: Mapping[str, float] | None = None
    copies: tuple[ArticleCopy, ...] = ()
    by_meaning: bool = False

    @property
    def also_in(self) -> tuple[str, ...]:
        """The other papers that printed it."""
        return sources_of_copies(self.source, self.copies)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a field and how many of the matching articles have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class TimelineBucket:
    """How many of the matching articles were published from one day to another, both included."""

    since: date
    until: date
    count: int


@dataclass(frozen=True, slots=True)
class PreferredPeriod:
    """A time that the query names, whose articles come before others that match as well.

    Attributes:
        text: its words in the query.
        since: its first day.
        until: its last day.
    """

    text: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits.

    Attributes:
        query: as typed.
        total: hits of the search, exact: articles, or reports where copies are folded.
        total_all_words: those among them that hold every word.
        counts_all_words: whether facets and timeline are of these; else of all that the words have found.
        articles: articles found, each copy counted.
        took_ms: wall time inside the search, milliseconds.
        hits: the requested page, best first.
        facets: of each facet asked for its values in the matching articles, most frequent first.
        interval: what a bucket of the timeline covers.
        timeline: one bucket an interval from the first to the last with a match, empty ones included.
        unknown_words: words of the query, as typed, that occur in no article of the archive.
        reading: a query of operators in words as it was read, in the query language; None for others.
        asking: what of the query only asks, as typed; it counts for nothing.
        by_meaning: hits that only their meaning has found; None where it was not looked at.
        period: the time that the query names; None where no article of the result is of such a time.
        did_you_mean: the query with its unknown words spelt like ones that the archive holds.
        accented: a query without diacritics as it most probably is with them.
        folded: the query was typed without diacritics and matched so.
        unquoted: nothing matched the query's quotations or signs, so its words were searched singly.
        problems: faults of the query; the hits are those of its best literal reading.
        offset: hits before the first one shown.
        page: the page shown.
        pages: number of pages.
        has_meanings: whether the archive can be searched by meaning.
        without_vectors: articles of the archive that are not found by meaning yet.
        is_partial: there was no time for some words, spellings or the order; more articles may match.
    """

    query: str
    total: int
    total_all_words: int
    counts_all_words: bool
    articles: int
    took_ms: float
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    interval: Interval
    timeline: tuple[TimelineBucket, ...]
    unknown_words: tuple[str, ...]
    reading: str | None
    asking: tuple[str, ...]
    by_meaning: int | None
    period: PreferredPeriod | None
    did_you_mean: str | None
    accented: str | None
    folded: bool
    unquoted: bool
    problems: tuple[QueryProblem, ...]
    offset: int
    page: int
    pages: int
    has_meanings: bool = False
    without_vectors: int = 0
    is_partial: bool = False

    @property
    def had_quotes(self) -> bool:
        """Whether there are quotation marks in the query."""
        return any(mark in self.query for mark in OPENING_QUOTES)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Suggestions for a half-typed query.

    Attributes:
        text: a whole query, or a title, with what was typed marked.
        id: of the article whose title it is; None for a query.
    """

    text: Snippet
    id: str | None


LEAST_FOR_GAPS = 10
"""Articles of a source below which it is too small to say that something is wrong with how it is read."""


@dataclass(frozen=True, slots=True)
class SourceStats:
    """How complete the articles of a source are.

    Attributes:
        source: empty for articles that name none.
        having: part of an article (``date``, ``author``, ``section``, ``lead``) -> articles that have it.
    """

    source: str
    articles: int
    having: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ArchiveStats:
    """Numbers about an archive.

    Attributes:
        articles: how many articles it holds.
        facets: articles by source and by section, most frequent first.
        timeline: articles by year.
        sources: how complete the articles of each source are, the largest source first.
    """

    articles: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    timeline: tuple[TimelineBucket, ...]
    sources: tuple[SourceStats, ...] = ()

    @property
    def gaps(self) -> tuple[tuple[SourceStats, str], ...]:
        """Sources most of whose articles lack a part that they should have, each with that part.

        A date is always missed; another part where the rest of the archive has it twice as often.
        """
        whole = {part: sum(one.having[part] for one in self.sources) for part in PARTS}
        return tuple(
            (one, part)
            for one in self.sources
            for part in PARTS
            if one.articles >= LEAST_FOR_GAPS
            and 2 * one.having[part] < one.articles
            and (
                part == "date" or 2 * one.having[part] * self.articles < whole[part] * one.articles
            )
        )
