"""`khobao compact` joins segments, changes no answer, and waits for its turn."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from indexer.compaction import Compaction, compact_archive
from indexer.engine_factory import open_engine
from indexer.engines.capabilities import exclusive_run
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import ArchiveError
from indexer.pipeline import index_sources
from khobao import cli, doctor
from search.archive import Archive
from search.requests import SearchRequest

pytestmark = pytest.mark.embedded
ARTICLES = 5


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with a segment for each of its articles."""
    for number in range(ARTICLES):
        (tmp_path / f"{number}.txt").write_text(f"Lũ số {number}\n\nNước lên.", "utf-8")
        index_sources(tmp_path / "kho", [tmp_path / f"{number}.txt"], workers=0)
    return tmp_path / "kho"


def found(archive: Path) -> list[str]:
    with Archive.open(archive) as opened:
        return [one.id for one in opened.search(SearchRequest("lũ nước")).hits]


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [str(one) for one in arguments])
    return result.exit_code, result.output


def test_segments_are_joined_once(archive: Path) -> None:
    before = found(archive)
    assert run("compact", "--archive", archive) == (0, "5 articles; segments: 5 before, 1 now\n")
    assert found(archive) == before
    commit = open_engine(archive).searcher().commit
    status, said = run("compact", "--archive", archive, "--json")
    assert (status, json.loads(said)) == (0, {"articles": 5, "before": 1, "after": 1})
    assert open_engine(archive).searcher().commit == commit


def test_what_is_deleted_goes(archive: Path) -> None:
    compact_archive(archive)
    engine = open_engine(archive)
    with engine.writer() as writer:
        writer.delete(found(archive)[0])
    assert compact_archive(archive) == Compaction(ARTICLES - 1, 1, 1)
    assert isinstance(engine, WhooshEngine)
    facts = engine.commit_facts()
    assert facts is not None
    assert facts.deleted == 0


def test_a_reader_goes_on_and_a_run_has_to_end_first(archive: Path) -> None:
    waited: list[str] = []
    engine = open_engine(archive)
    with Archive.open(archive) as reader:
        before = [one.id for one in reader.search(SearchRequest("nước")).hits]
        with exclusive_run(engine):
            joining = Thread(target=compact_archive, args=(archive, waited.append))
            joining.start()
            joining.join(1)
            assert joining.is_alive()
            assert len(waited) == 1
        joining.join(20)
        assert not joining.is_alive()
        assert [one.id for one in reader.search(SearchRequest("nước")).hits] == before
    assert compact_archive(archive).before == 1


def test_there_has_to_be_an_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive here"):
        compact_archive(tmp_path)


def test_doctor_tells_of_many_segments(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_MANY_SEGMENTS", 3)
    monkeypatch.setattr(doctor, "_MANY_ARTICLES", 3)
    line = "note  segments: there are 5; searches are faster after: khobao compact"
    assert line in run("doctor", "--archive", archive)[1]
    compact_archive(archive)
    assert "segments" not in run("doctor", "--archive", archive)[1]
