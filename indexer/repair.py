"""Repair of a damaged archive: whole files are kept, the rest is read again from its sources.

Whole files are not touched, and all changes become visible in one commit. Articles of damaged
segments are taken from their records where these are whole, else from the files they came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.archive_folder import INDEX_FOLDER, write_marker
from indexer.article import Article, article_digest
from indexer.copies.finder import CopyFinder
from indexer.documents import make_document
from indexer.durable import make_folder
from indexer.engine_factory import INDEX_FIELDS, WHOOSH, engine_kind
from indexer.engines.base import EngineWriter, Origin
from indexer.engines.whoosh import Salvage, WhooshEngine, holds_index, recover_table
from indexer.errors import ArchiveError, DamageError, archive_errors
from indexer.locks import Waiting
from indexer.manifest import FileState, Manifest
from indexer.parsing import FieldMap, parse_file
from indexer.records import decode_record
from indexer.removals import shared_id


@dataclass(frozen=True, slots=True)
class RepairReport:
    """The result of a repair.

    Attributes:
        kept: articles in files that are whole.
        rewritten: articles of damaged files whose records were whole.
        read_again: articles that were read from their sources again.
        mended: one line for each file that was damaged.
        lost: one line for each article that is lost, or for several of which it is not known which.
    """

    kept: int
    rewritten: int
    read_again: int
    mended: tuple[str, ...]
    lost: tuple[str, ...]


def repair_archive(archive: Path, waiting: Waiting | None = None) -> RepairReport:
    """Mend an archive; one that is whole stays as it is.

    Args:
        waiting: called when an indexing run has to end first.

    Raises:
        ArchiveError: there is no archive, another version wrote it, or it cannot be written.
    """
    mended: list[str] = []
    index = archive / INDEX_FOLDER
    try:
        if engine_kind(archive) != WHOOSH:
            raise ArchiveError(f"{archive}: only the embedded engine's files can be mended here")
        bad_marker = False
    except DamageError as error:
        mended.append(f"{error.path}: {error.fault}; it is written anew")
        bad_marker = True
    mended += _make_index(index)
    engine = WhooshEngine(index)
    try:
        with engine.exclusive_run(waiting):
            manifest = Manifest(archive)
            try:
                mended += [manifest.fault] if manifest.fault else []
                report = _Repair(engine, manifest).run(mended)
            finally:
                manifest.close()
        if bad_marker:
            write_marker(archive, WHOOSH)
        return report
    finally:
        engine.close()


def _make_index(index: Path) -> Iterator[str]:
    """See that there is an index with a table of contents."""
    if not holds_index(index):
        with archive_errors(index):
            make_folder(index)
        WhooshEngine.create(index, INDEX_FIELDS).close()
        yield (
            f"{index}: the index is missing; it is made anew, without private sources: name them again"
            " before anybody reads (khobao private add)"
        )
        return
    try:
        WhooshEngine(index).commit()
    except DamageError as error:
        with archive_errors(index):
            recover_table(index, INDEX_FIELDS)
        yield (
            f"{error.path}: {error.fault}; it is made anew from the segments: articles that had been"
            " removed may be back until their sources are indexed again"
        )


class _Repair:
    """The state of one repair."""

    def __init__(self, engine: WhooshEngine, manifest: Manifest) -> None:
        self._engine = engine
        self._states = manifest.load()
        self._rewritten = 0
        self._read_again = 0
        self._lost: list[str] = []
        # Id -> digest of the articles that the archive holds after the repair.
        self._present: dict[str, str] = {}
        self._held: Counter[str] = Counter()

    def run(self, mended: list[str]) -> RepairReport:
        # Every byte is read once: all later steps go by the ids of the damaged segments.
        names: set[str] = set()
        for error in self._engine.damage():
            if not isinstance(error, DamageError):
                # A file that cannot be read, for want of permission perhaps, is not damaged.
                raise error
            mended.append(f"{error.path}: {error.fault}; its content is written anew")
            names.add(error.file.partition(".")[0])
        damaged = frozenset(names)
        salvage = self._engine.salvage(damaged)
        whole = self._engine.searcher_without(damaged)
        self._copies = CopyFinder(lambda: whole)
        kept = 0
        with self._engine.writer(without=damaged) as writer:
            for origin in whole.origins():
                self._note(origin)
                kept += 1
            self._rewrite(writer, salvage)
            self._read(writer, salvage)
            files = {one.id: one.origin for one in whole.origins()}
            for document in self._copies.regrouped(files.get):
                writer.put(document)
        self._name_lost(salvage)
        return RepairReport(
            kept, self._rewritten, self._read_again, tuple(mended), tuple(self._lost)
        )

    def _note(self, origin: Origin) -> None:
        self._present[origin.id] = origin.digest
        self._held[origin.origin] += 1

    def _rewrite(self, writer: EngineWriter, salvage: Salvage) -> None:
        """Store the articles whose records are whole."""
        for known, record in salvage.records:
            self._put(writer, decode_record(record), known.origin)
            self._rewritten += 1

    def _put(self, writer: EngineWriter, article: Article, origin: str) -> None:
        document = make_document(article, origin)
        writer.put(self._copies.grouped(document))
        self._note(Origin(document.id, document.digest, origin))

    def _read(self, writer: EngineWriter, salvage: Salvage) -> None:
        """Read the files again that articles are missing of."""
        for path in self._incomplete(salvage.lost):
            for parsed in parse_file(Path(path), FieldMap()):
                if not isinstance(parsed, Article) or self._is_present(parsed):
                    continue
                self._put(writer, parsed, path)
                self._read_again += 1

    def _incomplete(self, lost: Iterable[Origin]) -> list[str]:
        """The files that the archive holds too few articles of."""

        def lacks(state: FileState) -> bool:
            return self._held[state.origin] < state.articles

        from_lost = [one.origin for one in lost if one.origin]
        from_manifest = [state.origin for state in self._states.values() if lacks(state)]
        return list(dict.fromkeys((*from_lost, *from_manifest)))

    def _is_present(self, article: Article) -> bool:
        digest = article_digest(article)
        return digest in (
            self._present.get(article.id),
            self._present.get(shared_id(article.id, digest)),
        )

    def _name_lost(self, salvage: Salvage) -> None:
        for one in salvage.lost:
            if one.id not in self._present:
                source = f" and {one.origin} no longer holds it" if one.origin else ""
                self._lost.append(f"{one.id}: its record is damaged{source}")
        nameless = salvage.unknown - max(0, self._read_again - len(salvage.lost))
        if nameless > 0:
            self._lost.append(
                f"{nameless} articles may be lost, and which cannot be known; index the sources again"
            )
