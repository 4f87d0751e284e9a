import time
from pathlib import Path

import pytest

from indexer.pipeline import index_sources
from search.archive import Archive
from search.results import SearchRequest
from search.warming import kept_warm


def wait_for(seen: list[int], count: int) -> None:
    ends = time.monotonic() + 20
    while len(seen) < count and time.monotonic() < ends:
        time.sleep(0.01)


def test_each_new_commit_is_warmed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    article = tmp_path / "a.txt"
    article.write_text("Lũ về\n\nNước dâng nhanh.\n", encoding="utf-8")
    index_sources(tmp_path / "archive", [article], workers=0)
    seen: list[int] = []
    warm = Archive.warm

    def noted(archive: Archive, facets: tuple[str, ...]) -> None:
        warm(archive, facets)
        seen.append(archive.generation())

    monkeypatch.setattr(Archive, "warm", noted)
    with Archive.open(tmp_path / "archive") as archive:
        with kept_warm(archive, ("source", "person"), seconds=0.01):
            time.sleep(0.1)
            assert seen == []
            article.write_text("Lũ rút\n\nNước rút chậm.\n", encoding="utf-8")
            index_sources(tmp_path / "archive", [article], workers=0)
            wait_for(seen, 1)
            assert seen == [archive.generation()]
        assert archive.search(SearchRequest("lũ rút")).total == 1


def test_a_commit_that_cannot_be_read_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = tmp_path / "a.txt"
    article.write_text("Lũ về\n\nNước dâng nhanh.\n", encoding="utf-8")
    index_sources(tmp_path / "archive", [article], workers=0)
    tries: list[int] = []

    def fail(archive: Archive, facets: tuple[str, ...]) -> None:  # noqa: ARG001
        tries.append(archive.generation())
        raise FileNotFoundError(2, "gone")

    monkeypatch.setattr(Archive, "warm", fail)
    with Archive.open(tmp_path / "archive") as archive, kept_warm(archive, seconds=0.01):
        article.write_text("Lũ rút\n\nNước rút chậm.\n", encoding="utf-8")
        index_sources(tmp_path / "archive", [article], workers=0)
        wait_for(tries, 3)
    assert len(tries) >= 3
