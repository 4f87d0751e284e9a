"""The `Engine` protocol and the types it speaks: terms, fields and filters, nothing of the language.

A field of an engine maps a document to weighted counts of its terms. What a document means, how its
terms were made and how it is shown is nothing to an engine: it stores the record as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

TokenArray = NDArray[np.uint32]
"""Hashes of a document's syllables in order; 0 ends each field of text."""
StartArray = NDArray[np.uint32]
"""Where each token of a document begins in its text, ascending."""


@dataclass(frozen=True, slots=True)
class Document:
    """What an engine stores of one article.

    Attributes:
        id: unique; a document with the same id is replaced.
        digest: tells whether the content has changed.
        origin: the file it came from, absolute; empty when it came from none.
        terms: field -> term -> weighted count.
        tokens: for phrases and proximity.
        starts: one a token.
        published: seconds since 1970-01-01 UTC; None when unknown.
        published_until: the last second that `published` may mean, where no day is known but only its month
            or year; None where the day is known.
        facets: values by which results are counted and filtered; none holds a line end.
        record: the article for display, opaque.
    """

    id: str
    digest: str
    origin: str
    terms: Mapping[str, Mapping[str, int]]
    tokens: TokenArray
    starts: StartArray
    published: int | None
    facets: Mapping[str, Sequence[str]]
    record: bytes
    published_until: int | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """Documents that hold any of `terms`, which count and score as one term.

    Attributes:
        field: the field looked in.
        terms: alternatives, such as the expansions of a prefix; none at all matches nothing.
        phrases: further alternatives; one counts as one occurrence.
    """

    field: str
    terms: tuple[str, ...]
    phrases: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Documents in which the token array has these hashes side by side, in order.

    Attributes:
        positions: for each position the hashes that fit there.
        terms: one `Term` a position, for finding candidates and for scoring.
        hints: what every such document holds as well, to have fewer candidates.
    """

    positions: tuple[frozenset[int], ...]
    terms: tuple[Term, ...]
    hints: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Documents that match every part."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Documents that match at least one part."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Documents that do not match `part`."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Between:
    """Documents published in a range of seconds since 1970 UTC, half open.

    Undated ones never match; those of a month or year do if all of it lies in the range.
    """

    since: int | None
    until: int | None


Condition = Term | Phrase | AllOf | AnyOf | Not | Between


class Interval(StrEnum):
    """What one bucket of a timeline covers."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class Order(StrEnum):
    """Order of hits."""

    SCORE = "score"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Boost:
    """Terms that only add to the score of documents found otherwise."""

    term: Term
    weight: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best documents of a search.

    Attributes:
        clause_scores: what the clauses and required conditions earned each, from the best on.
        boost_scores: what the boosts earned each.
        tokens: of each.
        documents: documents in the index.
        clause_totals: for each clause of the plan how many documents of the index match it.
    """

    clause_scores: NDArray[np.float32]
    boost_scores: NDArray[np.float32]
    tokens: Sequence[TokenArray]
    documents: int
    clause_totals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rescored:
    """New scores of candidates.

    Attributes:
        names: of the parts that a score is the sum of.
        parts: of each candidate; shape (candidates, names).
    """

    names: tuple[str, ...]
    parts: NDArray[np.float64]

    @property
    def scores(self) -> NDArray[np.float32]:
        """One a candidate."""
        return np.asarray(self.parts.sum(axis=1), dtype=np.float32)


class Reranker(Protocol):
    """Scores the best documents anew, with what is too dear to look at in all of them."""

    def rescore(self, candidates: Candidates) -> Rescored:
        """A new score for each candidate."""

    @property
    def count(self) -> int:
        """How many candidates it wants."""


@dataclass(frozen=True, slots=True)
class Recency:
    """What being new adds to a score.

    Attributes:
        weight: for the newest document of the index, as a share of the best score found.
        half_life: days in which it falls to half of that.
    """

    weight: float
    half_life: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One search, ready to run.

    Attributes:
        clauses: what a document should match; every clause counts for `matched`.
        required: what it has to match.
        boosts: what adds to the score.
        filters: facet -> the value that has to be among its values.
        facets: facet -> how many of its values are counted, the most frequent ones.
        interval: of the timeline; None for the finest that gives a few dozen buckets at most.
        shares: a document is found when it holds the first of these shares of the clauses' idf; when
            no document does, the next share is tried. 1 asks for every clause.
        with_records: whether hits come with their records.
        explain: whether hits say what their scores are made of.
        reranker: puts the first hits in order again; when the order is by score.
        recency: what newer documents earn; None for nothing. Those without a date earn nothing.
        complete_first: documents that match all clauses come before the others.
        order: of the hits.
    """

    clauses: tuple[Condition, ...] = ()
    required: tuple[Condition, ...] = ()
    boosts: tuple[Boost, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, int] = field(default_factory=dict)
    interval: Interval | None = Interval.YEAR
    shares: tuple[float, ...] = (1.0,)
    with_records: bool = False
    explain: bool = False
    reranker: Reranker | None = None
    recency: Recency | None = None
    complete_first: bool = False
    order: Order = Order.SCORE
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Stored:
    """What an engine keeps of a document for display: see `Document`."""

    record: bytes
    tokens: TokenArray
    starts: StartArray


@dataclass(frozen=True, slots=True)
class EngineHit:
    """One document found.

    Attributes:
        missing: indices of the clauses that it does not match.
        stored: the article, where the plan asks for it.
        parts: what the score is the sum of, where the plan asks for it.
    """

    id: str
    score: float
    missing: tuple[int, ...]
    stored: Stored | None = None
    parts: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class EngineResult:
    """What a plan found.

    Attributes:
        total: documents found, exact.
        total_all: those among them that match every clause.
        clause_totals: for each clause of the plan how many documents of the index match it.
        hits: the requested page.
        facets: facet -> value -> documents found, the most frequent first.
        interval: of the timeline.
        timeline: first day of each interval in Việt Nam -> documents published in it and found.
    """

    total: int
    total_all: int
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


class EngineWriter(Protocol):
    """Changes that become visible together."""

    def put(self, document: Document) -> None:
        """Add a document, in place of the one with its id."""

    def delete(self, id: str) -> None:
        """Remove the document with this id, if there is one."""


class Engine(Protocol):
    """A store of documents that can be searched."""

    def writer(self) -> AbstractContextManager[EngineWriter]:
        """One atomic commit at the end, a rollback on an exception; ArchiveError when it is locked."""

    def search(self, plan: Plan) -> EngineResult:
        """Run a plan."""

    def get(self, ids: Iterable[str]) -> list[Stored | None]:
        """What is kept of documents in the order of `ids`; None where there is no such document."""

    def origins(self) -> list[Origin]:
        """Where every document came from."""

    def count(self) -> int:
        """How many documents there are."""

    def frequencies(self, field: str, terms: Iterable[str]) -> list[int]:
        """How many documents hold each term."""

    def terms(self, field: str, prefix: str = "") -> Iterable[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, sorted by their UTF-8 bytes.

        With each comes how many documents hold it; deleted ones may be among them.
        """

    def samples(self, term: Term, count: int) -> list[TokenArray]:
        """Token arrays of some documents that hold a term, spread evenly over all that do."""

    def compact(self) -> None:
        """Join what many commits have written: searches are faster afterwards. One atomic commit."""

    def verify(self) -> None:
        """Read every file once; ArchiveError when one is damaged."""

    def generation(self) -> int:
        """Changes with every commit: what was remembered of an older one is stale."""

    def close(self) -> None:
        """Release files; the engine is not used afterwards."""
