"""The engine in a cluster and the embedded one answer alike."""

from __future__ import annotations

import json
import lzma
from itertools import islice
from pathlib import Path

from indexer.engine_factory import WHOOSH, EngineChoice, open_engine
from indexer.pipeline import index_sources
from search.archive import Archive
from search.articles import fetch_articles
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
