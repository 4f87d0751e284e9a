"""The values of one facet in all documents, for counting and filtering."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from indexer.engines.doc_sets import Documents, Mask
from indexer.engines.facet_values import ValueTable
from indexer.engines.folding import ALONE, GroupNumbers, firsts_of_values

_AT_ONCE = 1 << 15
"""Documents whose values are read together."""
_SORTED = 16
"""Where there are fewer codes than one for so many values, the codes are sorted; else each value is counted."""

Codes: TypeAlias = NDArray[np.integer[Any]]
"""Places of values in the table of a facet, in as few bytes as they need."""


class Counted(NamedTuple):
    """Documents that are counted, each document or each group once.

    Attributes:
        alone: the documents that are in no group, ascending.
        grouped: the others, ascending.
        groups: the group of each of those.
    """

    alone: Documents
    grouped: Documents
    groups: GroupNumbers

    @classmethod
    def of(cls, documents: Documents, groups: GroupNumbers | None = None) -> Counted:
        """Some documents, ascending, and the group of each; without groups each document counts."""
        if groups is None:
            return cls(documents, documents[:0], np.zeros(0, dtype=np.int32))
        alone = groups == ALONE
        return cls(documents[alone], documents[~alone], groups[~alone])


class FacetPart(NamedTuple):
    """The values of one facet in the documents of one part of an index.

    Attributes:
        values: each once.
        codes: places in `values`, those of one document after the other.
        begins: where each document's codes begin, and the end of all; None where each document has
            exactly one.
        size: how many documents there are.
    """

    values: ValueTable
    codes: Codes
    begins: NDArray[np.unsignedinteger[Any]] | None
    size: int

    @classmethod
    def of(cls, column: Iterable[bytes]) -> FacetPart:
        """The facet of documents, each given as one UTF-8 string with its values separated by line ends."""
        numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
        rows = iter(column)
        codes, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        while some := list(islice(rows, _AT_ONCE)):
            its = np.fromiter((row.count(b"\n") + 1 if row else 0 for row in some), np.int32)
            lengths.append(its)
            values = b"\n".join(filter(None, some)).split(b"\n") if its.any() else []
            codes.append(np.fromiter(map(numbers.__getitem__, values), np.int32, len(values)))
        found = np.concatenate(codes)
        # The values that most documents have come first: what is counted together lies together.
        frequent = np.argsort(-np.bincount(found, minlength=len(numbers)), kind="stable")
        places = np.zeros(len(numbers), dtype=np.min_scalar_type(max(0, len(numbers) - 1)))
        places[frequent] = np.arange(len(numbers))
        encoded = list(numbers)
        table = ValueTable.of([encoded[place] for place in frequent.tolist()])
        of_documents, begins = np.concatenate(lengths), None
        if not (of_documents == 1).all():
            begins = np.zeros(len(of_documents) + 1, dtype=np.min_scalar_type(len(found)))
            np.cumsum(of_documents, out=begins[1:])
        return cls(table, places[found], begins, len(of_documents))

    def lengths(self, documents: Documents) -> NDArray[np.integer[Any]]:
        """How many values some documents have."""
        if self.begins is None:
            return np.ones(len(documents), dtype=np.int32)
        lengths: NDArray[np.unsignedinteger[Any]] = (
            self.begins[documents + 1] - self.begins[documents]
        )
        return lengths

    def codes_of(self, documents: Documents) -> Codes:
        """The codes of some documents, those of one after the other."""
        if self.begins is None:
            return self.codes[documents]
        first = self.begins[documents].astype(np.int64)
        lengths = self.begins[documents + 1] - first
        shifts = first - (np.cumsum(lengths) - lengths)
        return self.codes[np.repeat(shifts, lengths) + np.arange(int(lengths.sum()))]

    def having(self, values: Sequence[str], documents: Documents) -> Mask:
        """Which of some documents have any of some values."""
        equal = self._are(values, self.codes_of(documents))
        if self.begins is None:
            return equal
        found = np.zeros(len(documents), dtype=np.bool_)
        found[np.repeat(np.arange(len(documents)), self.lengths(documents))[equal]] = True
        return found

    def holders(self, values: Sequence[str]) -> Documents:
        """The documents that have any of some values, ascending; a document with several is named as often."""
        places = np.flatnonzero(self._are(values, self.codes))
        if self.begins is None:
            return places
        # Of equal types, or the whole array is copied.
        wanted = places.astype(self.begins.dtype)
        found: Documents = np.searchsorted(self.begins, wanted, side="right") - 1
        return found

    def first_of(self, document: int) -> str | None:
        """The first value of a document; None for one without."""
        codes = self.codes_of(np.array([document]))
        return _decoded(self.values.encoded(int(codes[0]))) if len(codes) else None

    def _are(self, values: Sequence[str], codes: Codes) -> Mask:
        """Which of some codes are of values."""
        wanted = [place for one in values if (place := self.values.place(_encoded(one))) >= 0]
        if not wanted:
            return np.zeros(len(codes), dtype=np.bool_)
        if len(wanted) == 1:
            equal: Mask = codes == wanted[0]
            return equal
        table: Mask = np.zeros(len(self.values), dtype=np.bool_)
        table[wanted] = True
        return table[codes]


class _Placed(NamedTuple):
    """A part in a list of parts.

    Attributes:
        first: the number of its first document among those of all.
        codes: its codes among the values of all parts; None where they are the same.
    """

    part: FacetPart
    first: int
    codes: Codes | None

    def renumbered(self, codes: Codes) -> Codes:
        return codes if self.codes is None else self.codes[codes]


@dataclass(frozen=True, slots=True)
class FacetColumn:
    """The values of one facet in all documents: the parts as they are, and one numbering of their values.

    Attributes:
        tables: the values, those of the second behind those of the first.
        parts: the parts, in the order of their documents.
    """

    tables: tuple[ValueTable, ValueTable]
    parts: tuple[_Placed, ...]

    @classmethod
    def joined(cls, parts: Sequence[FacetPart]) -> FacetColumn:
        """The facet of several lists of documents, one after the other."""
        # The part with most values is by far the largest as a rule, and keeps its codes.
        main = max(parts, key=lambda part: len(part.values), default=None)
        table = main.values if main else ValueTable.of([])
        encoded = {id(part): part.values.all_encoded() for part in parts if part is not main}
        found = {key: table.places(values) for key, values in encoded.items()}
        new = sorted(
            {
                values[at]
                for key, values in encoded.items()
                for at in np.flatnonzero(found[key] < 0).tolist()
            }
        )
        numbers = dict(zip(new, count(len(table)), strict=False))
        placed, first = [], 0
        for part in parts:
            codes = None
            if part is not main:
                codes, values = found[id(part)], encoded[id(part)]
                missing = np.flatnonzero(codes < 0).tolist()
                codes[missing] = [numbers[values[at]] for at in missing]
            placed.append(_Placed(part, first, codes))
            first += part.size
        return cls((table, ValueTable.of(new)), tuple(placed))

    def __len__(self) -> int:
        return len(self.tables[0]) + len(self.tables[1])

    def values(self) -> list[str]:
        """All values, in the order of their codes."""
        return [_decoded(value) for table in self.tables for value in table.all_encoded()]

    def counts(self, counted: Counted, most: int) -> dict[str, int]:
        """How many documents have each value; the most frequent first, then by name."""
        if not len(self) or not most:
            return {}
        codes = self._codes_of(counted.alone)
        if len(counted.grouped):
            grouped = self._codes_of(counted.grouped)
            groups = np.repeat(counted.groups, self._lengths(counted.grouped))
            codes = np.concatenate((codes, grouped[firsts_of_values(groups, grouped)]))
        present, counts = _counted(codes, len(self))
        if len(present) > most:
            highest = counts >= np.partition(counts, len(counts) - most)[len(counts) - most]
            present, counts = present[highest], counts[highest]
        pairs = zip(present.tolist(), counts.tolist(), strict=True)
        found = sorted((-count, self._encoded(code)) for code, count in pairs)
        return {_decoded(value): -negative for negative, value in found[:most]}

    def _encoded(self, code: int) -> bytes:
        table, new = self.tables
        return table.encoded(code) if code < len(table) else new.encoded(code - len(table))

    def having(self, values: Sequence[str], documents: Documents) -> Mask:
        """Which of some documents, ascending, have any of some values."""
        return _one(
            [one.part.having(values, its) for one, its in self._shared(documents)], np.bool_
        )

    def flags(self, values: Sequence[str]) -> Mask:
        """Which documents have any of some values."""
        flags: Mask = np.zeros(self._size(), dtype=np.bool_)
        for part, first, _ in self.parts:
            flags[part.holders(values) + first] = True
        return flags

    def pairs(self) -> tuple[Documents, Codes]:
        """Each value of each document: the documents, ascending, and the codes."""
        documents = np.arange(self._size())
        return np.repeat(documents, self._lengths(documents)), self._codes_of(documents)

    def _size(self) -> int:
        return sum(part.size for part, _, _ in self.parts)

    def _shared(self, documents: Documents) -> Iterator[tuple[_Placed, Documents]]:
        """The parts that have some of the documents, and which of their own these are."""
        for placed in self.parts:
            ends = placed.first, placed.first + placed.part.size
            begin, end = np.searchsorted(documents, ends)
            if begin < end:
                its = documents[begin:end]
                yield placed, its - placed.first if placed.first else its

    def _codes_of(self, documents: Documents) -> Codes:
        found = [
            placed.renumbered(placed.part.codes_of(its)) for placed, its in self._shared(documents)
        ]
        return _one(found, np.uint8)

    def _lengths(self, documents: Documents) -> NDArray[np.integer[Any]]:
        return _one([placed.part.lengths(its) for placed, its in self._shared(documents)], np.int64)


def _one(found: Sequence[NDArray[Any]], dtype: DTypeLike) -> NDArray[Any]:
    """What some parts answer, one after the other; of no parts an empty array."""
    if len(found) == 1:
        return found[0]
    return np.concatenate(found) if found else np.zeros(0, dtype=dtype)


def _counted(codes: Codes, size: int) -> tuple[Codes, NDArray[np.int64]]:
    """The different ones of some codes, which are less than `size`, and how often each is there."""
    if len(codes) * _SORTED < size:
        return np.unique(codes, return_counts=True)
    counts = np.bincount(codes, minlength=size)
    present = np.flatnonzero(counts != 0)
    return present, counts[present]


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")
