"""The engine of an archive: which kinds there are, and how an archive's own is opened or made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from indexer.archive_folder import FORMAT, INDEX_FOLDER, marker_path, read_marker, write_marker
from indexer.documents import FACETS, KEYS, LINKS, SCORED_FIELDS, TERM_FIELDS, make_document
from indexer.durable import make_folder
from indexer.engines.base import Document, Engine
from indexer.engines.fields import Fields
from indexer.engines.opensearch import (
    ClusterAddress,
    ClusterFields,
    OpenSearchEngine,
    holds_cluster,
    remember_address,
)
from indexer.engines.whoosh import WhooshEngine, discard_index, holds_index
from indexer.errors import ArchiveError, DamageError, GoneError, UnavailableError, archive_errors
from indexer.language.analysis import SYLLABLES
from indexer.records import decode_record

INDEX_FIELDS = Fields(TERM_FIELDS, FACETS, SCORED_FIELDS)
CLUSTER_FIELDS = ClusterFields(
    TERM_FIELDS,
    FACETS,
    SCORED_FIELDS,
    # Keys of articles are looked up, never counted or completed.
    counted=tuple(name for name in TERM_FIELDS if name not in (KEYS, LINKS)),
    tokens=SYLLABLES,
)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The engine that a new archive is made with.

    Attributes:
        kind: one of `ENGINES`.
        address: the cluster, for an engine that needs one.
    """

    kind: str
    address: ClusterAddress | None = None


@dataclass(frozen=True, slots=True)
class EngineKind:
    """How engines of one kind are made; each is given its folder.

    Attributes:
        folder: name of their folder in the archive's; an archive that moves has two for a while.
        open: the engine of a folder that holds an index.
        create: an engine without documents.
        discard: deletes all that is left of an index, in whatever state it is; raises ArchiveError.
        holds_index: whether there is an index, or remains of an index.
    """

    folder: str
    open: Callable[[Path], Engine]
    create: Callable[[Path, EngineChoice], Engine]
    holds_index: Callable[[Path], bool]
    discard: Callable[[Path], None]


def _document_of(record: bytes) -> Document:
    return make_document(decode_record(record), "")


def _create_in_cluster(folder: Path, choice: EngineChoice) -> Engine:
    if choice.address is None:
        raise ArchiveError(
            "an archive in OpenSearch needs the addresses of the cluster: --hosts http://localhost:9200"
        )
    return OpenSearchEngine.create(folder, choice.address, CLUSTER_FIELDS, _document_of)


WHOOSH = "whoosh"
OPENSEARCH = "opensearch"
ENGINES = {
    WHOOSH: EngineKind(
        folder=INDEX_FOLDER,
        open=WhooshEngine.open,
        create=lambda folder, _: WhooshEngine.create(folder, INDEX_FIELDS),
        holds_index=holds_index,
        discard=discard_index,
    ),
    OPENSEARCH: EngineKind(
        folder="cluster",
        open=lambda folder: OpenSearchEngine.open(folder, CLUSTER_FIELDS, _document_of),
        create=_create_in_cluster,
        holds_index=holds_cluster,
        discard=lambda folder: OpenSearchEngine.discard(folder, CLUSTER_FIELDS, _document_of),
    ),
}
"""Name of a kind, as the marker of an archive has it -> how its engines are made."""
_default = [EngineChoice(WHOOSH)]


def set_default_engine(choice: EngineChoice) -> None:
    """Make new archives with another kind of engine."""
    _default[0] = choice


def engine_kind(archive: Path) -> str:
    """The kind of an archive's engine.

    Raises:
        DamageError: the archive's marker is damaged, or is missing beside an index.
        ArchiveError: there is no archive, or another version wrote it.
    """
    marker = read_marker(archive)
    if marker is None and _holds_index(archive):
        raise DamageError(marker_path(archive), "the file is missing, but an index is beside it")
    if marker is None:
        raise ArchiveError(
            f"{archive}: there is no archive here; make one with: khobao index SOURCE --archive {archive}"
        )
    if marker.format != FORMAT or marker.engine not in ENGINES:
        raise ArchiveError(
            f"{archive}: another version of Kho Báo wrote this archive; index the articles into a new one"
        )
    return marker.engine


