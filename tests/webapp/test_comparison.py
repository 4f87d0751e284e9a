"""Two queries on one timeline."""

import json
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_plus

import numpy as np
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from indexer.pipeline import index_sources
from search.archive import Archive
from search.desk.dossiers import entry_of
from search.requests import SearchRequest, Words
from search.telling_words import log_likelihood
from tests.webapp.forms import total_of
from webapp import create_app


@pytest.fixture(scope="module")
def client(sample_archive: Path) -> Iterator[FlaskClient]:
    with Archive.open(sample_archive) as archive:
        yield create_app(archive).test_client(use_cookies=False)


def soup_of(client: FlaskClient, url: str) -> BeautifulSoup:
    response = client.get(url)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "lxml")


def test_counts_side_by_side(client: FlaskClient) -> None:
    soup = soup_of(client, "/compare?q=lũ&with=hợp+tác")
    assert [head.text for head in soup.select(".timeline thead th")][1:] == ["lũ", "hợp tác"]
    rows = {
        row.select_one("th").text: [cell.text.strip() for cell in row.select("td")]  # type: ignore[union-attr]
        for row in soup.select(".timeline tbody tr")
    }
    assert rows == {"1/2023": ["0", "1"], "9/2024": ["1", "0"], "10/2024": ["1", "0"]}
    link = soup.select(".timeline tbody td a")[0]
    assert str(link["href"]).startswith(
        "/search?q=h%E1%BB%A3p+t%C3%A1c&from=2023-01-01&to=2023-01-31"
    )
    assert len(soup.select("svg.tall .side-1")) == len(soup.select("svg.tall .side-2"))


def test_only_articles_with_every_word_count(sample_archive: Path) -> None:
    with Archive.open(sample_archive) as archive:
        result = archive.search(SearchRequest("lũ xyzzy hợp tác", words=Words.ALL))
        assert result.total == result.total_all_words == 0


@pytest.mark.parametrize(
    "query",
    ["", "?q=lũ", "?with=lũ", "?q=%22&with=%00(", "?q=xyzzy&with=zyxxy", "?q=a&with=b&from=x"],
)
def test_anything_is_answered(client: FlaskClient, query: str) -> None:
    soup = soup_of(client, f"/compare{query}")
    assert soup.select_one("form.compare input[name=with]")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Articles of chance words, some printed twice."""
    folder = tmp_path_factory.mktemp("contrast")
    chance = random.Random(3)
    with (folder / "a.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(300):
            held = chance.sample(("lũ", "bão", "cầu", "gạo", "rừng"), chance.randint(1, 3))
            topic = "sạt lở đất " * 3 if "lũ" in held else "gió giật mạnh " * 3
            own = " ".join(str(chance.randrange(10**6)) for _ in range(8))
            record = {
                "id": f"a{number}", "title": f"Tin {number}", "body": f"{' '.join(held)} {topic} {own}",
                "source": chance.choice(("Báo Sông", "Báo Núi", "Báo Biển")),
                "published": f"{chance.randint(2015, 2018)}-{chance.randint(1, 12):02d}-05",
            }  # fmt: skip
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            if number % 7 == 0:
                again = {**record, "id": f"b{number}", "source": "Báo Khác"}
                stream.write(json.dumps(again, ensure_ascii=False) + "\n")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    with Archive.open(folder / "archive") as archive:
        assert archive.desk is not None
        ids = [f"a{at}" for at in range(0, 300, 3)]
        entries = [entry_of(archive.article(one), datetime.now(UTC)) for one in ids]
        archive.desk.dossiers.create("ba", "", entries)
        yield archive


PAIRS = [
    ("lũ", "bão"), ("lũ", "lũ"), ("lũ OR gạo", "bão -cầu"), ("lũ từ:2016 đến:2016", "lũ từ:2017"), ("lũ", "xyzzy"),
    ("hồ_sơ:ba", "lũ"), ('"sạt lở"', "rừng cầu"), ("nguồn:Núi", "tiêu_đề:tin"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("filters", ["", "&source=Báo+Núi", "&from=2016&to=2017"])
def test_every_number_leads_to_the_articles_it_counts(
    made: Archive, one: str, other: str, filters: str
) -> None:
    client = create_app(made).test_client()
    soup = soup_of(client, f"/compare?q={quote_plus(one)}&with={quote_plus(other)}{filters}")
    numbers = soup.select("ul.overlap li")
    assert len(numbers) == 3
    counts = [int(li.text.split()[0].replace(".", "")) for li in numbers]
    for li, count in zip(numbers, counts, strict=True):
        link = li.select_one("a")
        assert (link is None) == (count == 0)
        assert link is None or total_of(client, str(link["href"])) == count
    sides = [total_of(client, str(a["href"])) for a in soup.select(".legend a")]
    assert counts[0] + counts[1] == sides[0]
    assert counts[1] + counts[2] == sides[1]
    for row in soup.select("table.diverging tbody tr"):
        for cell in row.select("td:not([aria-hidden])"):
            count = int(cell.text.split()[0].replace(".", ""))
            link = cell.select_one("a")
            assert link is None or total_of(client, str(link["href"])) == count
    for link in soup.select("ol.telling a"):
        assert total_of(client, str(link["href"]))


def test_words_that_tell_apart(made: Archive) -> None:
    found = made.reader().newsroom.contrast(SearchRequest("lũ"), SearchRequest("bão -lũ"))
    ours, theirs = ([one.text for one in side] for side in found.words)
    assert {"sạt", "lở", "đất"} & set(" ".join(ours).split())
    assert {"gió", "giật", "mạnh"} & set(" ".join(theirs).split())
    for side, words in enumerate(found.words):
        for one in words:
            assert one.rates[side] > one.rates[1 - side]
            assert one.score > 10.83
    assert not {"lũ", "bão"} & {*ours, *theirs}


def test_log_likelihood_is_that_of_the_literature() -> None:
    # 2 (a ln(a / E1) + b ln(b / E2)) of 20 in 1,000 beside 5 in 2,000.
    (score,) = log_likelihood(np.array([20]), np.array([5]), 1000, 2000)
    expected = 2 * (20 * math.log(20 / (1000 * 25 / 3000)) + 5 * math.log(5 / (2000 * 25 / 3000)))
    assert score == pytest.approx(expected)
    assert log_likelihood(np.array([10]), np.array([20]), 1000, 2000)[0] == pytest.approx(0)
    assert log_likelihood(np.array([7]), np.array([0]), 1000, 2000)[0] == pytest.approx(
        14 * math.log(3)
    )


def test_a_limit_by_another_query_is_shown_and_can_be_left(made: Archive) -> None:
    client = create_app(made).test_client()
    soup = soup_of(client, "/search?q=lũ&also=bão&without=cầu&words=all")
    limits = [" ".join(one.text.split()) for one in soup.select(".limits a")]
    assert limits == ["và cả: bão ×", "trừ: cầu ×"]
    assert [str(one["value"]) for one in soup.select("form.search input[type=hidden]")] == [
        "bão",
        "cầu",
    ]
    total = total_of(client, "/search?q=lũ&also=bão&without=cầu&words=all")
    assert (
        client.get("/export.jsonl?q=lũ&also=bão&without=cầu&words=all&copies=all").text.count("\n")
        >= total
    )
    assert total_of(client, "/search?q=lũ bão -cầu&words=all") == total
