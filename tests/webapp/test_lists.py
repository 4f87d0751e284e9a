"""Lists: on the page, as CSV, and on the command line, each number as a search has it."""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from indexer.pipeline import index_sources
from search.archive import Archive
from search.batch import MOST_LINES, as_query, read_list
from search.requests import Copies, SearchRequest, Sort, Words
from search.typed_tables import TableError
from tests.webapp.forms import page, send
from webapp import create_app

NAMES = (
    "Nguyễn Văn An",
    "lũ quét",
    '"cầu gỗ"',
    "lũ NOT bão",
    "không đâu có",
    "(lũ",
    "bão",
    "hồ Hoàn Kiếm, Hà Nội",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lists")
    chance = random.Random(2)
    words = (
        "Nguyễn Văn An",
        "Văn An Nguyễn",
        "lũ quét",
        "lũ về",
        "bão",
        "cầu gỗ",
        "gỗ cầu",
        "hồ Hoàn Kiếm, Hà Nội",
    )
    with (folder / "a.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(200):
            held = ". ".join(chance.sample(words, 3))
            record = {"id": f"a{number}", "title": f"=Tin {number}", "body": f"{held} {number} {chance.random()}",
                      "source": "Báo Sông"}  # fmt: skip
            if number % 5:
                record["published"] = f"{chance.randint(2000, 2020)}-0{chance.randint(1, 9)}-11"
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    return folder


@pytest.fixture(scope="module")
def archive(folder: Path) -> Iterator[Archive]:
    with Archive.open(folder / "archive") as archive:
        yield archive


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    return create_app(archive).test_client()


def form_of(client: FlaskClient) -> Tag:
    form = page(client, "/lists").find("form", method="post")
    assert isinstance(form, Tag)
    return form


def test_each_number_is_that_of_its_search(client: FlaskClient, archive: Archive) -> None:
    answer = send(client, form_of(client), list="\n".join(NAMES))
    soup = BeautifulSoup(answer.text, "html.parser")
    rows = soup.select("tbody tr")
    assert len(rows) == len(NAMES)
    for name, row in zip(NAMES, rows, strict=True):
        request = SearchRequest(as_query(name), words=Words.ALL, copies=Copies.FOLDED)
        total, first, last, best = row.find_all("td")
        links = row.select("a")
        result = archive.search(request)
        assert int(total.text) == result.total
        if not result.total:
            assert not last.text
            continue
        assert links[3 if last.text else 1].text == result.hits[0].title.text
        assert best.text.startswith(links[-1].text)
        (summary, *_) = page(client, str(links[0]["href"])).select(".summary > a")
        assert summary.text.split()[2] == total.text
        for order, cell in ((Sort.OLDEST, first), (Sort.NEWEST, last)):
            dates = archive.search(
                SearchRequest(request.query, words=Words.ALL, sort=order, copies=Copies.ALL)
            ).hits
            day = dates[0].published
            assert isinstance(day, date)
            assert cell.text == f"{day.day}/{day.month}/{day.year}"
    assert "8 tên, 1 tên không có bài nào" in soup.text
    assert "Ký tự 1" in rows[5].text


def test_as_csv(client: FlaskClient) -> None:
    table = 'Mã,Tên,Ghi chú\n7,Nguyễn Văn An,"a, b"\n8,không đâu có,\n,,\n9,bão\n'
    answer = send(client, form_of(client), "csv", file=(io.BytesIO(table.encode()), "ds.csv"))
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(one["Mã"], one["Tên"], one["Ghi chú"]) for one in rows] == [
        ("7", "Nguyễn Văn An", "a, b"), ("8", "không đâu có", ""), ("9", "bão", ""),
    ]  # fmt: skip
    assert int(rows[0]["articles"]) > 0
    assert rows[0]["best"].startswith("'=Tin")
    assert rows[1]["articles"] == "0"
    assert rows[1]["best_id"] == ""


def test_words_or_phrases_and_dates(client: FlaskClient) -> None:
    counts = []
    for values in ({}, {"as": "queries"}, {"as": "queries", "from": "2010", "to": "31/12/2012"}):
        answer = send(client, form_of(client), list="Nguyễn Văn An", **values)
        cell = BeautifulSoup(answer.text, "html.parser").select_one("tbody td")
        assert cell is not None
        counts.append(int(cell.text))
    assert counts[0] < counts[1] > counts[2] > 0
    answer = send(client, form_of(client), list="An", **{"from": "hôm qua"})
    assert "hôm qua" in answer.text


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "nothing"),
        (b"\n \n", "nothing"),
        (b"\xff\xd8\xff", "UTF-8"),
        (b"a\n" * (MOST_LINES + 1), "at most"),
        (b"a\n" + b"x" * 600, "line 2"),
    ],
)
def test_what_is_no_list(client: FlaskClient, data: bytes, fault: str) -> None:
    with pytest.raises(TableError, match=fault):
        read_list(data)
    answer = send(client, form_of(client), file=(io.BytesIO(data), "x.csv"))
    assert answer.status_code == 200
    assert BeautifulSoup(answer.text, "html.parser").select_one("[role=alert]")


def test_lists_of_every_kind() -> None:
    plain = read_list("Nguyễn Văn An, nhà báo\r\nLũ\r\n\r\n".encode("utf-8-sig"))
    assert plain.names == ("Nguyễn Văn An, nhà báo", "Lũ")
    assert read_list("ID;Query\n1;lũ\n2;bão\n".encode()).names == ("lũ", "bão")
    assert read_list("lũ\t1\nbão\t2\n".encode("utf-16")).names == ("lũ", "bão")
    assert read_list("name\nlũ\n".encode()).names == ("lũ",)


@pytest.mark.embedded
def test_on_the_command_line(folder: Path) -> None:
    def run(*arguments: str, text: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "khobao",
            "batch",
            "-",
            "--archive",
            str(folder / "archive"),
            *arguments,
        ]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)

    rows = list(csv.DictReader(io.StringIO(run(text="\n".join(NAMES)).stdout)))
    assert [one["name"] for one in rows] == list(NAMES)
    assert int(rows[0]["articles"]) > 0
    assert "Character 1" in rows[5]["problem"]
    lines = run("--json", "--queries", text="Nguyễn Văn An\n").stdout.splitlines()
    found = json.loads(lines[0])
    assert found["articles"] > int(rows[0]["articles"])
    assert found["best"]["source"] == "Báo Sông"
    wrong = run(text="")
    assert wrong.returncode == 1
    assert wrong.stderr == "khobao: line 1: there is nothing to look for\n"
