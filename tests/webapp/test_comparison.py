"""Two queries on one timeline."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from search.archive import Archive
from search.requests import SearchRequest, Words
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
    assert [head.text for head in soup.select("thead th")][1:] == ["lũ", "hợp tác"]
    rows = {
        row.select_one("th").text: [cell.text.strip() for cell in row.select("td")]  # type: ignore[union-attr]
        for row in soup.select("tbody tr")
    }
    assert rows == {"1/2023": ["0", "1"], "9/2024": ["1", "0"], "10/2024": ["1", "0"]}
    link = soup.select("tbody td a")[0]
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
