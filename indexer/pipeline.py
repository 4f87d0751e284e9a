"""Sources -> archive: what is new, changed or removed is written, in batches that are atomic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from indexer.article_catalog import ArticleCatalog
from indexer.dry_run import DryEngine
from indexer.engine_factory import EngineChoice, engine_kind, open_or_create_engine
from indexer.engines.base import Document, Engine, EngineWriter
from indexer.engines.capabilities import CanCompact, HasWarnings, capability, exclusive_run
from indexer.errors import ArchiveError, ParseError
from indexer.item_writer import ItemWriter
from indexer.locks import Waiting
from indexer.manifest import FileState, Manifest
from indexer.parsing import (
    ARTICLE_SUFFIXES,
    REPORT,
    SITEMAP,
    FieldMap,
    file_kind,
    is_read,
)
from indexer.reading import FileItems, read_files, stamp
from indexer.removals import check_removals
from indexer.reporting import IndexReport
from indexer.run_end import RunEnd
from indexer.run_state import Progress, RunOptions, RunState
from indexer.sources import SourceFile, check_sources, walk, walk_only
from indexer.stages import stage

BATCH = 2000
"""Articles a commit: what a crash can cost is the work on one batch, never what was there before."""


def index_sources(
    archive: Path,
    sources: Iterable[Path],
    *,
    workers: int | None = None,
    batch: int = BATCH,
    memory: int | None = None,
    progress: Progress | None = None,
    waiting: Waiting | None = None,
    exclude: Sequence[str] = (),
    fields: FieldMap | None = None,
    remove_missing: bool = False,
    retry: bool = False,
    dry: bool = False,
    choice: EngineChoice | None = None,
    only: Sequence[Path] | None = None,
    memory_of_runs: KnownCatalog | None = None,
) -> IndexReport:
    """Bring an archive up to date with its sources; it is created if there is none.

    Args:
        archive: the archive's folder.
        sources: article files and folders of them. Articles from elsewhere are left alone.
        workers: processes; None for one a core where that is worth it, 0 to use this one alone.
        batch: articles a commit.
        memory: bytes that the postings of a commit may take; more are set aside on the disk.
        waiting: called when another run has to end first.
        exclude: patterns of the shell for files and folders to leave out.
        fields: which keys of records are which fields, before the table of aliases.
        retry: whether files that could not be read are tried again, though they have not changed.
        dry: whether to store nothing, and say in the report what would have been done.
        remove_missing: whether a source may lose more than a tenth of its articles.
        only: files and folders of the sources that are looked at, and no others; None for all.
        memory_of_runs: what the run before knew, so that it need not be read from the archive again.
        choice: the engine of a new archive; one that exists keeps its own.

    Raises:
        SourceError: a source is not there, or lost many articles; nothing is changed then.
        ArchiveError: the archive cannot be read or written.
    """
    sources = list(sources)
    check_sources(sources)
    engine = open_or_create_engine(archive, memory=memory, choice=choice)
    kind = engine_kind(archive)
    try:
        # What the run knows of the archive stays true until its end: it runs alone.
        with exclusive_run(engine, waiting):
            if engine_kind(archive) != kind:
                raise ArchiveError(
                    f"{archive}: the archive has moved to another engine meanwhile; run this again"
                )
            remembered = memory_of_runs or KnownCatalog()
            catalog = remembered.of(engine)
            manifest = Manifest(archive, is_new=not len(catalog))
            try:
                options = RunOptions(
                    batch, workers, progress, fields or FieldMap(), remove_missing, retry, dry
                )
                run = _Run(DryEngine(engine) if dry else engine, manifest, catalog, options)
                warned = capability(engine, HasWarnings)
                warnings = warned.warnings if warned else ()
                run.report.notes += [line for line in (*warnings, manifest.fault) if line]
                report = run.run(sources, exclude, only)
                remembered.keep(engine, catalog)
                return report
            finally:
                manifest.close()
    finally:
        engine.close()


def _is_sitemap(file: SourceFile) -> bool:
    try:
        return ".xml" in file.path.suffixes and file_kind(file.path) == SITEMAP
    except OSError:
        return False


class KnownCatalog:
    """The articles of an archive as the run before left them, for as long as nobody else changes it."""

    def __init__(self) -> None:
        self._commit = ""
        self._catalog: ArticleCatalog | None = None

    def of(self, engine: Engine) -> ArticleCatalog:
        """The articles of an engine's newest commit."""
        searcher, catalog = engine.searcher(), self._catalog
        self._catalog = None
        if catalog is not None and searcher.commit == self._commit:
            catalog.begin()
            return catalog
        return ArticleCatalog(searcher.origins())

    def keep(self, engine: Engine, catalog: ArticleCatalog) -> None:
        """Remember a catalog that a run has left as it says."""
        self._commit, self._catalog = engine.searcher().commit, catalog


