"""Pages of people, places and organisations, and the map: every number leads to its articles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from indexer.language.provinces import SINCE_2025, UNTIL_2025
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Copies, SearchRequest
from tests.newsmakers import articles, write_articles
from tests.webapp.forms import page, send, total_of
from webapp import create_app, names
from webapp.outline import path_of


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("names")
    index_sources(folder / "archive", [write_articles(folder)], workers=0)
    with Archive.open(folder / "archive") as archive:
        yield archive


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    return create_app(archive).test_client()


def numbers_lead_on(client: FlaskClient, found: BeautifulSoup) -> int:
    """Follow every link to a search that has a number, before it or in it; how many there were."""
    followed = 0
    for link in found.select("main a[href^='/search']"):
        if link.title is not None:
            drawn = re.search(r"(\d[\d.]*) bài", link.title.text)
            assert drawn is not None
            assert total_of(client, str(link["href"])) == int(drawn[1]), link
            continue
        number = (
            re.search(r"\d[\d.]*", link.text)
            if "bài" in link.text or link.find_parent("td")
            else None
        )
        small = link.find_next_sibling("small")
        if number is None and small is not None and link.find_parent("li"):
            number = re.search(r"(\d[\d.]*) bài", small.text)
        if number is None and small is not None and link.find_parent("p", class_="summary"):
            number = re.search(r"\d[\d.]*", small.text)
        if number is None:
            continue
        assert total_of(client, str(link["href"])) == int(re.sub(r"\D", "", number[0]) or 0), link
        followed += 1
    return followed


def named(name: str) -> int:
    """How many of the articles have a name in full."""
    return sum(name in " ".join(one.values()) for one in articles())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("people", "Trần Văn Dũng"),
        ("people", "Peter Smithson"),
        ("places", "sông Hồng"),
        ("places", "Cần Thơ"),
        ("organisations", "Bộ Công Thương"),
    ],
)
def test_every_number_leads_to_its_articles(client: FlaskClient, path: str, name: str) -> None:
    found = page(client, f"/{path}/{quote(name)}")
    assert found.h1 is not None
    assert found.h1.contents[0].text.strip() == name
    assert total_of(client, str(found.select(".summary a")[0]["href"])) == named(name)
    assert numbers_lead_on(client, found) >= 5


def test_offices_over_the_years(client: FlaskClient) -> None:
    found = page(client, "/people/Tr%E1%BA%A7n%20V%C4%83n%20D%C5%A9ng")
    offices = [" ".join(one.text.split()) for one in found.select("ul.offices li")]
    assert offices == [
        "Bí thư Huyện uỷ Mường Lay 2014 · 3 bài",
        "Chủ tịch UBND tỉnh Điện Biên 2017 · 3 bài",
        "Bộ trưởng Bộ Công Thương 2020 · 3 bài",
    ]
    strips = found.select("ul.offices svg")
    assert len({str(one.rect) for one in strips}) == 3


def test_what_is_said_by_and_about_somebody(client: FlaskClient) -> None:
    found = page(client, "/people/L%C3%B2%20Th%E1%BB%8B%20%C3%89n")
    said = found.select("#said ~ ul.quotations")[0]
    assert {one.text for one in said.select("blockquote")} <= {
        "Chúng tôi sẽ dựng lại cây cầu treo trước mùa lũ",
        "Năm học tới các cháu có lớp học mới bằng gạch",
        "Tuyến đường sắt mới phải chạy được trong bốn năm",
    }
    about = found.select("#about ~ ul.quotations li")
    assert {one.blockquote.text for one in about if one.blockquote} == {
        "Nhờ bà Lò Thị Én mà bản có nước"
    }
    assert {one.a.text for one in about if one.a} == {"Trần Văn Dũng"}
    answer = send(client, found.select("#said ~ form")[0], q='nói:"Lò Thị Én" gạch')
    assert "Tìm thấy 3 bài" in answer.text


def test_names_stand_together(client: FlaskClient) -> None:
    found = page(client, "/places/s%C3%B4ng%20H%E1%BB%93ng")
    beside = {one.text for one in found.select("#beside ~ div a[href^='/p']")}
    assert {"Phong Thổ", "Lai Châu"} <= beside
    assert "Cần Thơ" not in beside
    assert "sông Hồng" not in beside


def test_names_that_nobody_has(client: FlaskClient) -> None:
    assert client.get("/people/Nobody").status_code == 404
    assert client.get("/people/").status_code == 404
    assert client.get("/things/Nobody").status_code == 404
    assert client.get("/people/%3Cb%3E").status_code == 404
    assert client.get("/people/" + "x" * 5000).status_code == 404
    assert client.get("/places/Tr%E1%BA%A7n%20V%C4%83n%20D%C5%A9ng").status_code == 404


def test_the_list_of_names(client: FlaskClient) -> None:
    found = page(client, "/names")
    people = [one.text for one in found.select("#names-person ~ ul a")]
    assert set(people) == {"Trần Văn Dũng", "Lò Thị Én", "Peter Smithson"}
    some = page(client, "/names?q=tran+van")
    assert [one.text for one in some.select(".names a")] == ["Trần Văn Dũng"]
    exact = client.get("/names?q=Tr%E1%BA%A7n+V%C4%83n+D%C5%A9ng")
    assert exact.headers["Location"].startswith("/people/")
    none = page(client, "/names?q=xyz")
    assert "Không có" in none.text
    assert none.select('main a[href="/search?q=%22xyz%22"]')


def test_a_name_that_is_too_rare_for_the_list(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "LISTED", 0)
    assert client.get("/names?q=Phong+Th%E1%BB%95").headers["Location"].startswith("/places/")


def test_names_in_queries(archive: Archive) -> None:
    def total(query: str) -> int:
        return archive.search(SearchRequest(query, copies=Copies.ALL)).total

    assert (
        total('người:"Trần Văn Dũng"') == total('người:"trần văn dũng"') == named("Trần Văn Dũng")
    )
    assert total("người:tran_van_dung") == named("Trần Văn Dũng")
    assert total('người:"Trần Văn Dũng" địa_danh:"sông Hồng" -người:"Lò Thị Én"') == 3
    assert total('tổ_chức:"bộ công thương"') == 3
    # In Lai Châu one tells of the chairman of Điện Biên, one of the secretary of Mường Lay, which lies there.
    assert total('tỉnh:"Điện Biên" OR tỉnh:"Cần Thơ"') == 18 + 2
    assert total("tỉnh:nowhere") == 0
    assert total("tỉnh:bac_giang") == total("tỉnh_mới:hà_giang") == 0


def test_the_map_of_a_search(client: FlaskClient) -> None:
    found = page(client, "/provinces?q=c%E1%BA%A7u")
    assert len(found.select("svg.map path")) == len(SINCE_2025) == 34
    rows = {one.th.contents[0].text.strip(): one for one in found.select("tbody tr") if one.th}
    assert set(rows) == set(SINCE_2025)
    assert numbers_lead_on(client, found) >= 3
    old = page(client, "/provinces?q=c%E1%BA%A7u&borders=2024")
    assert len(old.select("svg.map path")) == len(UNTIL_2025) == 63
    assert numbers_lead_on(client, old) >= 3
    whole = page(client, "/provinces")
    assert numbers_lead_on(client, whole) >= 3
    assert [one.text for one in whole.select("svg.map text")] == ["Hoàng Sa", "Trường Sa"]
    assert len(whole.select("svg.map circle")) > 10


def test_joined_provinces_have_no_border_between_them() -> None:
    for name, parts in SINCE_2025.items():
        alone = [path_of((one,)) for one in parts]
        joined = path_of(parts)
        assert joined.count("z") <= sum(one.count("z") for one in alone), name
        if len(parts) > 1:
            assert len(joined) < sum(map(len, alone)), name
    with pytest.raises(KeyError):
        path_of(("Atlantis",))


def test_a_place_lies_in_a_province(client: FlaskClient) -> None:
    text = page(client, "/places/C%C3%A1i%20R%C4%83ng").text
    assert "Thuộc Cần Thơ (đến 30/6/2025), nay là Cần Thơ." in text


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    """Also from speakers without a full name, and from provinces that only a district tells."""
    told = (
        '"Nhờ ông Trần Văn Dũng mà bản có nước", bà Hằng nói.',
        "Chợ ở quận Cái Răng mở lại.",
        "Ông Trần Văn Dũng về Hà Nội.",
    )
    lines = "".join(
        json.dumps({"id": str(at), "title": f"Tin {at}", "body": body}, ensure_ascii=False) + "\n"
        for at, body in enumerate(told)
    )
    (tmp_path / "a.jsonl").write_text(lines, "utf-8")
    index_sources(tmp_path / "archive", [tmp_path / "a.jsonl"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        client = create_app(archive).test_client()
        seen: set[str] = set()
        left = ["/names", "/provinces", "/provinces?borders=2024", "/search?person=Nobody"]
        left += [
            "/people/Tr%E1%BA%A7n%20V%C4%83n%20D%C5%A9ng",
            "/places/C%C3%A1i%20R%C4%83ng",
            "/article/0",
        ]
        assert "bà Hằng nói" in client.get("/article/0").text
        for path in left:
            found = page(client, path)
            seen |= {str(one["href"]) for one in found.select("main a[href^='/']")}
        assert len(seen) > 20
        broken = [one for one in sorted(seen) if client.get(one).status_code == 404]
        assert broken == []
