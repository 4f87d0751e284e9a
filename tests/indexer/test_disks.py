"""Disks that are full, read-only, gone or not ours: one line, nothing lost, nothing left behind."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.engine_factory import open_engine
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.writer import ArrayWriter
from indexer.errors import ArchiveError, SourceError, os_error_line
from indexer.integrity import check_archive
from indexer.pipeline import index_sources
from khobao import main


def write_sources(folder: Path, count: int = 30) -> Path:
    folder.mkdir(parents=True)
    for number in range(count):
        text = f"Bài số {number}\n\nDẫn.\n\n{f'Mưa lớn ở vùng {number}. ' * 40}"
        (folder / f"{number}.txt").write_text(text, "utf-8")
    return folder


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Writing behind so many bytes fails, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def unfinished(archive: Path) -> list[str]:
    """Files of the index that no commit names."""
    kept = {entry.id for entry in WhooshEngine(archive / "index").commit().segments}
    names = [path.name for path in (archive / "index").iterdir()]
    return [
        name
        for name in names
        if not name.endswith(("LOCK", ".toc")) and name.partition(".")[0] not in kept
    ]


@pytest.mark.parametrize("size", [100, 600, 3000, 6000, 12_000])
def test_a_commit_that_does_not_fit_leaves_what_was_there(tmp_path: Path, size: int) -> None:
    sources, archive = write_sources(tmp_path / "in"), tmp_path / "a"
    index_sources(archive, [sources / "0.txt"], workers=0)
    with largest_file(size), pytest.raises(ArchiveError, match=r"larger than|disk is full"):
        index_sources(archive, [sources], workers=0)
    assert unfinished(archive) == []
    assert check_archive(archive).problems == ()
    assert open_engine(archive).searcher().count() == 1
    # The process that failed can write again: it holds no lock.
    report = index_sources(archive, [sources], workers=0)
    assert report.added == 29
    assert check_archive(archive).articles == 30


@pytest.mark.parametrize("size", [0, 100, 400, 2000])
def test_an_archive_that_could_not_be_made_is_made_by_the_next_run(
    tmp_path: Path, size: int
) -> None:
    sources, archive = write_sources(tmp_path / "in", 3), tmp_path / "a"
    with largest_file(size), pytest.raises(ArchiveError):
        index_sources(archive, [sources], workers=0)
    assert index_sources(archive, [sources], workers=0).added == 3


@pytest.mark.parametrize("step", ["put", "commit", "write_commit", "__init__"])
def test_whatever_step_fails_the_lock_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    sources, archive = write_sources(tmp_path / "in", 3), tmp_path / "a"
    index_sources(archive, [sources / "0.txt"], workers=0)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        target = "indexer.engines.whoosh.index.ArrayIndex" if step == "write_commit" else None
        if target:
            patch.setattr(f"{target}.write_commit", fail)
        else:
            patch.setattr(ArrayWriter, step, fail)
        with pytest.raises(ArchiveError, match="the disk is full; make room"):
            index_sources(archive, [sources], workers=0)
    assert unfinished(archive) == []
    assert index_sources(archive, [sources], workers=0).added == 2


def test_every_fault_of_the_system_is_one_line_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 5, 13, 23, 24, 27, 28, 30, 122, 9999):
        line = os_error_line(OSError(number, os.strerror(number), f"/nơi\n{number}"))
        assert line.startswith(f"/nơi\\n{number}: ")
        assert "\n" not in line
        assert "anew" not in line

        def fail(*_: object, number: int = number, **__: object) -> None:
            raise OSError(number, os.strerror(number), "/nơi")

        monkeypatch.setattr("khobao.entry.cli.main", fail)
        with pytest.raises(SystemExit) as stopped:
            main([])
        assert stopped.value.code == 1
        assert capsys.readouterr().err.startswith("khobao: /nơi: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_permissions_are_named_and_nothing_is_indexed_anew(tmp_path: Path) -> None:
    sources, archive = write_sources(tmp_path / "in", 3), tmp_path / "a"
    index_sources(archive, [sources / "0.txt"], workers=0)
    for path in (
        archive / "index",
        archive / "khobao.json",
        next((archive / "index").glob("*.kpo")),
    ):
        mode = path.stat().st_mode
        path.chmod(0)
        try:
            with pytest.raises(ArchiveError, match="permission denied"):
                open_engine(archive)
        finally:
            path.chmod(mode)
    (archive / "index").chmod(0o500)
    try:
        with pytest.raises(ArchiveError, match="permission denied"):
            index_sources(archive, [sources], workers=0)
        assert open_engine(archive).searcher().count() == 1
    finally:
        (archive / "index").chmod(0o700)


def test_an_unmounted_disk_empties_no_archive(tmp_path: Path) -> None:
    sources, archive = write_sources(tmp_path / "disk" / "in"), tmp_path / "a"
    index_sources(archive, [tmp_path / "disk"], workers=0)
    sources.rename(tmp_path / "away")
    with pytest.raises(SourceError, match=r"is empty.* 30 of 30 articles .*--remove-missing"):
        index_sources(archive, [tmp_path / "disk"], workers=0)
    assert check_archive(archive).articles == 30
    report = index_sources(archive, [tmp_path / "disk"], workers=0, remove_missing=True)
    assert report.removed == 30
    assert check_archive(archive).articles == 0


@pytest.mark.parametrize(("lost", "stops"), [(3, False), (4, True), (29, True)])
def test_a_source_may_lose_a_tenth_of_its_articles(tmp_path: Path, lost: int, stops: bool) -> None:
    sources, archive = write_sources(tmp_path / "in"), tmp_path / "a"
    index_sources(archive, [sources], workers=0)
    for number in range(lost):
        (sources / f"{number}.txt").unlink()
    (sources / "29.txt").write_text("Bài số 29\n\nDẫn.\n\nĐã sửa.", "utf-8")
    if not stops:
        assert index_sources(archive, [sources], workers=0).removed == lost
        return
    before = sorted(path.name for path in (archive / "index").iterdir())
    with pytest.raises(SourceError, match=f"{lost} of 30 articles .*nothing was changed"):
        index_sources(archive, [sources], workers=0)
    assert sorted(path.name for path in (archive / "index").iterdir()) == before
    command = ["index", str(sources), "--archive", str(archive), "--workers", "0"]
    failed = subprocess.run(
        [sys.executable, "-m", "khobao", *command], capture_output=True, text=True, check=False
    )
    assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (1, "", 1)
    assert index_sources(archive, [sources], workers=0, remove_missing=True).removed == lost


def test_a_file_of_records_that_was_cut_stops_the_run_before_anything_changes(
    tmp_path: Path,
) -> None:
    file, archive = tmp_path / "bai.jsonl", tmp_path / "a"
    lines = [f'{{"id": "{n}", "title": "Bài {n}", "body": "Thân bài {n}."}}\n' for n in range(40)]
    file.write_text("".join(lines), "utf-8")
    index_sources(archive, [file], workers=0)
    file.write_text("".join(lines[:20]) + '{"id": "moi", "title": "Mới", "body": "x"}\n', "utf-8")
    with pytest.raises(SourceError, match=r"20 of 40 articles .*nothing was changed"):
        index_sources(archive, [file], workers=0)
    assert check_archive(archive).articles == 40
    file.write_text("", "utf-8")
    assert len(index_sources(archive, [file], workers=0).failures) == 1
    assert check_archive(archive).articles == 40
    # As large as before, but other records: found when all is read.
    others = [line.replace('"id": "', '"id": "x') for line in lines]
    file.write_text("".join(others), "utf-8")
    with pytest.raises(SourceError, match=r"40 of 40 articles .*nothing was removed"):
        index_sources(archive, [file], workers=0)


def test_a_renamed_folder_has_lost_nothing(tmp_path: Path) -> None:
    sources, archive = write_sources(tmp_path / "disk" / "in"), tmp_path / "a"
    index_sources(archive, [tmp_path / "disk"], workers=0)
    sources.rename(tmp_path / "disk" / "2024")
    report = index_sources(archive, [tmp_path / "disk"], workers=0)
    assert (report.added, report.removed, report.unchanged) == (0, 0, 30)


def test_articles_that_move_to_another_source_of_the_run_are_not_lost(tmp_path: Path) -> None:
    first, second = write_sources(tmp_path / "a-in"), tmp_path / "b-in"
    second.mkdir()
    (second / "x.txt").write_text("Bài x\n\nDẫn.\n\nThân x.", "utf-8")
    archive = tmp_path / "a"
    assert index_sources(archive, [first, second], workers=0).added == 31
    for number in range(10):
        (first / f"{number}.txt").rename(second / f"{number}.txt")
    (first / "10.txt").unlink()
    report = index_sources(archive, [first, second], workers=0)
    assert (report.added, report.removed, report.unchanged) == (0, 1, 30)
    # Without the other source they are gone for all that the run knows.
    for number in range(11, 20):
        (first / f"{number}.txt").rename(second / f"{number}.txt")
    with pytest.raises(SourceError, match="9 of 19 articles"):
        index_sources(archive, [first], workers=0)
    assert index_sources(archive, [first, second], workers=0).removed == 0
