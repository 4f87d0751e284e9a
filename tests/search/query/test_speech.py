"""`nói:` from files to hits: the same as reading every quotation place by place."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from indexer.documents import make_document
from indexer.engine_factory import open_engine
from indexer.engines.base import Document
from indexer.language.normalise import fold
from indexer.pipeline import index_sources
from search.archive import Archive
from search.query.parser import parse_query
from search.ranking.planning import plan_query
from search.requests import Copies, SearchRequest
from search.understanding.synonyms import load_synonyms
from search.understanding.understood_query import understand
from search.understanding.vocabulary import SearcherVocabulary
from tests.engines.places import holds
from tests.newsmakers import write_articles


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("speech")
    index_sources(folder / "archive", [write_articles(folder)], workers=0)
    return folder / "archive"


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


def ids(archive: Archive, query: str) -> set[str]:
    request = SearchRequest(query, copies=Copies.ALL, per_page=100, facets=())
    return {hit.id for hit in archive.search(request).hits}


def test_what_somebody_says_is_what_reading_every_quotation_finds(
    archive: Archive, documents: Mapping[str, Document], vocabulary: SearcherVocabulary
) -> None:
    chance = random.Random(7)
    quoted = [
        (one.tokens[its.start : its.end], chance.choice(its.keys))
        for one in documents.values()
        for its in one.passages
    ]
    assert len(quoted) > 20
    many = 0
    for number in range(200):
        words, speaker = chance.choice(quoted)
        if number % 2:
            words = chance.choice(quoted)[0]
        some = chance.sample(list(words), k=min(len(words), chance.randint(1, 3)))
        phrase = '"' * (number % 3 == 0)
        query = f'nói:"{speaker}" {phrase}{" ".join(some)}{phrase}'
        plan = plan_query(understand(parse_query(query), vocabulary), SearchRequest(query)).plan
        assert not plan.clauses
        expected = {
            id for id, one in documents.items() if all(holds(part, one) for part in plan.required)
        }
        assert ids(archive, query) == expected, query
        many += bool(expected)
    assert many > 50


def test_who_says_something_by_the_end_of_the_name(archive: Archive) -> None:
    result = archive.search(SearchRequest("nói:*", copies=Copies.ALL, facets=("speaker",)))
    name, count = max(
        ((one.value, one.count) for one in result.facets["speaker"]), key=lambda one: len(one[0])
    )
    assert len(name.split()) > 1
    whole = ids(archive, f'nói:"{name}"')
    assert len(whole) == count
    assert whole <= ids(archive, f"nói:{name.split()[-1]}") <= ids(archive, "nói:*")
    assert ids(archive, f'nói:"{fold(name)}"') >= whole
    assert ids(archive, "nói:nobody") == set()
    assert result.reading == '(nói:"*")'


def test_words_of_others_and_of_the_paper_are_not_said(archive: Archive) -> None:
    railway = ids(archive, 'nói:"Trần Văn Dũng" đường sắt')
    assert railway == ids(archive, 'nói:dung "duong sat"')
    assert len(railway) == 3
    # Only the paper tells that.
    assert ids(archive, "nói:Dũng người dân kể") == set()
    # Two quotations are not one.
    assert ids(archive, "nói:Dũng đường sắt đền bù") == set()
    assert ids(archive, "(nói:Dũng đường sắt) đền bù") == railway
    assert ids(archive, "nói:Dũng (sắt OR treo)") == railway | ids(archive, "nói:Dũng treo")
    both = ids(archive, 'nói:"Smithson" "Trần Văn Dũng"')
    assert both == ids(archive, "nói:Smithson")
    assert ids(archive, "nói:Smithson -nói:*") == set()
