"""The `Engine` protocol: the interface of a store of documents that can be searched.

An engine knows terms, fields, conditions, filters, facets and ids. It knows nothing of the language, of
the ranking model, of what a record holds or of how a hit is shown. Everything that is passed is plain:
text, numbers, and frozen values of these. What only some engines can do is in `capabilities.py`.

An engine is written by implementing `Engine`, `Searcher` and `EngineWriter`.
`tests/engines/dictionary_engine.py` is a whole one in plain Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from indexer.engines.conditions import Between, Condition, Term

PARAGRAPH_END = 0x8000
"""Added to the length of the last sentence of a paragraph."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document's tokens that is looked for by itself, such as a quotation.

    Attributes:
        start: its first token.
        end: one past its last token, in the same part of the text.
        keys: by any of which it is found.
    """

    start: int
    end: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One article as an engine stores it.

    Attributes:
        id: unique; a document with the same id is replaced.
        digest: another digest means another content.
        origin: the file that the article came from, absolute; empty when it came from none.
        terms: field -> term -> weighted count.
        tokens: the terms of the text in order, for phrases and proximity; an empty one ends each part
            of the text (title, lead, body).
        token_offsets: for each token where it begins in the text.
        breaks: the lengths of the sentences in tokens, `PARAGRAPH_END` added where a paragraph ends; without
            that their sum is the number of tokens. Empty for one sentence.
        passages: of those with one key none overlaps another.
        length: how long the text is, as `Long` counts it.
        published: seconds since 1970-01-01 UTC; None when unknown.
        facets: facet -> values by which results are counted and filtered; no value holds a line end.
        record: the article for display; an engine returns it as it is.
        published_until: the last second that `published` may mean, where only a month or a year is
            known; None where the day is known.
        group: documents of one group count as one where a plan says so; empty for one named by the id.
        sketch: numbers of 32 bits, none of them 0; documents that share several have much text in
            common. All that are not empty are of one length, or shorter.
        hashes: `hash_tokens` of the tokens as bytes; empty where nobody has needed them yet.
    """

    id: str
    digest: str
    origin: str
    terms: Mapping[str, Mapping[str, int]]
    tokens: Sequence[str]
    token_offsets: Sequence[int]
    published: int | None
    facets: Mapping[str, Sequence[str]]
    record: bytes
    published_until: int | None = None
    group: str = ""
    sketch: Sequence[int] = ()
    hashes: bytes = b""
    breaks: Sequence[int] = ()
    passages: Sequence[Passage] = ()
    length: int = 0


class Interval(StrEnum):
    """The length of a timeline's buckets."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class Order(StrEnum):
    """Order of hits; ties: the newest first, then the one added last."""

    SCORE = "score"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Boost:
    """A term that adds to the score of documents that are found by other conditions."""

    term: Term
    weight: float


@dataclass(frozen=True, slots=True)
class Recency:
    """The bonus of new documents.

    Attributes:
        weight: for the newest document of the index, as a share of the best score of the search.
        half_life: days in which it falls to half of that.
    """

    weight: float
    half_life: float


@dataclass(frozen=True, slots=True)
class InPeriod:
    """The bonus of documents of a period.

    Attributes:
        weight: as a share of the best score of the search.
    """

    period: Between
    weight: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One search, ready to run.

    Attributes:
        clauses: conditions that a document should match; every clause counts for `missing`.
        required: conditions that a document has to match.
        boosts: terms that add to the score.
        filters: facet -> the value that a document has to have.
        facets: facet -> how many of its values are counted, the most frequent first.
        has_timeline: whether the documents of each interval are counted; else the timeline is empty.
        interval: of the timeline; None for the finest that gives a few dozen buckets at most.
        utc_offset: seconds east of Greenwich of the clock by which a timeline's days begin.
        minimum_idf_shares: a document is found when it holds the first of these shares of the clauses'
            idf. When no document does, the next share is tried. 1 asks for every clause.
        date_bonus: what documents earn by their date; None for nothing. Undated ones earn nothing.
        complete_first: whether documents that match all clauses come before the others.
        folded: whether a group of documents is one hit: the first of them in the order.
        counts_groups: whether facets and the timeline count each group once for a value or bucket.
        counts_complete: whether facets and the timeline are of the documents that match all clauses
            alone, where there are any.
        order: of the hits.
        offset: hits before the first that is returned.
        limit: the most hits that are returned.
    """

    clauses: tuple[Condition, ...] = ()
    required: tuple[Condition, ...] = ()
    boosts: tuple[Boost, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, int] = field(default_factory=dict)
    has_timeline: bool = False
    interval: Interval | None = Interval.YEAR
    utc_offset: int = 0
    minimum_idf_shares: tuple[float, ...] = (1.0,)
    date_bonus: Recency | InPeriod | None = None
    complete_first: bool = False
    folded: bool = False
    counts_groups: bool = False
    counts_complete: bool = False
    order: Order = Order.SCORE
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class EngineHit:
    """One document of a result, with the parts of its score.

    Attributes:
        clause_score: what the clauses and required conditions earned.
        boost_score: what the boosts earned.
        date_score: what its date earned.
        missing: indices of the clauses that the document does not match.
    """

    id: str
    clause_score: float
    boost_score: float
    date_score: float
    missing: tuple[int, ...]

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return self.clause_score + self.boost_score + self.date_score


