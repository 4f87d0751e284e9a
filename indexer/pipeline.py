"""Sources -> archive: only what is new, changed or removed; in worker processes; in atomic batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from indexer.article import Article
from indexer.engines.base import Document, Engine, EngineWriter
from indexer.errors import ParseError
from indexer.known import KnownArticles
from indexer.manifest import FileState, Manifest
from indexer.parsing import (
    ARTICLE_SUFFIXES,
    REPORT,
    FieldMap,
    UnreadKeys,
    file_kind,
    is_read,
    map_of_folder,
    unread_fault,
)
from indexer.parsing.records.unread import Unread
from indexer.reading import Part, Read, read_files, stamp
from indexer.sources import SourceFile, check_sources, is_gone, lies_under, walk
from indexer.store import decode_record, encode_record, make_document, open_or_create_engine

BATCH = 2000
"""Articles a commit: what a crash can cost is the work on one batch, never what was there before."""

Progress = Callable[[int, int, int], None]
"""Called with files done, files found and articles read so far."""


@dataclass(slots=True)
class IndexReport:
    """What a run did.

    Attributes:
        added: articles that were not in the archive.
        changed: articles whose content was replaced.
        removed: articles whose file or record is gone.
        unchanged: articles that were there already and stay.
        duplicates: articles equal to another one, stored once.
        failures: files, or records in them, that could not be read.
        passed_over: files of kinds that are not read, with the kind.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    failures: list[ParseError] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)


def index_sources(
    archive: Path,
    sources: Iterable[Path],
    *,
    workers: int | None = None,
    batch: int = BATCH,
    memory: int | None = None,
    progress: Progress | None = None,
    exclude: Sequence[str] = (),
    fields: FieldMap | None = None,
) -> IndexReport:
    """Bring an archive up to date with its sources; it is created if there is none.

    Args:
        archive: the archive's folder.
        sources: article files and folders of them. Articles from elsewhere are left alone.
        workers: processes; None for one a core where that is worth it, 0 to use this one alone.
        batch: articles a commit.
        memory: bytes that the postings of a commit may take; more are set aside on the disk.
        exclude: patterns of the shell for files and folders to leave out.
        fields: which keys of records are which fields, before the table of aliases.

    Raises:
        SourceError: a source is not there; nothing is changed then.
        ArchiveError: the archive cannot be read or written.
    """
    sources = list(sources)
    check_sources(sources)
    engine = open_or_create_engine(archive, memory=memory)
    manifest = Manifest(archive)
    try:
        return _Run(engine, manifest, batch, progress, fields or FieldMap()).run(
            sources, workers, exclude
        )
    finally:
        manifest.close()
        engine.close()


@dataclass(slots=True)
class _FileProgress:
    """What has been stored of the file that is being written."""

    ids: set[str] = field(default_factory=set)
    faulty: bool = False
    has_duplicates: bool = False
    has_unread: bool = False


