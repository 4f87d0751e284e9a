"""An archive as queries and as a reader of every article see it; that of `corpus/` where a module has no fixture `folder`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from indexer.documents import make_document
from indexer.engine_factory import open_engine
from indexer.engines.base import Document
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Copies, SearchRequest
from search.understanding.synonyms import load_synonyms
from search.understanding.vocabulary import SearcherVocabulary
from tests.conftest import ROOT

Ids = Callable[[str], set[str]]
"""The ids of the articles that a query finds."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the project's own articles."""
    folder = tmp_path_factory.mktemp("queries") / "archive"
    index_sources(folder, [ROOT / "corpus" / "articles"], workers=0)
    return folder


@pytest.fixture(scope="module")
def archive(folder: Path) -> Iterator[Archive]:
    with Archive.open(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def documents(archive: Archive) -> Mapping[str, Document]:
    found = archive.results(SearchRequest("", copies=Copies.ALL))
    return {one.id: make_document(one, "") for one in found}


@pytest.fixture(scope="module")
def vocabulary(folder: Path) -> Iterator[SearcherVocabulary]:
    engine = open_engine(folder)
    yield SearcherVocabulary(engine.searcher(), load_synonyms())
    engine.close()


@pytest.fixture(scope="module")
def ids(archive: Archive) -> Ids:
    def found(query: str) -> set[str]:
        request = SearchRequest(query, copies=Copies.ALL, per_page=100, facets=())
        return {hit.id for hit in archive.search(request).hits}

    return found
