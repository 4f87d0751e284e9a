"""The terms of an archive and how many articles hold each: parts that the writer keeps beside the articles.

Each commit writes one part with what it added and removed. Parts of like size are joined, so that there
are few; none is ever changed. A reader loads the parts that it does not have yet, and looks terms up in
them without asking the cluster.
"""

from __future__ import annotations

import base64
import json
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby, pairwise
from operator import itemgetter
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from indexer.engines.opensearch.connection import DOCUMENT, Connection
from indexer.engines.opensearch.layout import Names
from indexer.errors import ArchiveError

_CHUNK = 4 << 20
"""Bytes of a part in one document of the cluster."""
_GROWTH = 1.5
"""A part is joined with the newer ones when it is not larger than so many times all of these."""
_LEVEL = 1
"""Of compression: a higher level takes five times as long for a sixth less."""

TermCounts = Mapping[str, Mapping[str, int]]
"""Field -> term -> articles that hold it; fewer than none where a commit removed more than it added."""


PAIRS = "pairs of tokens"
"""The field of neighbouring tokens, as two with a space between; for their spelling beside each other."""
_MANY = 500_000
"""In a part with more terms, pairs that one article alone holds are left out."""


class FieldTerms(Sequence[bytes]):
    """The sorted terms of one field in one part, as UTF-8, with a count each."""

    def __init__(self, text: bytes, ends: NDArray[np.uint32], counts: NDArray[np.int32]) -> None:
        self._text = text
        # Its numbers are read one by one: faster than an array of numpy's, in as little memory.
        self._ends = array("I", ends.tobytes())
        self.counts = counts

    @classmethod
    def of(cls, counts: Mapping[bytes, int]) -> FieldTerms:
        """The terms of a mapping."""
        terms = sorted(counts)
        ends = np.cumsum([len(one) for one in terms], dtype=np.uint32)
        numbers = np.array([counts[one] for one in terms], dtype=np.int32)
        return cls(b"".join(terms), ends, numbers)

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[bytes]:
        text, start = self._text, 0
        for end in self._ends:
            yield text[start:end]
            start = end

    def __getitem__(self, at: int) -> bytes:  # type: ignore[override]
        return self._text[self._ends[at - 1] if at else 0 : self._ends[at]]

    def count(self, term: bytes) -> int:
        """The count of a term; 0 where it is not there."""
        at = bisect_left(self, term)
        return int(self.counts[at]) if at < len(self) and self[at] == term else 0

    def beginning(self, prefix: bytes) -> Iterator[tuple[bytes, int]]:
        """The terms that begin with a prefix, sorted, and their counts."""
        for at in range(bisect_left(self, prefix), len(self)):
            term = self[at]
            if not term.startswith(prefix):
                return
            yield term, int(self.counts[at])

    def memory(self) -> int:
        """Bytes of memory."""
        return len(self._text) + self._ends.itemsize * len(self._ends) + self.counts.nbytes

    def pack(self) -> tuple[bytes, bytes, bytes]:
        """The terms, where each ends, and their counts, as bytes."""
        return self._text, self._ends.tobytes(), self.counts.tobytes()


class Part:
    """Terms of several fields, as one or more commits wrote them."""

    def __init__(self, fields: Mapping[str, FieldTerms]) -> None:
        self.fields = fields

    @classmethod
    def of(cls, counts: TermCounts) -> Part:
        """A part out of counts; terms that were added as often as removed are left out."""
        return cls(
            {
                name: FieldTerms.of({_encoded(term): n for term, n in its.items() if n})
                for name, its in counts.items()
            }
        )

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with a prefix, and their counts."""
        if its := self.fields.get(field):
            for term, count in its.beginning(_encoded(prefix)):
                yield term.decode("utf-8", "surrogatepass"), count

    def counts(self, field: str, terms: Sequence[str]) -> list[int]:
        """The numbers of some terms of a field; 0 for a term that it lacks."""
        its = self.fields.get(field)
        return [its.count(_encoded(term)) if its else 0 for term in terms]

    def size(self) -> int:
        """How many terms there are."""
        return sum(map(len, self.fields.values()))

    def to_bytes(self) -> bytes:
        """The part as it is stored."""
        packed = {name: terms.pack() for name, terms in self.fields.items()}
        head = json.dumps({name: list(map(len, its)) for name, its in packed.items()}).encode()
        body = b"".join(one for its in packed.values() for one in its)
        return zlib.compress(head + b"\n" + body, _LEVEL)

    @classmethod
    def from_bytes(cls, data: bytes) -> Part:
        """Inverse of `to_bytes`; raises ValueError or zlib.error."""
        head, _, body = zlib.decompress(data).partition(b"\n")
        fields, at = {}, 0
        for name, lengths in json.loads(head).items():
            ends = np.cumsum([at, *lengths]).tolist()
            text, places, counts = (body[a:b] for a, b in pairwise(ends))
            at = ends[-1]
            fields[name] = FieldTerms(
                text, np.frombuffer(places, np.uint32), np.frombuffer(counts, np.int32)
            )
        return cls(fields)


class Dictionary:
    """All parts of one commit."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts

    def memory(self) -> int:
        """Bytes of memory that each process that searches or writes needs for it."""
        return sum(terms.memory() for part in self.parts for terms in part.fields.values())

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many articles hold each term."""
        found = [one.fields[field] for one in self.parts if field in one.fields]
        encoded = map(_encoded, terms)
        return [max(0, sum(one.count(term) for one in found)) for term in encoded]

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with a prefix, sorted by their bytes, and their counts."""
        begun = _encoded(prefix)
        found = [one.fields[field].beginning(begun) for one in self.parts if field in one.fields]
        for term, its in groupby(merge(*found), key=itemgetter(0)):
            count = sum(one for _, one in its)
            if count > 0:
                yield term.decode("utf-8", "surrogatepass"), count


