"""Searches over time: counts and shares against counting every article, links, CSV, faulty input."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from indexer.language.analysis import tokenise
from search.archive import Archive
from search.requests import Copies, SearchRequest, Words
from tests.webapp.test_counted_words import archive, found, page
from webapp import create_app
from webapp.wording import percent

__all__ = ["archive"]
QUERIES = ["lũ", "bão cầu", '"gạo đoạn"']


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    return create_app(archive).test_client()


def lines(client: FlaskClient, **arguments: object) -> list[dict[str, str]]:
    answer = client.get("/trends.csv?" + urlencode(arguments, doseq=True))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("interval", ["year", "month"])
def test_counts_and_shares_are_those_of_counting_every_article(
    client: FlaskClient,
    archive: Archive,
    interval: str,
) -> None:
    size = 4 if interval == "year" else 7
    for copies in Copies:
        told = lines(client, q=QUERIES, interval=interval, copies=str(copies))
        assert {one["query"] for one in told} == set(QUERIES)
        if copies is Copies.FOLDED:
            continue
        every = archive.results(SearchRequest("", copies=Copies.ALL))
        totals = Counter(str(one.published)[:size] for one in every)
        for query in QUERIES:
            request = SearchRequest(query, words=Words.ALL, copies=Copies.ALL)
            counts = Counter(str(one.published)[:size] for one in archive.results(request))
            for line in (one for one in told if one["query"] == query):
                when = line["since"][:size]
                assert int(line["count"]) == counts[when]
                assert int(line["total"]) == totals[when]
                assert float(line["share"]) == pytest.approx(counts[when] / totals[when])
            assert sum(counts.values()) == sum(
                int(one["count"]) for one in told if one["query"] == query
            )


@pytest.mark.embedded
def test_words_are_counted_in_a_million_syllables(
    client: FlaskClient,
    archive: Archive,
) -> None:
    told = lines(client, q=["lũ", '"cầu đoạn"', "lũ AND bão"], interval="year")
    said: Counter[tuple[str, str]] = Counter()
    syllables: Counter[str] = Counter()
    for one in archive.results(SearchRequest("", copies=Copies.ALL)):
        words = [token.text for part in (one.title, one.lead, one.body) for token in tokenise(part)]
        year = str(one.published)[:4]
        syllables[year] += len(words)
        said["lũ", year] += words.count("lũ")
        said['"cầu đoạn"', year] += list(pairwise(words)).count(("cầu", "đoạn"))
    for line in told:
        year = line["since"][:4]
        if line["query"] == "lũ AND bão":
            assert line["occurrences"] == line["per_million"] == ""
            continue
        assert int(line["occurrences"]) == said[line["query"], year]
        assert int(line["syllables"]) == syllables[year]
        rate = 1e6 * said[line["query"], year] / syllables[year]
        assert float(line["per_million"]) == pytest.approx(rate, abs=1e-3)
    assert "lần/triệu" in page(client, "/trends?q=lũ").text


def test_every_number_is_a_link_to_exactly_those_articles(archive: Archive) -> None:
    client = create_app(archive).test_client(use_cookies=False)
    soup = page(client, "/trends?" + urlencode({"q": QUERIES}, doseq=True))
    links = soup.select("tbody td a, .legend a")
    assert len(links) > 15
    for link in links:
        number = re.search(r"[\d.]+ bài|^[\d.]+$", link.text)
        assert number
        count = int(re.sub(r"\D", "", number[0]))
        assert found(page(client, str(link["href"]))) == count, link


def test_parts_add_up(client: FlaskClient) -> None:
    told = lines(client, q=["lũ"], by="source", interval="year", copies="all")
    whole = {one["since"]: int(one["count"]) for one in told if not one["part"]}
    parts: Counter[str] = Counter()
    for one in told:
        if one["part"]:
            parts[one["since"]] += int(one["count"])
    assert parts == whole
    soup = page(client, "/trends?q=lũ&by=source")
    assert len(soup.select("svg.tall rect")) >= len(whole)
    assert "Báo Núi" in soup.text


def test_the_form_keeps_what_was_typed(client: FlaskClient) -> None:
    soup = page(
        client, "/trends?q=lũ&q=bão&q=lũ&q=&from=5/2015&to=18/9/2017&measure=count&interval=month"
    )
    inputs = soup.select("form.trends input[name=q]")
    assert [one.get("value", "") for one in inputs] == ["lũ", "bão", ""]
    values = {
        str(one["name"]): one.get("value") for one in soup.select("form.trends input:not([name=q])")
    }
    assert values == {"from": "1/5/2015", "to": "18/9/2017"}
    chosen = {str(one["value"]) for one in soup.select("form.trends option[selected]")}
    assert chosen == {"count", "month"}
    assert all("from=" in str(a["href"]) for a in soup.select("tbody a"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("q=lũ&from=hôm+qua", "hôm qua"),
        ("q=lũ&from=2018&to=2015", "sau"),
        ("q=xyzzy", "Không tìm thấy bài nào có đủ mọi từ"),
        ("q=lũ+AND", "cần có từ ở cả hai bên"),
        ("q=" + "a" * 5000, ""),
        ("&".join(f"q=lũ{n}" for n in range(9)), ""),
        ("q=lũ&interval=week&by=author&measure=x", ""),
        ("", ""),
    ],
)
def test_faulty_input_is_told_and_not_fatal(client: FlaskClient, arguments: str, said: str) -> None:
    soup = page(client, f"/trends?{arguments}")
    assert said in soup.text
    assert len(soup.select("form.trends input[name=q]")) <= 5
    assert client.get(f"/trends.csv?{arguments}").status_code == 200


def test_a_search_leads_to_its_trend(client: FlaskClient) -> None:
    soup = page(client, "/search?q=lũ")
    link = soup.find("a", string="Xem xu hướng")
    assert isinstance(link, Tag)
    assert page(client, str(link["href"])).select("svg.tall polyline")


def test_csv_holds_no_formula(client: FlaskClient) -> None:
    told = client.get("/trends.csv", query_string={"q": "=lũ"}).text
    assert "'=lũ" in told


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.123, "12 %"),
        (0.0131, "1,3 %"),
        (0.000521, "0,052 %"),
        (0.05, "5 %"),
    ],
)
def test_percentages_say_two_digits(share: float, written: str) -> None:
    assert percent(share, "vi") == written
    assert percent(share, "en") == written.replace(",", ".")


def test_english(client: FlaskClient) -> None:
    text = BeautifulSoup(client.get("/trends?q=lũ&lang=en").text, "html.parser").text
    assert "Trends over time" in text
    assert "share of all articles" in text


def test_the_sign_of_meaning_counts_for_nothing(client: FlaskClient) -> None:
    for words in ("all", "any"):
        plain, signed = (lines(client, q=query, words=words) for query in ("lũ", "ý: lũ"))
        assert plain == signed
    assert not page(client, "/trends?q=ý: lũ").select(".notice")


def test_a_comparison_names_the_faults_of_both_queries(client: FlaskClient) -> None:
    soup = page(client, "/compare?q=lũ AND&with=abc:bão")
    told = [one.text for one in soup.select(".notice li")]
    assert len(told) == 2
    assert "AND" in told[0]
    assert "abc:" in told[1]