@dataclass(frozen=True, slots=True)
class EngineResult:
    """The answer to a plan.

    Attributes:
        total: documents that match, exact.
        total_all: documents among them that match every clause.
        groups: groups of documents that match, for a plan that is folded; else as `total`.
        groups_all: groups with a document that matches every clause; else as `total_all`.
        clause_totals: for each clause of the plan how many documents of the index match it.
        hits: the requested page.
        facets: facet -> value -> matching documents or groups, the most frequent value first, then by name.
        interval: of the timeline.
        timeline: first day of each bucket -> matching documents or groups published in it.
    """

    total: int
    total_all: int
    groups: int
    groups_all: int
    clause_totals: tuple[int, ...]
    hits: tuple[EngineHit, ...]
    facets: Mapping[str, Mapping[str, int]]
    interval: Interval
    timeline: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stored document came from: see `Document`."""

    id: str
    digest: str
    origin: str


class Searcher(Protocol):
    """An immutable view of one commit; threads may share it.

    It answers the same for as long as somebody holds it, whatever is written meanwhile. Its files are
    released with its last user.
    """

    @property
    def commit(self) -> str:
        """Names the commit: no other commit of this or any other archive has the same name."""

    def count(self) -> int:
        """How many documents there are."""

    def search(self, plan: Plan) -> EngineResult:
        """Run a plan."""

    def records(self, ids: Sequence[str]) -> list[bytes | None]:
        """The records of documents in the order of `ids`; None where there is no such document."""

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents hold each term."""

    def groups(self, ids: Sequence[str]) -> list[str | None]:
        """The name of each document's group; None where there is no such document."""

    def members(self, groups: Sequence[str]) -> list[tuple[str, ...]]:
        """The ids of the documents that were put into each group.

        A document whose id is the group's name is of the group too, and is not among them.
        """

    def origins(self) -> Iterable[Origin]:
        """Where every document came from."""


class EngineWriter(Protocol):
    """Changes that become visible together."""

    def put(self, document: Document) -> None:
        """Add a document, in place of the one with its id."""

    def delete(self, id: str) -> None:
        """Remove the document with this id, if there is one."""


class Engine(Protocol):
    """A store of documents."""

    def searcher(self) -> Searcher:
        """The view of the newest commit; the same object until there is a newer one.

        Raises:
            ArchiveError: the commit cannot be read.
        """

    def writer(self) -> AbstractContextManager[EngineWriter]:
        """A transaction: its changes are committed at its end.

        Raises:
            ArchiveError: another process writes, or the changes cannot be written.
        """

    def close(self) -> None:
        """Release the engine's resources; it is not used afterwards."""
