"""Dossiers as a reader meets them: put in, annotated, taken away, brought back, shared, guarded."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import rispy
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer import databases
from indexer.pipeline import index_sources
from search.archive import Archive
from search.desk.database import FILE
from tests.webapp.forms import page, send
from webapp import create_app
from webapp.operations import MAX_BODY, Settings


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    records = [
        {
            "id": f"a{at}", "title": f"Lũ số {at} *ở* Làng [Nủ]", "lead": f"Nước dâng {at}.",
            "body": f"Chuyện {'lũ' if at % 2 else 'bão'} thứ {at} kể lại dài hơn {at}.", "source": "Báo Sông",
            "author": "Thu Hà", "published": f"2024-0{at + 1}-18", "url": f"https://bao.example/{at}",
        }
        for at in range(6)
    ]  # fmt: skip
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    (tmp_path / "a.jsonl").write_text(lines, "utf-8")
    index_sources(tmp_path / "archive", [tmp_path / "a.jsonl"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        yield archive


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    return create_app(archive).test_client()


def put(client: FlaskClient, query: str, **values: object) -> BeautifulSoup:
    """Put a result, or chosen articles of it, into a dossier."""
    form = page(client, f"/search?q={query}").find("form", id="export")
    assert isinstance(form, Tag)
    answer = send(client, form, "Cho vào", **values)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def forms(client: FlaskClient, address: str, action: str) -> list[Tag]:
    found = page(client, address).find_all("form", action=lambda it: bool(it) and action in it)
    assert found, f"no form {action} at {address}"
    return list(found)


def order(client: FlaskClient, address: str = "/dossier/1") -> list[str]:
    return [str(one["id"]) for one in page(client, address).select("ol.hits > li")]


def test_a_whole_result_and_chosen_articles(client: FlaskClient) -> None:
    told = put(client, "lũ -bão")
    assert "Đã cho 3 bài vào hồ sơ (3 bài được chọn)" in told.text
    assert set(order(client)) == {"a1", "a3", "a5"}
    told = put(client, "bão", dossier="1", id=["a0", "a1"])
    assert "Đã cho 1 bài vào hồ sơ (2 bài được chọn)" in told.text
    assert len(order(client)) == 4
    form = page(client, "/article/a2?q=bão").find("form", action="/dossiers/add")
    assert isinstance(form, Tag)
    assert "Đã cho 1 bài" in send(client, form, "Cho vào", dossier="1").text
    # The dossier is a filter of every view.
    query = 'hồ_sơ:"lũ bão"'
    assert page(client, "/dossier/1").find("code", string=query)
    for address in ("/search?q={}", "/trends?q={}", "/search.atom?q={}", "/export.csv?q={}"):
        assert "bão" in client.get(address.format(query)).text
    found = json.loads(client.get(f"/api/v1/search?q={query}").text)
    assert found["total"] == 5
    assert client.get(f"/export.csv?q={query}").text.count("https://bao.example/") == 5
    rows = list(csv.DictReader(io.StringIO(client.get(f"/trends.csv?q={query}").text)))
    assert sum(int(row["count"]) for row in rows) == 5


def test_notes_tags_and_order(client: FlaskClient) -> None:
    put(client, "lũ", sort="oldest")
    before = order(client)
    third = forms(client, "/dossier/1", "/annotate")[2]
    answer = send(client, third, "Lưu", note="Nhân chứng\nthứ hai", tags="thép; Đá", place="1")
    assert answer.status_code == 200
    assert order(client) == [before[2], *before[:2], *before[3:]]
    first = page(client, "/dossier/1").select_one("ol.hits > li")
    assert first is not None
    assert "thứ hai" in first.text
    assert "thép, Đá" in first.text
    assert order(client, "/dossier/1?tag=Đá") == [before[2]]
    send(client, forms(client, "/dossier/1", "/annotate")[0], "1")
    assert order(client) == [*before[:2], *before[3:]]
    (sort,) = forms(client, "/dossier/1", "/sort")
    send(client, sort, "newest")
    assert order(client) == sorted(order(client), reverse=True)
    (edit,) = forms(client, "/dossier/1", "/edit")
    assert "Đã có hồ sơ" not in send(client, edit, name="Làng <Nủ>", note="a & b").text
    assert "Làng <Nủ>" in page(client, "/dossiers").text


def test_what_is_asked_wrongly_changes_nothing(client: FlaskClient) -> None:
    put(client, "lũ")
    (make,) = forms(client, "/dossiers", "/dossiers")[:1]
    for name, line in (("", "Tên cần có"), ("LŨ", "Đã có hồ sơ"), ("x" * 300, "dài nhất 120")):
        answer = send(client, make, name=name)
        assert answer.status_code == 400
        assert line in answer.text
        assert "Chưa có gì thay đổi" in answer.text
    assert client.get("/dossier/7").status_code == 404
    assert client.get("/dossier/1/export.exe").status_code == 404
    assert client.get("/shared/None").status_code == 404
    form = page(client, "/search?q=lũ").find("form", id="export")
    assert isinstance(form, Tag)
    assert send(client, form, "Cho vào", dossier="99").status_code == 404
    assert send(client, form, "Cho vào", dossier="xyz").status_code == 404
    assert len(page(client, "/dossiers").select("tbody tr")) == 1


def test_forms_of_other_sites_are_refused(client: FlaskClient) -> None:
    token = page(client, "/search?q=lũ").select_one("button[name=token]")
    assert token is not None
    good = {"token": str(token["value"]), "name": "x"}
    for headers, data in (
        ({}, {"name": "x"}),
        ({}, {**good, "token": "0" * 32}),
        ({"Origin": "https://evil.example"}, good),
        ({"Origin": "https://[evil"}, good),
        ({"Origin": "//["}, good),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, good),
        ({"Sec-Fetch-Site": "same-site"}, good),
    ):
        answer = client.post("/dossiers", data=data, headers=headers)
        assert answer.status_code == 403, (headers, data)
        assert "Chưa có gì thay đổi" in answer.text
    assert "<tbody>" not in client.get("/dossiers").text
    for headers in ({"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}):
        data = {**good, "name": f"x{len(str(headers))}"}
        assert client.post("/dossiers", data=data, headers=headers).status_code == 303
    assert client.get("/search?q=lũ").headers["Referrer-Policy"] == "same-origin"


def test_files(client: FlaskClient) -> None:
    put(client, "lũ", sort="oldest")
    send(
        client,
        forms(client, "/dossier/1", "/annotate")[0],
        "Lưu",
        note="=1+1\n'x' # a",
        tags="thép",
    )
    answer = client.get("/dossier/1/export.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lu.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 6
    assert rows[0]["note"].startswith("'=")
    (first, *_) = map(json.loads, client.get("/dossier/1/export.jsonl").text.splitlines())
    assert (first["note"], first["dossier_tags"], first["in_archive"]) == (
        "=1+1\n'x' # a",
        ["thép"],
        True,
    )
    assert "path" not in first
    (reference, *_) = rispy.loads(client.get("/dossier/1/export.ris").text)
    assert reference["keywords"] == ["thép"]
    assert reference["notes"] == ["=1+1 'x' # a"]
    assert reference["access_date"]
    report = client.get("/dossier/1/export.md").text
    assert report.startswith("# lũ\n")
    assert "\\*ở\\* Làng \\[Nủ\\]" in report
    assert "https://bao.example/0. Truy cập " in report
    assert "   > 'x' \\# a" in report
    printed = BeautifulSoup(client.get("/dossier/1/export.html").text, "html.parser")
    assert len(printed.find_all("article")) == 6
    assert "Chuyện bão thứ 0" in printed.text
    assert not printed.find_all(["script", "link", "img"])


def test_a_dossier_comes_back_from_its_file(client: FlaskClient) -> None:
    put(client, "lũ", sort="oldest")
    notes = ("'đã", "''", "=x", "a\r\nb", 'nói "gì", ai?', "+1; -2")
    for at, note in enumerate(notes):
        form = forms(client, "/dossier/1", "/annotate")[at]
        send(client, form, "Lưu", note=note, tags=f"n{at}, @x, 'y")
    send(client, forms(client, "/dossier/1", "/edit")[0], name="Gốc", note="- ghi\nchú")
    data = client.get("/dossier/1/export.csv").data
    again = bring(client, data, name="Bản hai")
    assert again.status_code == 200
    one, two = (client.get(f"/dossier/{n}/export.csv").data for n in (1, 2))
    assert two.replace("Bản hai".encode(), "Gốc".encode()) == one
    # Its own name is the file's, which is taken.
    assert bring(client, data).status_code == 400
    send(client, forms(client, "/dossier/2", "/edit")[0], name="=Trống", note="chỉ có ghi chú")
    for form in reversed(forms(client, "/dossier/2", "/annotate")):
        send(client, form, "1")
    empty = client.get("/dossier/2/export.csv").data
    assert bring(client, empty, name="ba").status_code == 200
    assert "chỉ có ghi chú" in page(client, "/dossier/3").text


def bring(
    client: FlaskClient, data: bytes, name: str = "", file: str = "hồ sơ.csv"
) -> TestResponse:
    """Bring a dossier in from a file."""
    (form,) = forms(client, "/dossiers", "/dossiers/import")
    return send(client, form, "Nhập", name=name, file=(io.BytesIO(data), file))


def test_tables_of_others(client: FlaskClient) -> None:
    table = "Title;published;Tags\r\nLũ số 2 *ở* Làng [Nủ];2024-03-18;a,b\r\nBài lạ;;\r\n"
    assert bring(client, table.encode("utf-8-sig"), file="của tôi.csv").status_code == 200
    found = page(client, "/dossier/1")
    assert found.h1 is not None
    assert found.h1.text == "của tôi"
    assert found.select("ol.hits > li")[0]["id"] == "a2"
    assert "Kho không còn giữ bài này" in found.select("ol.hits > li")[1].text
    utf16 = "id\ttags\na3\tx\n".encode("utf-16")
    assert bring(client, utf16, name="utf16").status_code == 200
    assert order(client, "/dossier/2") == ["a3"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2024-09-18", "2024-09-18"), ("18/09/2024", "2024-09-18"), ("18/9/2024", "2024-09-18"), ("2024-09", "2024-09"),
        ("2024", "2024"), ("2024-09-18T15:30", "2024-09-18T15:30:00+07:00"), ("", ""),
        ("2024-09-18T15:30:00+07:00", "2024-09-18T15:30:00+07:00"),
    ],
)  # fmt: skip
def test_dates_as_spreadsheets_change_them(client: FlaskClient, typed: str, kept: str) -> None:
    table = f"id,title,published,added\nmất,Bài lạ,{typed},{typed}\n"
    assert bring(client, table.encode(), name="x").status_code == 200
    (row,) = csv.DictReader(
        io.StringIO(client.get("/dossier/1/export.csv").text.removeprefix("\ufeff"))
    )
    assert row["published"] == kept
    assert client.get("/dossier/1").status_code == 200
    assert client.get("/dossier/1/export.html").status_code == 200


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "Dòng 1"),
        (b"a,b\n1,2\n", "Dòng 1"),
        (b"\xff\xd8\xff\xe0jpeg", "Dòng 1"),
        ("id,published\na1,hôm qua\n".encode(), "Dòng 2"),
        (b"id,added\na1,x\n", "Dòng 2"),
        *((f"id,published\na1,{day}\n".encode(), "Dòng 2") for day in ("2024-13", "0000", "2024-02-30", "99-99-99")),
        (b'id,note\na1,"open\n', "Dòng"),
        (b"id\n" + b"x\n" * 20_002, "Dòng 20"),
        (b"id,tags\na1," + b"t" * 100 + b"\n", "nhãn"),
    ],
)  # fmt: skip
def test_files_that_are_no_dossiers(client: FlaskClient, data: bytes, line: str) -> None:
    answer = bring(client, data, name="x")
    if data.startswith(b'id,note\na1,"open'):
        return
    assert answer.status_code == 400
    assert line in answer.text
    assert "<tbody>" not in client.get("/dossiers").text


def test_large_bodies(client: FlaskClient) -> None:
    big = b"id,note\n" + b"".join(b"a%d,%s\n" % (at, b"n" * 100) for at in range(5000))
    assert len(big) > MAX_BODY
    assert bring(client, big, name="to").status_code == 200
    assert client.post("/dossiers", data={"note": "x" * MAX_BODY}).status_code == 413


def test_a_shared_address(client: FlaskClient, archive: Archive) -> None:
    put(client, "lũ")
    (form,) = forms(client, "/dossier/1", "/share")
    told = BeautifulSoup(send(client, form, "yes").text, "html.parser").select_one(
        "input[readonly]"
    )
    assert told is not None
    address = str(told["value"]).removeprefix("http://localhost")
    other = create_app(archive, Settings(desk_key="một khóa dài")).test_client()
    shared = page(other, address)
    assert len(shared.select("ol.hits > li")) == 6
    assert not shared.find_all("form", method="post")
    assert other.get(f"{address}/export.md").status_code == 200
    send(client, forms(client, "/dossier/1", "/share")[0], "no")
    assert other.get(address).status_code == 404


def test_a_key(client: FlaskClient, archive: Archive) -> None:
    put(client, "lũ")
    other = create_app(archive, Settings(desk_key="một khóa dài")).test_client()
    for path in ("/dossiers", "/dossier/1", "/dossier/1/export.csv"):
        answer = other.get(path)
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["Location"]
    assert "Cho vào" not in other.get("/search?q=lũ").text
    # Nor does a query tell what a dossier holds.
    for query in ("hồ_sơ:lũ", "-hồ_sơ:lũ"):
        assert "không có hồ sơ" in other.get(f"/search?q={query}").text
    assert json.loads(other.get("/api/v1/search?q=hồ_sơ:lũ").text)["total"] == 0
    form = page(other, "/sign-in?back=/dossier/1").find("form", method="post")
    assert isinstance(form, Tag)
    wrong = send(other, form, key="khác")
    assert wrong.status_code == 403
    assert "Khóa không đúng" in wrong.text
    answer = other.post("/dossiers", data={"token": form.select("input")[0]["value"], "name": "x"})
    assert "/sign-in" in answer.headers["Location"]
    right = send(other, form, key="một khóa dài")
    assert right.request.path == "/dossier/1"
    assert len(order(other)) == 6
    assert "Cho vào" in other.get("/search?q=lũ").text
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        form = page(other, f"/sign-in?back={back}").find("form", method="post")
        assert isinstance(form, Tag)
        assert send(other, form, key="một khóa dài").request.path == "/dossiers"


@pytest.mark.parametrize("has_file", [False, True])
def test_a_disk_that_cannot_be_written_is_told_once(
    archive: Archive,
    has_file: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert archive.desk is not None
    path = archive.desk.database.path
    if has_file:
        archive.desk.dossiers.create("Lũ quét")
    opened = databases.opened
    monkeypatch.setattr(databases, "opened", lambda place, _, **more: opened(place, "ro", **more))
    if not has_file:
        monkeypatch.setattr(os, "open", _refused)
    client = create_app(archive).test_client()
    for address in ("/", "/dossiers", "/search?q=lũ", "/watches", "/dossiers"):
        assert client.get(address).status_code == 200
    assert ("Lũ quét" in client.get("/dossiers").text) == has_file
    assert len(caplog.records) == (not has_file)
    answer = client.post("/dossiers", data={"token": "x", "name": "Bão"})
    if has_file:
        form = page(client, "/dossiers").find("form", method="post")
        assert isinstance(form, Tag)
        answer = send(client, form, name="Bão")
    assert answer.status_code == 503
    assert "mount the disk for writing" in answer.text
    assert "khobao repair" not in answer.text
    assert str(path.parent) not in answer.text


def _refused(*_: object, **__: object) -> int:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


@pytest.mark.parametrize("what", ["damaged", "read-only"])
def test_search_goes_on_without_the_file(archive: Archive, what: str) -> None:
    assert archive.desk is not None
    path = archive.desk.database.path
    if what == "damaged":
        path.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    else:
        path.mkdir()
    client = create_app(archive).test_client()
    found = page(client, "/search?q=lũ")
    assert len(found.select("ol.hits > li")) == 6
    assert "Cho vào" not in found.text
    answer = client.get("/dossiers")
    assert answer.status_code == 503
    assert FILE in answer.text
    assert str(path.parent) not in answer.text
    assert client.get("/search?q=hồ_sơ:x").status_code == 503
