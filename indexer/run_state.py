"""What one indexing run knows: the articles of the archive, the files that were read, the report."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.address_book import AddressBook
from indexer.article_catalog import ArticleCatalog
from indexer.copies.finder import CopyFinder
from indexer.engines.base import Engine, EngineWriter
from indexer.errors import ParseError
from indexer.listings import Listings
from indexer.manifest import Failure, FileState, Manifest
from indexer.moments import utc_now
from indexer.parsing import FieldMap, map_of_folder
from indexer.placement import Placement
from indexer.refusals import Refusals
from indexer.reporting import IndexReport
from indexer.sources import SourceFile
from indexer.twins import Twins

Progress = Callable[[int, int, int], None]
"""Called with files done, files found and articles read so far."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """See `index_sources`."""

    batch: int
    workers: int | None
    progress: Progress | None
    fields: FieldMap
    remove_missing: bool
    retry: bool = False
    dry: bool = False


class RunState:
    """The state of a run, shared by its parts.

    Attributes:
        finished: files that were read without a fault.
        started: when, UTC.
    """

    def __init__(
        self, engine: Engine, manifest: Manifest, catalog: ArticleCatalog, options: RunOptions
    ) -> None:
        self.engine = engine
        self.manifest = manifest
        self.catalog = catalog
        self.options = options
        self.report = IndexReport()
        self.twins = Twins()
        self.refusals = Refusals(catalog, self.report)
        self.placement = Placement(AddressBook(engine), catalog)
        self.listings = Listings(manifest)
        self.copies = CopyFinder(engine.searcher)
        self.finished: set[str] = set()
        self.started = utc_now()
        self._states = dict(manifest.load())
        self._folders: dict[Path, FieldMap] = {}

    def note_read(self, read: list[FileState]) -> None:
        """Note files that were read, less the articles whose newest content is in another file now."""
        left = self.placement.left
        states = {state.origin: state for state in read}
        for origin in list(left):
            state = states.get(origin) or self._states.get(origin)
            if state is not None:
                states[origin] = replace(state, articles=max(0, state.articles - left.pop(origin)))
        self._states |= states
        if not self.options.dry:
            self.listings.save()
            self.manifest.update(states.values())

    def put_regrouped(self, writer: EngineWriter) -> None:
        """Put the articles again whose groups became one, in the transaction that joined them."""
        for document in self.copies.regrouped(self.catalog.origin):
            writer.put(document)

    def kept(self, origin: str, fault: ParseError) -> Failure:
        """A fault of a file as it is kept: with the time when a run met it first."""
        before = self._states[origin].failures if origin in self._states else ()
        since = next(
            (
                one.since
                for one in before
                if (one.path, one.line, one.reason) == (fault.path, fault.line, fault.reason)
            ),
            self.started,
        )
        return Failure(fault.path, fault.line, fault.reason, since, fault.passing)

    def known_failures(self) -> dict[str, tuple[Failure, ...]]:
        """The failures of all files that are known, by file."""
        return {one.origin: one.failures for one in self._states.values() if one.failures}

    def forget(self, origins: Collection[str]) -> None:
        """Forget files that are gone."""
        for origin in origins:
            self._states.pop(origin, None)
        if not self.options.dry:
            self.manifest.update([], origins)

    def map_of(self, file: SourceFile) -> FieldMap:
        """The map of keys by which a file's records are read."""
        folder = file.path.parent
        if folder not in self._folders:
            self._folders[folder] = self.options.fields.extended(map_of_folder(folder))
        return self._folders[folder]
