"""What could not be read is kept, shown, and tried again when there is a reason to."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import indexer.manifest
import indexer.parsing.registry
import indexer.reading
from indexer.article import Article
from indexer.documents import make_document
from indexer.locks import held_by_run
from khobao import cli
from khobao.progress import _Lines

GOOD = '{"title": "Lũ về", "body": "Nước sông Hồng dâng cao trong đêm."}'


def run(folder: Path, command: str, *arguments: str) -> Result:
    source = [str(folder / "src")] if command == "index" else []
    return CliRunner().invoke(
        cli, [command, *source, *arguments, "--archive", str(folder / "archive")]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.jsonl").write_text(f'{GOOD}\n{{"title": \n', "utf-8")
    (tmp_path / "src" / "trang.html").write_text("<html><body>404</body></html>", "utf-8")
    return tmp_path


def test_a_failure_is_told_once_and_kept(folder: Path) -> None:
    first = run(folder, "index", "--workers", "0")
    assert (first.exit_code, "2 unreadable" in first.output) == (1, True)
    listed = run(folder, "failures")
    assert listed.exit_code == 0
    assert "a.jsonl:2: " in listed.output
    assert "trang.html: no article was found" in listed.output
    second = run(folder, "index", "--workers", "0")
    assert second.exit_code == 0, second.output
    assert "1 unchanged" in second.output
    assert "0 unreadable (2 more known: khobao failures)" in second.output
    assert run(folder, "failures").output == listed.output


def test_it_is_tried_again_when_asked_or_when_the_file_changes(folder: Path) -> None:
    run(folder, "index", "--workers", "0")
    since = json.loads(run(folder, "failures", "--json").output)["failures"]
    retried = run(folder, "index", "--retry", "--workers", "0")
    assert (retried.exit_code, "2 unreadable" in retried.output) == (1, True)
    assert json.loads(run(folder, "failures", "--json").output)["failures"] == since
    (folder / "src" / "a.jsonl").write_text(f"{GOOD}\n", "utf-8")
    assert run(folder, "index", "--workers", "0").exit_code == 0
    (left,) = json.loads(run(folder, "failures", "--json").output)["failures"]
    assert left["file"].endswith("trang.html")
    (folder / "src" / "trang.html").unlink()
    run(folder, "index", "--workers", "0")
    assert json.loads(run(folder, "failures", "--json").output)["failures"] == []


def test_a_file_that_is_named_is_tried_again(folder: Path) -> None:
    run(folder, "index", "--workers", "0")
    named = CliRunner().invoke(
        cli,
        ["index", str(folder / "src" / "trang.html"), "--archive", str(folder / "archive")],
    )
    assert named.exit_code == 1
    assert "no article was found" in named.output


def test_another_version_tries_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(folder, "index", "--workers", "0")
    monkeypatch.setattr(indexer.manifest, "VERSION", "99")
    assert run(folder, "index", "--workers", "0").exit_code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_opened_is_tried_each_time(folder: Path) -> None:
    (folder / "src" / "a.jsonl").chmod(0)
    for _ in range(2):
        assert "permission denied" in run(folder, "index", "--workers", "0").output


def test_articles_of_a_faulty_file_stay_when_a_record_is_damaged(folder: Path) -> None:
    path = folder / "src" / "b.jsonl"
    path.write_text(f"{GOOD.replace('Lũ', 'Bão')}\n", "utf-8")
    run(folder, "index", "--workers", "0")
    path.write_text(f"{GOOD.replace('Lũ', 'Bão')[:-5]}\n", "utf-8")
    for number in range(3):
        assert run(folder, "index", "--workers", "0").exit_code == (1 if number == 0 else 0)
        assert (
            "2 bài"
            in CliRunner()
            .invoke(cli, ["search", "nước", "--archive", str(folder / "archive")])
            .output
        )


def test_no_archive_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "khobao", "failures", "--archive", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "there is no archive here" in done.stderr
    assert done.stderr.count("\n") == 1


def test_who_waits_is_told_for_whom(tmp_path: Path) -> None:
    """A process holds the lock for a second; another one is told which."""
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom indexer.locks import held_by_run\n"
        "with held_by_run(Path(sys.argv[1]), 'L', None):\n    print('held', flush=True)\n"
        "    time.sleep(1)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        told: list[str] = []
        with held_by_run(tmp_path, "L", told.append):
            pass
        assert len(told) == 1
        assert told[0].startswith(f"process {other.pid} on ")


def test_a_log_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    lines = _Lines()
    for second in range(100):
        clock[0] = float(second)
        lines(second, 200, 10 * second)
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == 3
    assert shown[0] == "khobao: 10 of 200 files, 100 articles, 10 a second, about 0:03:10 left"


@pytest.mark.parametrize(
    ("table", "column"),
    [("files", "stamp"), ("failures", "reason"), ("failures", "since"), ("failures", "version")],
)
def test_a_damaged_text_is_damage_and_not_a_fault_of_the_disk(
    tmp_path: Path, table: str, column: str
) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "a.jsonl").write_text(f"{GOOD}\nhỏng\n", "utf-8")
    run(tmp_path, "index")
    with sqlite3.connect(tmp_path / "archive" / "files.sqlite") as database:
        database.execute(f"UPDATE {table} SET {column} = CAST(x'ff41' AS TEXT)")
    answer = run(tmp_path, "index")
    assert "the file is damaged; the next run reads every file again" in answer.output
    assert "1 unchanged" in answer.output


@pytest.mark.parametrize("part", ["parser", "analysis"])
def test_a_fault_of_our_own_is_told_ends_no_run_and_is_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fail(given: object, *origin: str) -> object:
        if isinstance(given, Article) and given.title == "Lũ về":
            return make_document(given, *origin)
        raise ValueError("offset must be\nless")

    for name in ("b", "c"):
        (folder / "src" / f"{name}.txt").write_text(f"Bài {name}\n\nThân bài.\n", "utf-8")
    with monkeypatch.context() as patched:
        if part == "parser":
            patched.setitem(indexer.parsing.registry.PARSERS, "text", fail)
        else:
            patched.setattr(indexer.reading, "make_document", fail)
        first = run(folder, "index", "--workers", "0")
    assert first.exit_code == 1
    assert "4 unreadable" in first.output
    assert "Traceback" not in first.output
    listed = run(folder, "failures").output
    assert "b.txt: Kho Báo fails on it (ValueError: offset must be\\nless); please report" in listed
    second = run(folder, "index", "--workers", "0")
    assert "2 added" in second.output
    assert "Kho Báo fails" not in run(folder, "failures").output
