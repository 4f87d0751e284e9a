"""The snapshots of an archive as its readers may see it: one for each set of private sources that are hidden."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import RLock

from indexer.engines.base import Engine, Searcher
from indexer.engines.capabilities import CanHide, HasWarnings, HidesSources, capability
from search.snapshot import SECONDS, Snapshot, SnapshotSource, Warm
from search.understanding.synonyms import Synonyms

PUBLIC: frozenset[str] = frozenset()
"""The private sources that everybody sees: none."""
_MOST = 8
"""Views that are kept: each has a vocabulary and completions of its own."""


class _View:
    """The searchers of an engine without the documents of some private sources."""

    def __init__(self, engine: Engine, hidden: frozenset[str]) -> None:
        self._engine = engine
        self._hidden = hidden
        self._lock = RLock()
        self._whole: Searcher | None = None
        self._shown: Searcher | None = None

    def searcher(self) -> Searcher:
        """The view of the newest commit; the same object until there is a newer one; raises ArchiveError."""
        whole = self._engine.searcher()
        if not self._hidden:
            return whole
        with self._lock:
            if self._shown is None or self._whole is not whole:
                hiding = capability(whole, CanHide)
                self._shown = hiding.showing(hiding.private - self._hidden) if hiding else whole
                self._whole = whole
            return self._shown

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the engine warns of; only the whole view says it, so that nothing is said twice."""
        warned = None if self._hidden else capability(self._engine, HasWarnings)
        return warned.warnings if warned else ()


class Views:
    """The snapshots of an engine's newest commit, by what is hidden; threads share it.

    A source that becomes private is hidden from the next request on: a snapshot of an older commit, in
    which everybody saw it, is not used any more.
    """

    def __init__(self, engine: Engine, synonyms: Synonyms) -> None:
        self._engine = engine
        self._synonyms = synonyms
        self._lock = RLock()
        self._sources: OrderedDict[frozenset[str], tuple[SnapshotSource, ExitStack]] = OrderedDict()
        self._watching: tuple[Warm, float] | None = None

    def private(self) -> frozenset[str]:
        """The private sources of the newest commit; raises ArchiveError."""
        hiding = capability(self._engine, HidesSources)
        return hiding.private_sources() if hiding else frozenset()

    def current(self, shown: frozenset[str] | None) -> Snapshot:
        """The snapshot for somebody who may see some private sources.

        Args:
            shown: as `source_key` gives them; None for all of them.

        Raises:
            ArchiveError: the newest commit cannot be read.
        """
        hidden = frozenset() if shown is None else self.private() - shown
        source = self._source(hidden)
        snapshot = source.current()
        if hidden and not hidden <= hidden_in(snapshot.searcher):
            snapshot = source.newest()
        return snapshot

    def _source(self, hidden: frozenset[str]) -> SnapshotSource:
        with self._lock:
            if (known := self._sources.get(hidden)) is not None:
                self._sources.move_to_end(hidden)
                return known[0]
            source, stack = SnapshotSource(_View(self._engine, hidden), self._synonyms), ExitStack()
            self._sources[hidden] = source, stack
            dropped = self._sources.popitem(last=False) if len(self._sources) > _MOST else None
        if dropped:
            dropped[1][1].close()
            dropped[1][0].release()
        if self._watching:
            # Outside the lock: readers of other views need not wait until this is warm.
            warm, seconds = self._watching
            stack.enter_context(source.watching(warm, seconds=seconds))
        return source

    @contextmanager
    def watching(
        self, warm: Warm, shown: frozenset[str] | None = None, *, seconds: float = SECONDS
    ) -> Iterator[None]:
        """Open and warm each new commit in a thread before it is used, for all views that are used.

        Args:
            shown: the view that is made ready at once; see `current`.
            seconds: between two looks for a new commit.
        """
        self._watching = warm, seconds
        try:
            self.release()
            self.current(shown)
            yield
        finally:
            self._watching = None
            self.release()

    def release(self) -> None:
        """Let go of all snapshots."""
        with self._lock:
            sources = list(self._sources.values())
            self._sources.clear()
        for source, stack in sources:
            stack.close()
            source.release()


def hidden_in(searcher: Searcher) -> frozenset[str]:
    """The private sources that a searcher leaves out."""
    hiding = capability(searcher, CanHide)
    return hiding.hidden if hiding else frozenset()