def _holds_index(archive: Path) -> bool:
    return any(kind.holds_index(archive / kind.folder) for kind in ENGINES.values())


def open_engine(archive: Path, *, memory: int | None = None) -> Engine:
    """The engine of an archive that exists.

    Args:
        memory: bytes that gathered postings may take while writing; None for the engine's default.

    Raises:
        DamageError: its marker or a file of its index is damaged or missing.
        ArchiveError: there is no archive, or another version wrote it.
    """
    kind = engine_kind(archive)
    index = archive / ENGINES[kind].folder
    if not index.is_dir():
        raise DamageError(index, "the folder of the index is missing")
    return _with_memory(ENGINES[kind].open(index), memory)


def open_or_create_engine(
    archive: Path, *, memory: int | None = None, choice: EngineChoice | None = None
) -> Engine:
    """The engine of an archive, made empty where there is no archive yet.

    Args:
        memory: as for `open_engine`.
        choice: the engine of a new archive. One that exists keeps its kind; another address of its
            cluster is remembered.

    Raises:
        ArchiveError: the folder cannot be written, holds something else, is a damaged archive, or an
            archive of another kind than is asked for.
    """
    if unfinished := _unfinished(archive):
        write_marker(archive, unfinished)
    if marker_path(archive).exists() or _holds_index(archive):
        if choice is not None:
            _check_choice(archive, choice)
        return open_engine(archive, memory=memory)
    choice = choice or _default[0]
    index = archive / ENGINES[choice.kind].folder
    with archive_errors(archive):
        _remove_empty(archive / kind.folder for kind in ENGINES.values())
        if archive.is_dir() and any(one.name != index.name for one in archive.iterdir()):
            raise ArchiveError(
                f"{archive}: this folder holds other files; name an empty or new one"
            )
        make_folder(index)
    engine = ENGINES[choice.kind].create(index, choice)
    write_marker(archive, choice.kind)
    return _with_memory(engine, memory)


def _remove_empty(folders: Iterable[Path]) -> None:
    """Remove the empty folders that are left where an archive could not be made."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _check_choice(archive: Path, choice: EngineChoice) -> None:
    kind = engine_kind(archive)
    if kind != choice.kind:
        raise ArchiveError(
            f"{archive}: this archive is of the kind {kind}; move it with:"
            f" khobao migrate --to {choice.kind} --archive {archive}"
        )
    if choice.address is not None:
        remember_address(archive / ENGINES[kind].folder, choice.address)


def _unfinished(archive: Path) -> str | None:
    """The kind of an archive whose making was stopped, so that it holds nothing that can be lost."""
    with suppress(OSError):
        if marker_path(archive).read_bytes():
            return None
    index, cluster = archive / INDEX_FOLDER, archive / ENGINES[OPENSEARCH].folder
    if holds_index(index):
        with suppress(ArchiveError):
            commit = WhooshEngine(index).commit()
            return WHOOSH if commit.generation == 0 and not commit.segments else None
    elif holds_cluster(cluster):
        try:
            engine = ENGINES[OPENSEARCH].open(cluster)
        except GoneError:
            ENGINES[OPENSEARCH].discard(cluster)
            return None
        except UnavailableError as error:
            raise ArchiveError(
                f"{error}; an archive was begun there: delete {cluster} to begin it elsewhere"
            ) from error
        is_empty = engine.searcher().count() == 0
        engine.close()
        return OPENSEARCH if is_empty else None
    return None


def _with_memory(engine: Engine, memory: int | None) -> Engine:
    if memory is not None and isinstance(engine, WhooshEngine):
        engine.memory = memory
    return engine
