"""Sources that are watched, and runs that store nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.pipeline import KnownCatalog, index_sources
from indexer.reporting import IndexReport
from indexer.watching import Settling, is_open_for_writing, watch_sources
from khobao import cli
from search.archive import Archive
from search.requests import SearchRequest

WAIT = 30.0
"""Seconds after which a test gives up."""


def article(number: int, body: str = "Nước sông Hồng dâng cao trong đêm.") -> str:
    return json.dumps({"id": f"tin-{number}", "title": f"Tin số {number}", "body": body}) + "\n"


def total(archive: Path, query: str = "") -> int:
    with Archive.open(archive) as opened:
        return opened.search(SearchRequest(query)).total


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not reached():
        assert time.monotonic() < end, "it was not reached in time"
        time.sleep(0.05)


@contextmanager
def watched(source: Path, archive: Path) -> Iterator[list[IndexReport]]:
    """A thread that watches a source."""
    stop, reports, known = threading.Event(), list[IndexReport](), KnownCatalog()

    def run(only: list[Path] | None) -> bool:
        reports.append(index_sources(archive, [source], workers=0, only=only, memory_of_runs=known))
        return True

    thread = threading.Thread(
        target=watch_sources, args=([source], run), kwargs={"ignored": archive, "stop": stop}
    )
    # As the command does, whose main thread it is that watches.
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)
    try:
        thread.start()
        until(lambda: bool(reports))
        yield reports
    finally:
        stop.set()
        thread.join(WAIT)
        signal.signal(signal.SIGIO, before)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "a.jsonl").write_text(article(0), "utf-8")
    return folder


def test_what_appears_changes_and_goes(source: Path, tmp_path: Path) -> None:
    archive = source / "kho"  # Also where the archive lies in the source itself.
    with watched(source, archive) as reports:
        assert total(archive) == 1
        (source / "b.jsonl").write_text(article(1), "utf-8")
        until(lambda: total(archive) == 2)
        (source / "moi" / "sau").mkdir(parents=True)
        (source / "moi" / "sau" / "c.jsonl").write_text(article(2), "utf-8")
        until(lambda: total(archive) == 3)
        (tmp_path / "ngoai").mkdir()
        for number in range(3, 30):
            (tmp_path / "ngoai" / f"{number}.jsonl").write_text(article(number), "utf-8")
        (tmp_path / "ngoai").rename(source / "ngoai")
        until(lambda: total(archive) == 30)
        (source / "b.jsonl").write_text(article(1, "Đê đã vỡ ở ba xã."), "utf-8")
        until(lambda: total(archive, '"đê đã vỡ"') == 1)
        (source / "a.jsonl").unlink()
        until(lambda: total(archive) == 29)
        (source / ".an.jsonl").write_text(article(99), "utf-8")
        time.sleep(1.5)
        assert total(archive) == 29
        runs = len(reports)
        time.sleep(1.0)
        assert len(reports) == runs, "its own commits are no reason to run"


def test_many_files_at_once(source: Path, tmp_path: Path) -> None:
    with watched(source, tmp_path / "kho"):
        for number in range(1, 701):
            (source / f"{number:05}.jsonl").write_text(article(number), "utf-8")
        until(lambda: total(tmp_path / "kho") == 701)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who writes a file")
def test_a_file_that_is_being_written_waits(source: Path, tmp_path: Path) -> None:
    with watched(source, tmp_path / "kho") as reports:
        with (source / "b.jsonl").open("w", encoding="utf-8") as stream:
            stream.write(article(1))
            stream.flush()
            time.sleep(2.0)
            assert len(reports) == 1
            assert is_open_for_writing(source / "b.jsonl")
            stream.write(article(2))
        assert not is_open_for_writing(source / "b.jsonl")
        until(lambda: total(tmp_path / "kho") == 3)
        assert reports[-1].failures == []


def test_a_file_that_grows_has_not_settled(tmp_path: Path) -> None:
    settling, path = Settling(), tmp_path / "a"
    path.write_text("1")
    settling.note(path, 0.0)
    assert settling.ready(0.5) == []
    path.write_text("22")
    assert settling.ready(1.0) == []
    assert settling.ready(1.5) == []
    assert settling.ready(2.0) == [path]
    assert len(settling) == 0


def test_the_command_watches_until_ctrl_c(source: Path, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "khobao", "index", str(source), "--archive", str(tmp_path / "kho"),
        "--watch", "--workers", "0",
    ]  # fmt: skip
    with (
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A job in the background of a script ignores Ctrl-C, and so do its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        ) as running,
        ExitStack() as at_end,
    ):
        at_end.callback(running.kill)
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith("1 added")
        assert "watching the sources" in running.stderr.readline()
        (source / "b.jsonl").write_text(article(1), "utf-8")
        assert running.stdout.readline().startswith("1 added")
        (source / "c.jsonl").write_text('{"title": ', "utf-8")
        assert "c.jsonl" in running.stderr.readline()
        for name in ("a.jsonl", "b.jsonl"):
            (source / name).unlink()
        line = running.stderr.readline()
        assert "articles would be removed" in line
        assert "it is tried again" in line
        running.send_signal(signal.SIGINT)
        assert running.wait(WAIT) == 0
        assert "Traceback" not in running.stderr.read()
    assert total(tmp_path / "kho") == 2


def test_a_dry_run_stores_nothing(source: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(
            cli,
            [
                "index",
                str(source),
                "--archive",
                str(tmp_path / "kho"),
                "--workers",
                "0",
                *arguments,
            ],
        )
        assert done.exit_code == 0, done.output
        return done.output

    def files() -> dict[str, bytes]:
        found = (one for one in (tmp_path / "kho").rglob("*") if one.is_file())
        return {str(one): one.read_bytes() for one in found if "HELD" not in one.name}

    assert run("--dry-run").startswith("nothing was stored; would be: 1 added")
    assert not (tmp_path / "kho").exists()
    run()
    before = files()
    (source / "b.jsonl").write_text(article(1) + article(0, "Khác hẳn.")[:0], "utf-8")
    (source / "a.jsonl").write_text(article(0, "Đê đã vỡ ở ba xã."), "utf-8")
    for _ in range(2):
        assert "would be: 1 added, 1 changed, 0 removed" in run("--dry-run")
        assert files() == before
    assert run().startswith("1 added, 1 changed")


def test_watch_and_dry_run_exclude_each_other(source: Path) -> None:
    done = CliRunner().invoke(cli, ["index", str(source), "--watch", "--dry-run"])
    assert done.exit_code == 2


def test_a_lease_is_not_needed(tmp_path: Path) -> None:
    assert not is_open_for_writing(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    assert not is_open_for_writing(tmp_path / "pipe")
