"""`Archive`: the one object that the web application and the command line talk to."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from indexer.article import Article
from indexer.engines.base import Engine, EngineHit, EngineResult, Plan
from indexer.errors import ArticleNotFoundError
from indexer.language.analysis import searched_text
from indexer.language.entities import Kind, entities_of
from indexer.language.parts import parts_of
from indexer.store import HOLDS, PARTS, decode_record, open_engine
from search.completion import Completer
from search.frequent import FrequentWords
from search.marking import Highlighter
from search.query import parse_query, without_quotes
from search.ranking import FACET_VALUES, Interpretation, Ranking, default_ranking, interpret
from search.related import find_related
from search.results import (
    ArchiveStats,
    ArticleView,
    FacetValue,
    Hit,
    RelatedStories,
    SearchRequest,
    SearchResult,
    SourceStats,
    Suggestion,
)
from search.snippets import Shown, TokenisedText, show
from search.suggestions import replace_words
from search.synonyms import Synonyms, load_synonyms
from search.timeline import fill
from search.tree import ParsedQuery
from search.vocabulary import EngineVocabulary

_MAX_PAGE_SIZE = 100
_MOVED = 1000
"""By so many places commits may push a hit back while somebody pages on."""
_BLOCK = 100
"""Articles that are read at once."""
SUGGESTIONS = 10
"""As many as a list under a search box shows."""


_MOST_SOURCES = 1000
"""Sources that are told apart in the numbers of an archive; those of fewer articles are counted together."""


class Archive:
    """An archive that is open for searching; threads may share it.

    Commits of an indexing run become visible by themselves.
    """

    def __init__(
        self, engine: Engine, ranking: Ranking | None = None, synonyms: Synonyms | None = None
    ) -> None:
        self._engine = engine
        self._ranking = ranking or default_ranking()
        self.vocabulary = EngineVocabulary(engine, synonyms)
        self._frequent = FrequentWords(engine)

    @classmethod
    def open(cls, path: Path) -> Archive:
        """Open an archive's folder.

        Raises:
            ArchiveError: there is none, or it cannot be read.
            KhobaoError: its file of synonyms has a fault.
        """
        synonyms = load_synonyms(path)
        return cls(open_engine(path), synonyms=synonyms)

    def close(self) -> None:
        """Release files."""
        self._engine.close()

    def warm(self, facets: tuple[str, ...] = ()) -> None:
        """Load what the first search would have to wait for: columns, vocabulary, pyvi.

        Args:
            facets: those that are going to be counted.
        """
        self.search(SearchRequest("Việt Nam", facets=facets))
        self.search(SearchRequest('"viet nam"'))
        self.suggest("viet n")

    def generation(self) -> int:
        """Number of the newest commit."""
        return self._engine.generation()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def search(self, request: SearchRequest) -> SearchResult:
        """Run a search; a faulty query is read literally and its problems are in the result.

        Raises:
            ValueError: page or page size is out of range.
        """
        if request.page < 1 or not 1 <= request.per_page <= _MAX_PAGE_SIZE:
            raise ValueError(f"page from 1, per_page from 1 to {_MAX_PAGE_SIZE}")
        started = time.perf_counter()
        query = parse_query(request.query)
        meaning, result, unquoted = self._find(query, request)
        hits = self._hits(result.hits, meaning, query.text)
        unknown = {
            place
            for place, found in zip(meaning.places, result.clause_totals, strict=True)
            if not found
        }
        unknown |= meaning.unknown
        return SearchResult(
            query=query.text,
            total=result.total,
            total_all_words=result.total_all,
            hits=hits,
            facets=_facets(result.facets),
            interval=result.interval,
            timeline=fill(result.timeline, result.interval),
            unknown_words=tuple(query.text[start:end] for start, end in sorted(unknown)),
            did_you_mean=replace_words(query.text, meaning.corrections),
            accented=(None if meaning.corrections else replace_words(query.text, meaning.restored)),
            folded=meaning.folded,
            unquoted=unquoted,
            problems=query.problems,
            offset=meaning.plan.offset,
            page=meaning.plan.offset // request.per_page + 1,
            pages=-(-result.total // request.per_page),
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def _find(
        self, query: ParsedQuery, request: SearchRequest, *, ids_alone: bool = False
    ) -> tuple[Interpretation, EngineResult, bool]:
        """What a query is taken for, what that finds, and whether it had to go without its quotes.

        Args:
            ids_alone: find the ids of all hits, in place of one page with its records.
        """
        vocabulary = self.vocabulary.pinned()

        def run(query: ParsedQuery) -> tuple[Interpretation, EngineResult]:
            meaning = interpret(query, request, vocabulary, self._ranking)
            plan = meaning.plan
            if ids_alone:
                plan = replace(plan, offset=0, limit=self._engine.count(), with_records=False)
            elif request.after is not None:
                plan = self._behind(plan, request.after)
            return replace(meaning, plan=plan), self._engine.search(plan)

        meaning, result = run(query)
        unquoted = without_quotes(query) if not result.total else None
        if unquoted:
            meaning, result = run(unquoted)
        return meaning, result, unquoted is not None

    def _behind(self, plan: Plan, id: str) -> Plan:
        """A plan from behind the hit with an id on; as it is where there is no such hit near."""
        most = plan.offset + _MOVED
        hits = self._engine.search(replace(plan, offset=0, limit=most, with_records=False)).hits
        at = next((place for place, hit in enumerate(hits, 1) if hit.id == id), plan.offset)
        return replace(plan, offset=at)

    def _hits(
        self, found: tuple[EngineHit, ...], meaning: Interpretation, text: str
    ) -> tuple[Hit, ...]:
        articles = [(decode_record(hit.stored.record), hit.stored) for hit in found if hit.stored]
        texts = [
            TokenisedText(searched_text(article), len(article.title), stored.tokens, stored.starts)
            for article, stored in articles
        ]
        shown = show(texts, Highlighter(meaning.marker))
        return tuple(
            _hit(article, hit, its_shown, meaning, text)
            for (article, _), hit, its_shown in zip(articles, found, shown, strict=True)
        )

    def results(self, request: SearchRequest) -> Iterator[Article]:
        """All articles of a search, in its order; page and page size count for nothing.

        They are read while they are asked for; those that a commit removes meanwhile are left out.
        """
        whole = replace(request, facets=())
        _, result, _ = self._find(parse_query(request.query), whole, ids_alone=True)
        found = [hit.id for hit in result.hits]
        for start in range(0, len(found), _BLOCK):
            for stored in self._engine.get(found[start : start + _BLOCK]):
                if stored:
                    yield decode_record(stored.record)

    def article(self, id: str) -> Article:
        """An article by its id.

        Raises:
            ArticleNotFoundError: the archive holds none with this id.
        """
        (stored,) = self._engine.get([id])
        if stored is None:
            raise ArticleNotFoundError(f"{id}: the archive holds no article with this id")
        return decode_record(stored.record)

    def view(self, id: str, query: str = "") -> ArticleView:
        """An article to read, with the hits of a query.

        Raises:
            ArticleNotFoundError: the archive holds none with this id.
        """
        article = self.article(id)
        meaning = interpret(parse_query(query), SearchRequest(query), self.vocabulary)
        highlighter = Highlighter(meaning.marker)
        title, lead, *rest = (
            highlighter.highlight(text)
            for text in (article.title, article.lead, *article.paragraphs, *article.captions)
        )
        count = len(article.paragraphs)
        named = entities_of(parts_of(article))
        return ArticleView(
            article=article,
            title=title,
            lead=lead if lead.text else None,
            paragraphs=tuple(rest[:count]),
            captions=tuple(rest[count:]),
            hits=sum(len(snippet.highlights) for snippet in (title, lead, *rest)),
            people=tuple(named[Kind.PERSON]),
            places=tuple(named[Kind.PLACE]),
            organisations=tuple(named[Kind.ORGANISATION]),
        )

    def related(self, id: str) -> RelatedStories:
        """Stories that are related to an article, each with why.

        Raises:
            ArticleNotFoundError: the archive holds none with this id.
        """
        return find_related(self._engine, self.article(id))

    def suggest(self, text: str, limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """What a half-typed query may become: phrases, then titles; best first."""
        completer = Completer(self._engine, self.vocabulary.pinned(), self._frequent)
        return completer.complete(text, limit)

    def count(self) -> int:
        """How many articles there are."""
        return self._engine.count()

    def stats(self, *, by_source: bool = False) -> ArchiveStats:
        """Numbers about the whole archive.

        Args:
            by_source: whether to count how complete the articles of each source are; a search a source.
        """
        facets = {"source": _MOST_SOURCES if by_source else FACET_VALUES, "section": FACET_VALUES}
        everything = self._engine.search(Plan(limit=0, facets={**facets, HOLDS: len(PARTS)}))
        counts = dict(everything.facets)
        having = counts.pop(HOLDS)
        sources: list[SourceStats] = []
        if by_source:
            sources = [
                SourceStats(source, count, self._having({"source": source}))
                for source, count in counts["source"].items()
            ]
            rest = everything.total - sum(one.articles for one in sources)
            left = {
                part: having.get(part, 0) - sum(one.having[part] for one in sources)
                for part in PARTS
            }
            sources += [SourceStats("", rest, left)] if rest else []
        return ArchiveStats(
            articles=everything.total,
            facets=_facets(counts),
            timeline=fill(everything.timeline, everything.interval),
            sources=tuple(sources),
        )

    def _having(self, filters: Mapping[str, str]) -> dict[str, int]:
        """How many articles of a source have each part."""
        found = self._engine.search(Plan(limit=0, filters=filters, facets={HOLDS: len(PARTS)}))
        return {part: found.facets[HOLDS].get(part, 0) for part in PARTS}


def _hit(
    article: Article,
    hit: EngineHit,
    shown: Shown,
    meaning: Interpretation,
    text: str,
) -> Hit:
    return Hit(
        id=article.id,
        title=shown.title,
        url=article.url,
        published=article.published,
        source=article.source,
        section=article.section,
        author=article.author,
        score=hit.score,
        missing=tuple(text[slice(*meaning.places[clause])] for clause in hit.missing),
        snippets=shown.fragments,
        parts=hit.parts,
    )


def _facets(facets: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[FacetValue, ...]]:
    return {
        name: tuple(FacetValue(value, count) for value, count in counts.items())
        for name, counts in facets.items()
    }
