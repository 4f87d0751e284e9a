"""Files of records in worker processes: the same archive, remarks and faults as in one process."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.article import article_to_json
from indexer.engine_factory import open_engine
from indexer.parsing import RawRecord, parse_file, parse_parts
from indexer.pipeline import index_sources
from indexer.records import decode_record
from indexer.reporting import IndexReport
from khobao import cli

DEEP = '{"id": "sau", "title": ' + "[" * 100_000 + "]" * 100_000 + "}"


def written(folder: Path, count: int) -> Path:
    """Two files of records: many of them without a headline, a key that is not read, and faults."""
    folder.mkdir()
    lines = [
        json.dumps(
            {
                "id": f"a{number}",
                "body": f"Nội dung số {number} về hợp tác xã ở Lào Cai. " * 20,
                "phu_luc": "Bảng số liệu của bài này dài hơn một dòng. " * 20,
            }
        )
        for number in range(count)
    ]
    lines[5:5] = ["{không phải JSON", DEEP, json.dumps({"id": "rong"})]
    (folder / "a.jsonl").write_text("\n".join(lines), "utf-8")
    rows = "\n".join(f"b{number},Tiêu đề {number},Thân bài số {number}." for number in range(count))
    (folder / "b.csv").write_text(f"id,title,body\n{rows}\n", "utf-8")
    return folder


def said(report: IndexReport) -> tuple[object, ...]:
    faults = sorted((one.line or 0, one.reason) for one in report.failures)
    return report.added, report.unchanged, faults, report.notes


def stored(archive: Path) -> list[str]:
    engine = open_engine(archive)
    searcher = engine.searcher()
    records = searcher.records([one.id for one in searcher.origins()])
    found = sorted(article_to_json(decode_record(one)) for one in records if one)
    engine.close()
    return found


@pytest.mark.parametrize("workers", [0, 2])
def test_records_are_told_of_together(tmp_path: Path, workers: int) -> None:
    source = written(tmp_path / "in", 100)
    report = index_sources(tmp_path / "a", [source], workers=workers)
    assert report.added == 200
    (note,) = report.notes
    assert "100 articles have no title" in note
    reasons = sorted(one.reason.split(";")[0] for one in report.failures)
    assert [one.line for one in report.failures if "JSON" in one.reason] == [6, 7]
    assert [one for one in reasons if one.startswith("keys that were not read")] == [
        "keys that were not read: phu_luc (long text, 100 records)"
    ]


def test_workers_change_neither_archive_nor_report(tmp_path: Path) -> None:
    source = written(tmp_path / "in", 70)
    alone = index_sources(tmp_path / "one", [source], workers=0)
    several = index_sources(tmp_path / "two", [source], workers=2, batch=9)
    assert said(alone) == said(several)
    assert stored(tmp_path / "one") == stored(tmp_path / "two")


def test_a_record_that_has_changed_is_read_again_and_the_others_are_not(tmp_path: Path) -> None:
    source = written(tmp_path / "in", 50)
    archive = tmp_path / "a"
    index_sources(archive, [source], workers=0)
    file = source / "b.csv"
    file.write_text(file.read_text("utf-8").replace("Thân bài số 7.", "Thân bài khác."), "utf-8")
    report = index_sources(archive, [source], workers=0)
    assert (report.added, report.changed, report.unchanged) == (0, 1, 99)


def test_records_are_left_for_another_process(tmp_path: Path) -> None:
    source = written(tmp_path / "in", 3)
    parts = list(parse_parts(source / "b.csv"))
    assert [type(one) for one in parts] == [RawRecord] * 3
    assert len(list(parse_file(source / "b.csv"))) == 3


def test_a_value_of_many_articles_is_left_record_by_record(tmp_path: Path) -> None:
    several = [{"title": f"Bài {number}", "body": f"Thân bài {number}."} for number in range(90)]
    for value in ({"data": {"articles": several}}, several):
        file = tmp_path / "a.json"
        file.write_text(json.dumps(value), "utf-8")
        assert [type(one) for one in parse_parts(file)] == [RawRecord] * 90
        assert len(list(parse_file(file))) == 90


def test_the_profile_names_the_work(tmp_path: Path) -> None:
    source = written(tmp_path / "in", 40)
    asked = ["index", str(source), "--archive", str(tmp_path / "a"), "--profile", "--workers", "1"]
    result = CliRunner().invoke(cli, asked)
    rows = result.stderr.splitlines()
    for name in ("join words", "find names", "count terms", "gather postings", "write and commit"):
        assert any(row.startswith(name) and row.endswith("%") for row in rows), name
    assert sum(int(row.split()[-2]) for row in rows if row.endswith("%")) in range(90, 111)
    assert any(row.startswith("the whole run") for row in rows)
