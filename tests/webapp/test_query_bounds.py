"""What a query can cost is bounded, and what is left out for that is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.pipeline import index_sources
from search.archive import Archive
from search.query.tree import Issue
from search.requests import SearchRequest
from search.understanding.expansions import Expansion
from search.understanding.vocabulary import SearcherVocabulary
from webapp import create_app
from webapp.common import clean_query, cut_query, fits
from webapp.operations import Settings

LETTERS = "bcdghklmnprstvx"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("bounds")
    words = ["".join(one) for one in product(LETTERS, "aeiou", ["", "n", "ng"])]
    records = [
        {"id": f"a{n}", "title": f"Tin {word}", "body": f"{word} {words[n - 1]}."}
        for n, word in enumerate(words)
    ]
    (folder / "x.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    index_sources(folder / "a", [folder / "x.jsonl"], workers=0)
    with Archive.open(folder / "a") as opened:
        yield opened


@given(st.text(st.sampled_from("aạ😀\u0301\u0323 *\"'%+\n"), max_size=2500))
def test_a_query_fits_into_an_address(text: str) -> None:
    clean = clean_query(text)
    found = cut_query(clean)
    assert fits(found)
    assert clean.startswith(found)
    assert (found == clean) == fits(clean)
    assert cut_query(clean_query(found)) == found


@pytest.mark.parametrize(
    "path", ["/search", "/trends", "/compare?with=a", "/provinces", "/sample", "/"]
)
@pytest.mark.parametrize(
    ("query", "is_cut"), [("b" * 2000, False), ("b" * 2001, True), ("ạ" * 800, True), ("ba", False)]
)
def test_a_page_says_that_a_query_is_cut(
    archive: Archive, path: str, query: str, is_cut: bool
) -> None:
    client = create_app(archive, Settings(rate_limit="")).test_client()
    page = client.get(
        f"{path}{'&' if '?' in path else '?'}q={quote_plus(query)}", follow_redirects=True
    ).text
    assert ("Câu tìm quá dài nên chỉ tìm phần đầu." in page) == is_cut


@pytest.mark.parametrize("name", ["also", "without", "with"])
def test_so_it_does_of_a_second_query(archive: Archive, name: str) -> None:
    client = create_app(archive, Settings(rate_limit="")).test_client()
    path = "/compare" if name == "with" else "/search"
    page = client.get(path, query_string={"q": "ba", name: "b" * 2001, "lang": "en"}).text
    assert "The query is too long: only its beginning is searched." in page


@pytest.mark.parametrize("query", ["b" * 2001, "ạ" * 800])
def test_the_api_refuses_what_is_too_long(archive: Archive, query: str) -> None:
    client = create_app(archive, Settings(rate_limit="")).test_client()
    for path in ("/api/v1/search", "/api/v1/suggest"):
        answer = client.get(path, query_string={"q": query})
        assert answer.status_code == 400
        assert "at most 2000 characters, and 6000 bytes in an address" in answer.text


def test_marks_make_no_large_page(archive: Archive) -> None:
    client = create_app(archive, Settings(rate_limit="")).test_client()
    for query in ("a" + "\u0301" * 1999, ("a" + "\u0301" * 20 + " ") * 90, "ạ" * 2000, "😀" * 2000):
        answer = client.get("/search", query_string={"q": query})
        assert answer.status_code == 200
        assert len(answer.data) < 1_000_000


def test_few_patterns_are_looked_up_each_once_and_the_others_are_told(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[str, int]] = []
    matching = SearcherVocabulary.matching

    def counted(
        vocabulary: SearcherVocabulary, field: str, pattern: str, *, folded: bool, most: int
    ) -> Expansion:
        looked.append((pattern, most))
        return matching(vocabulary, field, pattern, folded=folded, most=most)

    monkeypatch.setattr(SearcherVocabulary, "matching", counted)
    patterns = [f"{one}{other}*" for one, other in product(LETTERS, "aeiou")]
    result = archive.search(SearchRequest(" ".join(patterns[:50])))
    assert [pattern for pattern, _ in looked] == patterns[:32]
    assert {most for _, most in looked} == {80}
    cut = [one.text for one in result.problems if one.issue is Issue.MANY_EXPANSIONS]
    assert cut == patterns[32:50]
    looked.clear()
    result = archive.search(SearchRequest(" ".join(["ba*"] * 40)))
    assert [pattern for pattern, _ in looked] == ["ba*"]
    assert not result.problems


def test_few_unknown_words_are_corrected(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    near = SearcherVocabulary.near

    def counted(
        vocabulary: SearcherVocabulary, word: str, most: int, *, folded: bool
    ) -> list[tuple[str, int]]:
        looked.append(word)
        return near(vocabulary, word, most, folded=folded)

    monkeypatch.setattr(SearcherVocabulary, "near", counted)
    unknown = [f"{one}a{other}z" for one, other in product(LETTERS, LETTERS)]
    archive.search(SearchRequest(" ".join(unknown[:10])))
    assert set(looked) == set(unknown[:10])
    looked.clear()
    archive.search(SearchRequest(" ".join(unknown)))
    assert len(looked) == 24


def test_what_was_pasted_is_not_completed(archive: Archive) -> None:
    assert archive.suggest("tin b")
    assert archive.suggest("tin " * 33 + "b") == ()
