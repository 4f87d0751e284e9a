"""Copies and shared passages: one hit, its copies listed, counted as the reader chooses."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from indexer.pipeline import index_sources
from khobao import cli
from search.archive import Archive
from search.requests import Copies, SearchRequest, Sort, Words
from search.results import SearchResult
from tests.reports import Report, copied, report

PAPERS = ("Báo Vùng Cao", "Tin Đồng Bằng", "Tin Miền Núi", "Báo Ven Biển")
QUERY = "cầu treo"
REPORTS = 30
COPIED = 10


def with_words(one: Report, words: str) -> Report:
    return Report(one.title, one.lead, (f"{words} {one.paragraphs[0]}", *one.paragraphs[1:]))


def record(id: str, one: Report, paper: int, day: int) -> dict[str, str]:
    return {
        "id": id,
        "title": one.title,
        "lead": one.lead,
        "body": one.body,
        "source": PAPERS[paper],
        "published": f"2024-03-{day:02}",
    }


def records() -> Iterator[dict[str, str]]:
    """Thirty reports, ten of them in four papers on four days, the last copy without the query's words."""
    for seed in range(REPORTS):
        original = with_words(report(seed), f"Cầu treo {seed}.")
        yield record(f"{seed}", original, seed % 4, 1 + seed % 20)
        for number in range(1, 4) if seed < COPIED else ():
            copy = copied(report(seed), 0.05, seed + number)
            copy = copy if number == 3 else with_words(copy, f"Cầu treo {seed}.")
            yield record(f"{seed}-{number}", copy, (seed + number) % 4, 1 + seed % 20 + number)
    # One more takes two paragraphs of the first.
    own = report(900)
    taken = (*own.paragraphs[:4], *report(0).paragraphs[2:4], *own.paragraphs[4:])
    yield record("lay", Report(own.title, own.lead, taken), 2, 28)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies")
    lines = (f"{json.dumps(one, ensure_ascii=False)}\n" for one in records())
    (folder / "a.jsonl").write_text("".join(lines), "utf-8")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    return folder / "archive"


def search(archive: Archive, **options: object) -> SearchResult:
    asked = {"query": QUERY, "words": Words.ALL, "facets": ("source",), **options}
    return archive.search(SearchRequest(**asked))  # type: ignore[arg-type]


def test_copies_are_one_hit(archive: Archive) -> None:
    result = search(archive, per_page=100)
    assert (result.total, result.total_all_words, result.articles) == (REPORTS, REPORTS, 50)
    assert len(result.hits) == REPORTS
    assert len({hit.id.split("-")[0] for hit in result.hits}) == REPORTS
    for hit in result.hits:
        number = int(hit.id.split("-")[0])
        others = {f"{number}", f"{number}-1", f"{number}-2", f"{number}-3"} - {hit.id}
        # All are listed, also the copy that was not found.
        assert {one.id for one in hit.copies} == (others if number < COPIED else set())
        days = [str(one.published) for one in hit.copies]
        assert days == sorted(days)
        assert hit.source not in hit.also_in
        assert len(hit.also_in) == (3 if number < COPIED else 0)


def test_copies_are_unfolded_at_will(archive: Archive) -> None:
    result = search(archive, per_page=100, copies=Copies.ALL)
    assert (result.total, result.articles) == (50, 50)
    assert len({hit.id for hit in result.hits}) == 50
    assert all(hit.copies == () for hit in result.hits)


@pytest.mark.parametrize("sort", Sort)
def test_pages_hold_each_report_once(archive: Archive, sort: Sort) -> None:
    pages = [search(archive, per_page=7, page=page, sort=sort) for page in range(1, 7)]
    assert {page.pages for page in pages} == {5}
    ids = [hit.id for page in pages for hit in page.hits]
    assert len({id.split("-")[0] for id in ids}) == len(ids) == REPORTS
    follow: list[str] = []
    after: str | None = None
    while hits := search(archive, per_page=7, after=after, offset=len(follow), sort=sort).hits:
        follow += [hit.id for hit in hits]
        after = follow[-1]
    assert follow == ids


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({}, 30),
        ({"copies": Copies.ALL}, 50),
        ({"counts_copies": True}, 50),
        ({"copies": Copies.ALL, "counts_copies": False}, 30),
    ],
)
def test_counted_once_or_severally(
    archive: Archive, options: dict[str, object], count: int
) -> None:
    result = search(archive, **options)
    # Each copy is of another paper and of another day, but all are of one month.
    assert sum(one.count for one in result.facets["source"]) == 50
    days = search(archive, filters={"source": PAPERS[0]}, **options)
    assert sum(bucket.count for bucket in days.timeline) == days.articles
    month = search(archive, since=None, interval="month", **options)
    assert [bucket.count for bucket in month.timeline] == [count]


