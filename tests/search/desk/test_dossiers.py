"""Dossiers: what is kept, what finds its articles again, and what a damaged or older file does."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from indexer import databases
from indexer.pipeline import index_sources
from search.archive import Archive
from search.desk.database import FILE, MIGRATIONS, DeskDatabase, DeskError
from search.desk.desk import Desk
from search.desk.dossiers import MOST_ENTRIES, DossierError, Entry, entry_of
from search.query.tree import Issue
from search.requests import Copies, SearchRequest

NOW = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)


def record(id: str, title: str, **fields: str) -> dict[str, str]:
    words = f"{title} và nhiều chuyện khác của {id}"
    return {"id": id, "title": title, "body": words, "published": "2024-09-18", **fields}


def write(file: Path, *records: dict[str, str]) -> None:
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")


def ids(archive: Archive, query: str) -> set[str]:
    request = SearchRequest(query, per_page=100, copies=Copies.ALL)
    return {hit.id for hit in archive.search(request).hits}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    names = ("Lũ quét", "Lũ ống", "Bão số ba", "Cầu mới", "Gạo xuất khẩu")
    write(tmp_path / "a.jsonl", *(record(f"a{at}", name) for at, name in enumerate(names)))
    index_sources(tmp_path / "archive", [tmp_path / "a.jsonl"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        yield archive


def entries(archive: Archive, *names: str) -> list[Entry]:
    return [entry_of(archive.article(one), NOW) for one in names]


def entry(id: str) -> Entry:
    return Entry(id, f"Bài {id}", NOW, published=date(2024, 9, 18))


def test_what_is_kept(desk: Desk) -> None:
    store = desk.dossiers
    head = store.create("  Lũ   Làng Nủ ", "vì sao?\r\nai?", [entry("a"), entry("b"), entry("a")])
    assert (head.name, head.note, head.count) == ("Lũ Làng Nủ", "vì sao?\nai?", 2)
    assert store.add(head.number, [entry("b"), entry("c"), entry("d")]) == 2
    store.annotate(head.number, "c", " nhân chứng ", ["Thép", "thép", "", "đá, sỏi"])
    store.move(head.number, "d", 1)
    store.move(head.number, "a", 99)
    found = Desk(desk.database.path.parent).dossiers.dossier(head.number)
    assert [one.article for one in found.entries] == ["d", "b", "c", "a"]
    kept = found.entries[2]
    assert (kept.note, kept.tags, kept.added, kept.published) == (
        "nhân chứng", ("Thép", "đá sỏi"), NOW, date(2024, 9, 18),
    )  # fmt: skip
    assert store.remove(head.number, ["b", "none"]) == 1
    store.rename(head.number, "Lũ lớn", "")
    assert [one.name for one in store.heads()] == ["Lũ lớn"]
    assert store.dossier(head.number).head.version > found.head.version
    store.delete(head.number)
    assert store.heads() == []
    with pytest.raises(DossierError):
        store.dossier(head.number)
    assert store.create("khác").number > head.number


def test_order_by_date(desk: Desk) -> None:
    days = {
        "a": date(2024, 1, 2),
        "b": None,
        "c": datetime(2023, 5, 1, 8, tzinfo=UTC),
        "d": date(2025, 1, 1),
    }
    made = [Entry(id, id, NOW, published=day) for id, day in days.items()]
    head = desk.dossiers.create("x", "", made)
    for newest_first, order in ((True, "dacb"), (False, "cadb")):
        desk.dossiers.sort(head.number, newest_first=newest_first)
        assert "".join(one.article for one in desk.dossiers.dossier(head.number).entries) == order


@pytest.mark.parametrize(
    ("name", "reason"), [("", "bad_name"), (" !? ", "bad_name"), ("a" * 121, "long_name"), ("LŨ lớn", "name_taken")]
)  # fmt: skip
def test_names(desk: Desk, name: str, reason: str) -> None:
    desk.dossiers.create("Lũ lớn")
    with pytest.raises(DossierError) as caught:
        desk.dossiers.create(name)
    assert caught.value.reason == reason
    assert len(desk.dossiers.heads()) == 1


def test_a_full_dossier_takes_nothing(desk: Desk) -> None:
    head = desk.dossiers.create("x", "", [entry(str(at)) for at in range(MOST_ENTRIES)])
    with pytest.raises(DossierError, match="nothing was added"):
        desk.dossiers.add(head.number, [entry("0"), entry("mới")])
    assert desk.dossiers.dossier(head.number).head.count == MOST_ENTRIES


def test_sharing(desk: Desk) -> None:
    head = desk.dossiers.create("x")
    desk.dossiers.share(head.number, is_shared=True)
    token = desk.dossiers.dossier(head.number).head.share
    assert token is not None
    assert len(token) >= 32
    assert desk.dossiers.shared(token).head.number == head.number
    desk.dossiers.share(head.number, is_shared=True)
    assert desk.dossiers.dossier(head.number).head.share == token
    desk.dossiers.share(head.number, is_shared=False)
    with pytest.raises(DossierError):
        desk.dossiers.shared(token)
    with pytest.raises(DossierError):
        desk.dossiers.shared("")


def test_a_dossier_is_a_filter(archive: Archive) -> None:
    assert archive.desk is not None
    archive.desk.dossiers.create("Lũ Làng Nủ", "", entries(archive, "a0", "a1", "a3"))
    archive.desk.dossiers.create("gạo", "", entries(archive, "a4", "a1"))
    for query in (
        'hồ_sơ:"Lũ Làng Nủ"',
        "ho_so:lũ_làng_nủ",
        "hồ_sơ:lu_lang_nu",
        "dossier:LŨ_Làng_nủ",
    ):
        assert ids(archive, query) == {"a0", "a1", "a3"}, query
    assert ids(archive, "hồ_sơ:lũ_làng_nủ lũ") == {"a0", "a1"}
    assert ids(archive, "hồ_sơ:lũ_làng_nủ hồ_sơ:gạo") == {"a1"}
    assert ids(archive, "hồ_sơ:lũ_làng_nủ OR hồ_sơ:gạo") == {"a0", "a1", "a3", "a4"}
    assert ids(archive, "hồ_sơ:lũ_làng_nủ NOT hồ_sơ:gạo") == {"a0", "a3"}
    assert ids(archive, "-hồ_sơ:lũ_làng_nủ") == {"a2", "a4"}
    result = archive.search(SearchRequest("lũ hồ_sơ:không_có"))
    assert not result.total
    assert [(one.issue, one.start, one.text) for one in result.problems] == [
        (Issue.NO_DOSSIER, 9, "không_có")
    ]


def test_a_filter_follows_each_change(archive: Archive) -> None:
    assert archive.desk is not None
    store = archive.desk.dossiers
    number = store.create("x", "", entries(archive, "a0")).number
    assert ids(archive, "hồ_sơ:x") == {"a0"}
    store.add(number, entries(archive, "a2"))
    assert ids(archive, "hồ_sơ:x") == {"a0", "a2"}
    store.remove(number, ["a0"])
    assert ids(archive, "hồ_sơ:x") == {"a2"}
    store.rename(number, "y", "")
    assert ids(archive, "hồ_sơ:y") == {"a2"}
    assert not ids(archive, "hồ_sơ:x")


def test_articles_with_other_ids_are_found_again(tmp_path: Path) -> None:
    url = "https://bao.example/"
    before = [record(f"a{at}", f"Bài báo số {at} về lũ", url=f"{url}{at}") for at in range(3)]
    before += [
        record("a3", "Không địa chỉ"),
        record("a4", "Mất hẳn"),
        record("a5", "Hai bài trùng"),
    ]
    write(tmp_path / "a.jsonl", *before)
    index_sources(tmp_path / "archive", [tmp_path / "a.jsonl"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.desk is not None
        found = entries(archive, *(f"a{at}" for at in range(6)))
        archive.desk.dossiers.create("x", "", found)
    after = [
        {**one, "id": f"b{at}", "body": one["body"] * (at + 2)} for at, one in enumerate(before)
    ]
    twin = record("b6", "Hai bài trùng", section="khác")
    (tmp_path / "a.jsonl").unlink()
    write(tmp_path / "b.jsonl", *(after[:4] + after[5:]), twin)
    index_sources(tmp_path / "other", [tmp_path / "b.jsonl"], workers=0)
    # The newsroom's file is taken along to an archive that was indexed anew.
    (tmp_path / "archive" / FILE).rename(tmp_path / "other" / FILE)
    with Archive.open(tmp_path / "other") as archive:
        assert ids(archive, "hồ_sơ:x") == {"b0", "b1", "b2", "b3"}
        now = archive.reader().newsroom.current_ids(found)
    # Two articles have the last one's title and day: none is taken for it.
    assert now == ["b0", "b1", "b2", "b3", None, None]


def test_a_new_version_under_another_id_stays_in(tmp_path: Path) -> None:
    first = record("a0", "Cầu mới khánh thành", url="https://bao.example/cau")
    write(tmp_path / "a.jsonl", first)
    archive_path = tmp_path / "archive"
    index_sources(archive_path, [tmp_path / "a.jsonl"], workers=0)
    with Archive.open(archive_path) as archive:
        assert archive.desk is not None
        archive.desk.dossiers.create("x", "", entries(archive, "a0"))
        write(tmp_path / "a2.jsonl", {**first, "id": "z9", "title": "Cầu mới đã khánh thành"})
        index_sources(archive_path, [tmp_path / "a2.jsonl"], workers=0)
        (hit,) = archive.search(SearchRequest("hồ_sơ:x")).hits
        assert hit.title.text in ("Cầu mới đã khánh thành", "Cầu mới khánh thành")


def test_many_writers(desk: Desk) -> None:
    number = desk.dossiers.create("x").number

    def work(name: str) -> None:
        for at in range(20):
            Desk(desk.database.path.parent).dossiers.add(number, [entry(f"{name}{at}")])

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = desk.dossiers.dossier(number)
    assert len(found.entries) == 80
    assert len({one.article for one in found.entries}) == 80


def test_nothing_is_written_by_reading(desk: Desk) -> None:
    assert desk.dossiers.heads() == []
    assert desk.dossiers.named("x") is None
    assert not desk.database.path.exists()


def test_a_file_of_an_older_schema_is_brought_up(tmp_path: Path) -> None:
    number = Desk(tmp_path).dossiers.create("Lũ", "ghi chú", [entry("a")]).number
    more = (*MIGRATIONS, "ALTER TABLE dossiers ADD COLUMN colour TEXT; CREATE TABLE extra (x TEXT)")
    with DeskDatabase(tmp_path, more).reading() as database:
        assert database is not None
        row = database.execute("SELECT name, colour FROM dossiers").fetchone()
        assert tuple(row) == ("Lũ", None)
    with pytest.raises(DeskError, match="newer version"):
        Desk(tmp_path).dossiers.dossier(number)


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a disk that is read-only: SQLite opens its files for reading alone."""
    opened = databases.opened
    with monkeypatch.context() as patch:
        patch.setattr(databases, "opened", lambda path, _, **more: opened(path, "ro", **more))
        yield


