"""Backups while an archive is used, and what is damaged in them."""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner

from indexer import databases
from indexer.backup import back_up, restore
from indexer.backup_list import LIST, faults_of, read_backup
from indexer.durable import seal, unseal
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import ArchiveError, DamageError, KhobaoError
from indexer.integrity import check_archive
from indexer.pipeline import index_sources
from khobao import cli
from search.archive import Archive
from search.requests import SearchRequest

pytestmark = pytest.mark.embedded


def write(file: Path, first: int, count: int, word: str = "lũ") -> None:
    file.parent.mkdir(exist_ok=True)
    records = [
        {"id": f"a{n}", "title": f"Tin {word} số {n}", "body": f"Nước {word} lên {n}."}
        for n in range(first, first + count)
    ]
    file.write_text("\n".join(map(json.dumps, records)), "utf-8")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    write(tmp_path / "in" / "1.jsonl", 0, 40)
    index_sources(tmp_path / "archive", [tmp_path / "in"], workers=0)
    with Archive.open(tmp_path / "archive") as opened:
        assert opened.count() == 40
    (tmp_path / "archive" / "synonyms.txt").write_text("HN = Hà Nội\n", "utf-8")
    return tmp_path / "archive"


def ids(archive: Path) -> set[str]:
    with Archive.open(archive) as opened:
        return {one.id for one in opened.results(SearchRequest(""))}


def test_what_is_brought_back_is_what_was_there(archive: Path, tmp_path: Path) -> None:
    made = back_up(archive, tmp_path / "backup")
    assert made == read_backup(tmp_path / "backup")
    assert made.articles == 40
    write(tmp_path / "in" / "2.jsonl", 40, 10)
    index_sources(archive, [tmp_path / "in"], workers=0)
    assert restore(tmp_path / "backup", tmp_path / "again") is None
    again = tmp_path / "again"
    assert check_archive(again).problems == ()
    assert check_archive(again).articles == 40
    assert (again / "synonyms.txt").read_text("utf-8") == "HN = Hà Nội\n"
    assert not (again / LIST).exists()
    # The next run adds what came after the backup, and reads nothing twice.
    report = index_sources(again, [tmp_path / "in"], workers=0)
    assert (report.added, report.changed, report.unchanged) == (10, 0, 40)
    assert ids(again) == ids(archive)


def test_a_backup_can_be_searched_as_it_is(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "backup")
    assert len(ids(tmp_path / "backup")) == 40


def test_backups_while_articles_are_indexed_are_those_of_one_commit(
    archive: Path, tmp_path: Path
) -> None:
    done, faults = Event(), list[Exception]()

    def run() -> None:
        try:
            for number in range(2, 16):
                write(tmp_path / "in" / f"{number}.jsonl", 40 * number, 40)
                index_sources(archive, [tmp_path / "in"], workers=0)
        except KhobaoError as error:
            faults.append(error)
        finally:
            done.set()

    thread = Thread(target=run)
    thread.start()
    number = 0
    while not done.is_set() or not number:
        number += 1
        made = back_up(archive, tmp_path / f"backup{number}")
        assert list(faults_of(tmp_path / f"backup{number}", made)) == []
    thread.join()
    assert not faults
    for at in range(1, number + 1):
        report = check_archive(tmp_path / f"backup{at}")
        assert report.problems == ()
        # Every file is whole or absent in a commit.
        assert report.articles % 40 == 0
        index_sources(tmp_path / f"backup{at}", [tmp_path / "in"], workers=0)
        assert ids(tmp_path / f"backup{at}") == ids(archive)