class _Run:
    """The state of one run: what the archive holds, by article and by file."""

    def __init__(
        self,
        engine: Engine,
        manifest: Manifest,
        batch: int,
        progress: Progress | None,
        fields: FieldMap,
    ) -> None:
        self._engine = engine
        self._manifest = manifest
        self._batch = batch
        self._progress = progress
        self._fields = fields
        self._folders: dict[Path, FieldMap] = {}
        self._unread: dict[str, Counter[Unread]] = {}
        self._report = IndexReport()
        self._file = _FileProgress()
        self._seen = 0
        self._known = KnownArticles(engine.origins())

    def run(self, sources: list[Path], workers: int | None, exclude: Sequence[str]) -> IndexReport:
        """Read what has changed, then remove what is gone: a moved article is never missing."""
        files = self._changed_files(sources, exclude)
        parts = read_files(files, workers, self._is_known, self._fields)
        done = 0
        more = bool(files)
        while more:
            with self._engine.writer() as writer:
                states, done, more = self._write_batch(writer, parts, done, len(files))
            self._manifest.update(states)
        self._remove_gone(sources)
        self._report_unread(sources)
        written = self._report.added + self._report.changed
        if written > self._batch and 2 * written >= len(self._known):
            # Most of the archive is new: now is the cheapest time to join what the commits wrote.
            self._engine.compact()
        return self._report

    def _changed_files(self, sources: list[Path], exclude: Sequence[str]) -> list[SourceFile]:
        """The files that have to be read; those that have not changed are counted and left out."""
        states = self._manifest.load()
        files = []
        for found in walk(sources, exclude):
            if isinstance(found, ParseError):
                self._report.failures.append(found)
                continue
            state = states.get(found.origin)
            held = self._known.held(found.origin)
            if state and state.articles == held and state.stamp == self._stamp(found):
                self._report.unchanged += held
            elif held or found.named or self._is_read(found):
                files.append(found)
        return files

    def _stamp(self, file: SourceFile) -> str:
        """The state of a file, and of what says how its records are read."""
        folder = file.path.parent
        if folder not in self._folders:
            self._folders[folder] = self._fields.extended(map_of_folder(folder))
        return f"{stamp(file)}{self._folders[folder].digest}"

    def _is_read(self, file: SourceFile) -> bool:
        """Whether a file is of a kind that is read; one that is not is counted."""
        try:
            kind = file_kind(file.path, named=False)
        except OSError:
            return True  # It is opened once more, and what is wrong is told then.
        if is_read(kind) or (kind != REPORT and file.path.suffix.lower() in ARTICLE_SUFFIXES):
            return True
        self._report.passed_over.append((str(file.path), kind))
        return False

    def _is_known(self, article: Article, origin: str) -> bool:
        return self._known.has_content(article.id, article.digest) and (
            self._known.origin(article.id) == origin
        )

    def _write_batch(
        self, writer: EngineWriter, parts: Iterator[Part], done: int, found: int
    ) -> tuple[list[FileState], int, bool]:
        """Write about a batch of articles.

        Returns:
            The files that were read without a fault, the files done so far, whether more follow.
        """
        written = 0
        states: list[FileState] = []
        for part in parts:
            written += sum(self._write(writer, part.file.origin, item) for item in part.items)
            if part.last:
                state = self._finish_file(writer, part)
                if state is not None:
                    states.append(state)
                done += 1
            self._seen += len(part.items)
            if self._progress:
                self._progress(done, found, self._seen)
            if written >= self._batch:
                return states, done, True
        return states, done, False

    def _write(self, writer: EngineWriter, origin: str, item: Read) -> bool:
        """Store one article unless it is there already; returns whether it was written."""
        if isinstance(item, ParseError):
            self._report.failures.append(item)
            self._file.faulty = True
            return False
        if isinstance(item, UnreadKeys):
            self._unread.setdefault(origin, Counter()).update(dict(item.keys))
            self._file.has_unread = True
            return False
        if self._taken(item.id, origin):
            if self._known.has_content(item.id, item.digest):
                self._report.duplicates += 1
                self._file.has_duplicates = True
                return False
            item = _with_id(item, f"{item.id}-{item.digest[:6]}")
        before = self._known.origin(item.id)
        same = self._known.has_content(item.id, item.digest)
        self._file.ids.add(item.id)
        self._known.put(item.id, item.digest, origin)
        if before is None:
            self._report.added += 1
        elif same:
            self._report.unchanged += 1
        else:
            self._report.changed += 1
        if same and before == origin:
            return False
        # An article whose file has moved is stored again: the archive knows where it came from.
        writer.put(make_document(item, origin) if isinstance(item, Article) else item)
        return True

    def _taken(self, id: str, origin: str) -> bool:
        """Whether another article has this id: in this same file, or in one that is still there."""
        if id in self._file.ids:
            return True
        known = self._known.origin(id)
        return known not in (None, origin) and not is_gone(known)

    def _finish_file(self, writer: EngineWriter, part: Part) -> FileState | None:
        """Drop the articles that a file no longer holds, unless a fault may have hidden them."""
        file, self._file = self._file, _FileProgress()
        origin = part.file.origin
        if file.faulty:
            return None
        self._remove(writer, self._known.missed(origin))
        # A file with duplicates is read at every run: its twin may be gone by then.
        # One with keys that were not read is as well: what it lacks is told until it is mapped.
        if file.has_duplicates or file.has_unread:
            return None
        state = f"{part.stamp}{self._folders.get(part.file.path.parent, FieldMap()).digest}"
        return FileState(origin, state, len(file.ids))

    def _report_unread(self, sources: list[Path]) -> None:
        """One line a source on the keys of its records that are in no article."""
        for source in sources:
            keys: Counter[Unread] = Counter()
            for origin in [one for one in self._unread if lies_under(one, [source])]:
                keys.update(self._unread.pop(origin))
            if keys:
                self._report.failures.append(unread_fault(str(source), keys))

    def _remove(self, writer: EngineWriter, ids: list[str]) -> None:
        for id in ids:
            writer.delete(id)
            self._known.remove(id)
        self._report.removed += len(ids)

    def _remove_gone(self, sources: list[Path]) -> None:
        gone = [
            origin
            for origin in self._known.origins()
            if lies_under(origin, sources) and is_gone(origin) and self._known.missed(origin)
        ]
        if gone:
            with self._engine.writer() as writer:
                for origin in gone:
                    self._remove(writer, self._known.missed(origin))
            self._manifest.update([], gone)


def _with_id(item: Document | Article, id: str) -> Document | Article:
    """The same article under another id."""
    if isinstance(item, Article):
        return replace(item, id=id)
    record = encode_record(replace(decode_record(item.record), id=id))
    return replace(item, id=id, record=record)
