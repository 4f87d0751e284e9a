import os
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.engine_factory import OPENSEARCH, WHOOSH, EngineChoice, open_engine
from indexer.engines.base import Plan
from indexer.engines.opensearch import ClusterAddress
from indexer.engines.opensearch.cluster_file import write_cluster_file
from indexer.engines.opensearch.layout import Names
from indexer.errors import ArchiveError, SourceError, UnavailableError
from indexer.pipeline import index_sources
from indexer.records import decode_record
from indexer.reporting import IndexReport


def write(folder: Path, name: str, title: str, body: str = "Thân bài.") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{title}\n\nDẫn.\n\n{body}\n", "utf-8")
    return file


def counts(report: IndexReport) -> tuple[int, int, int, int, int, int]:
    return (
        report.added,
        report.changed,
        report.removed,
        report.unchanged,
        report.duplicates,
        len(report.failures),
    )


def articles(archive: Path) -> list[Article]:
    engine = open_engine(archive)
    searcher = engine.searcher()
    ids = [hit.id for hit in searcher.search(Plan(limit=1000)).hits]
    found = [decode_record(record) for record in searcher.records(ids) if record]
    engine.close()
    return sorted(found, key=lambda article: article.id)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "bai"
    for number in range(4):
        write(folder, f"thang-{number % 2}/{number}.txt", f"Bài số {number}", f"Nội dung {number}.")
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def test_only_what_has_changed_is_touched(sources: Path, archive: Path) -> None:
    assert counts(index_sources(archive, [sources])) == (4, 0, 0, 0, 0, 0)
    assert counts(index_sources(archive, [sources])) == (0, 0, 0, 4, 0, 0)
    write(sources, "thang-0/0.txt", "Bài số 0", "Đã sửa.")
    write(sources, "moi.txt", "Bài mới")
    (sources / "thang-1/1.txt").unlink()
    assert counts(index_sources(archive, [sources])) == (1, 1, 1, 2, 0, 0)
    assert [a.title for a in articles(archive)] == ["Bài mới", "Bài số 0", "Bài số 2", "Bài số 3"]
    assert next(a for a in articles(archive) if a.title == "Bài số 0").body == "Đã sửa."


def test_a_touched_file_is_unchanged(sources: Path, archive: Path) -> None:
    index_sources(archive, [sources])
    os.utime(sources / "thang-0/0.txt", (1, 1))
    assert counts(index_sources(archive, [sources])) == (0, 0, 0, 4, 0, 0)


def test_a_moved_file_keeps_its_article(sources: Path, archive: Path) -> None:
    index_sources(archive, [sources])
    before = articles(archive)
    (sources / "thang-0/0.txt").rename(sources / "0.txt")
    assert counts(index_sources(archive, [sources])) == (0, 0, 0, 4, 0, 0)
    assert [a.id for a in articles(archive)] == [a.id for a in before]


def test_another_headline_replaces_the_article_of_its_file(sources: Path, archive: Path) -> None:
    index_sources(archive, [sources])
    write(sources, "thang-0/0.txt", "Tên khác")
    assert counts(index_sources(archive, [sources])) == (1, 0, 1, 3, 0, 0)


def test_what_lies_elsewhere_stays(sources: Path, archive: Path, tmp_path: Path) -> None:
    index_sources(archive, [sources])
    write(tmp_path / "khac", "x.txt", "Bài khác")
    index_sources(archive, [tmp_path / "khac"])
    (sources / "thang-0/0.txt").unlink()
    assert counts(index_sources(archive, [sources / "thang-1"])) == (0, 0, 0, 2, 0, 0)
    assert len(articles(archive)) == 5


def test_a_missing_source_changes_nothing(sources: Path, archive: Path, tmp_path: Path) -> None:
    index_sources(archive, [sources])
    sources.rename(tmp_path / "away")
    with pytest.raises(SourceError, match="no such file"):
        index_sources(archive, [sources])
    assert len(articles(archive)) == 4


