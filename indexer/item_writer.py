"""What was read of a file -> the archive: stored, counted, or told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from indexer.documents import make_document
from indexer.engines.base import Document, EngineWriter
from indexer.errors import ParseError
from indexer.manifest import FileState
from indexer.parsing import Listed, PassedOver, UnreadKeys, Untitled, unread_fault
from indexer.parsing.records.unread import Unread
from indexer.placement import Place, Placed
from indexer.reading import FileItems, KnownArticle, Read
from indexer.records import decode_with_findings, encode_record
from indexer.refusals import Counted
from indexer.removals import shared_id
from indexer.run_state import RunState
from indexer.sources import SourceFile, is_gone, lies_under
from indexer.stages import stage


@dataclass(slots=True)
class _FileProgress:
    """The articles that have been stored of the current file.

    Attributes:
        ids: those that it holds the newest content of, or that came from it.
        taken: those of which the newest content was read.
    """

    ids: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    failures: list[ParseError] = field(default_factory=list)
    untitled: Counter[str] = field(default_factory=Counter)
    has_duplicates: bool = False
    has_unread: bool = False


class ItemWriter:
    """Stores what files hold, file after file."""

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._unread: dict[str, Counter[Unread]] = {}
        self._file = _FileProgress()

    def write(self, writer: EngineWriter, file: SourceFile, item: Read) -> bool:
        """Store one article unless it is there already; returns whether it was written."""
        if isinstance(item, ParseError):
            self._state.report.failures.append(item)
            self._file.failures.append(item)
            return False
        if isinstance(item, Listed):
            self._state.listings.note(item, file.origin)
            return False
        if isinstance(item, PassedOver):
            self._state.report.passed_over.append((item.address, item.kind))
            if item.redirect:
                self._state.placement.book.redirect(*item.redirect)
            return False
        if isinstance(item, Untitled):
            self._file.untitled[item.path] += item.count
            return False
        if isinstance(item, UnreadKeys):
            self._unread.setdefault(file.origin, Counter()).update(dict(item.keys))
            self._file.has_unread = True
            return False
        taken = self._is_taken(item.id, file.origin)
        if isinstance(item, KnownArticle) and not taken:
            self._stored(item.id, item.digest, file.origin, "unchanged")
            return False
        document = _document(item, item.id, file.origin)
        equal = taken and self._state.catalog.has_content(item.id, item.digest)
        if not equal:
            placed = self._state.placement.place(document, file.origin, taken=taken)
            if placed.place is not Place.ANOTHER:
                return self._put(writer, placed, file.origin)
        id = shared_id(item.id, item.digest)
        if item.id not in self._file.taken and not self._state.catalog.is_met(item.id):
            # The file that has this id is not read yet: it may hold the article no longer.
            self._state.twins.note(item.id, file, None if equal else id)
        if equal:
            self._state.report.duplicates += 1
            self._file.has_duplicates = True
            return False
        document = _document(document, id, file.origin)
        placed = self._state.placement.place(document, file.origin, taken=False)
        return self._put(writer, placed, file.origin)

    def _put(self, writer: EngineWriter, placed: Placed, origin: str) -> bool:
        """Store an article as it was placed; returns whether it was written."""
        document = placed.document
        if placed.place in (Place.OLDER, Place.KNOWN):
            self._state.report.older_versions += placed.place is Place.OLDER
            if placed.origin == origin:
                self._file.ids.add(placed.id)
                self._state.catalog.meet_one(placed.id)
        else:
            counted: Counted = placed.place.value  # type: ignore[assignment]
            digest = document.digest if document else ""
            self._stored(placed.id, digest, origin, counted)
        if document is None:
            return False
        self._state.placement.book.note(document)
        grouped = self._state.copies.grouped(document)
        with stage("gather postings"):
            writer.put(grouped)
        return True

    def _stored(self, id: str, digest: str, origin: str, counted: Counted) -> None:
        """Note what becomes of an article whose content a file holds."""
        self._file.ids.add(id)
        self._file.taken.add(id)
        setattr(self._state.report, counted, getattr(self._state.report, counted) + 1)
        self._state.refusals.sending(id, origin, counted)
        if digest:
            self._state.catalog.put(id, digest, origin)
        else:
            self._state.catalog.meet_one(id)

    def _is_taken(self, id: str, origin: str) -> bool:
        """Whether another article has this id: in this same file, or in one that may still hold it."""
        if id in self._file.taken:
            return True
        known = self._state.catalog.origin(id)
        if known is None or known == origin or is_gone(known):
            return False
        return known not in self._state.finished or self._state.catalog.is_met(id)

    def finish_file(self, part: FileItems) -> FileState | None:
        """Note that a file is read.

        A fault may have hidden some of its articles: those that were there before are not taken for gone.
        """
        file, self._file = self._file, _FileProgress()
        self._state.report.notes += [str(Untitled(*one)) for one in file.untitled.items()]
        origin, stamp = part.file.origin, f"{part.stamp}{self._state.map_of(part.file).digest}"
        if file.failures:
            failures = tuple(self._state.kept(origin, one) for one in file.failures)
            held = file.ids.union(self._state.catalog.missed(origin))
            return FileState(origin, stamp, len(held), failures)
        self._state.finished.add(origin)
        # A file with duplicates is read at every run: its twin may be gone by then.
        # One with keys that were not read is as well: what it lacks is told until it is mapped.
        if file.has_duplicates or file.has_unread:
            return None
        return FileState(origin, stamp, len(file.ids))

    def report_unread(self, sources: list[Path]) -> None:
        """One line a source on the keys of its records that are in no article."""
        for source in sources:
            keys: Counter[Unread] = Counter()
            for origin in [one for one in self._unread if lies_under(one, [source])]:
                keys.update(self._unread.pop(origin))
            if keys:
                self._state.report.failures.append(unread_fault(str(source), keys))


def _document(item: Document | KnownArticle, id: str, origin: str) -> Document:
    """An item as the document of an id."""
    if isinstance(item, KnownArticle):
        return make_document(replace(item.article, id=id), origin)
    if item.id == id:
        return item
    article, findings = decode_with_findings(item.record)
    return replace(item, id=id, record=encode_record(replace(article, id=id), findings))
