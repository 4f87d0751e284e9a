"""What is counted is what was asked: counts of articles with every word, and where they lead."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Copies, SearchRequest, Words
from webapp import create_app

WORDS = ("lũ", "quét", "bão", "cầu", "gạo", "rừng", "trường")
SOURCES = ("Báo Sông", "Báo Núi", "Báo Biển")
SECTIONS = ("Xã hội", "Kinh tế")
MADE = 240


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("words")
    chance = random.Random(29)
    with (folder / "a.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(MADE):
            held = chance.sample(WORDS, chance.randint(1, 4))
            body = " ".join(f"{word} đoạn {chance.randrange(10**6)}" for word in held)
            record = {
                "id": f"a{number}",
                "title": f"Tin số {number}",
                "body": body,
                "source": chance.choice(SOURCES),
                "section": chance.choice(SECTIONS),
                "published": f"{chance.randint(2015, 2018)}-{chance.randint(1, 12):02d}-05",
            }
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            if number % 9 == 0:
                again = {**record, "id": f"b{number}", "source": chance.choice(SOURCES)}
                stream.write(json.dumps(again, ensure_ascii=False) + "\n")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    with Archive.open(folder / "archive") as archive:
        yield archive


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    return create_app(archive).test_client()


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def found(soup: BeautifulSoup) -> int:
    main = soup.select_one("main")
    assert main is not None
    return int(str(main["data-found"]))


def count_in(tag: Tag) -> int:
    return int(re.sub(r"\D", "", tag.text.rpartition(" bài")[0].rpartition(" ")[2] or tag.text))


QUERIES = ("lũ bão cầu", "lũ quét", '"lũ đoạn" gạo rừng', "+cầu gạo", "lũ xyzzy bão", "rừng")


@pytest.mark.parametrize("words", ["auto", "all", "any"])
@pytest.mark.parametrize("query", QUERIES)
def test_every_number_is_a_link_to_exactly_those_articles(
    archive: Archive, query: str, words: str
) -> None:
    # Links must mean the same to everybody.
    client = create_app(archive).test_client(use_cookies=False)
    soup = page(client, f"/search?q={query.replace('+', '%2B')}&words={words}")
    links = soup.select(".facets li a, .timeline tbody a, .summary a")
    numbered = [link for link in links if re.search(r"\d", link.text)]
    if words == "auto" and " " in query and "xyzzy" not in query:
        assert len(numbered) > 6
    for link in numbered:
        number = link.select_one("small") or link
        assert found(page(client, str(link["href"]))) == count_in(number), link


@pytest.mark.parametrize("query", QUERIES)
def test_facets_and_timeline_count_articles_with_every_word(archive: Archive, query: str) -> None:
    by_default = archive.search(SearchRequest(query))
    every = archive.search(SearchRequest(query, words=Words.ALL))
    some = archive.search(SearchRequest(query, words=Words.ANY))
    assert by_default.total == some.total
    assert by_default.total_all_words == every.total
    assert by_default.counts_all_words == bool(every.total)
    assert not some.counts_all_words
    expected = every if every.total else some
    assert by_default.facets == expected.facets
    assert by_default.timeline == expected.timeline
    assert by_default.hits == some.hits


def exported(client: FlaskClient, query: str, **arguments: str) -> tuple[set[str], str]:
    answer = client.get("/export.csv", query_string={"q": query, **arguments})
    rows = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    return {row["id"] for row in rows}, answer.headers["X-Khobao-Words"]


def ids(archive: Archive, query: str, words: Words) -> set[str]:
    request = SearchRequest(query, words=words, per_page=100, copies=Copies.ALL)
    pages = (archive.search(request) for _ in range(1))
    first = next(pages)
    more = range(2, first.pages + 1)
    others = (
        SearchRequest(query, page=n, words=words, per_page=100, copies=Copies.ALL) for n in more
    )
    return {hit.id for one in (first, *map(archive.search, others)) for hit in one.hits}


def test_exports_and_feeds_are_of_articles_with_every_word(
    client: FlaskClient, archive: Archive
) -> None:
    query = "lũ bão cầu"
    every, some = ids(archive, query, Words.ALL), ids(archive, query, Words.ANY)
    assert every < some
    assert exported(client, query) == (every, "all")
    assert exported(client, query, words="any") == (some, "any")
    assert exported(client, "lũ bão xyzzy") == (ids(archive, "lũ bão xyzzy", Words.ANY), "any")
    feed = client.get("/search.atom", query_string={"q": query}).text
    assert feed.count("<entry>") == archive.search(SearchRequest(query)).total_all_words
    assert "Chỉ các bài có đủ mọi từ" in feed
    feed = client.get("/search.atom", query_string={"q": query, "words": "any"}).text
    assert feed.count("<entry>") == 50
    assert "cả bài thiếu từ" in feed


def test_the_switch_is_remembered_by_the_browser_alone(client: FlaskClient) -> None:
    soup = page(client, "/search?q=lũ bão cầu")
    whole = found(soup)
    switch = soup.find("a", string=re.compile("có đủ mọi từ"))
    assert isinstance(switch, Tag)
    every = found(page(client, str(switch["href"])))
    assert every < whole
    assert found(page(client, "/search?q=lũ bão cầu")) == every, "it is remembered"
    soup = page(client, "/search?q=lũ bão cầu")
    assert all("words=all" in str(a["href"]) for a in soup.select(".facets li a")), "links say it"
    assert found(page(client, "/search?q=lũ bão cầu&words=auto")) == whole
    back = soup.find("a", string="Xem cả bài thiếu từ")
    assert isinstance(back, Tag)
    assert found(page(client, str(back["href"]))) == whole
    assert found(page(client, "/search?q=lũ bão cầu")) == whole


def test_a_facet_chosen_is_not_remembered(client: FlaskClient) -> None:
    soup = page(client, "/search?q=lũ bão cầu")
    client.get(str(soup.select(".facets li a")[0]["href"]))
    assert found(page(client, "/search?q=lũ bão cầu")) == found(soup)


def test_the_api_says_what_it_counts(client: FlaskClient) -> None:
    def ask(**arguments: str) -> dict[str, object]:
        answer = client.get("/api/v1/search", query_string={"q": "lũ bão cầu", **arguments})
        assert answer.status_code == 200
        return dict(answer.json or {})

    usual, every, some = ask(), ask(words="all"), ask(words="any")
    assert usual["counts_all_words"] is every["counts_all_words"] is True
    assert some["counts_all_words"] is False
    assert usual["facets"] == every["facets"] != some["facets"]
    assert every["total"] == usual["total_all_words"]
    assert client.get("/api/v1/search?q=l&words=x").status_code == 400


def test_a_comparison_links_to_what_it_counts(client: FlaskClient) -> None:
    for words in ("", "&words=any"):
        soup = page(client, f"/compare?q=lũ bão&with=cầu gạo{words}")
        for item in soup.select(".legend li"):
            link, number = item.select_one("a"), item.select_one("small")
            assert link
            assert number
            assert found(page(client, str(link["href"]))) == int(number.text.split()[0])
        for link in soup.select("td a")[:12]:
            assert found(page(client, str(link["href"]))) == int(link.text)