def test_unreadable_files_are_reported_and_lose_nothing(sources: Path, archive: Path) -> None:
    index_sources(archive, [sources])
    (sources / "thang-0/0.txt").write_bytes(b"\x00\x01\x02")
    (sources / "trong.txt").write_bytes(b"")
    with (sources / "lon.txt").open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    write(sources, "tot.txt", "Bài tốt")
    report = index_sources(archive, [sources])
    assert counts(report) == (1, 0, 0, 3, 0, 3)
    assert {Path(failure.path).name for failure in report.failures} == {
        "0.txt",
        "trong.txt",
        "lon.txt",
    }
    assert "Bài số 0" in [article.title for article in articles(archive)]
    again = index_sources(archive, [sources])
    assert (again.failures, again.known_failures) == ([], 3)
    assert len(index_sources(archive, [sources], retry=True).failures) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_loses_nothing(sources: Path, archive: Path) -> None:
    index_sources(archive, [sources])
    (sources / "thang-0").chmod(0)
    try:
        report = index_sources(archive, [sources])
    finally:
        (sources / "thang-0").chmod(0o700)
    assert counts(report) == (0, 0, 0, 2, 0, 1)
    assert len(articles(archive)) == 4


def test_a_copy_is_stored_once_and_survives_its_twin(sources: Path, archive: Path) -> None:
    write(sources, "thang-9/0.txt", "Bài số 0", "Nội dung 0.")
    assert counts(index_sources(archive, [sources])) == (4, 0, 0, 0, 1, 0)
    (sources / "thang-0/0.txt").unlink()
    index_sources(archive, [sources])
    assert "Bài số 0" in [article.title for article in articles(archive)]


def test_two_articles_with_one_id_are_both_kept(sources: Path, archive: Path) -> None:
    write(sources, "thang-9/0.txt", "Bài số 0", "Hoàn toàn khác.")
    assert counts(index_sources(archive, [sources])) == (5, 0, 0, 0, 0, 0)
    assert counts(index_sources(archive, [sources])) == (0, 0, 0, 5, 0, 0)
    found = articles(archive)
    assert len({article.id for article in found}) == 5
    assert {article.body for article in found} >= {"Nội dung 0.", "Hoàn toàn khác."}


def test_batches_and_workers_give_the_same_archive(sources: Path, tmp_path: Path) -> None:
    index_sources(tmp_path / "one", [sources], workers=0)
    index_sources(tmp_path / "two", [sources], workers=2, batch=1)
    assert articles(tmp_path / "one") == articles(tmp_path / "two")


def test_progress_counts_files_and_articles(sources: Path, archive: Path) -> None:
    seen: list[tuple[int, ...]] = []
    index_sources(archive, [sources], progress=lambda *counts: seen.append(counts))
    assert seen == [(1, 4, 1), (2, 4, 2), (3, 4, 3), (4, 4, 4)]


def test_the_archive_folder_must_be_an_archive_or_new(sources: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="other files"):
        index_sources(sources, [sources])
    with pytest.raises(ArchiveError, match="no archive"):
        open_engine(tmp_path / "none")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "khobao.json").write_text('{"format": 0}')
    with pytest.raises(ArchiveError, match="another version"):
        open_engine(tmp_path / "old")


def test_without_the_manifest_nothing_is_lost(sources: Path, archive: Path) -> None:
    index_sources(archive, [sources])
    (archive / "files.sqlite").unlink()
    assert counts(index_sources(archive, [sources])) == (0, 0, 0, 4, 0, 0)


def test_an_archive_that_could_not_be_made_is_made_with_another_engine(
    sources: Path, archive: Path
) -> None:
    pytest.importorskip("opensearchpy")
    nowhere = EngineChoice(OPENSEARCH, ClusterAddress.of("http://127.0.0.1:1"))
    for _ in range(2):
        with pytest.raises(UnavailableError, match="no node"):
            index_sources(archive, [sources], choice=nowhere)
    # What somebody has put there is not touched.
    kept = archive / "cluster" / "notes.txt"
    kept.write_text("của tôi")
    with pytest.raises(ArchiveError, match="other files"):
        index_sources(archive, [sources], choice=EngineChoice(WHOOSH))
    kept.unlink()
    assert index_sources(archive, [sources], choice=EngineChoice(WHOOSH)).added == 4
    assert not kept.parent.exists()


def test_where_an_archive_was_begun_is_named(sources: Path, archive: Path) -> None:
    pytest.importorskip("opensearchpy")
    begun = ClusterAddress.of("http://127.0.0.1:1")
    (archive / "cluster").mkdir(parents=True)
    write_cluster_file(archive / "cluster", begun, Names("a"))
    other = EngineChoice(OPENSEARCH, ClusterAddress.of("http://127.0.0.1:2"))
    with pytest.raises(
        ArchiveError, match=r"127\.0\.0\.1:1.*delete .*cluster to begin it elsewhere"
    ):
        index_sources(archive, [sources], choice=other)
