"""Sources -> archive: what is new, changed or removed is written, in batches that are atomic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from indexer.article_catalog import ArticleCatalog
from indexer.documents import decode_with_names, encode_record, make_document
from indexer.engine_factory import EngineChoice, engine_kind, open_or_create_engine
from indexer.engines.base import Document, Engine, EngineWriter
from indexer.engines.capabilities import CanCompact, HasWarnings, capability, exclusive_run
from indexer.errors import ArchiveError, ParseError
from indexer.manifest import FileState, Manifest
from indexer.parsing import (
    ARTICLE_SUFFIXES,
    REPORT,
    FieldMap,
    PassedOver,
    UnreadKeys,
    Untitled,
    file_kind,
    is_read,
    map_of_folder,
    unread_fault,
)
from indexer.parsing.records.unread import Unread
from indexer.reading import FileItems, KnownArticle, Read, read_files, stamp
from indexer.refusals import Counted, Refusals
from indexer.removals import check_loss, check_removals, shared_id
from indexer.reporting import IndexReport
from indexer.sources import SourceFile, check_sources, is_gone, lies_under, walk
from indexer.twins import Twins

BATCH = 2000
"""Articles a commit: what a crash can cost is the work on one batch, never what was there before."""

Progress = Callable[[int, int, int], None]
"""Called with files done, files found and articles read so far."""


def index_sources(
    archive: Path,
    sources: Iterable[Path],
    *,
    workers: int | None = None,
    batch: int = BATCH,
    memory: int | None = None,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
    exclude: Sequence[str] = (),
    fields: FieldMap | None = None,
    remove_missing: bool = False,
    choice: EngineChoice | None = None,
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
        remove_missing: whether a source may lose more than a tenth of its articles.
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
            catalog = ArticleCatalog(engine.searcher().origins())
            manifest = Manifest(archive, is_new=not len(catalog))
            try:
                options = _Options(batch, workers, progress, fields or FieldMap(), remove_missing)
                run = _Run(engine, manifest, catalog, options)
                warned = capability(engine, HasWarnings)
                warnings = warned.warnings if warned else ()
                run.report.notes += [line for line in (*warnings, manifest.fault) if line]
                return run.run(sources, exclude)
            finally:
                manifest.close()
    finally:
        engine.close()


@dataclass(frozen=True, slots=True)
class _Options:
    batch: int
    workers: int | None
    progress: Progress | None
    fields: FieldMap
    remove_missing: bool


@dataclass(slots=True)
class _FileProgress:
    """The articles that have been stored of the current file."""

    ids: set[str] = field(default_factory=set)
    faulty: bool = False
    has_duplicates: bool = False
    has_unread: bool = False


class _Run:
    """The state of one run."""

    def __init__(
        self, engine: Engine, manifest: Manifest, catalog: ArticleCatalog, options: _Options
    ) -> None:
        self._engine = engine
        self._manifest = manifest
        self._options = options
        self._folders: dict[Path, FieldMap] = {}
        self._unread: dict[str, Counter[Unread]] = {}
        self._file = _FileProgress()
        self._seen = 0
        self._catalog = catalog
        self._finished: set[str] = set()
        self._twins = Twins()
        self.report = IndexReport()
        self._refusals = Refusals(catalog, self.report)

    def run(self, sources: list[Path], exclude: Sequence[str]) -> IndexReport:
        """Read changed files, then remove the articles that are gone: a moved article is never missing."""
        files = self._changed_files(sources, exclude)
        options = self._options
        if not options.remove_missing:
            states = self._manifest.load()
            check_removals(sources, files, states, self._catalog, options.workers, options.fields)
        parts = read_files(files, options.workers, self._is_known, options.fields)
        done = 0
        more = bool(files)
        while more:
            with self._engine.writer() as writer:
                self._refusals.watch(writer)
                states_read, done, more = self._write_batch(writer, parts, done, len(files))
            self._manifest.update(self._refusals.read_whole(states_read))
        self._remove_missing(sources)
        self._report_unread(sources)
        written = self.report.added + self.report.changed
        engine = capability(self._engine, CanCompact)
        if engine and written > options.batch and 2 * written >= len(self._catalog):
            # Most of the archive is new: now is the cheapest time to join what the commits wrote.
            engine.compact()
        return self.report

    def _changed_files(self, sources: list[Path], exclude: Sequence[str]) -> list[SourceFile]:
        """The files that have to be read; unchanged files are counted and left out."""
        states = self._manifest.load()
        files = []
        for found in walk(sources, exclude):
            if isinstance(found, ParseError):
                self.report.failures.append(found)
                continue
            state = states.get(found.origin)
            held = self._catalog.held(found.origin)
            if state and state.articles == held and state.stamp == self._stamp(found):
                self.report.unchanged += held
                self._catalog.meet(found.origin)
            elif held or found.named or self._is_read(found):
                files.append(found)
        return files

    def _stamp(self, file: SourceFile) -> str:
        """The state of a file and of the map that says how its records are read."""
        return f"{stamp(file)}{self._map_of(file).digest}"

    def _map_of(self, file: SourceFile) -> FieldMap:
        folder = file.path.parent
        if folder not in self._folders:
            self._folders[folder] = self._options.fields.extended(map_of_folder(folder))
        return self._folders[folder]

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

    def _is_known(self, id: str, digest: str, origin: str) -> bool:
        return self._catalog.has_content(id, digest) and self._catalog.origin(id) == origin

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
            written += sum(self._write(writer, part.file, item) for item in part.items)
            if part.last:
                state = self._finish_file(part)
                if state is not None:
                    states.append(state)
                done += 1
            self._seen += len(part.items)
            if self._options.progress:
                self._options.progress(done, found, self._seen)
            if written >= self._options.batch:
                return states, done, True
        return states, done, False

    def _write(self, writer: EngineWriter, file: SourceFile, item: Read) -> bool:
        """Store one article unless it is there already; returns whether it was written."""
        if isinstance(item, ParseError):
            self.report.failures.append(item)
            self._file.faulty = True
            return False
        if isinstance(item, PassedOver):
            self.report.passed_over.append((item.address, item.kind))
            return False
        if isinstance(item, Untitled):
            self.report.notes.append(str(item))
            return False
        if isinstance(item, UnreadKeys):
            self._unread.setdefault(file.origin, Counter()).update(dict(item.keys))
            self._file.has_unread = True
            return False
        id = item.id
        if self._is_taken(id, file.origin):
            equal = self._catalog.has_content(id, item.digest)
            if id not in self._file.ids and not self._catalog.is_met(id):
                # The file that has this id is not read yet: it may hold the article no longer.
                self._twins.note(id, file, None if equal else shared_id(id, item.digest))
            if equal:
                self.report.duplicates += 1
                self._file.has_duplicates = True
                return False
            id = shared_id(id, item.digest)
        before = self._catalog.origin(id)
        same = self._catalog.has_content(id, item.digest)
        self._file.ids.add(id)
        counted: Counted = "added" if before is None else "unchanged" if same else "changed"
        setattr(self.report, counted, getattr(self.report, counted) + 1)
        self._refusals.sending(id, file.origin, counted)
        self._catalog.put(id, item.digest, file.origin)
        if same and before == file.origin:
            return False
        # An article whose file has moved is stored again: the archive knows where it came from.
        writer.put(_document(item, id, file.origin))
        return True

    def _is_taken(self, id: str, origin: str) -> bool:
        """Whether another article has this id: in this same file, or in one that may still hold it."""
        if id in self._file.ids:
            return True
        known = self._catalog.origin(id)
        if known is None or known == origin or is_gone(known):
            return False
        return known not in self._finished or self._catalog.is_met(id)

    def _finish_file(self, part: FileItems) -> FileState | None:
        """Note that a file is read, unless a fault may have hidden some of its articles."""
        file, self._file = self._file, _FileProgress()
        if file.faulty:
            return None
        self._finished.add(part.file.origin)
        # A file with duplicates is read at every run: its twin may be gone by then.
        # One with keys that were not read is as well: what it lacks is told until it is mapped.
        if file.has_duplicates or file.has_unread:
            return None
        return FileState(
            part.file.origin, f"{part.stamp}{self._map_of(part.file).digest}", len(file.ids)
        )

    def _report_unread(self, sources: list[Path]) -> None:
        """One line a source on the keys of its records that are in no article."""
        for source in sources:
            keys: Counter[Unread] = Counter()
            for origin in [one for one in self._unread if lies_under(one, [source])]:
                keys.update(self._unread.pop(origin))
            if keys:
                self.report.failures.append(unread_fault(str(source), keys))

    def _remove_missing(self, sources: list[Path]) -> None:
        """Remove the articles that no file holds any more; decided when all files are read.

        An article that moved to a file which was read before its old one takes the old one's place.
        """
        gone = [
            origin
            for origin in self._catalog.origins()
            if lies_under(origin, sources) and is_gone(origin) and self._catalog.missed(origin)
        ]
        missed = [id for origin in (*gone, *self._finished) for id in self._catalog.missed(origin)]
        taken_over = [id for id in missed if id in self._twins]
        removed = [id for id in missed if id not in self._twins]
        if not self._options.remove_missing:
            self._check_loss(sources, removed)
        if missed:
            with self._engine.writer() as writer:
                self._twins.take_over(
                    taken_over, writer, self._catalog, self.report, self._options.fields
                )
                for id in removed:
                    writer.delete(id)
                    self._catalog.remove(id)
            self.report.removed += len(removed)
        if gone:
            self._manifest.update([], gone)

    def _check_loss(self, sources: list[Path], removed: list[str]) -> None:
        counts = self._catalog.counts() if removed else {}
        for source in sources if removed else ():
            held = [one for one in self._catalog.origins() if lies_under(one, [source])]
            total = sum(map(self._catalog.held, held))
            lost = sum(lies_under(self._catalog.origin(id) or "", [source]) for id in removed)
            now = sum(count for origin, count in counts.items() if lies_under(origin, [source]))
            check_loss(source, total, lost, total - (now - lost), "nothing was removed")


def _document(item: Document | KnownArticle, id: str, origin: str) -> Document:
    """An item as the document of an id."""
    if isinstance(item, KnownArticle):
        return make_document(replace(item.article, id=id), origin)
    if item.id == id:
        return item
    article, names = decode_with_names(item.record)
    return replace(item, id=id, record=encode_record(replace(article, id=id), names))
