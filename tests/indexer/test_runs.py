"""Runs side by side, runs that are stopped, and records that move between files."""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engine_factory import open_engine
from indexer.engines.base import Plan
from indexer.integrity import check_archive
from indexer.pipeline import index_sources
from indexer.records import decode_record
from tests.conftest import ROOT


def write_records(file: Path, ids: list[str], text: str = "") -> Path:
    lines = [{"id": id, "title": f"Bài {id}", "body": f"Thân bài {id}. {text}"} for id in ids]
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    return file


def held(archive: Path) -> dict[str, str]:
    """Id -> body of all articles."""
    engine = open_engine(archive)
    searcher = engine.searcher()
    ids = [hit.id for hit in searcher.search(Plan(limit=10_000)).hits]
    articles = [decode_record(record) for record in searcher.records(ids) if record]
    engine.close()
    assert len(articles) == len(ids)
    return {one.id: one.body for one in articles}


@pytest.mark.parametrize("edited", ["", "Đã sửa."])
@pytest.mark.parametrize(("old", "new"), [("b", "a"), ("a", "b")])
def test_a_record_that_moves_to_another_file_never_vanishes(
    tmp_path: Path, old: str, new: str, edited: str
) -> None:
    folder, archive = tmp_path / "in", tmp_path / "kho"
    folder.mkdir()
    others = {"a": [f"a{n}" for n in range(20)], "b": [f"b{n}" for n in range(20)]}
    write_records(folder / f"{old}.jsonl", [*others[old], "x"])
    write_records(folder / f"{new}.jsonl", others[new])
    assert index_sources(archive, [folder], workers=0).added == 41
    write_records(folder / f"{old}.jsonl", others[old])
    lines = (folder / f"{new}.jsonl").read_text("utf-8")
    write_records(folder / f"{new}.jsonl", ["x"], edited)
    with (folder / f"{new}.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(lines)
    report = index_sources(archive, [folder], workers=0)
    assert (report.added, report.removed, report.duplicates) == (0, 0, 0)
    assert (report.changed, report.unchanged) == ((1, 40) if edited else (0, 41))
    found = held(archive)
    assert len(found) == 41
    assert found["x"].endswith(edited or ".")
    again = index_sources(archive, [folder], workers=0)
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    assert held(archive) == found


@given(
    st.lists(st.lists(st.sets(st.integers(0, 7)), min_size=3, max_size=3), min_size=2, max_size=4)
)
def test_after_a_run_the_archive_holds_what_the_files_hold(
    tmp_path_factory: pytest.TempPathFactory, states: list[list[set[int]]]
) -> None:
    """Records wander between three files; each file is read or skipped as it has changed."""
    folder = tmp_path_factory.mktemp("in")
    archive = tmp_path_factory.mktemp("kho") / "a"
    for state in states:
        for name, ids in zip("abc", state, strict=True):
            file = folder / f"{name}.jsonl"
            before = file.read_text("utf-8") if file.exists() else None
            write_records(file, [str(id) for id in sorted(ids)] or ["none"])
            if file.read_text("utf-8") != before:
                os.utime(file, ns=(time.time_ns(), time.time_ns()))
        index_sources(archive, [folder], workers=0, remove_missing=True)
        expected = {str(id) for ids in state for id in ids}
        expected |= {"none"} if not all(state) else set()
        assert set(held(archive)) == expected


def run_command(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "khobao", *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whatever runs in the background of a shell ignores it, and so do its children.
        preexec_fn=default_interrupt if os.name == "posix" else None,  # noqa: PLW1509
    )


def default_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("text", ["", "Bản khác."])
def test_two_runs_at_once_count_and_keep_what_they_say(tmp_path: Path, text: str) -> None:
    ids = [f"bai-{number}" for number in range(40)]
    one = write_records(tmp_path / "one.jsonl", ids)
    other = write_records(tmp_path / "other.jsonl", ids, text)
    archive = tmp_path / "kho"
    runs = [run_command("index", file, "--archive", archive, "--json") for file in (one, other)]
    reports = []
    for run in runs:
        out, errors = run.communicate(timeout=120)
        assert run.returncode == 0, errors
        reports.append(json.loads(out))
    added = sum(report["added"] for report in reports)
    assert added == (80 if text else 40)
    assert sum(report["duplicates"] for report in reports) == 80 - added
    assert len(held(archive)) == added


def children(process: int) -> list[int]:
    """Process ids of the children of a process, and theirs."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == process:
            found += [int(folder.name), *children(int(folder.name))]
    return found


def wait_until(holds: Callable[[], object], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not holds() and time.monotonic() < ends:
        time.sleep(0.05)
    assert holds()


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_leaves_no_process_and_no_lock(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(400):
        text = f"Bài {n}\n\nDẫn.\n\n{f'Mưa lớn ở vùng cao số {n}. ' * 300}"
        (folder / f"{n}.txt").write_text(text, "utf-8")
    archive = tmp_path / "kho"
    run = run_command("index", folder, "--archive", archive, "--workers", "2")
    wait_until(lambda: len(children(run.pid)) >= 3)  # two workers and multiprocessing's tracker
    workers = children(run.pid)
    time.sleep(0.5)
    run.send_signal(number)
    _, errors = run.communicate(timeout=60)
    wait_until(lambda: not any(map(is_alive, workers)), 20)
    if number is not signal.SIGKILL:
        assert run.returncode == 1
        assert "khobao: stopped; what was committed stays" in errors
        assert "Traceback" not in errors
    report = index_sources(archive, [folder], workers=0)
    assert report.added + report.unchanged == 400
    assert check_archive(archive).problems == ()


@pytest.mark.embedded
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_runs_leave_no_file_open(tmp_path: Path) -> None:
    archive, source = tmp_path / "a", tmp_path / "in"
    source.mkdir()
    index_sources(archive, [write_records(source / "x.jsonl", ["x"])], workers=0)
    gc.collect()
    gc.disable()
    try:
        before = os.listdir("/proc/self/fd")
        for number in range(8):
            file = write_records(source / f"{number}.jsonl", [f"a{number}", f"b{number}"])
            index_sources(archive, [file], workers=0)
            file.write_text("không phải JSON", "utf-8")
            index_sources(archive, [file], workers=0)
        assert len(os.listdir("/proc/self/fd")) <= len(before)
    finally:
        gc.enable()
