"""A query that takes too long: a part that says so, or nothing, never a wrong number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import deadline
from indexer.deadline import TookTooLongError
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest, Words
from tests.webapp.forms import page, send
from webapp import create_app, operations
from webapp.operations import Settings

pytestmark = pytest.mark.embedded
WORDS = ("lũ", "quét", "bão", "núi", "sông", "mưa", "đê", "làng")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("deadline")
    records = [
        {
            "id": f"a{n}",
            "title": f"Tin {n}",
            "body": " ".join(w for i, w in enumerate(WORDS) if n >> i & 1),
        }
        for n in range(1 << len(WORDS))
    ]
    (folder / "x.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    index_sources(folder / "a", [folder / "x.jsonl"], workers=0)
    with Archive.open(folder / "a") as opened:
        opened.warm()
        yield opened


@contextmanager
def within(seconds: float, *, may_cut: bool) -> Iterator[None]:
    deadline.begin(seconds, may_cut=may_cut)
    try:
        yield
    finally:
        deadline.end()


class Clock:
    """A clock that an hour passes on after so many looks."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def __call__(self) -> float:
        self._looks -= 1
        return 0.0 if self._looks >= 0 else 3600.0


def ids(archive: Archive, request: SearchRequest) -> set[str]:
    return {hit.id for hit in archive.search(request).hits}


QUERIES = st.lists(
    st.sampled_from([*WORDS, '"lũ quét"', "ba*", "-bão", "+núi", "quet", "lux"]), min_size=1
)


@given(QUERIES, st.integers(0, 60), st.sampled_from(list(Words)))
def test_whatever_there_was_no_time_for_a_part_is_right_and_says_so(
    archive: Archive, parts: list[str], looks: int, words: Words
) -> None:
    request = SearchRequest(" ".join(parts), per_page=100, words=words, facets=("source",))
    whole = archive.search(request)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deadline, "monotonic", Clock(looks + 1))
        with within(1, may_cut=True):
            try:
                found = archive.search(request)
            except TookTooLongError:
                return
            assert found.is_partial == deadline.is_cut()
    if not found.is_partial:
        assert found.hits == whole.hits
        assert found.total == whole.total
    # What was looked at is not forgotten, and nothing half is remembered.
    again = archive.search(request)
    assert (again.total, again.hits, again.facets) == (whole.total, whole.hits, whole.facets)


def test_a_search_gives_what_was_found_in_time(archive: Archive, monkeypatch: Any) -> None:
    request = SearchRequest(" ".join(WORDS), per_page=100, words=Words.ANY)
    sizes = set()
    for looks in range(40):
        monkeypatch.setattr(deadline, "monotonic", Clock(looks))
        with within(1, may_cut=True):
            found = archive.search(request)
        sizes.add((found.is_partial, found.total))
        lacking = [*found.unknown_words, *(one.missing for one in found.hits if one.missing)]
        assert not (found.is_partial and lacking)
    assert {is_partial for is_partial, _ in sizes} == {True, False}
    # The more time, the more words.
    assert len(sizes) > 3


def test_what_may_not_leave_anything_out_is_given_up(archive: Archive, monkeypatch: Any) -> None:
    monkeypatch.setattr(deadline, "monotonic", Clock(1))
    with within(1, may_cut=False), pytest.raises(TookTooLongError):
        archive.search(SearchRequest("lũ quét"))


@pytest.fixture
def late(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A site whose time is always over."""
    monkeypatch.setattr(deadline, "monotonic", lambda: 0.0)
    app = create_app(archive, Settings(rate_limit="", deadline=-1))
    return app.test_client()


def test_a_page_of_results_says_that_it_is_a_part(late: FlaskClient) -> None:
    page = late.get("/search?q=l%C5%A9+qu%C3%A9t")
    assert page.status_code == 200
    assert "đây chỉ là một phần kết quả" in page.text
    assert "Chưa kịp tìm được bài nào." in page.text
    assert "Không bài nào" not in page.text
    assert "a part of the results only" in late.get("/search?q=l%C5%A9&lang=en").text
    answer = late.get("/api/v1/search?q=l%C5%A9").json
    assert answer is not None
    assert answer["partial"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/trends?q=l%C5%A9",
        "/compare?q=l%C5%A9&with=b%C3%A3o",
        "/search.atom?q=l%C5%A9",
        "/trends.csv?q=l%C5%A9",
    ],
)
def test_numbers_are_whole_or_none(late: FlaskClient, path: str) -> None:
    answer = late.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "mất quá nhiều thời gian" in answer.text


def test_an_export_may_take_its_time(late: FlaskClient) -> None:
    assert late.get("/export.jsonl?q=l%C5%A9").get_data(as_text=True).count("\n") == 128


def test_a_list_of_names_may_take_its_time(late: FlaskClient) -> None:
    (form,) = (
        one for one in page(late, "/lists").find_all("form") if one.find("textarea") is not None
    )
    answer = send(late, form, list="lũ\nlũ quét\nxyz")
    assert answer.status_code == 200
    assert "3 tên, 1 tên không có bài nào." in answer.text


def test_every_endpoint_that_is_named_is_there(late: FlaskClient) -> None:
    known = late.application.view_functions
    assert set(known) >= operations.UNHURRIED
    assert set(known) >= operations.MAY_BE_PARTIAL
    assert set(known) >= operations.UPLOADS


def test_the_next_request_has_time_again(archive: Archive) -> None:
    client = create_app(archive, Settings(rate_limit="", deadline=30)).test_client()
    for _ in range(3):
        answer = client.get("/api/v1/search?q=l%C5%A9").json
        assert answer is not None
        assert answer["partial"] is False
    assert not deadline.is_over()
    assert not deadline.is_cut()
