import gc
import logging
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from search.snapshot import Snapshot


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not holds() and time.monotonic() < ends:
        time.sleep(0.01)
    assert holds()


def write(folder: Path, title: str, body: str = "Nước dâng nhanh.") -> None:
    article = folder / "a.txt"
    article.write_text(f"{title}\n\n{body}\n", encoding="utf-8")
    index_sources(folder / "archive", [article], workers=0)


def total(archive: Archive, query: str) -> int:
    return archive.search(SearchRequest(f"+{query}")).total


def test_a_reader_answers_from_one_commit_whatever_comes_after(tmp_path: Path) -> None:
    write(tmp_path, "Lũ về")
    with Archive.open(tmp_path / "archive") as archive:
        reader = archive.reader()
        assert archive.reader()._snapshot is reader._snapshot
        write(tmp_path, "Hạn hán")
        assert reader.search(SearchRequest("lũ")).total == 1
        assert reader.search(SearchRequest("hạn")).unknown_words == ("hạn",)
        assert [one.text.text for one in reader.suggest("lu")][:1] != ["hạn hán"]
        assert archive.search(SearchRequest("lũ")).total == 0
        assert archive.search(SearchRequest("hạn")).total == 1


def test_a_new_commit_is_warmed_once_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "Lũ về")
    warmed: list[str] = []
    warm = Archive._warm

    def noted(archive: Archive, snapshot: Snapshot, facets: tuple[str, ...]) -> None:
        assert facets == ("source", "person")
        warm(archive, snapshot, facets)
        # The one before still answers.
        if warmed:
            assert total(archive, "lũ") == 1
            assert total(archive, "hạn") == 0
        warmed.append(snapshot.searcher.commit)

    monkeypatch.setattr(Archive, "_warm", noted)
    with Archive.open(tmp_path / "archive") as archive:
        with archive.kept_warm(("source", "person"), seconds=0.01):
            assert len(warmed) == 1
            write(tmp_path, "Hạn hán")
            wait_until(lambda: total(archive, "hạn") == 1)
            time.sleep(0.1)
            assert len(warmed) == len(set(warmed))
        assert total(archive, "lũ") == 0


def test_a_commit_that_cannot_be_read_ends_nothing_and_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "Lũ về")
    tries: list[str] = []
    warm = Archive._warm

    mended = Event()

    def fails_at_first(archive: Archive, snapshot: Snapshot, facets: tuple[str, ...]) -> None:
        tries.append(snapshot.searcher.commit)
        if len(tries) > 1 and not mended.is_set():
            raise ZeroDivisionError("any fault at all")
        warm(archive, snapshot, facets)

    monkeypatch.setattr(Archive, "_warm", fails_at_first)
    with (
        caplog.at_level(logging.ERROR),
        Archive.open(tmp_path / "archive") as archive,
        archive.kept_warm(seconds=0.01),
    ):
        write(tmp_path, "Hạn hán")
        wait_until(lambda: len(tries) > 3)
        assert total(archive, "lũ") == 1
        mended.set()
        wait_until(lambda: total(archive, "hạn") == 1)
    assert "any fault at all" in caplog.text
    assert caplog.text.count("the commit before is used") == 1


def test_a_snapshot_is_released_with_its_last_user(tmp_path: Path) -> None:
    write(tmp_path, "Lũ về")
    with Archive.open(tmp_path / "archive") as archive:
        reader = archive.reader()
        old = weakref.ref(reader._snapshot)
        files = weakref.ref(reader._snapshot.searcher)
        write(tmp_path, "Hạn hán")
        assert total(archive, "hạn") == 1
        gc.collect()
        assert old() is not None
        del reader
        gc.collect()
        assert (old(), files()) == (None, None)


@pytest.mark.embedded
def test_a_commit_that_is_replaced_is_closed_at_once(tmp_path: Path) -> None:
    write(tmp_path, "Lũ về")
    gc.collect()
    gc.disable()
    try:
        with Archive.open(tmp_path / "archive") as archive:
            for number in range(3):
                asked = ('"lũ về"', "lũ nguồn:a", "lũ ~3 về", "lũ từ:2016")
                for query in asked:
                    archive.search(SearchRequest(query, facets=("source", "person")))
                archive.suggest("lũ v")
                old = weakref.ref(archive.reader()._snapshot.searcher)
                write(tmp_path, f"Hạn hán {number}")
                assert total(archive, "hạn") == 1
                assert old() is None, "it waits for the garbage collector, with its files open"
    finally:
        gc.enable()


def test_threads_share_what_is_derived_of_a_commit(tmp_path: Path) -> None:
    write(tmp_path, "Lũ về")
    with Archive.open(tmp_path / "archive") as archive:
        found: list[object] = []

        def look() -> None:
            snapshot = archive.reader()._snapshot
            found.append((snapshot, snapshot.completion_dictionary, snapshot.vocabulary.spellings))

        threads = [Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert all(one == found[0] for one in found)
