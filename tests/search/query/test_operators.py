"""Operators on places from files to hits: the same as reading every article place by place."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from indexer.documents import make_document
from indexer.engine_factory import open_engine
from indexer.engines.base import Document
from indexer.language.analysis import syllables
from indexer.pipeline import index_sources
from search.archive import Archive
from search.query.parser import parse_query
from search.ranking.planning import plan_query
from search.requests import Copies, SearchRequest
from search.understanding.synonyms import load_synonyms
from search.understanding.understood_query import understand
from search.understanding.vocabulary import SearcherVocabulary
from tests.cluster.queries import near_query, often_query, scoped_query
from tests.conftest import ROOT
from tests.engines.places import holds

ASKED = 1000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("operators") / "archive"
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


def ids(archive: Archive, query: str) -> set[str]:
    request = SearchRequest(query, copies=Copies.ALL, per_page=100, facets=())
    return {hit.id for hit in archive.search(request).hits}


def test_random_queries_find_what_reading_every_article_finds(
    archive: Archive, documents: Mapping[str, Document], vocabulary: SearcherVocabulary
) -> None:
    chance = random.Random(29)
    texts = [syllables(f"{a.title} {a.lead} {a.body}") for a in archive.results(SearchRequest(""))]
    many = 0
    for number in range(ASKED):
        words = chance.choice(texts)
        query = (near_query, scoped_query, often_query)[number % 3](chance, words)
        plan = plan_query(understand(parse_query(query), vocabulary), SearchRequest(query)).plan
        expected = {
            id for id, one in documents.items() if all(holds(part, one) for part in plan.required)
        }
        assert ids(archive, query) == expected, query
        many += bool(expected)
    assert many > ASKED / 2


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("lũ AND cầu", "+lũ +cầu"),
        ("lũ VÀ cầu AND treo", "+lũ +cầu +treo"),
        ("lũ AND NOT cầu", "+lũ -cầu"),
        ("lũ KHÔNG cầu", "+lũ -cầu"),
        ("(lũ AND cầu) OR (mưa AND gió)", "(+lũ +cầu) OR (+mưa +gió)"),
        ("cầu NEAR/0 treo", '"cầu treo" OR "treo cầu"'),
        ("treo GẦN/0 cầu", '"cầu treo" OR "treo cầu"'),
        ('lần:1 "cầu treo"', '"cầu treo"'),
        ('"cầu tr?o"', '"cầu treo"'),
        ('"cầ* treo" "cầu treo"', '"cầu treo"'),
        ("dài:0-", ""),
        ("có:tác_giả NOT có:tác_giả", "+a -a"),
    ],
)
def test_operators_that_say_the_same(archive: Archive, query: str, same: str) -> None:
    assert ids(archive, query) == ids(archive, same)


def test_what_should_be_excluded_is_not_returned(archive: Archive) -> None:
    whole, less = ids(archive, '"cầu treo"'), ids(archive, '"cầu treo" NOT lũ')
    assert less < whole
    assert whole - less == ids(archive, '"cầu treo" +lũ')


def test_wildcards_find_what_their_words_find(archive: Archive) -> None:
    assert ids(archive, '"lũ qu*"') >= ids(archive, '"lũ quét"') > set()
    assert ids(archive, "qu?t") >= ids(archive, "quét") > set()
    assert ids(archive, "*uét") >= ids(archive, "quét")
    assert ids(archive, '"cau tr*"') >= ids(archive, '"cầu treo"')
    found = archive.search(SearchRequest('"lũ xyzq*"'))
    assert found.total == 0
    assert [(one.issue, one.text) for one in found.problems] == [("no_expansion", "xyzq*")]


def test_words_in_one_sentence_are_in_one_paragraph_and_near(archive: Archive) -> None:
    sentence = ids(archive, "lũ trong câu cầu")
    paragraph = ids(archive, "lũ TRONG ĐOẠN cầu")
    assert set() < sentence <= paragraph <= ids(archive, "+lũ +cầu")
    assert (
        ids(archive, "lũ NEAR/2 cầu") <= ids(archive, "lũ NEAR/20 cầu") <= ids(archive, "+lũ +cầu")
    )


def test_lengths_and_parts(archive: Archive, documents: Mapping[str, Document]) -> None:
    lengths = {id: one.length for id, one in documents.items()}
    middle = sorted(lengths.values())[len(lengths) // 2]
    for query, low, high in (
        (f"dài:>{middle}", middle + 1, 10**6),
        (f"dài:<={middle}", 0, middle),
        (f"độ_dài:{middle - 50}-{middle + 50}", middle - 50, middle + 50),
    ):
        assert ids(archive, query) == {id for id, n in lengths.items() if low <= n <= high}
    by_author = {one.id for one in archive.results(SearchRequest("")) if one.author}
    assert ids(archive, "có:tác_giả") == by_author


def test_an_operator_is_no_sign_of_a_headline(archive: Archive) -> None:
    words = "lũ AND cầu AND nước AND suối"
    assert ids(archive, words)
    found = archive.search(SearchRequest(f"{words} NOT lũ"))
    assert found.total == 0
    assert not found.unquoted