def test_a_file_of_an_older_schema_is_read_on_a_disk_that_cannot_be_written(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    Desk(tmp_path).dossiers.create("Lũ")
    before = (tmp_path / FILE).read_bytes()
    more = DeskDatabase(tmp_path, (*MIGRATIONS, "ALTER TABLE dossiers ADD COLUMN colour TEXT"))
    request.getfixturevalue("read_only")
    with more.reading() as database:
        assert database is not None
        assert tuple(database.execute("SELECT name, colour FROM dossiers").fetchone()) == (
            "Lũ",
            None,
        )
    assert (tmp_path / FILE).read_bytes() == before
    with pytest.raises(DeskError, match="mount the disk for writing"):
        Desk(tmp_path).dossiers.create("Bão")
    with pytest.raises(DeskError, match="mount the disk for writing"), more.writing():
        pass
    assert [one.name for one in Desk(tmp_path).dossiers.heads()] == ["Lũ"]


def test_a_fault_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = DeskDatabase(tmp_path)
    with pytest.raises(DeskError, match="give this user the right to write"):
        _ = DeskDatabase(tmp_path / "none").secret
    with database.writing() as writer:
        writer.execute("CREATE TABLE large (x BLOB)")
    with pytest.raises(DeskError, match="free some space"), database.writing() as writer:
        writer.execute("PRAGMA max_page_count = 40")
        writer.execute("INSERT INTO large VALUES (zeroblob(1000000))")
    monkeypatch.setattr(databases, "BUSY", 0.01)
    with (
        database.writing(),
        pytest.raises(DeskError, match="another process writes it"),
        DeskDatabase(tmp_path).writing(),
    ):
        pass


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    Desk(tmp_path).dossiers.create("Lũ")
    broken = (*MIGRATIONS, "CREATE TABLE extra (x TEXT); SELECT * FROM nowhere")
    with pytest.raises(DeskError), DeskDatabase(tmp_path, broken).writing():
        pass
    assert [one.name for one in Desk(tmp_path).dossiers.heads()] == ["Lũ"]
    with sqlite3.connect(tmp_path / FILE) as database:
        assert not database.execute("SELECT * FROM sqlite_master WHERE name = 'extra'").fetchall()


def test_a_damaged_file_is_named(archive: Archive) -> None:
    assert archive.desk is not None
    archive.desk.database.path.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(DeskError, match=FILE):
        archive.search(SearchRequest("hồ_sơ:x"))
    assert FILE in archive.desk.database.damage()
    # What does not ask for a dossier goes on.
    assert archive.search(SearchRequest("lũ")).total == 2


@pytest.mark.embedded
def test_check_names_a_damaged_file(archive: Archive) -> None:
    assert archive.desk is not None
    path = archive.desk.database.path
    archive.desk.dossiers.create("x", "", [entry(str(at)) for at in range(500)])
    command = [sys.executable, "-m", "khobao", "check", "--archive", str(path.parent)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    data = bytearray(path.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page : page + 16] = b"\xff" * 16
    path.write_bytes(data)
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    assert answer.returncode == 1
    assert FILE in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("value", ["CAST(x'ff41' AS TEXT)", "'xyz'", "x'00ff'", "1.5", "NULL"])
@pytest.mark.parametrize(
    "column", ["changed", "created", "name", "added", "published", "title", "tags"]
)
def test_a_damaged_value_is_named_or_shown_as_it_is(desk: Desk, column: str, value: str) -> None:
    number = desk.dossiers.create("x", "", [entry("a")]).number
    table = "dossiers" if column in ("changed", "created", "name") else "entries"
    with sqlite3.connect(desk.database.path) as database:
        # What no program would write, a damaged page may hold.
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')")
    with sqlite3.connect(desk.database.path) as database:
        database.execute(f"UPDATE {table} SET {column} = {value}")
    for read in (desk.dossiers.heads, lambda: desk.dossiers.dossier(number)):
        with suppress(DeskError):
            read()
