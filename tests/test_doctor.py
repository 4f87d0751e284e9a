"""`khobao doctor` names what is wrong with a set-up and what to do, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.durable import seal
from indexer.pipeline import index_sources
from khobao import cli, doctor

pytestmark = pytest.mark.embedded


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "bai.txt").write_text("Lũ quét ở Lào Cai\n\nNước lên.", "utf-8")
    index_sources(tmp_path / "archive", [tmp_path / "bai.txt"], workers=0)
    return tmp_path / "archive"


def run(archive: Path) -> Result:
    return CliRunner().invoke(cli, ["doctor", "--archive", str(archive)])


def content(archive: Path) -> dict[str, str]:
    return {
        str(path): sha256(path.read_bytes()).hexdigest()
        for path in sorted(archive.rglob("*"))
        if path.is_file()
    }


def test_a_set_up_that_works(archive: Path) -> None:
    before = content(archive)
    found = run(archive)
    assert found.exit_code == 0
    assert "FAIL" not in found.output
    assert "ok  1 article\n" in found.output
    assert "ok  Vietnamese words (pyvi)" in found.output
    assert content(archive) == before


def overwrite(name: str, data: bytes) -> Callable[[Path], None]:
    def change(archive: Path) -> None:
        for path in archive.glob(name):
            path.write_bytes(data)

    return change


def spoil(archive: Path) -> None:
    (path,) = (archive / "index").glob("*.kpo")
    path.write_bytes(path.read_bytes()[:-9])


def damage_database(archive: Path) -> None:
    database = sqlite3.connect(archive / "files.sqlite")
    database.execute("CREATE TABLE more (text)")
    database.executemany("INSERT INTO more VALUES (?)", [("x" * 100,)] * 500)
    database.commit()
    database.close()
    data = bytearray((archive / "files.sqlite").read_bytes())
    data[-4096 * 3 : -4096 * 2] = b"\xff" * 4096
    (archive / "files.sqlite").write_bytes(data)


def overwrite_desk(archive: Path) -> None:
    (archive / "desk.sqlite").write_bytes(b"nonsense" * 200)


@pytest.mark.parametrize(
    ("change", "grave", "says"),
    [
        (shutil.rmtree, True, "there is no archive here; make one with: khobao index"),
        (overwrite("khobao.json", b""), True, "khobao repair"),
        (overwrite("khobao.json", b"{}"), True, "khobao repair"),
        (
            overwrite("khobao.json", seal({"format": 3, "engine": "whoosh"})),
            True,
            "another version of Kho Báo wrote this archive",
        ),
        (lambda one: shutil.rmtree(one / "index"), True, "the folder of the index is missing"),
        (spoil, True, "khobao repair"),
        (overwrite("files.sqlite", b"nonsense" * 200), True, "files.sqlite: the file is damaged"),
        (damage_database, True, "delete it: the next run reads every file again"),
        (
            overwrite_desk,
            True,
            "desk.sqlite: the file is damaged (file is not a database); bring it back from a backup",
        ),
        (lambda one: (one / "files.sqlite").unlink(), False, "the next run reads every file again"),
        (lambda one: (one / "synonyms.txt").write_text("no group\n"), True, "synonyms.txt"),
        (lambda one: (one / "khobao.toml").write_text("[mail\n"), True, "khobao.toml"),
    ],
)
def test_what_is_wrong_with_an_archive(
    archive: Path, change: Callable[[Path], None], grave: bool, says: str
) -> None:
    change(archive)
    before = content(archive)
    found = run(archive)
    assert found.exit_code == int(grave), found.output
    (line,) = (one for one in found.output.splitlines() if says in one)
    assert line.startswith("FAIL" if grave else "note")
    assert content(archive) == before


def test_a_file_in_place_of_an_archive(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("x")
    found = run(tmp_path / "archive")
    assert found.exit_code == 1
    assert "this is a file; name the archive's folder" in found.output


def test_an_empty_archive(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.jsonl").write_text(json.dumps({"title": "a", "body": "b"}))
    index_sources(tmp_path / "archive", [tmp_path / "in"], workers=0)
    (tmp_path / "in" / "x.jsonl").unlink()
    index_sources(tmp_path / "archive", [tmp_path / "in"], workers=0, remove_missing=True)
    found = run(tmp_path / "archive")
    assert found.exit_code == 0
    assert "there is no article; index some: khobao index SOURCE" in found.output


def test_what_is_wrong_with_the_machine(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(time, "gmtime", lambda: time.struct_time((1970, *range(1, 9))))
        assert "the clock says 1970" in run(archive).output
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 1))
        assert "make room before the next run" in run(archive).output
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda _, mode: mode != os.W_OK)
        found = run(archive)
        assert "it can be searched, not indexed" in found.output
        assert found.exit_code == 0
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda path, _: Path(path).is_dir())
        assert run(archive).exit_code == 1
    with monkeypatch.context() as patched:
        patched.setattr(doctor, "_LEAST_FILES", 1 << 62)
        resource = pytest.importorskip("resource")
        patched.setattr(resource, "getrlimit", lambda _: (256, 256))
        assert "a process may open 256 files only" in run(archive).output
    with monkeypatch.context() as patched:
        patched.setattr("indexer.language.analysis.words", lambda _: [])
        assert "pyvi finds other words than expected" in run(archive).output
    with monkeypatch.context() as patched:

        def fail(_: Path) -> str:
            raise RuntimeError("strange")

        patched.setattr(doctor, "manifest_fault", fail)
        assert "cannot be looked at: RuntimeError: strange" in run(archive).output
