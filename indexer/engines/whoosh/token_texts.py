"""The tokens of a segment's documents, as texts that conditions on places are looked for in.

Blocks of documents are kept in memory as far as there is room: common words stand in most documents, and
their texts are asked for again and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple, Protocol
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from indexer.engines.spans import Scopes, Texts

BLOCK = 1024
"""Documents that are looked through at once."""
_DENSE = 4
"""Where one document in so many is asked for, the whole block is looked through."""
MOST_BYTES = 128 << 20
"""Of the blocks that this process keeps; the places of common words take about a third more.

What is kept stays: of a larger archive the blocks that were used last would never be those that are used
next, for each search goes through all of them.
"""

LocalDocuments = NDArray[np.int64]


class RowColumns(Protocol):
    """A segment whose columns are read row by row."""

    def rows(self, column: str, documents: Sequence[int]) -> list[bytes]:
        """The values of some documents."""


class TextBlock(NamedTuple):
    """Some documents of a segment with their texts, and the ends of their sentences where asked for."""

    documents: LocalDocuments
    texts: Texts
    scopes: Scopes | None


class _Budget:
    """How many bytes all segments keep; threads share it."""

    def __init__(self) -> None:
        self._bytes = 0
        self._is_full = False
        self._lock = Lock()

    def has_room(self) -> bool:
        """Whether a block may find room: not after one has found none, until something is given back."""
        return not self._is_full

    def take(self, wanted: int) -> bool:
        """Whether there is room for so many bytes, which are taken then."""
        with self._lock:
            if self._bytes + wanted > MOST_BYTES:
                self._is_full = True
                return False
            self._bytes += wanted
            return True

    def give_back(self, taken: list[int]) -> None:
        """The bytes of a segment that nobody uses any more."""
        with self._lock:
            self._bytes -= sum(taken)
            self._is_full = False


_BUDGET = _Budget()


class SegmentTexts:
    """The texts of one segment of `count` documents.

    Args:
        size: bytes of all texts. Where there is no room for most of them, none are kept.
    """

    def __init__(self, segment: RowColumns, count: int, size: int) -> None:
        self._segment = segment
        self._fits = size <= 2 * MOST_BYTES
        self._count = count
        self._texts: dict[int, Texts] = {}
        self._scopes: dict[int, Scopes] = {}
        self._taken: list[int] = []
        self._lock = Lock()
        finalize(self, _BUDGET.give_back, self._taken)

    def of(self, documents: LocalDocuments, *, with_scopes: bool) -> Iterator[TextBlock]:
        """The texts of some documents, block after block; others may be among them.

        Args:
            documents: within the segment, ascending.

        Raises:
            DamageError: a row is not what was written.
        """
        blocks = documents // BLOCK
        edges = np.flatnonzero(np.diff(blocks, prepend=-1, append=-1))
        first = 0
        for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            texts = self._kept(block := int(blocks[start]))
            # Of what is not kept the documents of many blocks are looked through at once.
            if start > first and (texts is not None or end - first > BLOCK):
                yield self._unkept(documents[first:start], with_scopes=with_scopes)
                first = start
            if texts is not None:
                yield self._block(block, texts, documents[start:end], with_scopes=with_scopes)
                first = end
        if first < len(documents):
            yield self._unkept(documents[first:], with_scopes=with_scopes)

    def _unkept(self, its: LocalDocuments, *, with_scopes: bool) -> TextBlock:
        texts = self._read(its)
        return TextBlock(its, texts, self._read_scopes(its, texts) if with_scopes else None)

    def _whole(self, block: int) -> LocalDocuments:
        return np.arange(block * BLOCK, min((block + 1) * BLOCK, self._count))

    def _block(
        self, block: int, texts: Texts, its: LocalDocuments, *, with_scopes: bool
    ) -> TextBlock:
        whole = self._whole(block)
        kept = self._kept_scopes(block, whole, texts) if with_scopes else None
        if len(its) * _DENSE >= len(whole):
            read = with_scopes and kept is None
            return TextBlock(whole, texts, self._read_scopes(whole, texts) if read else kept)
        numbers = its - whole[0]
        some = texts.some(numbers)
        if not with_scopes:
            return TextBlock(its, some, None)
        scopes = kept.some(texts, numbers) if kept else self._read_scopes(its, some)
        return TextBlock(its, some, scopes)

    def _kept(self, block: int) -> Texts | None:
        """The texts of a whole block; None where there is no room for them."""
        found = self._texts.get(block)
        if found is not None or not self._fits or not _BUDGET.has_room():
            return found
        texts = self._read(self._whole(block), kept=True)
        with self._lock:
            # Another thread may have kept the block meanwhile.
            if block not in self._texts and self._keep(
                texts.tokens.nbytes + texts.ends.nbytes + texts.parts.nbytes
            ):
                self._texts[block] = texts
            return self._texts.get(block, texts)

    def _kept_scopes(self, block: int, documents: LocalDocuments, texts: Texts) -> Scopes | None:
        """The scopes of a whole block; None where there is no room for them."""
        if (found := self._scopes.get(block)) is not None or not _BUDGET.has_room():
            return found
        scopes = self._read_scopes(documents, texts)
        with self._lock:
            if block not in self._scopes and self._keep(
                scopes.sentences.nbytes + scopes.paragraphs.nbytes
            ):
                self._scopes[block] = scopes
            return self._scopes.get(block, scopes)

    def _keep(self, size: int) -> bool:
        if not _BUDGET.take(size):
            return False
        self._taken.append(size)
        return True

    def _read(self, documents: LocalDocuments, *, kept: bool = False) -> Texts:
        return Texts.of(self._segment.rows("tokens", documents.tolist()), kept=kept)

    def _read_scopes(self, documents: LocalDocuments, texts: Texts) -> Scopes:
        return Scopes.of(texts, self._segment.rows("breaks", documents.tolist()))
