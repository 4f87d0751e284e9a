"""The power is cut between the writes of a newsroom's day: nothing that was answered is lost."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.crashed_disk import Crash, Disk
from benchmarks.power_loss import expected_states, losses, recorded
from benchmarks.recorded_writes import Operation, can_record
from indexer import databases
from indexer.durable import make_folder
from search.desk.desk import Desk

ROOT = Path(__file__).resolve().parent.parent.parent
needs_strace = pytest.mark.skipif(not can_record(), reason="needs strace, and the right to trace")


@needs_strace
@pytest.mark.embedded
def test_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    states = expected_states(tmp_path / "expected")
    operations = recorded(tmp_path / "recorded")
    assert len(operations) > 1000
    found = list(losses(tmp_path / "recorded", operations, states, every=150))
    assert {crash for crash, _ in found} == set(Crash)
    assert [loss for _, loss in found if loss] == []


def replayed(folder: Path, *operations: tuple[str, str, bytes]) -> Disk:
    """A disk of one old file after some operations."""
    (folder / "cu").mkdir(parents=True)
    (folder / "cu" / "a").write_bytes(b"old")
    disk = Disk(folder / "cu", Path("/x"))
    for name, path, data in operations:
        other = data.decode() if name == "rename" else ""
        disk.apply(Operation(name, f"/x/{path}".rstrip("/"), other, b"" if other else data))
    return disk


@pytest.mark.parametrize(
    ("operations", "left"),
    [
        # A file that is named before it is flushed may be empty; one that is never named may be gone.
        (
            [("open", "b", b""), ("write", "b", b"new"), ("rename", "b", b"/x/a")],
            {"killed": b"new", "torn": b"new", "data lost": b"", "names lost": b"old", "all lost": b"old"},
        ),
        (
            [("open", "b", b""), ("write", "b", b"new"), ("flush", "b", b""), ("rename", "b", b"/x/a")],
            {"killed": b"new", "torn": b"new", "data lost": b"new", "names lost": b"old", "all lost": b"old"},
        ),
        (
            [
                ("open", "b", b""), ("write", "b", b"new"), ("flush", "b", b""), ("rename", "b", b"/x/a"),
                ("flush", "", b""),
            ],
            dict.fromkeys(Crash, b"new"),
        ),
        (
            [("write", "a", b"newest")],
            {"killed": b"newest", "torn": b"new", "names lost": b"newest", "data lost": b"old", "all lost": b"old"},
        ),
    ],
)  # fmt: skip
def test_what_a_disk_may_keep(
    tmp_path: Path, operations: list[tuple[str, str, bytes]], left: dict[Crash, bytes]
) -> None:
    disk = replayed(tmp_path, *operations)
    for crash in Crash:
        disk.build(tmp_path / crash, crash)
        assert (tmp_path / crash / "a").read_bytes() == left[crash], crash


_KILLED = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
# So little room that the change is in the file before it is whole.
database.execute("PRAGMA cache_size = 1")
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE dossiers SET note = ?", ("x" * 400_000,))
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("ask", ["desk", "backup", "check"])
def test_a_change_that_was_killed_does_not_keep_readers_out(tmp_path: Path, ask: str) -> None:
    """Whoever reads next undoes it, though readers open the file for reading alone."""
    desk = Desk(tmp_path)
    desk.dossiers.create("Lũ", "ghi chú")
    path = desk.database.path
    subprocess.run([sys.executable, "-c", _KILLED, path], cwd=ROOT, check=False)
    assert path.with_name(f"{path.name}-journal").stat().st_size
    if ask == "desk":
        assert [one.name for one in desk.dossiers.heads()] == ["Lũ"]
    elif ask == "check":
        assert databases.fault_of(path) == ""
    else:
        copy = sqlite3.connect(tmp_path / "copy.sqlite")
        with databases.reading(path) as source:
            source.backup(copy)
        assert copy.execute("SELECT note FROM dossiers").fetchall() == [("ghi chú",)]


def test_a_new_folder_is_there_after_a_power_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr("indexer.durable.flush_folder", flushed.append)
    make_folder(tmp_path / "a" / "b" / "c")
    assert flushed == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
    make_folder(tmp_path / "a" / "b" / "c")
    assert len(flushed) == 3
