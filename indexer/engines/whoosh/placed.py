"""The documents of a commit whose tokens match a condition on their places; what was found is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Protocol

import numpy as np

from indexer.deadline import in_time
from indexer.engines.conditions import (
    AnyOf,
    Condition,
    InPassage,
    Phrase,
    Placed,
    Repeated,
    Scope,
    Spot,
    Term,
    Together,
)
from indexer.engines.doc_sets import DocSet, Documents, intersection, union
from indexer.engines.scoring import SMALL, Impacts, Looked
from indexer.engines.spans import count, hold, hold_passage
from indexer.engines.token_hashes import unpack_passages
from indexer.engines.whoosh.token_texts import TextBlock

_KEPT = 256
_NONE = np.zeros(0, dtype=np.int64)


class TokenColumns(Protocol):
    """What is needed of a commit."""

    def impacts(self, term: Term) -> Impacts:
        """See `term_at_a_time.Postings`."""

    def total(self, term: Term) -> int:
        """See `term_at_a_time.Postings`."""

    def looked(self, term: Term) -> Looked:
        """See `term_at_a_time.Postings`."""

    def often(self, term: Term, least: int) -> Documents:
        """The documents in use that may hold a term so many times at least."""

    def rows_of(self, column: str, documents: Documents) -> list[bytes]:
        """The values of documents in a column that is read row by row."""

    def texts_of(self, documents: Documents, *, with_scopes: bool) -> Iterator[TextBlock]:
        """The texts of some documents, block after block; other documents may be among them."""


class PlacedDocuments:
    """The documents that match conditions on places, of one commit of `size` documents."""

    def __init__(self, columns: TokenColumns, size: int) -> None:
        self._columns = columns
        self._size = size
        self._known: OrderedDict[Placed, Documents] = OrderedDict()
        self._lock = Lock()

    def find(self, condition: Placed) -> Documents:
        """The documents in use that match a condition, ascending."""
        with self._lock:
            if (found := self._known.get(condition)) is not None:
                self._known.move_to_end(condition)
                return found
        candidates = self._candidates(condition).numbers()
        if isinstance(condition, InPassage):
            found = self._in_passage(condition, candidates)
        else:
            found = self._by_texts(condition, candidates)
        with self._lock:
            self._known[condition] = found
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def _by_texts(
        self, condition: Phrase | Together | Repeated, candidates: Documents
    ) -> Documents:
        is_scoped = isinstance(condition, Together) and isinstance(condition.within, Scope)
        parts = [
            block.documents[hold(condition, block.texts, block.scopes)]
            for block in in_time(self._columns.texts_of(candidates, with_scopes=is_scoped))
        ]
        # Of deleted documents and of others in a block nothing is a candidate.
        return np.intersect1d(np.concatenate([_NONE, *parts]), candidates, assume_unique=True)

    def _in_passage(self, condition: InPassage, candidates: Documents) -> Documents:
        found = [_NONE]
        (key,) = condition.key.terms
        for block in in_time(self._columns.texts_of(candidates, with_scopes=False)):
            wanted = np.flatnonzero(np.isin(block.documents, candidates))
            its = block.documents[wanted]
            passages = unpack_passages(self._columns.rows_of("passages", its), key)
            # The rows are those of the candidates; the block may have other documents between them.
            passages = passages._replace(rows=wanted[passages.rows])
            found.append(block.documents[hold_passage(condition.parts, block.texts, passages)])
        return np.concatenate(found)

    def counts(self, part: Spot) -> tuple[Documents, Documents]:
        """The documents in use that hold a part, ascending, and how often it stands in each."""
        candidates = self._candidates(part).numbers()
        numbers, counts = [_NONE], [_NONE]
        for block in in_time(self._columns.texts_of(candidates, with_scopes=False)):
            numbers.append(block.documents)
            counts.append(count(part, block.texts))
        documents, often = np.concatenate(numbers), np.concatenate(counts)
        kept = np.isin(documents, candidates) & (often > 0)
        return documents[kept], often[kept]

    def _candidates(self, condition: Condition) -> DocSet:
        """The documents that may match: those that hold the terms."""
        match condition:
            case Term():
                return self._columns.impacts(condition).documents
            case Phrase():
                return self._all([*condition.terms, *condition.hints])
            case Together(parts):
                return self._all(parts)
            case InPassage(key, parts):
                return self._all([key, *parts])
            case Repeated(Term() as part, least):
                return DocSet.listed(self._columns.often(part, least))
            case Repeated(Phrase() as part, least):
                often = [DocSet.listed(self._columns.often(one, least)) for one in part.terms]
                return intersection([*often, *map(self._candidates, part.hints)])
            case Repeated(part):
                return self._candidates(part)
            case AnyOf(parts):
                return union([self._candidates(part) for part in parts], self._size)
        raise TypeError(f"{type(condition).__name__} has no places in a text")

    def _all(self, conditions: Sequence[Condition]) -> DocSet:
        if not conditions:
            return DocSet.listed(np.zeros(0, dtype=np.int64))
        terms = [one for one in conditions if isinstance(one, Term)]
        if self._size <= SMALL or len(terms) < 2:
            return intersection(list(map(self._candidates, conditions)))
        # The rarest term first; the others are looked up among its documents.
        first, *others = sorted(terms, key=self._columns.total)
        rest = [one for one in conditions if not isinstance(one, Term)]
        numbers = self._all([first, *rest]).numbers()
        for one in others:
            numbers = numbers[self._columns.looked(one).among(numbers) != 0]
        return DocSet.listed(numbers)
