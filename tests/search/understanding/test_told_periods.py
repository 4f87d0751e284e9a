"""The time that a query names in its words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.pipeline import index_sources
from search.archive import Archive
from search.query.parser import parse_query
from search.query.tree import QueryWord
from search.requests import Copies, SearchRequest, Sort
from search.understanding.told_periods import ToldPeriod, told_period


def told(text: str) -> ToldPeriod | None:
    query = parse_query(text)
    return told_period(query.text, [one for one in query.root.parts if isinstance(one, QueryWord)])


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("ai là chủ tịch nước năm 2018", "2018-01-01 2018-12-31"),
        ("chu tich nuoc nam 2018", "2018-01-01 2018-12-31"),
        ("bong da viet nam 2018", "2018-01-01 2018-12-31"),
        ("World Cup 2018", "2018-01-01 2018-12-31"),
        ("lũ cuối năm 1999 ở miền Trung", "1999-01-01 1999-12-31"),
        ("giá xăng tháng 5/2018", "2018-05-01 2018-05-31"),
        ("giá xăng tháng 02 năm 2016", "2016-02-01 2016-02-29"),
        ("giá xăng 5/2018", "2018-05-01 2018-05-31"),
        ("thời tiết ngày 20 tháng 10 năm 2017", "2017-10-20 2017-10-20"),
        ("thời tiết 20/10/2017", "2017-10-20 2017-10-20"),
        ("thời tiết 20-10-2017 Hà Nội", "2017-10-20 2017-10-20"),
        ("GDP quý 3/2018", "2018-07-01 2018-09-30"),
        ("GDP quý IV năm 2018", "2018-10-01 2018-12-31"),
        ("năm học 2017-2018", "2017-01-01 2018-12-31"),
        ("bao cấp những năm 1980", "1980-01-01 1989-12-31"),
    ],
)
def test_days_months_and_years(text: str, days: str) -> None:
    found = told(text)
    assert found is not None
    assert f"{found.first} {found.last}" == days


@pytest.mark.parametrize(
    "text",
    [
        "2018",
        "năm 2018",
        "giá vàng",
        "2018 người chết",
        "trận lũ làm 2000 nhà ngập",
        "Luật Đất đai 2013",
        "nghị định 12/2018",
        "thông tư số 12/2018/TT-BTC",
        "giai đoạn 2016-2020",
        "so sánh năm 2017 và năm 2018",
        "ngày 31/2/2018 họp",
        "tháng 13/2018 lũ",
        "xe biển 30A-2018",
        "số 123.2018",
        "tỷ lệ 1/20180",
    ],
)
def test_numbers_that_name_no_time(text: str) -> None:
    assert told(text) is None


@given(st.text(st.sampled_from("năm tháng quý 0123456789/-. ilũİ"), max_size=30))
def test_what_is_told_lies_in_the_query(text: str) -> None:
    query = parse_query(text)
    words = [one for one in query.root.parts if isinstance(one, QueryWord)]
    found = told_period(query.text, words)
    if found is not None:
        assert found.first <= found.last
        assert 0 <= found.start < found.end <= len(query.text)
        assert found.words < {one.start for one in words}
        assert str(found.last.year) in query.text or found.last.year % 10 == 9


NEWS = {
    "2016": ("Lũ về ở bản Cát", "2016-08-02", "Nước lên nhanh, nhiều nhà bị ngập."),
    "2017": ("Lũ về ở bản Cát", "2017-08-02", "Nước lên nhanh, nhiều nhà bị ngập."),
    "2018": ("Lũ về ở bản Cát", "2018-08-02", "Nước lên nhanh, nhiều nhà bị ngập."),
    "2019": ("Lũ về ở bản Cát", "2019-08-02", "Nước lên nhanh như năm 2018, nhiều nhà bị ngập."),
    "khác": ("Chợ phiên bản Cát", "2018-08-03", "Chợ đông người sau mùa gặt."),
    "không ngày": ("Lũ về ở bản Cát", None, "Nước lên nhanh trong năm 2017, nhiều nhà bị ngập."),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("periods")
    with (folder / "a.jsonl").open("w", encoding="utf-8") as stream:
        for id, (title, published, body) in NEWS.items():
            record = {"id": id, "title": title, "published": published, "body": body}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
        for number in range(30):
            record = {"id": f"{number}", "title": f"Giá gạo {number}", "body": "Gạo tăng giá."}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    return folder / "archive"


def ids(archive: Archive, query: str, sort: Sort = Sort.RELEVANCE) -> list[str]:
    found = archive.search(SearchRequest(query, copies=Copies.ALL, sort=sort))
    return [hit.id for hit in found.hits]


@pytest.mark.parametrize("year", ["2016", "2017", "2018"])
def test_articles_of_that_time_come_first(archive: Archive, year: str) -> None:
    assert ids(archive, f"lũ bản Cát năm {year}")[0] == year
    assert ids(archive, f"lu ban cat thang 8/{year}")[0] == year
    assert ids(archive, f"lũ về bản Cát {year}")[0] == year


def test_the_time_does_not_outweigh_the_words(archive: Archive) -> None:
    found = ids(archive, "lũ về bản Cát năm 2018")
    assert found[0] == "2018"
    assert found[-1].startswith("khac")


def test_an_article_of_that_time_lacks_nothing_by_not_saying_so(archive: Archive) -> None:
    found = archive.search(SearchRequest("lũ Cát 2018", copies=Copies.ALL))
    lacks = {hit.id: hit.missing for hit in found.hits}
    assert lacks["2018"] == ()
    assert lacks["2019"] == ()
    assert lacks["2016"] == ("2018",)


def test_by_date_articles_that_hold_all_words_come_first(archive: Archive) -> None:
    # "2018" is held by what says so, and by what was printed then.
    assert ids(archive, "lũ bản Cát năm 2018", Sort.NEWEST)[:2] == ["2019", "2018"]
    found = archive.search(SearchRequest("lũ bản Cát năm 2018", sort=Sort.NEWEST))
    assert found.period is None


def test_the_page_and_the_api_say_so(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "lũ bản Cát năm 2018"}).text
    assert "Bài đăng trong thời gian “năm 2018” được xếp lên trước." in page
    assert "from=2018-01-01&amp;to=2018-12-31" in page
    api = client.get("/api/v1/search", query_string={"q": "lũ bản Cát năm 2018"}).json
    assert api is not None
    assert api["period"] == {"text": "năm 2018", "since": "2018-01-01", "until": "2018-12-31"}
    for query in ("lũ bản Cát", "lũ bản Cát năm 1950"):
        api = client.get("/api/v1/search", query_string={"q": query}).json
        assert api is not None
        assert api["period"] is None
