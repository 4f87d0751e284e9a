"""A graph of the vectors of a large archive, which leads to the nearest without comparing them all.

Source: Malkov and Yashunin, Efficient and Robust Approximate Nearest Neighbor Search Using Hierarchical
Navigable Small World Graphs, 2016; by usearch. It is a file beside the vectors, mapped and not read, and is made
from them alone: without it, or without usearch, all vectors are compared.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.meanings.embedder import DIMENSIONS, Vectors

Keys = NDArray[np.uint64]

GRAPH_FROM = 200_000
"""Vectors from which on a graph is made: fewer are compared in less time than a page takes."""
_LEADS = 1000
"""Vectors that the graph leads to; the nearest of them are told by all their numbers."""
_LINKS, _LOOKED_AT = 16, 64
"""Links of a vector, and how many are looked at to find them: M and ef of the source."""
_CHUNK = 1 << 22
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GraphFile:
    """What is known of a graph's file.

    Attributes:
        name: of the file.
        center: what was taken from the vectors: the mean when the graph was first made.
        checksum: CRC-32 of its bytes; a damaged graph may lead anywhere.
    """

    name: str
    center: Vectors = field(compare=False)
    checksum: int


class VectorGraph:
    """The graph of some vectors, by their keys."""

    def __init__(self, index: Any, center: Vectors) -> None:
        self._index = index
        self._center = center

    @classmethod
    def made(cls, center: Vectors) -> VectorGraph:
        """A graph without vectors yet."""
        return cls(_empty(), center)

    @classmethod
    def opened(cls, folder: Path, file: GraphFile, *, to_add: bool = False) -> VectorGraph | None:
        """A graph from its file; None where it cannot be used, and then it is made again.

        Args:
            to_add: whether vectors will be added, for which it is read into memory.
        """
        path = folder / file.name
        with suppress(OSError):
            if _checksum(path) != file.checksum:
                _LOG.warning("%s: damaged; `khobao meanings` makes it again", path)
                return None
            index = _empty()
            (index.load if to_add else index.view)(str(path))
            return cls(index, file.center)
        return None

    def __len__(self) -> int:
        return len(self._index)

    def holds(self, keys: Keys) -> NDArray[np.bool_]:
        """Which keys are in the graph."""
        found: NDArray[np.bool_] = np.asarray(self._index.contains(keys), dtype=np.bool_)
        return found

    def add(self, keys: Keys, vectors: Iterator[Vectors], threads: int) -> None:
        """Add vectors, that come in blocks of the order of their keys."""
        start = 0
        for block in vectors:
            its = keys[start : start + len(block)]
            self._index.add(its, self._centered(block), threads=threads)
            start += len(block)

    def nearest(self, vector: Vectors) -> Keys:
        """The keys of about a thousand vectors that are near one; almost all of the hundred nearest are there."""
        self._index.expansion_search = _LEADS
        found: Keys = self._index.search(self._centered(vector[None])[0], _LEADS).keys
        return found

    def _centered(self, vectors: Vectors) -> Vectors:
        # Less their mean they are told apart by bytes.
        left = vectors - self._center
        norms = np.linalg.norm(left, axis=1, keepdims=True)
        unit: Vectors = (left / np.maximum(norms, 1e-9)).astype(np.float32)
        return unit

    def save(self, folder: Path, name: str) -> GraphFile:
        """Write the graph; the file is whole when this returns."""
        path = folder / name
        self._index.save(str(path))
        return GraphFile(name, self._center, _checksum(path))


def can_make_graphs() -> bool:
    """Whether usearch is installed."""
    return find_spec("usearch") is not None


def _empty() -> Any:
    from usearch.index import Index

    return Index(
        ndim=DIMENSIONS,
        metric="cos",
        dtype="i8",
        connectivity=_LINKS,
        expansion_add=_LOOKED_AT,
        expansion_search=_LEADS,
    )


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
    return checksum
