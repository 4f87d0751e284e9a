"""Days: papers of a day, the day in earlier years, samples, and the first page."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Copies, SearchRequest, Words
from tests.webapp.forms import page, total_of
from webapp import create_app, days, pages

TODAY = date(2024, 2, 29)


def records() -> list[dict[str, str]]:
    chance = random.Random(8)
    made = []
    for number in range(400):
        month, day = chance.choice(((2, 28), (2, 29), (9, 18), (9, 19)))
        year = chance.choice((2012, 2016, 2020) if day == 29 else range(2012, 2024))
        made.append(
            {
                "id": f"a{number}",
                "title": f"Tin {number}",
                "body": f"Ông Nguyễn Văn An kể chuyện {'lũ' if number % 3 else 'bão'} thứ {number}.",
                "source": chance.choice(("Báo Sông", "Báo Núi", "")),
                "published": f"{year}-{month:02}-{day:02}",
            }
        )
    made += [
        {**made[0], "id": "twin", "source": "Báo Khác"},
        {**made[1], "id": "month", "published": "2016-09"},
    ]
    for number in range(30):
        on = date(2024, 2, 29) if number % 2 else date(2024, 1, 3)
        name = "Trần Thị Bình" if number % 2 else "Lê Văn Cường"
        text = f"Bà {name} nói về chuyện mới thứ {number} ở Hà Nội. Bà {name} là người làng."
        made.append({"id": f"w{number}", "title": f"Mới {number}", "body": text, "published": str(on), "source": "Báo Núi"})  # fmt: skip
    return made


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("days")
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records())
    (folder / "a.jsonl").write_text(lines, "utf-8")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    with Archive.open(folder / "archive") as archive:
        yield archive


@pytest.fixture
def client(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    for module in (days, pages):
        monkeypatch.setattr(module, "vietnam_today", lambda: TODAY)
    return create_app(archive).test_client()


def numbers_lead_on(client: FlaskClient, found: BeautifulSoup) -> int:
    """Follow each number of articles; how many there were."""
    links = [
        one for one in found.select("h2 small a, nav.pages a[href^='/search']") if "bài" in one.text
    ]
    for link in links:
        assert total_of(client, str(link["href"])) == int(link.text.split()[0].replace(".", ""))
    return len(links)


def test_all_papers_of_a_day(client: FlaskClient) -> None:
    expected = Counter(one["source"] for one in records() if one["published"] == "2016-09-18")
    found = page(client, "/day/2016-09-18")
    said = {}
    for section in found.select("main section"):
        assert section.h2 is not None
        name = section.h2.contents[0].text.strip()
        said["" if name == "Không rõ nguồn" else name] = len(section.select("li"))
    assert said == dict(expected)
    assert numbers_lead_on(client, found) >= 2
    links = {str(one["rel"][0]): one.text for one in found.select("nav.pages a[rel]")}
    earlier = {
        one["published"]
        for one in records()
        if len(one["published"]) > 7 and one["published"] < "2016-09-18"
    }
    before = date.fromisoformat(max(earlier))
    assert links["prev"].split()[-1] == f"{before.day}/{before.month}/{before.year}"
    assert links["next"].split()[0] == "19/9/2016"


def test_days_that_are_none(client: FlaskClient) -> None:
    for path in ("/day/2016-13-01", "/day/x", "/day/2016-9-18", "/day/0000-00-00", "/day/20160918"):
        assert client.get(path).status_code == 404
    assert "không có bài nào" in page(client, "/day/1999-01-01").text
    assert "không có bài nào" in page(client, "/day/9999-12-31").text
    assert client.get("/day/0001-01-01").status_code == 200
    assert client.get("/day?date=18/9/2016").headers["Location"] == "/day/2016-09-18"
    assert "hôm qua" in page(client, "/day?date=hôm+qua").text
    assert page(client, "/day?date=2016").select_one("[role=alert]")


def test_this_day_in_earlier_years(client: FlaskClient) -> None:
    found = page(client, "/today")
    years = [str(one.a.text) for one in found.select("h2") if one.a]
    assert years == ["2020", "2016", "2012"]
    assert numbers_lead_on(client, found) == 3
    for typed in ("18/9", "18-9", "18/9/2024", "2024-09-18"):
        years = [
            str(one.a.text) for one in page(client, f"/today?on={typed}").select("h2") if one.a
        ]
        assert years == [str(year) for year in range(2023, 2011, -1)], typed
    assert page(client, "/today?on=29/2").select("h2")
    for typed in ("31/2", "32/1", "0/0", "2024", "mai"):
        assert page(client, f"/today?on={typed}").select_one("[role=alert]"), typed


@pytest.mark.parametrize("query", ["lũ", "", "bão lũ", "hồ_sơ:x"])
def test_a_sample(client: FlaskClient, archive: Archive, query: str) -> None:
    request = SearchRequest(query, words=Words.ALL, copies=Copies.ALL)
    every = {one.id for one in archive.results(request)}
    drawn: set[str] = set()
    for seed in range(4):
        address = f"/sample?{urlencode({'q': query, 'words': 'all', 'copies': 'all', 'seed': seed, 'n': 20})}"
        found = page(client, address)
        ids = [str(one["value"]) for one in found.select("input[name=id]")]
        assert len(ids) == len(set(ids)) == min(20, len(every))
        assert every.issuperset(ids)
        assert ids == [str(one["value"]) for one in page(client, address).select("input[name=id]")]
        drawn.update(ids)
    assert len(drawn) > 20 or len(every) < 30
    answer = client.get(f"/sample?q={query}")
    assert answer.status_code == 302
    assert "seed=" in answer.headers["Location"]


def test_samples_are_fair(archive: Archive) -> None:
    reader = archive.reader()
    request = SearchRequest("", copies=Copies.ALL)
    counts: Counter[str] = Counter()
    for seed in range(300):
        counts.update(reader.newsroom.sample(request, 20, seed)[0])
    total = reader.count()
    expected = 300 * 20 / total
    assert len(counts) == total
    # Seven standard deviations.
    assert all(abs(one - expected) < 7 * expected**0.5 for one in counts.values())


def test_the_first_page(client: FlaskClient) -> None:
    found = page(client, "/")
    newest = [one.text for one in found.select("#desk-newest + ul li a")]
    assert len(newest) == 6
    assert all(one.startswith("Mới") for one in newest)
    assert [one.text for one in found.select("#desk-today + ul li a:first-child")] == [
        "2020",
        "2016",
        "2012",
    ]
    risen = found.select("#desk-week ~ ul li a")
    assert "Trần Thị Bình" in risen[0].text or "Trần Thị Bình" in risen[1].text
    assert "Lê Văn Cường" not in found.text
    for link in risen:
        assert total_of(client, str(link["href"])) == int(link.text.split()[-2])
    assert len(client.get("/").data) < 60_000


def test_an_archive_without_dates(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"title": "Tin", "body": "Lũ quét."}\n', "utf-8")
    index_sources(tmp_path / "archive", [tmp_path / "a.jsonl"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        client = create_app(archive).test_client()
        for path in ("/", "/today", "/day/2016-09-18", "/sample?seed=1", "/day"):
            assert client.get(path).status_code == 200, path
