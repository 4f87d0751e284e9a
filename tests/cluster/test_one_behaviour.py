"""The engine in a cluster and the embedded one answer alike."""

from __future__ import annotations

import json
import lzma
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

import indexer.engines.opensearch.search as search_module
from indexer.engine_factory import WHOOSH, EngineChoice, open_engine
from indexer.pipeline import index_sources
from search.archive import Archive
from search.articles import fetch_articles
from search.requests import SearchRequest, Sort, Words
from tests.cluster.comparison import compare
from tests.cluster.queries import requests_of
from tests.conftest import ROOT

SAME_ORDER = 0.95


def check(folder: Path, sources: list[Path], choice: EngineChoice, requests: int) -> None:
    """Index the same twice and compare the answers."""
    for kind in (EngineChoice(WHOOSH), choice):
        index_sources(folder / kind.kind, sources, choice=kind)
    searcher = open_engine(folder / WHOOSH).searcher()
    ids = sorted(one.id for one in searcher.origins())
    articles = [one for one in fetch_articles(searcher, ids) if one]
    with (
        Archive.open(folder / WHOOSH) as embedded,
        Archive.open(folder / choice.kind) as clustered,
    ):
        found = compare(embedded, clustered, requests_of(articles, requests))
    assert found.requests == requests
    assert found.wrong == []
    assert found.unexplained == []
    assert len(found.reordered) <= (1 - SAME_ORDER) * requests, found.reordered


def test_the_corpus_is_searched_alike(tmp_path: Path, choice: EngineChoice) -> None:
    check(tmp_path, [ROOT / "corpus" / "articles"], choice, 500)


def test_real_articles_are_searched_alike(
    tmp_path: Path, choice: EngineChoice, shared_data: Path
) -> None:
    with lzma.open(shared_data / "stories-dev.jsonl.xz", "rt", encoding="utf-8") as stream:
        lines = list(islice(stream, 1000))
    assert all("title" in json.loads(line) for line in lines)
    (tmp_path / "real.jsonl").write_text("".join(lines), "utf-8")
    check(tmp_path, [tmp_path / "real.jsonl"], choice, 500)


def test_exports_and_deep_pages_go_on_from_a_hit(
    tmp_path: Path, choice: EngineChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster puts only so many hits in order at once: here twenty, and seven behind a hit."""
    monkeypatch.setattr(search_module, "WINDOW", 20)
    monkeypatch.setattr(search_module, "_CONTINUED", 7)
    monkeypatch.setattr("search.query_runner._MOVED", 30)
    lines = [
        json.dumps(
            {"id": f"x{n}", "title": f"Lũ {n}", "body": "Nước dâng. " * (n % 7), "date": day}
        )
        for n in range(130)
        for day in [f"{2000 + n % 9}-0{1 + n % 8}-11" if n % 5 else None]
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    for kind in (EngineChoice(WHOOSH), choice):
        index_sources(tmp_path / kind.kind, [tmp_path / "a.jsonl"], choice=kind, workers=0)
    with (
        Archive.open(tmp_path / WHOOSH) as embedded,
        Archive.open(tmp_path / choice.kind) as clustered,
    ):
        for query in ("", "lũ", "lũ nước dâng", "+nước -3"):
            for sort in (Sort.NEWEST, Sort.OLDEST, Sort.RELEVANCE):
                request = SearchRequest(query, sort=sort)
                ids, others = (
                    [one.id for one in its.results(request)] for its in (embedded, clustered)
                )
                assert sorted(ids) == sorted(others)
                assert sort is Sort.RELEVANCE or ids == others
                for at in (33, 60, 100):
                    page = SearchRequest(query, sort=sort, offset=at, after=others[at - 1])
                    for one in (page, replace(page, after=None)):
                        hits = [hit.id for hit in clustered.search(one).hits]
                        assert hits == others[at : at + 10], (query, sort, at)


def test_a_date_range_touches_few_shards(tmp_path: Path, choice: EngineChoice) -> None:
    lines = [
        json.dumps({"id": f"x{n}", "title": "Lũ", "date": f"{1990 + n}-05-01"}) for n in range(20)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    index_sources(tmp_path / "kho", [tmp_path / "a.jsonl"], choice=choice, workers=0)
    with Archive.open(tmp_path / "kho") as archive:
        shards: list[dict[str, int]] = []
        view = archive.reader()._searcher._view  # type: ignore[attr-defined]
        send = view._send

        def noted(*arguments: object, **options: object) -> object:
            answer = send(*arguments, **options)
            shards.append(answer["_shards"])
            return answer

        view._send = noted
        assert archive.search(SearchRequest("lũ từ:2001 đến:2002")).total == 2
    assert any(one["total"] == 20 and one["skipped"] >= 17 for one in shards), shards


def test_versions_are_kept_and_searched_alike(tmp_path: Path, choice: EngineChoice) -> None:
    """Articles that change, appear under other addresses and move to other years."""
    source = tmp_path / "a.jsonl"
    archives = [tmp_path / kind.kind for kind in (EngineChoice(WHOOSH), choice)]
    for turn in range(3):
        records = [
            {
                "title": f"Tin số {n}" + " sửa" * (turn == 2),
                "body": f"Nước dâng ở xã {n}, đêm thứ {turn}.\nĐê vẫn an toàn, dân đã sơ tán.",
                "url": f"https://{'m.' * turn}bao.example/tin-{n}.html",
                "date": f"{2000 + n % 3 + turn}-05-01",
            }
            for n in range(30)
            if turn == 0 or n % 3 == turn
        ]
        source.with_name(f"a{turn}.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
        files = [source.with_name(f"a{one}.jsonl") for one in range(turn + 1)]
        for folder, kind in zip(archives, (EngineChoice(WHOOSH), choice), strict=True):
            report = index_sources(folder, files, choice=kind, workers=0)
            changed = 10 if turn else 0
            assert (report.added, report.changed) == (0 if turn else 30, changed)
    with Archive.open(archives[0]) as embedded, Archive.open(archives[1]) as clustered:
        for query, total in (
            ('"đêm thứ 0"', 10),
            ('"đêm thứ 0" phiên_bản:tất_cả', 30),
            ("xã đêm thứ phiên_bản:tất_cả", 30),
            ("+tin -sửa phiên_bản:tất_cả", 20),
            ("đê* phiên_bản:tất_cả", 30),
        ):
            found = []
            for archive in (embedded, clustered):
                result = archive.search(SearchRequest(query, words=Words.ALL, per_page=100))
                found.append(
                    (
                        result.total,
                        sorted(hit.id for hit in result.hits),
                        sorted(one.text for hit in result.hits for one in hit.snippets),
                        result.facets,
                        result.timeline,
                    )
                )
            assert found[0] == found[1], query
            assert found[0][0] == total, query
        ids = sorted(hit.id for hit in embedded.search(SearchRequest("tin", per_page=100)).hits)
        for id in ids:
            first, second = (
                [(one.name, one.digest, one.changes) for one in archive.versions(id)]
                for archive in (embedded, clustered)
            )
            assert first == second
            assert len(first) == 1 + (int(id.rpartition("-")[0].split("-")[-1]) % 3 > 0)
