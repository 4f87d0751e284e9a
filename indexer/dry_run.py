"""What a run would do, without doing it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from indexer.archive_folder import read_marker
from indexer.engines.base import Document, Engine, EngineWriter, Searcher


class DryEngine:
    """An engine that takes everything and stores nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def searcher(self) -> Searcher:
        """What the archive holds, which stays as it is."""
        return self._engine.searcher()

    def writer(self) -> AbstractContextManager[EngineWriter]:
        """A transaction that changes nothing."""
        return nullcontext(_DryWriter())

    def close(self) -> None:
        """Release the engine's resources."""
        self._engine.close()


class _DryWriter:
    def put(self, document: Document) -> None:
        """Forget a document."""

    def delete(self, id: str) -> None:
        """Leave a document where it is."""


@contextmanager
def archive_for_dry_run(archive: Path) -> Iterator[Path]:
    """The archive, or an empty one that is gone at the end where there is none."""
    if read_marker(archive) is not None:
        yield archive
        return
    with tempfile.TemporaryDirectory(prefix="khobao-") as folder:
        yield Path(folder) / "archive"
