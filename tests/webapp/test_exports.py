"""Exports, citations and feeds: read again by the programs that they are for."""

import csv
import io
import json
from collections.abc import Iterator

import feedparser
import pytest
import rispy
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from indexer.article import Article
from indexer.pipeline import index_sources
from search.archive import Archive
from search.presentation.exports import cell
from search.presentation.references import as_bibtex, as_ris
from webapp import create_app

HOSTILE = '=HYPERLINK("http://evil.example") <script>alert(1)</script> & {\\write18} \u0001'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("exports")
    records = [
        {
            "id": f"a{number}",
            "title": HOSTILE if number == 7 else f"Lũ lớn số {number}",
            "lead": "@lead",
            "body": "Nước lên nhanh.\nDân chạy lũ.",
            "published": f"2024-09-{number % 28 + 1:02}",
            "author": "Bà Mây - Ông Gió",
            "source": "Báo Sông",
            "section": "Xã hội",
            "url": "javascript:alert(1)" if number == 7 else f"https://bao.example/{number}",
        }
        for number in range(130)
    ]
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    (folder / "x.jsonl").write_text("\n".join(lines), "utf-8")
    index_sources(folder / "archive", [folder / "x.jsonl"], workers=0)
    with Archive.open(folder / "archive") as archive:
        yield create_app(archive).test_client(use_cookies=False)


def test_a_whole_result_as_csv_is_safe_in_a_spreadsheet(client: FlaskClient) -> None:
    response = client.get("/export.csv?q=")
    assert response.headers["Content-Disposition"] == 'attachment; filename="khobao.csv"'
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert len({row["id"] for row in rows}) == 130
    (hostile,) = (row for row in rows if row["id"] == "a7")
    assert hostile["title"].startswith("'=HYPERLINK")
    assert all(row["lead"] == "'@lead" for row in rows)
    assert rows[0]["body"] == "Nước lên nhanh.\nDân chạy lũ."


@given(st.text())
def test_no_cell_is_a_formula(value: str) -> None:
    assert not cell(value).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell(value).removeprefix("'") == value.removeprefix("'") or cell(value) == f"'{value}"


def test_json_lines_follow_the_search(client: FlaskClient) -> None:
    lines = client.get("/export.jsonl?q=lũ&sort=oldest&from=2024-09-28").text.splitlines()
    dates = [json.loads(line)["published"] for line in lines]
    assert dates == sorted(dates)
    assert dates
    assert min(dates) >= "2024-09-28"


def test_chosen_articles_alone(client: FlaskClient) -> None:
    text = client.get("/export.jsonl?id=a3&id=a9&id=nothing&id=a3").text
    assert [json.loads(line)["id"] for line in text.splitlines()] == ["a3", "a9"]
    assert client.get("/export.jsonl?" + "&".join("id=a" for _ in range(1001))).status_code == 413
    assert client.get("/export.exe").status_code == 404


def test_ris_and_bibtex_have_a_record_an_article(client: FlaskClient) -> None:
    records = rispy.loads(client.get("/export.ris?q=lũ").text)
    assert len(records) == 130
    assert records[0]["authors"] == ["Bà Mây", "Ông Gió"]
    assert records[0]["secondary_title"] == "Báo Sông"
    assert client.get("/export.bib?q=lũ").text.count("@article{") == 130


@given(st.text(), st.text())
def test_references_hold_any_text(title: str, author: str) -> None:
    article = Article(id="x", title=title, author=author, lead=title)
    (record,) = rispy.loads(as_ris([article]))
    assert record["type_of_reference"] == "NEWS"
    entry = as_bibtex(article)
    plain = entry.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    assert entry.startswith("@article{x,\n")


def test_one_article_as_a_reference(client: FlaskClient) -> None:
    text = client.get("/article/a3/cite.txt").text
    assert text == "Bà Mây, Ông Gió. “Lũ lớn số 3”. Báo Sông. 4/9/2024. https://bao.example/3\n"
    (item,) = json.loads(client.get("/article/a3/cite.csl.json").text)
    assert item["issued"] == {"date-parts": [[2024, 9, 4]]}
    assert "TY  - NEWS" in client.get("/article/a3/cite.ris").text
    assert "@article{a3," in client.get("/article/a3/cite.bib").text
    assert client.get("/article/a3/cite.doc").status_code == 404
    assert client.get("/article/none/cite.txt").status_code == 404


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_a_search_is_a_feed(client: FlaskClient, kind: str) -> None:
    response = client.get(f"/search.{kind}?q=lũ")
    assert response.content_type == f"application/{kind}+xml; charset=utf-8"
    feed = feedparser.parse(response.data)
    assert not feed.bozo
    assert feed.feed.title == "lũ – Kho Báo"
    assert len(feed.entries) == 50
    days = [entry.published_parsed for entry in feed.entries]
    assert days == sorted(days, reverse=True)
    assert feed.entries[0].link.startswith("http://localhost/article/a")
    again = client.get(f"/search.{kind}?q=lũ", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_hostile_articles_and_queries_are_inert_in_feeds(client: FlaskClient, kind: str) -> None:
    for query in ("script", "<script>]]>&\u0001", "HYPERLINK"):
        response = client.get(f"/search.{kind}", query_string={"q": query})
        root = etree.fromstring(response.data)
        assert not root.xpath("//*[local-name()='script']")
        assert not [link for link in root.xpath("//@href") if link.startswith("javascript")]