class DictionaryStore:
    """The parts in the cluster.

    An id of a part ends with how many terms it has.
    """

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._path = f"/{names.dictionary}"
        self._loaded: dict[str, Part] = {}

    def load(self, ids: Sequence[str]) -> Dictionary:
        """The dictionary of these parts; those of an earlier one are kept in memory.

        Raises:
            ArchiveError: a part is missing or damaged.
        """
        self._loaded = {id: self._loaded.get(id) or self._fetch(id) for id in ids}
        return Dictionary([self._loaded[id] for id in ids])

    def _fetch(self, id: str) -> Part:
        chunks: list[bytes] = []
        count = 1
        while len(chunks) < count:
            answer = self._connection.request(
                "GET", f"{self._path}/_doc/{id}-{len(chunks)}", missing=True
            )
            if answer is None or not answer.get("found"):
                raise ArchiveError(
                    f"{self._path[1:]}: a part of the term dictionary is missing; restore the index"
                    " or index the articles into a new archive"
                )
            count = answer["_source"]["chunks"]
            chunks.append(base64.b64decode(answer["_source"]["data"]))
        try:
            return Part.from_bytes(b"".join(chunks))
        except (ValueError, zlib.error) as error:
            raise ArchiveError(
                f"{self._path[1:]}: a part of the term dictionary is damaged; restore the index"
                " or index the articles into a new archive"
            ) from error

    def add(self, ids: Sequence[str], counts: TermCounts) -> tuple[str, ...]:
        """Store a commit's counts, joined with parts of like size; the ids of all parts then."""
        part = Part.of(counts)
        size, kept = part.size(), list(ids)
        joined: list[Part] = [part]
        while kept and _size_of(kept[-1]) <= _GROWTH * size:
            older = kept.pop()
            size += _size_of(older)
            joined.append(self._loaded.get(older) or self._fetch(older))
        if len(joined) > 1:
            part = join(joined)
        id = f"{uuid4().hex}-{part.size()}"
        self._store(id, part)
        self._loaded[id] = part
        return (*kept, id)

    def _store(self, id: str, part: Part) -> None:
        data = part.to_bytes()
        chunks = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
        for number, chunk in enumerate(chunks):
            content = {"chunks": len(chunks), "data": base64.b64encode(chunk).decode()}
            self._connection.request("PUT", f"{self._path}/_doc/{id}-{number}", content, **DOCUMENT)

    def clean(self, kept: Sequence[str]) -> None:
        """Delete the parts that no commit needs."""
        self._connection.request("POST", f"{self._path}/_refresh")
        answer = self._connection.request(
            "POST", f"{self._path}/_search", {"_source": False, "size": 1000}
        )
        for hit in answer["hits"]["hits"]:
            if hit["_id"].rpartition("-")[0] not in kept:
                self._connection.request("DELETE", f"{self._path}/_doc/{hit['_id']}", missing=True)


def join(parts: Iterable[Part]) -> Part:
    """The sum of parts."""
    sums: dict[str, dict[bytes, int]] = {}
    # The largest first: its terms are taken over as they are, in order.
    for part in sorted(parts, key=Part.size, reverse=True):
        for name, terms in part.fields.items():
            added = zip(terms, terms.counts.tolist(), strict=True)
            if name not in sums:
                sums[name] = dict(added)
                continue
            counts = sums[name]
            for term, count in added:
                counts[term] = counts.get(term, 0) + count
    many = sum(map(len, sums.values())) > _MANY
    return Part({name: _kept(name, counts, many=many) for name, counts in sums.items()})


def _kept(name: str, counts: Mapping[bytes, int], *, many: bool) -> FieldTerms:
    if many and name == PAIRS:
        return FieldTerms.of({term: count for term, count in counts.items() if count > 1})
    return FieldTerms.of({term: count for term, count in counts.items() if count})


def _size_of(id: str) -> int:
    return int(id.rpartition("-")[2])


def _encoded(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")