class _Run:
    """The state of one run."""

    def __init__(
        self, engine: Engine, manifest: Manifest, catalog: ArticleCatalog, options: RunOptions
    ) -> None:
        self._state = RunState(engine, manifest, catalog, options)
        self._writer = ItemWriter(self._state)
        self._seen = 0
        self.report = self._state.report

    def run(
        self, sources: list[Path], exclude: Sequence[str], only: Sequence[Path] | None
    ) -> IndexReport:
        """Read changed files, then remove the articles that are gone: a moved article is never missing."""
        found = walk(sources, exclude) if only is None else walk_only(sources, exclude, only)
        files = self._changed_files(found)
        options = self._state.options
        if not options.remove_missing and (only is None or self._may_lose(only, files)):
            states = self._state.manifest.load()
            check_removals(
                sources, files, states, self._state.placement, options.workers, options.fields
            )
        parts = read_files(files, options.workers, self, options.fields)
        done = 0
        more = bool(files)
        while more:
            with self._state.engine.writer() as writer:
                self._state.refusals.watch(writer)
                states_read, done, more = self._write_batch(writer, parts, done, len(files))
                self._state.put_regrouped(writer)
            self._state.note_read(self._state.refusals.read_whole(states_read))
            if not options.dry:
                self._state.placement.book.begin()
                self._state.copies.begin()
        end = RunEnd(self._state)
        end.remove_missing(sources, sources if only is None else only)
        end.join_redirected()
        end.complete_listed()
        self._writer.report_unread(sources)
        written = self.report.added + self.report.changed
        engine = capability(self._state.engine, CanCompact)
        if engine and written > options.batch and 2 * written >= len(self._state.catalog):
            # Most of the archive is new: now is the cheapest time to join what the commits wrote.
            with stage("join segments"):
                engine.compact()
        return self.report

    def _may_lose(self, only: Sequence[Path], files: Sequence[SourceFile]) -> bool:
        """Whether articles may be gone from the files that are looked at."""
        held = self._state.catalog.held
        return any(not path.exists() for path in only) or any(held(one.origin) for one in files)

    def _changed_files(self, walked: Iterable[SourceFile | ParseError]) -> list[SourceFile]:
        """The files that have to be read; unchanged files are counted and left out."""
        states, retry = self._state.manifest.load(), self._state.options.retry
        files = []
        for found in walked:
            if isinstance(found, ParseError):
                self.report.failures.append(found)
                continue
            state = states.get(found.origin)
            held = self._state.catalog.held(found.origin)
            if state and state.articles == held and state.stamp == self._stamp(found):
                if state.failures and (found.named or retry or state.is_tried_again):
                    files.append(found)
                    continue
                self.report.known_failures += len(state.failures)
                self.report.unchanged += held
                self._state.catalog.meet(found.origin)
            elif held or found.named or self._is_read(found):
                files.append(found)
        # What sitemaps list is known when the pages are read.
        return sorted(files, key=lambda file: not _is_sitemap(file))

    def _stamp(self, file: SourceFile) -> str:
        """The state of a file and of the map that says how its records are read."""
        return f"{stamp(file)}{self._state.map_of(file).digest}"

    def _is_read(self, file: SourceFile) -> bool:
        """Whether a file is of a kind that is read; one that is not is counted."""
        try:
            kind = file_kind(file.path, named=False)
        except OSError:
            return True  # It is opened once more, and what is wrong is told then.
        if is_read(kind) or (kind != REPORT and file.path.suffix.lower() in ARTICLE_SUFFIXES):
            return True
        self.report.passed_over.append((str(file.path), kind))
        return False

    def holds(self, origin: str) -> bool:
        """See `KnownArticles`."""
        return bool(self._state.catalog.held(origin))

    def has(self, id: str, digest: str, origin: str) -> bool:
        """See `KnownArticles`."""
        return (
            self._state.catalog.has_content(id, digest) and self._state.catalog.origin(id) == origin
        )

    def _write_batch(
        self, writer: EngineWriter, parts: Iterator[FileItems], done: int, found: int
    ) -> tuple[list[FileState], int, bool]:
        """Write about a batch of articles.

        Returns:
            The files that were read without a fault, the files done so far, whether more follow.
        """
        written = 0
        states: list[FileState] = []
        for part in parts:
            with stage("find addresses and copies"):
                items = self._state.listings.completed(part.items)
                new = [item for item in items if isinstance(item, Document)]
                self._state.placement.book.expect(new)
                self._state.copies.expect(new)
                written += sum(self._writer.write(writer, part.file, item) for item in items)
            if part.last:
                state = self._writer.finish_file(part)
                if state is not None:
                    states.append(state)
                done += 1
            self._seen += len(part.items)
            if self._state.options.progress:
                self._state.options.progress(done, found, self._seen)
            if written >= self._state.options.batch:
                return states, done, True
        return states, done, False
