"""Join the segments that many commits have left, so that searches are faster."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indexer.engine_factory import open_engine
from indexer.engines.capabilities import (
    CanCompact,
    capability,
    commit_facts,
    exclusive_run,
)
from indexer.errors import ArchiveError
from indexer.locks import Waiting


@dataclass(frozen=True, slots=True)
class Compaction:
    """What was joined.

    Attributes:
        articles: of the archive.
        before: its segments; None for a cluster, which does not count them.
        after: those that stay: one, and one for each group of private sources.
    """

    articles: int
    before: int | None
    after: int | None


def compact_archive(archive: Path, waiting: Waiting | None = None) -> Compaction:
    """Join the segments of an archive in one commit; it is searched meanwhile.

    Args:
        waiting: called when an indexing run has to end first.

    Raises:
        ArchiveError: there is no archive, its engine joins nothing, or it cannot be read or written; it
            stays as it is then.
    """
    engine = open_engine(archive)
    try:
        with exclusive_run(engine, waiting):
            compacting = capability(engine, CanCompact)
            if compacting is None:
                raise ArchiveError(f"{archive}: the engine of this archive joins nothing")
            before = commit_facts(engine)
            if before is None or before.segments > 1 or before.deleted:
                compacting.compact()
            after = commit_facts(engine)
            return Compaction(
                engine.searcher().count(),
                before.segments if before else None,
                after.segments if after else None,
            )
    finally:
        engine.close()
