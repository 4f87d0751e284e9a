"""One commit of an archive with everything that is derived from it, and how a newer one takes its place."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, RLock, Thread
from typing import Protocol, TypeVar, cast

from indexer.deadline import unhurried
from indexer.engines.base import Searcher
from indexer.engines.capabilities import HasWarnings, capability
from indexer.errors import KhobaoError
from indexer.memory import give_back
from search.completion.completion_dictionary import CompletionDictionary
from search.coverage.coverage import SourceCoverage, cover
from search.query.tree import ParsedQuery
from search.understanding.synonyms import Synonyms
from search.understanding.vocabulary import SearcherVocabulary

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")
_KEPT = 64
"""Answers that depend on the commit and a day alone."""
SECONDS = 1.0
"""How often a server looks for a new commit."""


class Snapshot:
    """One commit of an archive: its searcher, its vocabulary and its completion dictionary.

    Threads share it. Nothing in it changes; what is made on first use is made once. It is released
    with its last user.
    """

    def __init__(
        self, searcher: Searcher, synonyms: Synonyms, before: Snapshot | None = None
    ) -> None:
        """A commit's snapshot.

        Args:
            before: that of an earlier commit, out of whose tables these are made.
        """
        self.searcher = searcher
        self.vocabulary: SearcherVocabulary = SearcherVocabulary(
            searcher, synonyms, before=before.vocabulary if before else None
        )
        """The words that articles say."""
        self.every_version: SearcherVocabulary = SearcherVocabulary(
            searcher,
            synonyms,
            all_versions=True,
            before=before.every_version if before else None,
        )
        """Those that older versions of articles said as well."""
        self._completions: CompletionDictionary | None = None
        self._earlier_completions: CompletionDictionary | None = (
            (before._completions or before._earlier_completions) if before else None
        )
        self._lock = Lock()
        self._coverage: dict[str, SourceCoverage] = {}
        self._found: OrderedDict[Hashable, object] = OrderedDict()

    def vocabulary_of(self, query: ParsedQuery) -> SearcherVocabulary:
        """The vocabulary of what a query looks in."""
        return self.every_version if query.all_versions else self.vocabulary

    @property
    def completion_dictionary(self) -> CompletionDictionary:
        """The words of the archive that are worth suggesting."""
        with self._lock:
            if self._completions is None:
                earlier, self._earlier_completions = self._earlier_completions, None
                self._completions = CompletionDictionary(self.searcher, earlier)
            return self._completions

    def coverage(self, source: str) -> SourceCoverage:
        """How this commit covers a source; looked up once."""
        found = self._coverage.get(source)
        if found is None:
            found = self._coverage[source] = cover(self.searcher, source)
        return found

    def kept(self, key: Hashable, find: Callable[[], _T]) -> _T:
        """What was found in this commit under a key, else what `find` gives, which is kept."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return cast(_T, self._found[key])
        with unhurried():
            found = find()
        with self._lock:
            self._found[key] = found
            if len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return found


Warm = Callable[[Snapshot], None]
"""Does with a snapshot what the first search would have to wait for."""


class HasSearcher(Protocol):
    """What snapshots are taken of: an engine, or a view of it."""

    def searcher(self) -> Searcher:
        """The searcher of the newest commit; the same object until there is a newer one; raises ArchiveError."""


class SnapshotSource:
    """The snapshot of an engine's newest commit.

    While it is watched (`watching`), a new commit is opened and warmed in a thread before it takes the
    place of the old one, and nobody waits for it. Otherwise each caller looks for a new commit.
    """

    def __init__(self, engine: HasSearcher, synonyms: Synonyms) -> None:
        self._engine = engine
        self._synonyms = synonyms
        self._lock = RLock()
        self._current: Snapshot | None = None
        self._is_watched = False

    def current(self) -> Snapshot:
        """The snapshot that a request uses for everything it does.

        Raises:
            ArchiveError: the newest commit cannot be read.
        """
        current = self._current
        if current is not None and self._is_watched:
            return current
        return self.newest()

    def newest(self, warm: Warm | None = None) -> Snapshot:
        """The snapshot of the newest commit, which is opened now if need be; raises ArchiveError."""
        searcher = self._engine.searcher()
        current = self._current
        if current is not None and current.searcher is searcher:
            return current
        with self._lock:
            current = self._current
            if current is None or current.searcher is not searcher:
                current = Snapshot(searcher, self._synonyms, current)
                if warm is not None:
                    warm(current)
                self._current = current
                warned = capability(self._engine, HasWarnings)
                for line in warned.warnings if warned else ():
                    _LOG.warning("%s", line)
            return current

    @contextmanager
    def watching(self, warm: Warm, *, seconds: float = SECONDS) -> Iterator[None]:
        """Look for a new commit every `seconds`, in a thread, and warm it before it is used."""
        stop = Event()
        self.newest(warm)
        self._is_watched = True
        thread = Thread(target=self._watch, args=(warm, seconds, stop), name="warm", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_watched = False
            stop.set()
            thread.join()

    def _watch(self, warm: Warm, seconds: float, stop: Event) -> None:
        told = ""
        while not stop.wait(seconds):
            try:
                self._look(warm)
                told = ""
            except Exception as error:
                # The snapshot before goes on answering; the next look tries again.
                if told != str(error):
                    told = str(error)
                    expected = isinstance(error, KhobaoError)
                    _LOG.error(
                        "%s; the commit before is used", error, exc_info=None if expected else error
                    )

    def _look(self, warm: Warm) -> None:
        before = self._current
        if self.newest(warm) is not before:
            del before
            give_back()

    def release(self) -> None:
        """Let go of the snapshot."""
        self._current = None
