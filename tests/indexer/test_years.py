"""What happens over years: readers that stay, clocks that jump, writers that meet, runs that are killed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.engine_factory import open_engine
from indexer.engines.base import Plan
from indexer.engines.conditions import Term
from indexer.errors import ArchiveError
from indexer.integrity import check_archive
from indexer.pipeline import index_sources
from search.archive import Archive
from search.desk.database import DeskDatabase
from search.desk.desk import Desk
from search.requests import SearchRequest

pytestmark = pytest.mark.embedded
ROOT = Path(__file__).resolve().parent.parent.parent


def write(folder: Path, number: int, text: str = "Nước dâng") -> None:
    folder.mkdir(exist_ok=True)
    body = f"Bài số {number}\n\nTin {number}.\n\n{text} ở xã {number}.\n"
    (folder / f"{number}.txt").write_text(body, "utf-8")


def test_a_reader_stays_the_same_over_a_hundred_commits(tmp_path: Path) -> None:
    """Its files are merged away and removed meanwhile; it goes on reading them."""
    sources, archive = tmp_path / "in", tmp_path / "a"
    write(sources, 0)
    index_sources(archive, [sources], workers=0)
    with Archive.open(archive) as opened:
        reader = opened.reader()
        before = reader.search(SearchRequest("nước dâng")).hits
        article = reader.article(before[0].id)
        for number in range(1, 101):
            write(sources, number)
            write(sources, 0, f"Lần {number} nước dâng")
            index_sources(archive, [sources], workers=0)
        late = reader.search(SearchRequest("nước dâng", page=1))
        assert [hit.id for hit in late.hits] == [hit.id for hit in before]
        assert reader.article(article.id) == article
        assert reader.related(article.id).similar == ()
        assert reader.count() == 1
        assert opened.count() == 101
        assert len(open_engine(archive).commit().segments) <= 10  # type: ignore[attr-defined]


@contextmanager
def jumping_clock(monkeypatch: pytest.MonkeyPatch, chance: random.Random) -> Iterator[None]:
    """Wall clocks that are years off, forwards or backwards, at each look."""
    now, now_ns = time.time, time.time_ns
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now() + chance.uniform(-1e8, 1e8))
        patch.setattr(time, "time_ns", lambda: now_ns() + chance.randint(-(10**17), 10**17))
        yield


def test_clocks_that_jump_hide_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources, archive = tmp_path / "in", tmp_path / "a"
    write(sources, 0)
    index_sources(archive, [sources], workers=0)
    with jumping_clock(monkeypatch, random.Random(5)), Archive.open(archive) as opened:
        for number in range(1, 8):
            write(sources, number)
            index_sources(archive, [sources], workers=0)
            assert opened.count() == number + 1
            found = opened.search(SearchRequest(f'"ở xã {number}"'))
            assert found.total == 1
    assert check_archive(archive).problems == ()


def test_a_clock_that_jumps_locks_nobody_out_for_long(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.accounts.add("Lan", "mật khẩu khá dài")
    clock = [2e9]
    desk.sessions._now = lambda: clock[0]
    for _ in range(5):
        assert desk.sessions.sign_in("Lan", "không phải thế", "10.0.0.1") is None
    clock[0] = 1e9
    secret = desk.sessions.sign_in("Lan", "mật khẩu khá dài", "10.0.0.1")
    assert secret is not None
    clock[0] = 5e8
    assert desk.sessions.session(secret) is not None


def test_two_writers_follow_each_other(tmp_path: Path) -> None:
    sources, archive = tmp_path / "in", tmp_path / "a"
    write(sources, 0)
    index_sources(archive, [sources], workers=0)
    first, second = open_engine(archive), open_engine(archive)
    with first.writer():
        with pytest.raises(ArchiveError, match="another process is writing to the archive"):
            second.writer(timeout=0.2).__enter__()  # type: ignore[call-arg]
        done: list[bool] = []

        def later() -> None:
            with second.writer(timeout=30) as writer:  # type: ignore[call-arg]
                writer.delete("khong-co")
            done.append(True)

        thread = threading.Thread(target=later)
        thread.start()
        time.sleep(0.2)
        assert not done
    thread.join(30)
    assert done
    assert first.searcher().search(Plan(clauses=(Term("id", ("x",)),))).total == 0


_DAY = """
import sys
from pathlib import Path
from benchmarks.power_loss import STEPS, Newsroom
room = Newsroom(Path(sys.argv[1]))
for step in STEPS:
    getattr(room, step)()
    print(step, flush=True)
"""


def test_a_day_that_is_killed_at_any_moment(tmp_path: Path) -> None:
    """As `benchmarks/power_loss.py`, with a real process and real signals, and the runs that go on from there."""
    from benchmarks.power_loss import STEPS, Newsroom, expected_states, fault_after

    states = expected_states(tmp_path / "expected")
    chance = random.Random(11)
    command = [sys.executable, "-c", _DAY]
    stopped = set()
    # After so many steps, somewhere in the next one; of the time that a step takes nothing is known.
    for number, steps in enumerate(chance.sample(range(len(STEPS) - 1), 5)):
        folder = tmp_path / str(number)
        Newsroom(folder).prepare()
        process = subprocess.Popen([*command, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        told = [process.stdout.readline() for _ in range(steps)]
        time.sleep(chance.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        done = len(("".join(told) + process.communicate()[0]).split())
        stopped.add(done)
        again = Newsroom(folder)
        if not done:
            (tmp_path / "in").mkdir(exist_ok=True)
            again.sources.rename(folder / "first")
        assert fault_after(again, done, states) == "", STEPS[done]
    assert len(stopped) > 1


def test_an_older_file_of_the_desk_becomes_a_newer_one(tmp_path: Path) -> None:
    """Each version of the file since the first, with what was in it."""
    from search.desk.database import MIGRATIONS

    for version in range(1, len(MIGRATIONS)):
        archive = tmp_path / str(version)
        archive.mkdir()
        old = DeskDatabase(archive, MIGRATIONS[:version])
        with old.writing() as database:
            database.execute(
                "INSERT INTO dossiers (name, key, note, created, changed, version)"
                " VALUES ('Lũ', 'lũ', 'ghi chú', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', 1)"
            )
        desk = Desk(archive)
        assert [one.note for one in desk.dossiers.heads()] == ["ghi chú"]
        assert not desk.accounts.has_any()
        desk.accounts.add("Lan", "mật khẩu khá dài")
        assert desk.accounts.has_any()
        assert desk.watches.watches() == []
