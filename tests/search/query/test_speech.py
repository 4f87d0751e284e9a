"""`nói:` from files to hits: the same as reading every quotation place by place."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from indexer.documents import TITLE_KEY
from indexer.engines.base import Document
from indexer.language.normalise import fold
from indexer.pipeline import index_sources
from search.archive import Archive
from search.query.parser import parse_query
from search.ranking.planning import plan_query
from search.requests import Copies, SearchRequest
from search.understanding.understood_query import understand
from search.understanding.vocabulary import SearcherVocabulary
from tests.engines.places import holds
from tests.newsmakers import write_articles
from tests.search.query.conftest import Ids


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("speech")
    index_sources(folder / "archive", [write_articles(folder)], workers=0)
    return folder / "archive"


def test_what_somebody_says_is_what_reading_every_quotation_finds(
    ids: Ids, documents: Mapping[str, Document], vocabulary: SearcherVocabulary
) -> None:
    chance = random.Random(7)
    quoted = [
        (one.tokens[its.start : its.end], chance.choice(its.keys))
        for one in documents.values()
        for its in one.passages
        if its.keys != (TITLE_KEY,)
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
        assert ids(query) == expected, query
        many += bool(expected)
    assert many > 50


def test_who_says_something_by_the_end_of_the_name(archive: Archive, ids: Ids) -> None:
    result = archive.search(SearchRequest("nói:*", copies=Copies.ALL, facets=("speaker",)))
    name, count = max(
        ((one.value, one.count) for one in result.facets["speaker"]), key=lambda one: len(one[0])
    )
    assert len(name.split()) > 1
    whole = ids(f'nói:"{name}"')
    assert len(whole) == count
    assert whole <= ids(f"nói:{name.split()[-1]}") <= ids("nói:*")
    assert ids(f'nói:"{fold(name)}"') >= whole
    assert ids("nói:nobody") == set()
    assert result.reading == '(nói:"*")'


def test_words_of_others_and_of_the_paper_are_not_said(ids: Ids) -> None:
    railway = ids('nói:"Trần Văn Dũng" đường sắt')
    assert railway == ids('nói:dung "duong sat"')
    assert len(railway) == 3
    # Only the paper tells that.
    assert ids("nói:Dũng người dân kể") == set()
    # Two quotations are not one.
    assert ids("nói:Dũng đường sắt đền bù") == set()
    assert ids("(nói:Dũng đường sắt) đền bù") == railway
    assert ids("nói:Dũng (sắt OR treo)") == railway | ids("nói:Dũng treo")
    both = ids('nói:"Smithson" "Trần Văn Dũng"')
    assert both == ids("nói:Smithson")
    assert ids("nói:Smithson -nói:*") == set()
