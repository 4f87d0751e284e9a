"""An article that the cluster refuses is one failure in the report; the others are stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_engine
from indexer.errors import ArchiveError
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from tests.cluster.cluster import Cluster
from tests.cluster.test_faults import index_of, khobao

REFUSALS = {
    "a field that is not in the mapping": ({"set": {"field": "more", "value": 1}}, "strict"),
    "an error of the cluster": ({"fail": {"message": "no room for this"}}, "no room for this"),
}


@contextmanager
def refusing(cluster: Cluster, archive: Path, id: str, how: Any) -> Iterator[None]:
    """Let the cluster itself refuse an article, as an ingest pipeline of an operator can."""
    name, settings = next(iter(how)), f"/{index_of(archive)}*/_settings"
    processor = {name: {"if": f"ctx['id'] == '{id}'", **how[name]}}
    cluster.ask("PUT", "/_ingest/pipeline/refuse", {"processors": [processor]})
    cluster.ask("PUT", settings, {"index.final_pipeline": "refuse"})
    try:
        yield
    finally:
        cluster.ask("PUT", settings, {"index.final_pipeline": "_none"})
        cluster.ask("DELETE", "/_ingest/pipeline/refuse")


def write_record(folder: Path, id: str, title: str) -> None:
    record = {"id": id, "title": title, "body": "Nước dâng.", "date": "2010-05-01"}
    (folder / f"{id}.json").write_text(json.dumps(record), "utf-8")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "bai").mkdir()
    write_record(tmp_path / "bai", "a", "Lũ về")
    write_record(tmp_path / "bai", "b", "Hạn hán")
    return tmp_path / "bai"


def titles(archive: Path) -> dict[str, str]:
    with Archive.open(archive) as opened:
        return {hit.id: hit.title.text for hit in opened.search(SearchRequest("")).hits}


@pytest.mark.parametrize(("how", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_the_others_are_stored(
    archive: Path, source: Path, cluster: Cluster, how: Any, reason: str
) -> None:
    write_record(source, "a", "Lũ về rồi")
    write_record(source, "b", "Hạn hán kéo dài")
    with refusing(cluster, archive, "a", how):
        status, lines = khobao("index", source, "--archive", archive)
        assert (status, lines.count("\n")) == (1, 1)
        assert "a.json: the engine refuses article a, so the archive keeps it as it was: " in lines
        assert reason in lines
        assert titles(archive) == {"a": "Lũ về", "b": "Hạn hán kéo dài"}
        # It is tried again at every run, and told again.
        report = index_sources(archive, [source])
        assert (len(report.failures), report.unchanged, report.changed) == (1, 2, 0)
        assert (report.added, report.removed) == (0, 0)
    report = index_sources(archive, [source])
    assert (report.changed, report.unchanged, report.failures) == (1, 1, [])
    assert titles(archive) == {"a": "Lũ về rồi", "b": "Hạn hán kéo dài"}


def test_a_new_article_that_is_refused_is_not_there(
    archive: Path, source: Path, cluster: Cluster
) -> None:
    how, _ = next(iter(REFUSALS.values()))
    write_record(source, "c", "Bão")
    with refusing(cluster, archive, "c", how):
        report = index_sources(archive, [source])
        assert (report.added, report.unchanged, report.removed) == (0, 2, 0)
        assert [one.path for one in report.failures] == [str(source / "c.json")]
        assert "it is not in the archive: " in report.failures[0].reason
        with Archive.open(archive) as opened:
            assert opened.search(SearchRequest("")).total == opened.count() == 2
            # The dictionary does not count the article either.
            assert not opened.suggest("bão")
    assert index_sources(archive, [source]).added == 1
    with Archive.open(archive) as opened:
        assert opened.suggest("bão")


def test_a_writer_that_nobody_asks_commits_nothing(archive: Path, cluster: Cluster) -> None:
    how, _ = next(iter(REFUSALS.values()))
    engine = open_engine(archive)
    with (
        refusing(cluster, archive, "c", how),
        pytest.raises(ArchiveError, match=r"refuses articles, so nothing .* c: .*strict"),
        engine.writer() as writer,
    ):
        for id in "bc":
            article = Article(id=id, title="Bão", body="Gió", published=date(2010, 5, 1))
            writer.put(make_document(article, ""))
    engine.close()
    assert titles(archive) == {"a": "Lũ về", "b": "Hạn hán"}
