"""Operators on places from files to hits: the same as reading every article place by place."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from indexer.engines.base import Document
from indexer.language.analysis import syllables
from search.archive import Archive
from search.query.parser import parse_query
from search.ranking.planning import plan_query
from search.requests import SearchRequest
from search.understanding.understood_query import understand
from search.understanding.vocabulary import SearcherVocabulary
from tests.cluster.queries import near_query, often_query, scoped_query
from tests.engines.places import holds
from tests.search.query.conftest import Ids

ASKED = 1000


def test_random_queries_find_what_reading_every_article_finds(
    archive: Archive, ids: Ids, documents: Mapping[str, Document], vocabulary: SearcherVocabulary
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
        assert ids(query) == expected, query
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
def test_operators_that_say_the_same(ids: Ids, query: str, same: str) -> None:
    assert ids(query) == ids(same)


def test_what_should_be_excluded_is_not_returned(ids: Ids) -> None:
    whole, less = ids('"cầu treo"'), ids('"cầu treo" NOT lũ')
    assert less < whole
    assert whole - less == ids('"cầu treo" +lũ')


def test_wildcards_find_what_their_words_find(archive: Archive, ids: Ids) -> None:
    assert ids('"lũ qu*"') >= ids('"lũ quét"') > set()
    assert ids("qu?t") >= ids("quét") > set()
    assert ids("*uét") >= ids("quét")
    assert ids('"cau tr*"') >= ids('"cầu treo"')
    found = archive.search(SearchRequest('"lũ xyzq*"'))
    assert found.total == 0
    assert [(one.issue, one.text) for one in found.problems] == [("no_expansion", "xyzq*")]


def test_words_in_one_sentence_are_in_one_paragraph_and_near(ids: Ids) -> None:
    sentence = ids("lũ trong câu cầu")
    paragraph = ids("lũ TRONG ĐOẠN cầu")
    assert set() < sentence <= paragraph <= ids("+lũ +cầu")
    assert ids("lũ NEAR/2 cầu") <= ids("lũ NEAR/20 cầu") <= ids("+lũ +cầu")


def test_lengths_and_parts(archive: Archive, ids: Ids, documents: Mapping[str, Document]) -> None:
    lengths = {id: one.length for id, one in documents.items()}
    middle = sorted(lengths.values())[len(lengths) // 2]
    for query, low, high in (
        (f"dài:>{middle}", middle + 1, 10**6),
        (f"dài:<={middle}", 0, middle),
        (f"độ_dài:{middle - 50}-{middle + 50}", middle - 50, middle + 50),
    ):
        assert ids(query) == {id for id, n in lengths.items() if low <= n <= high}
    by_author = {one.id for one in archive.results(SearchRequest("")) if one.author}
    assert ids("có:tác_giả") == by_author


def test_an_operator_is_no_sign_of_a_headline(archive: Archive, ids: Ids) -> None:
    words = "lũ AND cầu AND nước AND suối"
    assert ids(words)
    found = archive.search(SearchRequest(f"{words} NOT lũ"))
    assert found.total == 0
    assert not found.unquoted
