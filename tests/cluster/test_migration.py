"""An archive moves into a cluster and back, while it is searched."""

from __future__ import annotations

import json
import lzma
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest

import indexer.migration
from indexer.engine_factory import (
    ENGINES,
    OPENSEARCH,
    WHOOSH,
    EngineChoice,
    engine_kind,
    open_engine,
)
from indexer.engines.opensearch import ClusterAddress
from indexer.engines.opensearch.cluster_file import write_cluster_file
from indexer.engines.opensearch.layout import Names
from indexer.errors import ArchiveError
from indexer.integrity import check_archive
from indexer.migration import migrate
from indexer.pipeline import index_sources
from indexer.records import decode_record
from search.archive import Archive
from tests.cluster.cluster import Cluster
from tests.conftest import ROOT
from webapp import create_app
from webapp.operations import Settings

EMBEDDED = EngineChoice(WHOOSH)


def held(archive: Path) -> dict[str, tuple[str, str, bytes | None]]:
    """Id -> digest, origin and record of all articles."""
    engine = open_engine(archive)
    searcher = engine.searcher()
    found = list(searcher.origins())
    records = searcher.records([one.id for one in found])
    engine.close()
    return {one.id: (one.digest, one.origin, its) for one, its in zip(found, records, strict=True)}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    index_sources(tmp_path / "kho", [ROOT / "corpus" / "articles"], choice=EMBEDDED)
    return tmp_path / "kho"


def test_there_and_back_everything_is_as_it_was(archive: Path, choice: EngineChoice) -> None:
    before = held(archive)
    report = migrate(archive, choice, grace=0)
    assert (report.articles, report.moved) == (len(before), len(before))
    assert engine_kind(archive) == OPENSEARCH
    assert not (archive / "index").exists()
    assert held(archive) == before
    again = index_sources(archive, [ROOT / "corpus" / "articles"])
    assert (again.unchanged, again.added, again.changed) == (len(before), 0, 0)
    cluster_engine = open_engine(archive)
    migrate(archive, EMBEDDED, grace=0)
    assert held(archive) == before
    assert check_archive(archive).problems == ()
    with pytest.raises(ArchiveError, match="the index is gone"):
        cluster_engine.searcher()
    with pytest.raises(ArchiveError, match="of the kind whoosh already"):
        migrate(archive, EMBEDDED)


