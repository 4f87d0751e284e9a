"""`Archive`: the one object that the web application and the command line talk to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from indexer.article import Article
from indexer.engines.base import Engine
from indexer.engines.capabilities import CommitFacts, HasCommitFacts, capability
from indexer.engines.fields import source_key
from indexer.followed_engine import FollowedEngine
from indexer.moments import vietnam_today
from search.article_results import ArticleVersion, ArticleView, RelatedStories
from search.desk.desk import Desk
from search.meanings import Meanings
from search.ranking.planning import Ranking
from search.reader import SUGGESTIONS, ArchiveReader
from search.requests import SearchRequest
from search.results import ArchiveStats, SearchResult, Suggestion
from search.snapshot import SECONDS, Snapshot
from search.understanding.synonyms import Synonyms, load_synonyms
from search.views import Views, hidden_in

_MOST_TEXTS = 100_000
"""Articles of which texts are loaded before the first search; of more there is no room for all of them."""


class Archive:
    """An archive that is open for searching; threads may share it.

    `reader` gives one commit for all that a request does. The methods that search are short for a
    reader of the newest commit.
    """

    def __init__(
        self,
        engine: Engine,
        ranking: Ranking | None = None,
        synonyms: Synonyms | None = None,
        meanings: Meanings | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._engine = engine
        self._ranking = ranking
        self._meanings = meanings
        self.desk = desk
        """The newsroom's own records; None for an archive without a folder."""
        self._views = Views(engine, load_synonyms() if synonyms is None else synonyms)

    @classmethod
    def open(cls, path: Path) -> Archive:
        """Open an archive's folder.

        Raises:
            ArchiveError: there is none, or it cannot be read.
            KhobaoError: its file of synonyms has a fault.
        """
        synonyms = load_synonyms(path)
        return cls(
            FollowedEngine(path), synonyms=synonyms, meanings=Meanings(path), desk=Desk(path)
        )

    def close(self) -> None:
        """Release files."""
        self._views.release()
        self._engine.close()
        if self._meanings is not None:
            self._meanings.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def reader(
        self, *, with_desk: bool = True, shown: frozenset[str] | None = None
    ) -> ArchiveReader:
        """The newest commit; raises ArchiveError when it cannot be read.

        Args:
            with_desk: whether who asks may see the dossiers; else there are none.
            shown: the private sources whose articles who asks may see; None for all.
        """
        desk = self.desk if with_desk else None
        return ArchiveReader(self._views.current(shown), self._ranking, self._meanings, desk)

    def hidden(
        self, ids: Sequence[str], sources: Sequence[str | None], shown: frozenset[str] | None
    ) -> list[bool]:
        """Which articles somebody may not see that were noted some time ago; raises ArchiveError.

        Args:
            sources: what was noted of each: its article may be gone by now.
            shown: as for `reader`.
        """
        view, whole = self._views.current(shown).searcher, self._engine.searcher()
        private = hidden_in(view)
        if not private:
            return [False] * len(ids)
        return [
            source_key(source or "") in private or (there is not None and found is None)
            for source, there, found in zip(
                sources, whole.groups(ids), view.groups(ids), strict=True
            )
        ]

    def private_sources(self) -> frozenset[str]:
        """The private sources, as `source_key` gives them; raises ArchiveError."""
        return self._views.private()

    def check(self) -> None:
        """Make sure that the newest commit can be opened; raises ArchiveError."""
        self._engine.searcher()

    def commit_facts(self) -> CommitFacts | None:
        """The facts of the newest commit; None where the engine does not know them; raises ArchiveError."""
        engine = capability(self._engine, HasCommitFacts)
        return engine.commit_facts() if engine else None

    def kept_warm(
        self,
        facets: tuple[str, ...] = (),
        *,
        shown: frozenset[str] | None = None,
        seconds: float = SECONDS,
    ) -> AbstractContextManager[None]:
        """Open and warm each new commit before requests use it, in a thread.

        Args:
            facets: the facets that are going to be counted.
            shown: as for `reader`: of those readers to be ready for at once.
            seconds: between two looks for a new commit.
        """
        return self._views.watching(lambda one: self._warm(one, facets), shown, seconds=seconds)

    def warm(self, facets: tuple[str, ...] = ()) -> None:
        """Load columns and vocabulary before the first search; for `facets` see `kept_warm`."""
        self._warm(self._views.current(None), facets)

    def _warm(self, snapshot: Snapshot, facets: tuple[str, ...]) -> None:
        """Load columns, vocabulary and pyvi, so that the first search does not wait for them."""
        reader = ArchiveReader(snapshot, self._ranking, self._meanings)
        reader.search(SearchRequest("Việt Nam", facets=facets))
        if reader.count() <= _MOST_TEXTS:
            # Loads the texts, in which phrases are looked for.
            reader.search(SearchRequest('"viet nam"'))
        reader.suggest("viet n")
        reader.search(SearchRequest("ý: Việt Nam", per_page=1))
        # What the first page shows of this commit.
        reader.usual_stats()
        reader.newsroom.earlier(vietnam_today())
        reader.newsroom.week(vietnam_today())
        reader.newsroom.names()

    def search(self, request: SearchRequest) -> SearchResult:
        """`ArchiveReader.search` in the newest commit."""
        return self.reader().search(request)

    def results(self, request: SearchRequest) -> Iterator[Article]:
        """`ArchiveReader.results` in the newest commit."""
        return self.reader().results(request)

    def article(self, id: str) -> Article:
        """`ArchiveReader.article` in the newest commit."""
        return self.reader().article(id)

    def view(self, id: str, query: str = "") -> ArticleView:
        """`ArchiveReader.view` in the newest commit."""
        return self.reader().view(id, query)

    def versions(self, id: str) -> tuple[ArticleVersion, ...]:
        """`ArchiveReader.versions` in the newest commit."""
        return self.reader().versions(id)

    def related(self, id: str) -> RelatedStories:
        """`ArchiveReader.related` in the newest commit."""
        return self.reader().related(id)

    def suggest(self, text: str, limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """`ArchiveReader.suggest` in the newest commit."""
        return self.reader().suggest(text, limit)

    def count(self) -> int:
        """`ArchiveReader.count` in the newest commit."""
        return self.reader().count()

    def stats(self, *, by_source: bool = False) -> ArchiveStats:
        """`ArchiveReader.stats` of the newest commit."""
        return self.reader().stats(by_source=by_source)
