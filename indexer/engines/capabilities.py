"""Capabilities that only some engines have. A caller asks by name, and has another way without it.

if isinstance(searcher, HasTermDictionary): ...

"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import Engine, EngineHit, Plan, Searcher
from indexer.engines.conditions import Spot, Term
from indexer.errors import ArchiveError
from indexer.locks import Waiting
from indexer.meanings.embedder import Vectors
from indexer.meanings.vector_table import Rows, VectorTable

_T = TypeVar("_T")


def capability(thing: object, kind: type[_T]) -> _T | None:
    """A searcher or engine as one that has a capability; None where it has not.

    Args:
        kind: one of the protocols of this module.
    """
    return cast(_T, thing) if _offers(cast(Any, type(thing)), cast(Any, kind)) else None


@cache
def _offers(cls: Any, kind: Any) -> bool:
    """Whether a class has everything that a protocol names; `isinstance` takes ten times as long."""
    return all(hasattr(cls, name) for name in vars(kind) if not name.startswith("_"))


TokenHashes = NDArray[np.uint32]
"""`token_hash` of each token of a document in order; 0 ends each part of the text."""
TokenOffsets = NDArray[np.uint32]
"""For each token where it begins in the text, ascending."""


PairCounts = NDArray[np.float64]
"""A table of shape (first tokens, second tokens)."""


@dataclass(frozen=True, slots=True)
class TokenArrays:
    """The tokens of a document as arrays of one length."""

    token_hashes: TokenHashes
    token_offsets: TokenOffsets


class TermPart(Protocol):
    """A part of a term dictionary, which never changes; commits share the parts that they have in common."""

    def terms(self, field: str, prefix: str = "") -> Iterable[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, and how many documents hold each.

        A number below 0 says that documents of other parts hold the term no longer.
        """

    def counts(self, field: str, terms: Sequence[str]) -> Sequence[int]:
        """The numbers of some terms, as `terms` has them; 0 for a term that it lacks."""