@pytest.mark.parametrize("after", [1, 3])
def test_a_move_that_is_stopped_goes_on(
    archive: Path, choice: EngineChoice, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(indexer.migration, "BATCH", 15)
    before = held(archive)

    def stop(done: int, _: int) -> None:
        if done >= 15 * after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(archive, choice, workers=0, progress=stop, grace=0)
    assert engine_kind(archive) == WHOOSH
    assert held(archive) == before
    assert "left over from a move" in check_archive(archive).notes[0]
    # Articles come and go before it is run again.
    (archive.parent / "b.txt").write_text("Bài mới\n\nThân bài mới.\n", "utf-8")
    index_sources(archive, [archive.parent / "b.txt"])
    engine = open_engine(archive)
    with engine.writer() as writer:
        writer.delete(next(iter(before)))
    engine.close()
    report = migrate(archive, choice, workers=0, grace=0)
    assert report.moved == len(before) - 15 * after + 1
    assert held(archive).keys() - before.keys()
    assert before.keys() - held(archive).keys() == {next(iter(before))}


def test_an_article_that_does_not_arrive_stops_the_swap(
    archive: Path, choice: EngineChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = indexer.migration._document

    def changed(stored: tuple) -> object:  # type: ignore[type-arg]
        document = other(stored)
        object.__setattr__(document, "record", document.record + b" ")
        return document

    monkeypatch.setattr(indexer.migration, "_document", changed)
    with pytest.raises(ArchiveError, match="did not arrive as it was"):
        migrate(archive, choice, workers=0, grace=0)
    assert engine_kind(archive) == WHOOSH
    assert check_archive(archive).problems == ()


def test_the_site_answers_all_the_while(archive: Path, choice: EngineChoice) -> None:
    answers: list[tuple[int, int]] = []
    stop = Event()
    with Archive.open(archive) as opened, opened.kept_warm(seconds=0.2):
        client = create_app(opened, Settings(rate_limit="")).test_client()

        def ask() -> None:
            while not stop.is_set():
                answer = client.get("/api/v1/search", query_string={"q": "lũ quét"})
                answers.append((answer.status_code, (answer.json or {}).get("total", -1)))
                time.sleep(0.01)

        thread = Thread(target=ask)
        thread.start()
        try:
            migrate(archive, choice, grace=3)
            migrate(archive, EMBEDDED, grace=3)
        finally:
            stop.set()
            thread.join()
    assert len(answers) > 50
    assert set(answers) == {(200, 11)}


def test_real_articles_move(
    tmp_path: Path, choice: EngineChoice, shared_data: Path, cluster: Cluster
) -> None:
    with lzma.open(shared_data / "news-50k.jsonl.xz", "rt", encoding="utf-8") as stream:
        (tmp_path / "real.jsonl").write_text("".join(islice(stream, 3000)), "utf-8")
    index_sources(tmp_path / "kho", [tmp_path / "real.jsonl"], choice=EMBEDDED)
    before = held(tmp_path / "kho")
    migrate(tmp_path / "kho", choice, grace=0)
    assert held(tmp_path / "kho") == before
    assert json.dumps(cluster.ask("GET", "/_cluster/health")["status"]) == '"green"'
    assert all(decode_record(record or b"") for _, _, record in before.values())


MOVE = """
import sys
from pathlib import Path
import indexer.migration
from indexer.engine_factory import EngineChoice
from indexer.engines.opensearch import ClusterAddress
indexer.migration.BATCH = 9
address = ClusterAddress.of(sys.argv[3].split(",")) if sys.argv[2] == "opensearch" else None
print("ready", flush=True)
indexer.migration.migrate(Path(sys.argv[1]), EngineChoice(sys.argv[2], address), workers=0, grace=0)
"""
KILLS = 6


def move(archive: Path, kind: str, hosts: str, seconds: float | None) -> float:
    """Move an archive in a process of its own, which is killed after some seconds of it; the seconds it had."""
    command = [sys.executable, "-c", MOVE, str(archive), kind, hosts]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        begun = time.monotonic()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        else:
            assert process.returncode == 0
        return time.monotonic() - begun


def test_a_move_that_is_killed_anywhere_loses_nothing(archive: Path, choice: EngineChoice) -> None:
    assert choice.address
    draw, hosts, before = Random(5), ",".join(choice.address.hosts), held(archive)
    whole = {}
    for kind in (OPENSEARCH, WHOOSH):
        whole[kind] = move(archive, kind, hosts, None)
        assert (engine_kind(archive), held(archive)) == (kind, before)
    killed = 0
    while killed < KILLS:
        kind = WHOOSH if engine_kind(archive) == OPENSEARCH else OPENSEARCH
        move(archive, kind, hosts, draw.uniform(0, whole[kind]))
        killed += 1
        assert held(archive) == before
        assert check_archive(archive).problems == ()
        if killed % 4 == 0 and engine_kind(archive) != kind:
            move(archive, kind, hosts, None)
            assert (engine_kind(archive), held(archive)) == (kind, before)


def test_remains_that_are_remembered_at_other_hosts_of_the_cluster_stop_no_move(
    archive: Path, choice: EngineChoice
) -> None:
    assert choice.address
    folder = archive / ENGINES[OPENSEARCH].folder
    folder.mkdir()
    hosts = ClusterAddress.of(list(reversed(choice.address.hosts)))
    write_cluster_file(folder, hosts, Names("0123456789ab"))
    before = held(archive)
    migrate(archive, choice, workers=0, grace=0)
    assert (engine_kind(archive), held(archive)) == (OPENSEARCH, before)


@pytest.mark.parametrize("is_there", [False, True])
def test_an_archive_whose_making_was_killed_is_made_again(
    tmp_path: Path, choice: EngineChoice, is_there: bool
) -> None:
    kind = ENGINES[OPENSEARCH]
    folder = tmp_path / "kho" / kind.folder
    folder.mkdir(parents=True)
    assert choice.address
    if is_there:
        kind.create(folder, choice).close()
    else:
        write_cluster_file(folder, choice.address, Names("0123456789ab"))
    (tmp_path / "a.txt").write_text("Lũ quét\n\nNước lên nhanh.\n", "utf-8")
    report = index_sources(tmp_path / "kho", [tmp_path / "a.txt"], choice=choice)
    assert report.added == 1
    assert len(held(tmp_path / "kho")) == 1
