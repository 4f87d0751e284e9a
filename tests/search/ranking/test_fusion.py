"""The order by words and the order by meaning, made one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_or_create_engine
from indexer.engines.base import Searcher
from indexer.engines.capabilities import Near
from search.query.parser import parse_query
from search.ranking.execution import run_query_plan
from search.ranking.fusion import NEAREST, run_fused
from search.ranking.planning import QueryPlan, plan_query
from search.requests import Copies, SearchRequest
from search.understanding.synonyms import load_synonyms
from search.understanding.understood_query import understand
from search.understanding.vocabulary import SearcherVocabulary

HITS = NEAREST + 20
COPY, ORIGINAL, OTHER = "copy", "005", "other"


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """Articles about a flood, the first ones most of all; a copy of one of them; one about boats."""
    engine = open_or_create_engine(tmp_path_factory.mktemp("fusion"))
    with engine.writer() as writer:
        for number in range(HITS):
            body = " ".join(["lũ"] * (1 + HITS - number) + ["đồng"] * number)
            title = "Bờ đê" if number % 2 else "Bờ đê vỡ"
            article = Article(id=f"{number:03}", title=title, body=body)
            writer.put(make_document(article, ""))
        copy = make_document(Article(id=COPY, title="Thuyền ra khơi", body="Gió lên."), "")
        writer.put(replace(copy, group=ORIGINAL))
        writer.put(make_document(Article(id=OTHER, title="Thuyền về bến", body="Gió lặng."), ""))
    yield engine.searcher()
    engine.close()


def plan_of(searcher: Searcher, query: str, offset: int, limit: int, copies: Copies) -> QueryPlan:
    vocabulary = SearcherVocabulary(searcher, load_synonyms())
    request = SearchRequest(query, copies=copies)
    found = plan_query(understand(parse_query(query), vocabulary), request)
    return replace(found, plan=replace(found.plan, offset=offset, limit=limit))


def fused(
    searcher: Searcher,
    near: list[Near],
    *,
    query: str = "lũ",
    offset: int = 0,
    limit: int = 10,
    copies: Copies = Copies.ALL,
    complete_first: bool = False,
    after: str | None = None,
    kept: int | None = None,
) -> list[str]:
    plan = plan_of(searcher, query, offset, limit, copies)
    more = {} if kept is None else {"kept": kept}
    page = run_fused(plan, searcher, near, after, complete_first=complete_first, **more)
    assert page.added == sum(not one.is_hit for one in near)
    return [hit.id for hit in page.hits]


def by_words(searcher: Searcher, query: str = "lũ", limit: int = HITS) -> list[str]:
    plan = plan_of(searcher, query, 0, limit, Copies.ALL)
    return [hit.id for hit in run_query_plan(plan, searcher).hits]


def near(*ids: str, hits: bool = True) -> list[Near]:
    return [Near(id, 0.9, () if hits else (0,), hits) for id in ids]


def test_what_both_orders_have_comes_first(searcher: Searcher) -> None:
    order = by_words(searcher)
    assert fused(searcher, near(order[3]))[0] == order[3]
    assert fused(searcher, near(order[40], order[3]))[:3] == [order[3], order[40], order[0]]
    assert fused(searcher, []) == order[:10]


def test_the_first_by_words_stay_first_where_that_is_asked(searcher: Searcher) -> None:
    order = by_words(searcher)
    assert fused(searcher, near(order[3]), kept=2)[:3] == [order[0], order[1], order[3]]
    assert fused(searcher, near(order[3]), complete_first=True) == order[:10]
    part = by_words(searcher, "lũ vỡ")
    complete = {id for id in order if int(id) % 2 == 0}
    mixed = fused(
        searcher, near(part[-1], OTHER), query="lũ vỡ", limit=HITS + 1, complete_first=True
    )
    count = len(complete.intersection(part[:NEAREST]))
    assert complete.issuperset(mixed[:count])


def test_pages_follow_each_other_as_far_as_there_are_hits(searcher: Searcher) -> None:
    nearest = [*near("050", "110"), *near(OTHER, hits=False)]
    whole = fused(searcher, nearest, limit=HITS + 1)
    assert sorted(whole) == sorted([*by_words(searcher), OTHER])
    for offset in range(0, HITS + 1, 11):
        assert fused(searcher, nearest, offset=offset, limit=11) == whole[offset : offset + 11]
    assert fused(searcher, nearest, after=whole[104], offset=103, limit=11) == whole[105:116]
    assert fused(searcher, nearest, after="nobody", offset=4) == whole[4:14]


def test_a_copy_that_is_near_raises_its_original(searcher: Searcher) -> None:
    order = by_words(searcher)
    folded = fused(searcher, near(COPY), copies=Copies.FOLDED)
    assert folded == [ORIGINAL, *(id for id in order if id != ORIGINAL)][:10]
    every = fused(searcher, near(COPY, hits=False), copies=Copies.ALL)
    assert every[:2] == [order[0], COPY]