class HasTermDictionary(Protocol):
    """A searcher that can walk over all terms of a field."""

    def term_parts(self) -> Sequence[TermPart]:
        """The parts of the dictionary: how many documents hold a term is the sum over them."""

    def terms(self, field: str, prefix: str = "") -> Iterable[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, sorted by their UTF-8 bytes.

        With each comes how many documents hold it; deleted documents may be counted.
        """

    def frequent_terms(self, field: str, prefix: str) -> Iterable[tuple[str, int]]:
        """The same, those that most documents hold first, then in the order of `terms`."""


class HasTokenArrays(Protocol):
    """A searcher that keeps the tokens of documents, so that texts need not be tokenised again."""

    def token_arrays(self, ids: Sequence[str]) -> list[TokenArrays | None]:
        """The tokens of documents in the order of `ids`; None where there is no such document."""

    def token_hashes(self, ids: Sequence[str]) -> list[TokenHashes | None]:
        """Their hashes alone."""

    def samples(self, term: Term, count: int) -> list[TokenHashes]:
        """Token hashes of some documents that hold a term, spread evenly over all that do."""


SKETCH_LENGTH = 24
"""Numbers of a sketch at most."""
MOST_HOLDERS = 200
"""A number that the sketches of more documents hold is of a phrase that everybody uses."""


class HasSketches(Protocol):
    """A searcher that finds documents which have much text in common."""

    def token_hashes(self, ids: Sequence[str]) -> list[TokenHashes | None]:
        """As in `HasTokenArrays`."""

    def sharing(self, sketches: Sequence[Sequence[int]], least: int, most: int) -> list[list[str]]:
        """For each sketch the documents that share numbers with it, those that share most first.

        Numbers that very many documents hold may be left out.

        Args:
            sketches: as in `Document.sketch`.
            least: numbers that a document has to share.
            most: documents that are given for a sketch.
        """


@dataclass(frozen=True, slots=True)
class Near:
    """A document whose vector is near another.

    Attributes:
        cosine: of the angle between them; 1 for the same vector.
        missing: indices of the plan's clauses that the document does not match.
        is_hit: whether it is a hit of the plan, or of a group that is a hit of a folded plan.
    """

    id: str
    cosine: float
    missing: tuple[int, ...]
    is_hit: bool


class CanCompareVectors(Protocol):
    """A searcher that finds the documents whose vectors are nearest to one."""

    def nearest(self, table: VectorTable, vector: Vectors, plan: Plan, most: int) -> list[Near]:
        """The nearest documents that match a plan's required conditions and filters, the nearest first.

        Where the plan is folded only the nearest of each group is found.

        Args:
            table: vectors by the documents' keys; a document without a vector is not found.
            vector: of unit length.
            most: documents that are found.
        """

    def vector_rows(self, table: VectorTable, ids: Sequence[str]) -> Rows:
        """The row of each document in a table of vectors; -1 for one without a vector."""

    def without_vector(self, table: VectorTable) -> int:
        """How many documents have no vector in a table."""


class CanNarrow(Protocol):
    """A searcher that can look at few documents as if there were no others near them."""

    def narrowed(self, ids: Sequence[str]) -> Searcher:
        """A searcher of the same commit over some documents, and maybe some others.

        Plans find the same there by conditions; what depends on frequencies may differ.
        """


class CanPick(Protocol):
    """A searcher that gives hits at some places of a result without making those between."""

    def picked(self, plan: Plan, places: Sequence[int]) -> list[str]:
        """The ids of the hits at some places, ascending, counted from 0; limit and offset aside."""

    def matching(self, plan: Plan) -> list[str]:
        """The ids of all documents that match a plan, in no order; copies are not folded."""


class CountsOccurrences(Protocol):
    """A searcher that counts how often words and phrases stand in texts."""

    def occurrences(self, plan: Plan, part: Spot | None) -> dict[date, int]:
        """How often a part stands in the documents of a plan, by the plan's interval of publication.

        Args:
            part: None for all tokens, as `Document.length` counts them. What overlaps counts once.
        """


class HasTokenPairs(Protocol):
    """A searcher that knows how often tokens stand side by side."""

    def pair_counts(self, firsts: Sequence[str], seconds: Sequence[str]) -> PairCounts:
        """How many documents hold each token of `firsts` right before each of `seconds`."""


class CanContinue(Protocol):
    """A searcher that finds the hits behind a hit, however far down, as fast as the first."""

    def hits_behind(self, plan: Plan, id: str) -> Iterator[EngineHit]:
        """The hits of a plan behind the one with an id, block after block; limit and offset aside.

        Raises:
            LookupError: the document is not among the hits.
        """


class CanHide(Protocol):
    """A searcher that can leave out the documents of private sources: nothing of them is in its answers."""

    @property
    def private(self) -> frozenset[str]:
        """The private sources of the commit, as `fields.source_key` gives them."""

    @property
    def hidden(self) -> frozenset[str]:
        """Those whose documents this searcher leaves out."""

    def showing(self, private: frozenset[str]) -> Searcher:
        """The commit with the documents of these private sources, and of no others; itself for all of them."""


class HidesSources(Protocol):
    """An engine that keeps the documents of private sources apart."""

    def private_sources(self) -> frozenset[str]:
        """The private sources of the newest commit; raises ArchiveError."""

    def hide(self, private: frozenset[str]) -> None:
        """Make these the private sources in one atomic commit, for articles that come later too.

        Raises:
            ArchiveError: another process writes, or the disk does not take the commit.
        """


def hide_sources(engine: Engine, private: frozenset[str]) -> None:
    """Make these the private sources of an engine; see `HidesSources.hide`.

    Raises:
        ArchiveError: the engine cannot hide sources, or it cannot write now.
    """
    hiding = capability(engine, HidesSources)
    if hiding is None:
        raise ArchiveError("only an archive of the embedded engine can have private sources")
    hiding.hide(private)


class HasWarnings(Protocol):
    """An engine that may answer from an older commit than the newest, and says so."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line for each newer commit that is damaged and is not used."""


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """What operators want to know of the newest commit.

    Attributes:
        written: when, in seconds since 1970.
        segments: parts that every search looks into.
        deleted: documents in them that are deleted and not yet merged away.
    """

    written: float
    segments: int
    deleted: int


class HasCommitFacts(Protocol):
    """An engine that can say when its newest commit was written, and how it lies."""

    def commit_facts(self) -> CommitFacts | None:
        """The facts of the newest commit; None where nothing is known of it; raises ArchiveError."""


def commit_facts(engine: Engine) -> CommitFacts | None:
    """The facts of an engine's newest commit; None where nothing is known of it; raises ArchiveError."""
    telling = capability(engine, HasCommitFacts)
    return telling.commit_facts() if telling else None


class CanCompact(Protocol):
    """An engine whose searches are faster after the segments of many commits are joined."""

    def compact(self) -> None:
        """Join the segments of all commits; one atomic commit."""


class CanRefuse(Protocol):
    """A writer that can refuse one document because of what it holds, and commit the others."""

    def tell_refusals(self, told: Callable[[str, str], None]) -> None:
        """Call a function with the id and the reason, in one line, of each document that is refused.

        The last call comes before the commit. What the archive held under the id stays. Without this
        a refusal is an ArchiveError, and nothing is committed.
        """
        ...


class HasRunLock(Protocol):
    """An engine that lets one indexing run begin when the one before has ended."""

    def exclusive_run(self, waiting: Waiting | None) -> AbstractContextManager[None]:
        """Wait for the end of other runs; `waiting` is called when there is one."""


def exclusive_run(engine: Engine, waiting: Waiting | None = None) -> AbstractContextManager[None]:
    """A run that no other run of the same index meets, where the engine can see to that."""
    lock = capability(engine, HasRunLock)
    return lock.exclusive_run(waiting) if lock else nullcontext()


class CanVerify(Protocol):
    """An engine that can find its damaged files."""

    def damage(self) -> Iterator[ArchiveError]:
        """The fault of each damaged file; every byte is read."""
