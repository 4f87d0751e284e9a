"""Files -> groups of copies: in one run, over many runs, with updates, removals, repair and moves."""

import json
import random
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from indexer.engine_factory import EngineChoice, open_engine
from indexer.engines.whoosh import WhooshEngine
from indexer.integrity import check_archive
from indexer.migration import migrate
from indexer.pipeline import index_sources
from indexer.repair import repair_archive
from tests.reports import Report, copied, report

ORIGINALS = 12
SHARES = (0.05, 0.1, 0.2)


def record(id: str, one: Report, source: str = "") -> dict[str, str]:
    return {"id": id, "title": one.title, "lead": one.lead, "body": one.body, "source": source}


def write(path: Path, *records: Mapping[str, str]) -> None:
    path.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records), "utf-8")


def groups(archive: Path) -> dict[str, frozenset[str]]:
    """Id -> the ids of its group."""
    engine = open_engine(archive)
    try:
        searcher = engine.searcher()
        ids = [one.id for one in searcher.origins()]
        named = dict(zip(ids, searcher.groups(ids), strict=True))
        for name, members in zip(ids, searcher.members(ids), strict=True):
            assert set(members) == {one for one in ids if named[one] == name != one}
        return {id: frozenset(one for one in ids if named[one] == named[id]) for id in ids}
    finally:
        engine.close()


def everything() -> list[dict[str, str]]:
    """Reports with copies of each in three papers, in a random order."""
    records = [
        one
        for seed in range(ORIGINALS)
        for one in (
            record(f"{seed}", report(seed)),
            *(record(f"{seed}-{share}", copied(report(seed), share, seed)) for share in SHARES),
        )
    ]
    random.Random(1).shuffle(records)
    return records


EXPECTED = {
    one["id"]: frozenset(
        other["id"]
        for other in everything()
        if other["id"].split("-")[0] == one["id"].split("-")[0]
    )
    for one in everything()
}


@pytest.mark.parametrize("batch", [1, 5, 1000])
@pytest.mark.parametrize("order", ["as they are", "backwards"])
def test_copies_are_grouped_whenever_they_come(tmp_path: Path, batch: int, order: str) -> None:
    records = everything()[:: 1 if order == "as they are" else -1]
    (tmp_path / "src").mkdir()
    for number in range(0, len(records), 7):
        write(tmp_path / "src" / f"{number:03}.jsonl", *records[number : number + 7])
    index_sources(tmp_path / "a", [tmp_path / "src"], workers=0, batch=batch)
    assert groups(tmp_path / "a") == EXPECTED


def test_copies_are_grouped_over_many_runs(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    for number, one in enumerate(everything()):
        write(tmp_path / "src" / f"{number:03}.jsonl", one)
        index_sources(tmp_path / "a", [tmp_path / "src"], workers=0)
    assert groups(tmp_path / "a") == EXPECTED


def test_a_copy_of_copies_in_two_groups_joins_them(tmp_path: Path) -> None:
    original = report(1)
    # Each has lost another third and has its own words elsewhere: the original alone is like both.
    one = Report("Một", "Sapo.", original.paragraphs[:6] + report(50).paragraphs[:1])
    two = Report("Hai", "Sapo.", original.paragraphs[2:] + report(60).paragraphs[:1])
    write(tmp_path / "1.jsonl", record("one", one), record("two", two))
    index_sources(tmp_path / "a", [tmp_path / "1.jsonl"], workers=0)
    assert set(map(len, groups(tmp_path / "a").values())) == {1}
    write(tmp_path / "2.jsonl", record("original", original))
    index_sources(tmp_path / "a", [tmp_path / "2.jsonl"], workers=0)
    assert groups(tmp_path / "a")["original"] == {"one", "two", "original"}
    # All that was put again is there as it was.
    report_of_run = index_sources(tmp_path / "a", [tmp_path / "1.jsonl"], workers=0)
    assert (report_of_run.unchanged, report_of_run.changed) == (2, 0)
    assert check_archive(tmp_path / "a").problems == ()


def test_an_update_leaves_its_group_and_comes_back(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    copy = copied(report(1), 0.1, 1)

    def index(*records: dict[str, str]) -> dict[str, frozenset[str]]:
        write(source, *records)
        index_sources(tmp_path / "a", [source], workers=0, remove_missing=True)
        return groups(tmp_path / "a")

    second = copied(report(1), 0.1, 2)
    found = index(record("x", report(1)), record("y", copy), record("z", second))
    assert found["x"] == {"x", "y", "z"}
    # The first of the group becomes another article; the others stay together.
    found = index(record("x", report(2)), record("y", copy), record("z", second))
    assert found == {"x": {"x"}, "y": {"y", "z"}, "z": {"y", "z"}}
    found = index(record("x", report(2)), record("y", copy), record("z", report(2)))
    assert found == {"x": {"x", "z"}, "y": {"y"}, "z": {"x", "z"}}
    found = index(record("x", report(1)), record("y", copy), record("z", second))
    assert found["x"] == {"x", "y", "z"}
    # The first of the group goes; the others stay together, and it finds them again.
    found = index(record("y", copy), record("z", second))
    assert found["y"] == {"y", "z"}
    found = index(record("y", copy), record("z", second), record("x", report(1)))
    assert found["x"] == {"x", "y", "z"}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    write(tmp_path / "a.jsonl", *everything())
    index_sources(tmp_path / "a", [tmp_path / "a.jsonl"], workers=0, batch=20)
    return tmp_path / "a"


@pytest.mark.embedded
def test_a_repaired_archive_has_its_groups(whole: Path) -> None:
    damaged = max((whole / "index").glob("*.sketch.col"))
    damaged.write_bytes(b"")
    assert check_archive(whole).problems
    repair_archive(whole)
    assert check_archive(whole).problems == ()
    assert groups(whole) == EXPECTED


@pytest.mark.embedded
def test_a_moved_archive_has_its_groups(whole: Path) -> None:
    migrate(whole, EngineChoice("dictionary"), workers=0)
    assert groups(whole) == EXPECTED


@pytest.mark.embedded
def test_merged_segments_have_their_groups(whole: Path) -> None:
    engine = open_engine(whole)
    assert isinstance(engine, WhooshEngine)
    engine.compact()
    engine.close()
    assert groups(whole) == EXPECTED


def test_a_run_that_stores_nothing_groups_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", record("x", report(1)), record("y", report(1)))
    index_sources(tmp_path / "a", [tmp_path / "a.jsonl"], workers=0)
    before = groups(tmp_path / "a")
    write(tmp_path / "b.jsonl", record("z", copied(report(1), 0.05, 1)))
    kept = shutil.copytree(tmp_path / "a", tmp_path / "b")
    index_sources(kept, [tmp_path / "b.jsonl"], workers=0, dry=True)
    assert groups(kept) == before == {"x": {"x", "y"}, "y": {"x", "y"}}