def test_a_backup_that_takes_long_holds_no_run_up(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large databases, such as that of vectors, are read while others write."""
    for name in ("desk.sqlite", "meanings.sqlite"):
        with closing(sqlite3.connect(archive / name)) as database:
            database.execute("CREATE TABLE here (value)")
    looked: list[str] = []
    fault_of = databases.fault_of

    def index_meanwhile(path: Path) -> str:
        looked.append(path.name)
        with WhooshEngine(archive / "index").writer(timeout=0):
            pass
        return fault_of(path)

    monkeypatch.setattr(databases, "fault_of", index_meanwhile)
    made = back_up(archive, tmp_path / "backup")
    assert sorted(looked) == ["desk.sqlite", "files.sqlite", "meanings.sqlite"]
    assert {"desk.sqlite", "files.sqlite", "meanings.sqlite"} <= {one.name for one in made.files}


def test_every_damaged_file_is_named_and_nothing_is_brought_back(
    archive: Path, tmp_path: Path
) -> None:
    made = back_up(archive, tmp_path / "backup")
    for one in made.files:
        path = tmp_path / "backup" / one.name
        data = path.read_bytes()
        for damaged in (b"", data[:-1], data[:-1] + bytes([data[-1] ^ 1]) if data else b"x", None):
            if damaged == data:
                continue
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            (line,) = faults_of(tmp_path / "backup", made)
            assert one.name in line
            with pytest.raises(ArchiveError, match="take another backup") as error:
                restore(tmp_path / "backup", tmp_path / "again")
            assert one.name in str(error.value)
            assert sorted(one.name for one in tmp_path.iterdir()) == ["archive", "backup", "in"]
            path.write_bytes(data)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"files": 3}', None])
def test_a_list_that_is_damaged_is_not_believed(
    archive: Path, tmp_path: Path, data: bytes | None
) -> None:
    back_up(archive, tmp_path / "backup")
    path = tmp_path / "backup" / LIST
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1) if data is None else data)
    with pytest.raises(ArchiveError, match=LIST):
        restore(tmp_path / "backup", tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "name", ["../x", "index/../../x", "/tmp/x", "..", "", "index/", "a/b", "..\\x"]
)
def test_no_name_in_a_list_leads_out_of_the_archive(
    archive: Path, tmp_path: Path, name: str
) -> None:
    back_up(archive, tmp_path / "backup")
    path = tmp_path / "backup" / LIST
    content = unseal(path.read_bytes())
    content["files"][0][0] = name
    path.write_bytes(seal(content))
    with pytest.raises(ArchiveError):
        restore(tmp_path / "backup", tmp_path / "again")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["archive", "backup", "in"]


def test_a_damaged_archive_gives_no_backup(archive: Path, tmp_path: Path) -> None:
    for path in [*sorted((archive / "index").glob("*.*.col")), archive / "files.sqlite"]:
        data = path.read_bytes()
        if len(data) < 20:
            continue
        path.write_bytes(data[:10] + bytes([data[10] ^ 255]) + data[11:])
        with pytest.raises(ArchiveError) as error:
            back_up(archive, tmp_path / "backup")
        assert path.name in str(error.value)
        assert sorted(one.name for one in tmp_path.iterdir()) == ["archive", "in"]
        path.write_bytes(data)
    back_up(archive, tmp_path / "backup")


def test_databases_are_copied_with_what_is_not_in_their_file_yet(
    archive: Path, tmp_path: Path
) -> None:
    database = sqlite3.connect(archive / "desk.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE here (value)")
    database.execute("INSERT INTO here VALUES (7)")
    back_up(archive, tmp_path / "backup")
    copy = sqlite3.connect(tmp_path / "backup" / "desk.sqlite")
    assert copy.execute("SELECT value FROM here").fetchall() == [(7,)]
    copy.close()
    database.close()
    assert not list((tmp_path / "backup").glob("*-wal"))


def test_a_database_that_is_damaged_inside_gives_no_backup(archive: Path, tmp_path: Path) -> None:
    path = archive / "desk.sqlite"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("CREATE TABLE here (value)")
    database.executemany("INSERT INTO here VALUES (?)", [("x" * 100,)] * 500)
    database.close()
    data = bytearray(path.read_bytes())
    data[-4096 * 3 : -4096 * 2] = b"\xff" * 4096
    path.write_bytes(data)
    # `khobao repair` knows nothing of the desk.
    with pytest.raises(ArchiveError, match=r"desk\.sqlite: .*; bring it back from a backup"):
        back_up(archive, tmp_path / "backup")


def test_places_that_are_taken_stay_as_they_are(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "backup")
    with pytest.raises(ArchiveError, match="is taken"):
        back_up(archive, tmp_path / "backup")
    with pytest.raises(ArchiveError, match="--replace"):
        restore(tmp_path / "backup", archive)
    with pytest.raises(ArchiveError, match="this is no archive"):
        restore(tmp_path / "backup", tmp_path / "in", replace=True)
    (tmp_path / "empty").mkdir()
    restore(tmp_path / "backup", tmp_path / "empty")
    assert len(ids(tmp_path / "empty")) == 40


def test_an_archive_that_makes_way_stays_beside(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "backup")
    write(tmp_path / "in" / "2.jsonl", 40, 5)
    index_sources(archive, [tmp_path / "in"], workers=0)
    with Archive.open(archive) as served:
        assert served.count() == 45
        aside = restore(tmp_path / "backup", archive, replace=True)
        assert aside
        assert len(ids(aside)) == 45
        # Whoever serves the archive serves what was brought back.
        assert served.count() == 40


def test_a_full_disk_leaves_nothing_behind(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ArchiveError):
            back_up(archive, tmp_path / "backup")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["archive", "in"]
    assert check_archive(archive).problems == ()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_backup_that_is_killed_is_no_backup(archive: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time, indexer.backup as b, sys, pathlib\n"
               "b.write_durably = lambda *_: time.sleep(60)\n"
               "b.back_up(*map(pathlib.Path, sys.argv[1:]))",
               str(archive), str(tmp_path / "backup")]  # fmt: skip
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    ends = time.monotonic() + 30
    while not list(tmp_path.glob(".backup.*.new/index/*.kpo")) and time.monotonic() < ends:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "backup").exists()
    back_up(archive, tmp_path / "backup")
    assert len(ids(tmp_path / "backup")) == 40


def test_commands(archive: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    target = str(tmp_path / "backup")
    found = run(cli, ["backup", target, "--archive", str(archive)])
    assert found.exit_code == 0
    assert "40 articles as of " in found.output
    assert run(cli, ["restore", target, "--verify"]).output.endswith("; 0 damaged\n")
    (tmp_path / "backup" / "khobao.json").write_text("{}")
    refused = run(cli, ["restore", target, "--verify"])
    assert refused.exit_code == 1
    assert "khobao.json" in refused.output
    assert refused.output.endswith("; 1 damaged\n")
    again = run(cli, ["restore", target, "--archive", str(tmp_path / "again")])
    assert isinstance(again.exception, ArchiveError)
    assert not isinstance(again.exception, DamageError)
