"""An archive moves to another kind of engine: from its own records, without the sources.

The new index is brought up to date beside the old one, batch after batch. A run that was stopped goes on
where it was: what is there already is not moved again. At the end every article is compared, and the
archive's marker names the new engine from one moment to the next. Until then the old one answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from indexer.archive_folder import write_marker
from indexer.documents import document_of_record
from indexer.durable import make_folder
from indexer.engine_factory import ENGINES, EngineChoice, EngineKind, engine_kind, open_engine
from indexer.engines.base import Document, Engine, Origin, Searcher
from indexer.engines.capabilities import (
    CanCompact,
    HidesSources,
    capability,
    exclusive_run,
    hide_sources,
)
from indexer.engines.opensearch import remember_address
from indexer.errors import ArchiveError, DamageError, GoneError, archive_errors
from indexer.locks import Waiting

BATCH = 2000
"""Articles a commit."""
GRACE = 10.0
"""Seconds in which a site that is running takes up the new engine before the old index is removed."""

Progress = Callable[[int, int], None]
"""Called with articles that are there and articles in all."""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """The result of a move.

    Attributes:
        articles: in the archive; each was compared.
        moved: in this run; the others were there from one that was stopped.
    """

    articles: int
    moved: int


def migrate(
    archive: Path,
    choice: EngineChoice,
    *,
    workers: int | None = None,
    keep_old: bool = False,
    grace: float = GRACE,
    progress: Progress | None = None,
    waiting: Waiting | None = None,
) -> MigrationReport:
    """Move an archive to another kind of engine.

    Args:
        workers: processes that analyse articles; None for one a core, 0 for this one alone.
        keep_old: whether the old index stays.
        grace: seconds between the swap and the removal of the old index.
        waiting: called when an indexing run has to end first.

    Raises:
        ArchiveError: one of the two cannot be read or written, or an article did not arrive as it was.
            The archive is as it was then, and the next run goes on.
    """
    if engine_kind(archive) == choice.kind:
        raise ArchiveError(f"{archive}: this archive is of the kind {choice.kind} already")
    old = open_engine(archive)
    try:
        with exclusive_run(old, waiting):
            new = _target(archive / ENGINES[choice.kind].folder, choice)
            try:
                _keep_private(old, new)
                report = _move(old, new, workers, progress)
            finally:
                new.close()
            write_marker(archive, choice.kind)
        if not keep_old:
            time.sleep(grace)
            _discard_others(archive, choice.kind)
        return report
    finally:
        old.close()


def _target(folder: Path, choice: EngineChoice) -> Engine:
    """The new engine: that of a move which was stopped, else an empty one."""
    kind = ENGINES[choice.kind]
    if kind.holds_index(folder):
        try:
            if choice.address is not None:
                remember_address(folder, choice.address)
            return kind.open(folder)
        except (GoneError, DamageError):
            if _is_whole(kind, folder):
                # It is in the cluster that the folder remembers, not in the one that was named.
                raise
        # A run that was stopped while it made the index, or took it away, has left a part, of no use.
        kind.discard(folder)
    with archive_errors(folder):
        make_folder(folder)
    return kind.create(folder, choice)


def _is_whole(kind: EngineKind, folder: Path) -> bool:
    """Whether an index can be opened where its folder remembers it."""
    with suppress(GoneError, DamageError):
        kind.open(folder).close()
        return True
    return False


def _keep_private(old: Engine, new: Engine) -> None:
    """Hide in the new engine what the old one hides; raises ArchiveError where it cannot."""
    hiding = capability(old, HidesSources)
    private = hiding.private_sources() if hiding else frozenset()
    there = capability(new, HidesSources)
    if private != (there.private_sources() if there else frozenset()):
        hide_sources(new, private)


def _move(
    old: Engine, new: Engine, workers: int | None, progress: Progress | None
) -> MigrationReport:
    source = old.searcher()
    there = {one.id: (one.digest, one.origin) for one in new.searcher().origins()}
    wanted = list(source.origins())
    left = [one for one in wanted if there.get(one.id) != (one.digest, one.origin)]
    gone = there.keys() - {one.id for one in wanted}
    documents = _documents(source, left, workers)
    for done in range(0, len(left), BATCH):
        if progress:
            progress(len(wanted) - len(left) + done, len(wanted))
        with new.writer() as writer:
            for document in islice(documents, BATCH):
                writer.put(document)
    if gone:
        with new.writer() as writer:
            for id in gone:
                writer.delete(id)
    if left and (compacting := capability(new, CanCompact)):
        compacting.compact()
    _compare(source, new.searcher(), wanted)
    return MigrationReport(len(wanted), len(left))


def _documents(
    source: Searcher, origins: Sequence[Origin], workers: int | None
) -> Iterator[Document]:
    """The documents of stored articles, in order."""
    stored = _stored(source, origins)
    if workers == 0 or len(origins) < BATCH:
        yield from map(_document, stored)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # A pool takes all that it is given at once: it is given a batch at a time.
        while block := list(islice(stored, BATCH)):
            yield from pool.map(_document, block, chunksize=32)


def _stored(source: Searcher, origins: Sequence[Origin]) -> Iterator[tuple[Origin, bytes, str]]:
    for start in range(0, len(origins), 500):
        block = origins[start : start + 500]
        ids = [one.id for one in block]
        for origin, record, group in zip(
            block, source.records(ids), source.groups(ids), strict=True
        ):
            if record is None or group is None:
                raise ArchiveError(
                    f"{origin.id}: the archive lists this article, but does not hold it"
                )
            yield origin, record, "" if group == origin.id else group


def _document(stored: tuple[Origin, bytes, str]) -> Document:
    """A stored article as the new engine is given it, in its group."""
    origin, record, group = stored
    document = document_of_record(origin.id, record, origin.origin)
    return replace(document, digest=origin.digest, group=group)


def _compare(source: Searcher, target: Searcher, wanted: Sequence[Origin]) -> None:
    """Make sure that each article is there as it was; raises ArchiveError."""
    there = {one.id: one for one in target.origins()}
    if len(there) != len(wanted) or target.count() != len(wanted):
        raise ArchiveError(
            f"{target.count()} of {len(wanted)} articles arrived; nothing was swapped; run this again"
        )
    for one, (_, record, group), (_, other, its_group) in zip(
        wanted, _stored(source, wanted), _stored(target, wanted), strict=True
    ):
        if there.get(one.id) != one or _digest(record) != _digest(other) or group != its_group:
            raise ArchiveError(
                f"{one.id}: this article did not arrive as it was; nothing was swapped; run this again"
            )


def _digest(record: bytes) -> bytes:
    return blake2b(record).digest()


def _discard_others(archive: Path, current: str) -> None:
    """Remove the index that an archive had; raises ArchiveError."""
    for name, kind in ENGINES.items():
        folder = archive / kind.folder
        if name != current and kind.holds_index(folder):
            kind.discard(folder)
