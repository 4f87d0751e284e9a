"""Copies of reports in a cluster: found, folded and counted as in the embedded engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import indexer.engines.opensearch.search as search_module
from indexer.engine_factory import WHOOSH, EngineChoice, open_engine
from indexer.engines.base import Interval
from indexer.migration import migrate
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Copies, SearchRequest, Sort
from tests.cluster.comparison import compare
from tests.reports import copied, report

SOURCES = ("Báo Vùng Cao", "Tin Đồng Bằng", "Tin Miền Núi", "Báo Ven Biển")


def records(reports: int) -> Iterator[dict[str, str]]:
    for seed in range(reports):
        original = report(seed, paragraphs=5)
        articles = [original, *(copied(original, 0.1, seed + n) for n in range(seed % 4))]
        for number, one in enumerate(articles):
            yield {
                "id": f"{seed}-{number}",
                "title": one.title,
                "lead": one.lead,
                "body": one.body,
                "source": SOURCES[(seed + number) % 4],
                "published": f"{2001 + (seed + number) % 2}-0{1 + number}-0{1 + seed % 9}",
            }


@pytest.fixture
def archives(tmp_path: Path, choice: EngineChoice) -> tuple[Path, Path]:
    lines = (json.dumps(one, ensure_ascii=False) for one in records(80))
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    for kind in (EngineChoice(WHOOSH), choice):
        index_sources(tmp_path / kind.kind, [tmp_path / "a.jsonl"], choice=kind, batch=50)
    return tmp_path / WHOOSH, tmp_path / choice.kind


def groups(archive: Path) -> set[frozenset[str]]:
    engine = open_engine(archive)
    searcher = engine.searcher()
    ids = [one.id for one in searcher.origins()]
    named = dict(zip(ids, searcher.groups(ids), strict=True))
    for name, members in zip(ids, searcher.members(ids), strict=True):
        assert set(members) == {one for one in ids if named[one] == name != one}
    engine.close()
    return {frozenset(id for id in ids if named[id] == name) for name in named.values()}


EXPECTED = {frozenset(f"{seed}-{number}" for number in range(1 + seed % 4)) for seed in range(80)}


def requests() -> Iterator[SearchRequest]:
    """Queries of words of the reports and of nothing, in every order, folded and counted either way."""
    for seed in range(40):
        words = report(seed, paragraphs=5).paragraphs[0].split()
        for copies in Copies:
            for counts in (None, False, True):
                yield SearchRequest(
                    ["", " ".join(words[:2]), f'"{" ".join(words[3:6])}"', words[7]][seed % 4],
                    page=1 + seed % 3,
                    sort=list(Sort)[seed // 4 % 4],
                    copies=copies,
                    counts_copies=counts,
                    interval=[None, *Interval][seed % 4],
                    filters={} if seed % 5 else {"source": SOURCES[seed % 4]},
                )


def test_copies_are_found_and_folded_alike(archives: tuple[Path, Path]) -> None:
    assert groups(archives[0]) == EXPECTED
    assert groups(archives[1]) == EXPECTED
    with Archive.open(archives[0]) as embedded, Archive.open(archives[1]) as clustered:
        found = compare(embedded, clustered, requests())
        for request in requests():
            assert embedded.search(request).articles == clustered.search(request).articles
        for id in ("3-0", "3-2", "7-1", "4-0"):
            one, other = (its.related(id) for its in (embedded, clustered))
            assert one.copies == other.copies
            assert one.passages == other.passages
    assert found.requests == 240
    assert found.wrong == []
    assert found.unexplained == []


def test_deep_pages_hold_each_report_once(
    archives: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "WINDOW", 20)
    monkeypatch.setattr("search.query_runner._MOVED", 30)
    with Archive.open(archives[0]) as embedded, Archive.open(archives[1]) as clustered:
        for sort in (Sort.NEWEST, Sort.OLDEST):
            request = SearchRequest("", sort=sort)
            pages = [
                [
                    hit.id
                    for page in range(1, 9)
                    for hit in its.search(replace(request, page=page)).hits
                ]
                for its in (embedded, clustered)
            ]
            assert pages[0] == pages[1]
            assert len(pages[0]) == 80
            after = replace(request, offset=50, after=pages[0][49])
            assert [hit.id for hit in clustered.search(after).hits] == pages[0][50:60]


def test_a_move_to_a_cluster_and_back_keeps_groups(
    archives: tuple[Path, Path], choice: EngineChoice
) -> None:
    migrate(archives[0], choice, workers=0, grace=0)
    assert groups(archives[0]) == EXPECTED
    migrate(archives[0], EngineChoice(WHOOSH), workers=0, grace=0)
    assert groups(archives[0]) == EXPECTED