def test_a_filter_finds_the_copy_of_that_paper(archive: Archive) -> None:
    for paper in PAPERS:
        result = search(archive, filters={"source": paper}, per_page=100)
        assert {hit.source for hit in result.hits} == {paper}
        assert (
            result.total
            == {one.value: one.count for one in search(archive).facets["source"]}[paper]
        )


def test_an_export_holds_every_copy(archive: Archive, client: FlaskClient) -> None:
    assert len(list(archive.results(SearchRequest(QUERY, words=Words.ALL)))) == 50
    lines = client.get("/export.jsonl", query_string={"q": f'"{QUERY}"'}).text.splitlines()
    assert len(lines) == 50


def test_the_article_lists_its_copies_and_not_among_related_stories(archive: Archive) -> None:
    found = archive.related("3-2")
    assert [one.id for one in found.copies] == ["3", "3-1", "3-3"]
    others = {one.id for one in (*found.same_story, *found.similar, *found.cited_by)}
    assert not others & {"3", "3-1", "3-3"}


def test_passages_that_another_article_took(archive: Archive) -> None:
    (passage,) = archive.related("lay").passages
    taken = "\n".join(report(0).paragraphs[2:4])
    assert passage.text.rstrip(".") == taken.rstrip(".")
    assert passage.syllables == 80
    assert (passage.uses[0].id, passage.uses[0].is_this) == ("0", False)
    assert (passage.uses[-1].id, passage.uses[-1].is_this) == ("lay", True)
    days = [str(one.published) for one in passage.uses]
    assert days == sorted(days)
    seen_from_there = archive.related("0").passages
    assert [one.id for one in seen_from_there[0].uses if not one.is_this] == ["lay"]
    assert archive.related("20").passages == ()


def test_the_page_of_results(client: FlaskClient) -> None:
    folded = client.get("/search", query_string={"q": f'"{QUERY}"'}).text
    summary = BeautifulSoup(folded, "html.parser").select_one(".summary")
    assert summary is not None
    assert "Tìm thấy 30 bài, tính cả bài đăng lại là 50 bài" in summary.text
    assert "Cũng đăng trên 3 báo: " in folded
    assert 'href="/search?q=%22c%E1%BA%A7u+treo%22&amp;copies=all"' in folded
    unfolded = client.get("/search", query_string={"q": f'"{QUERY}"', "copies": "all"}).text
    assert "Tìm thấy 50 bài" in unfolded
    assert "Cũng đăng trên" not in unfolded
    assert "Gộp các bài đăng lại" in unfolded
    each = client.get("/search", query_string={"q": f'"{QUERY}"', "counted": "each"}).text
    assert "mỗi tin đếm một lần" in each
    english = client.get("/search", query_string={"q": f'"{QUERY}"', "lang": "en"}).text
    assert "Also in 3 papers: " in english


def test_the_page_of_an_article(client: FlaskClient) -> None:
    page = client.get("/article/3-2").text
    assert "Bài này ở các báo" in page
    assert page.count('href="/article/3"') == 1
    assert "Đoạn trùng với bài khác" in client.get("/article/lay").text
    assert "Đoạn trùng với bài khác" not in client.get("/article/20").text


def test_the_api(client: FlaskClient) -> None:
    arguments = {"q": f'"{QUERY}"', "limit": "7"}
    ids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get("/api/v1/search", query_string={**arguments, **cursor}).json or {}
        assert (answer["total"], answer["articles"]) == (REPORTS, 50)
        ids += [hit["id"].split("-")[0] for hit in answer["hits"]]
        if not answer["next_cursor"]:
            break
        cursor = {"cursor": answer["next_cursor"]}
    assert sorted(ids, key=int) == [str(number) for number in range(REPORTS)]
    every = client.get("/api/v1/search", query_string={**arguments, "copies": "all"}).json or {}
    assert every["total"] == 50
    for name in ("copies", "counted"):
        faulty = client.get("/api/v1/search", query_string={**arguments, name: "so"})
        assert (faulty.status_code, (faulty.json or {})["parameter"]) == (400, name)
    related = client.get("/api/v1/articles/3/related").json or {}
    assert [one["id"] for one in related["copies"]] == ["3-1", "3-2", "3-3"]
    assert related["copies"][0]["source"] in PAPERS


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(cli, [*map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done


def test_the_command_line(folder: Path) -> None:
    printed = run("search", f'"{QUERY}"', "--archive", folder).output
    assert "30 bài (tính cả bài đăng lại: 50)" in printed
    assert "Cũng đăng: " in printed
    every = run("search", f'"{QUERY}"', "--copies", "all", "--archive", folder, "--json").output
    assert json.loads(every)["total"] == 50
    printed = run("related", "lay", "--archive", folder).output
    assert "Đoạn trùng với bài khác" in printed
    assert "(bài này)" in printed
    assert "Bài này ở các báo" in run("related", "3", "--archive", folder).output
