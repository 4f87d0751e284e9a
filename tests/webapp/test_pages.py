import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Sort
from search.results import Snippet
from webapp import create_app, wording
from webapp.formatting import marked, safe_url
from webapp.state import PageState, read_state


@pytest.fixture(scope="module")
def client(sample_archive: Path) -> Iterator[FlaskClient]:
    with Archive.open(sample_archive) as archive:
        yield create_app(archive).test_client(use_cookies=False)


def page(client: FlaskClient, url: str, status: int = 200) -> BeautifulSoup:
    response = client.get(url)
    assert response.status_code == status
    return BeautifulSoup(response.text, "lxml")


def hits(soup: BeautifulSoup) -> list[str]:
    return [
        str(link["href"]).partition("?")[0].removeprefix("/article/")
        for link in soup.select(".hits h2 a")
    ]


def test_home_has_the_focus_in_the_box(client: FlaskClient) -> None:
    soup = page(client, "/")
    assert soup.select_one("input[name=q][autofocus]")
    assert "Kho đang lưu 4 bài." in soup.text
    assert soup.select_one('a[href="/search?section=Kinh+t%E1%BA%BF"]')


def test_a_query_at_home_is_a_search(client: FlaskClient) -> None:
    assert client.get("/?q=lũ").location == "/search?q=l%C5%A9"


@pytest.mark.parametrize("query", ["hợp tác lào cai", "hop tac lao cai"])
def test_results_with_marked_hits(client: FlaskClient, query: str) -> None:
    soup = page(client, f"/search?q={query}")
    first = soup.select(".hits > li")[0]
    assert [mark.text for mark in first.select("h2 mark")] == ["Hợp tác", "Lào Cai"]
    assert first.select(".snippet mark")
    assert "Báo Vùng Cao" in first.text
    assert "5/1/2023" in first.text
    assert "Kinh tế" in first.text
    assert soup.select_one("input[name=q]")["value"] == query  # type: ignore[index]


def test_partial_hits_say_what_they_lack(client: FlaskClient) -> None:
    soup = page(client, "/search?q=lũ quét tốc xyzzy")
    assert "Không bài nào có đủ mọi từ" in soup.text
    assert "Không bài nào trong kho có: xyzzy" in soup.text
    assert soup.select(".lacks s")


def test_a_better_spelling_is_a_link(client: FlaskClient) -> None:
    soup = page(client, "/search?q=nong nghiepp&section=Kinh tế")
    link = soup.select_one(".suggestion a")
    assert link is not None
    assert link.text == "nong nghiep"
    assert str(link["href"]).startswith("/search?q=nong+nghiep&section=")


def test_dates_sort_and_filters_are_kept_in_the_form(client: FlaskClient) -> None:
    soup = page(client, "/search?q=lũ&from=2024&to=18/9/2024&sort=oldest&section=Xã hội")
    assert hits(soup) == ["2024-09-18-lu"]
    assert soup.select_one("input[name=from]")["value"] == "2024-01-01"  # type: ignore[index]
    assert soup.select_one("option[selected]")["value"] == "oldest"  # type: ignore[index]
    assert soup.select_one("input[name=section]")["value"] == "Xã hội"  # type: ignore[index]
    assert [link.text.split()[0] for link in soup.select(".limits a")] == ["Từ", "Đến", "Chuyên"]


def test_facets_and_timeline_narrow(client: FlaskClient) -> None:
    soup = page(client, "/search?q=")
    groups = [one.text for one in soup.select(".facets h3")]
    assert groups[:2] == ["Chuyên mục", "Nguồn"]
    assert "Địa danh" in groups
    for link in soup.select(".facets li a"):
        narrowed = page(client, str(link["href"]))
        count = link.select_one("small")
        assert count is not None
        assert f"Tìm thấy {count.text} bài" in narrowed.text
        (chip,) = narrowed.select(".limits a")
        assert str(chip["href"]) == "/search"
    rows = soup.select(".timeline tbody tr")
    assert [[cell.text for cell in row.select("th, td")] for row in rows] == [
        ["1/2023", "1"],
        ["9/2024", "1"],
        ["10/2024", "1"],
    ]
    narrowed = page(client, str(rows[1].select_one("a")["href"]))  # type: ignore[index]
    assert hits(narrowed) == ["2024-09-18-lu"]
    assert len(soup.select(".timeline svg a .bar")) == 3


def test_hits_a_page(client: FlaskClient) -> None:
    soup = page(client, "/search?per_page=20&sort=newest")
    assert soup.select_one("select[name=per_page] option[selected]").text == "20"  # type: ignore[union-attr]
    assert "per_page=20" in str(soup.select_one(".facets li a")["href"])  # type: ignore[index]
    assert page(client, "/search?per_page=7").select_one("option[value='10'][selected]")


def test_nothing_found_says_what_to_do(client: FlaskClient) -> None:
    soup = page(client, '/search?q="không có"&from=2030')
    assert "Không tìm thấy bài nào" in soup.text
    assert "gõ không dấu" in soup.text
    assert soup.find("a", string="Tìm lại, bỏ mọi giới hạn")


def test_bad_input_is_explained_and_still_answered(client: FlaskClient) -> None:
    soup = page(client, '/search?q=lũ "quét&from=hôm&page=x&sort=z')
    notices = [notice.text for notice in soup.select("[role=alert]")]
    assert any("“hôm” không phải ngày tháng" in notice for notice in notices)
    assert any("Ký tự 4" in notice for notice in notices)
    assert hits(soup)


def test_a_page_past_the_end_leads_back(client: FlaskClient) -> None:
    soup = page(client, "/search?q=lũ&page=99")
    assert soup.find("a", string="Về trang đầu của kết quả")


def test_paging(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(23):
        (folder / f"{number}.txt").write_text(f"Bài {number}\n\nDẫn.\n\nMưa lớn.", "utf-8")
    index_sources(tmp_path / "a", [folder])
    with Archive.open(tmp_path / "a") as archive:
        client = create_app(archive).test_client()
        seen: list[str] = []
        url = "/search?q=mưa"
        while url:
            soup = page(client, url)
            seen += hits(soup)
            following = soup.select_one("a[rel=next]")
            url = str(following["href"]) if following else ""
        assert len(seen) == len(set(seen)) == 23


def test_article_page(client: FlaskClient) -> None:
    soup = page(client, "/article/2024-10-02-duong?q=đường sắt")
    assert soup.h1 is not None
    assert [mark.text for mark in soup.h1.select("mark")] == ["đường sắt"]
    assert [p.text for p in soup.select(".story > p:not(.lead)")] == [
        "Sau lũ, công việc vẫn tiếp tục.",
        "Cái mới là tốc độ.",
    ]
    assert [link.text for link in soup.select(".byline a")] == ["Thu Hà"]
    assert soup.select_one(".details time")["datetime"] == "2024-10-02"  # type: ignore[index]
    citation = soup.select_one("#citation")
    assert citation is not None
    assert citation.text.startswith("Thu Hà. “")
    (data,) = soup.select("script[type='application/ld+json']")
    linked = json.loads(data.text)
    assert linked["@type"] == "NewsArticle"
    assert linked["datePublished"] == "2024-10-02"
    assert linked["author"] == [{"@type": "Person", "name": "Thu Hà"}]
    meta = {str(one.get("property")): str(one["content"]) for one in soup.select("meta[property]")}
    assert meta["og:title"] == linked["headline"]
    assert meta["og:url"].endswith("/article/2024-10-02-duong")
    ids = [str(mark.get("id")) for mark in soup.select(".story mark")]
    assert ids == [f"hit-{number}" for number in range(1, len(ids) + 1)]
    assert soup.select_one('a[href="#hit-1"]')
    assert soup.select_one('.related a[href="/article/2024-09-18-lu"]')
    assert soup.select_one('a[href="/search?q=%C4%91%C6%B0%E1%BB%9Dng+s%E1%BA%AFt"]')


def test_unknown_addresses(client: FlaskClient) -> None:
    assert "Kho không có bài này" in page(client, "/article/nowhere", 404).text
    assert "Không có trang này" in page(client, "/nowhere", 404).text


def test_english_is_selectable_and_remembered(sample_archive: Path) -> None:
    with Archive.open(sample_archive) as archive:
        client = create_app(archive).test_client()
        soup = page(client, "/search?q=lũ&lang=en")
        assert soup.html is not None
        assert soup.html["lang"] == "en"
        assert "2 articles found" in soup.text
        assert "2 articles found" in page(client, "/search?q=lũ").text
        assert "Tìm thấy 2 bài" in page(client, "/search?q=lũ&lang=vi").text


def test_an_empty_archive_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    index_sources(tmp_path / "a", [tmp_path / "in"])
    with Archive.open(tmp_path / "a") as archive:
        client = create_app(archive).test_client()
        assert "khobao index" in page(client, "/").text
        assert "Không tìm thấy" in page(client, "/search?q=lũ").text


def test_headers(client: FlaskClient) -> None:
    response = client.get("/")
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    font = "/static/vendor/be-vietnam-pro@5.3.0/be-vietnam-pro-latin-400-normal.woff2"
    assert "immutable" in client.get(font).headers["Cache-Control"]


def test_hostile_text_is_inert(tmp_path: Path) -> None:
    text = "---\nurl: javascript:alert(1)\nid: x\nnguồn: <b>N</b>\n---\n<script>alert(1)</script> lũ\n\n<img src=x> lũ\n\nHết."
    (tmp_path / "x.txt").write_text(text, "utf-8")
    index_sources(tmp_path / "a", [tmp_path / "x.txt"])
    with Archive.open(tmp_path / "a") as archive:
        client = create_app(archive).test_client()
        for url in ("/search?q=lũ <script>", "/article/x?q=lũ", '/search?q="><script>x'):
            soup = page(client, url)
            assert not soup.select(
                "script:not([src^='/static/'], [type='application/ld+json']), img, b, a[href^=javascript]"
            )


@given(st.text(st.sampled_from("a<>&\"'")), st.integers(0, 5), st.integers(0, 5))
def test_marked_text_reads_the_same(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    html = marked(Snippet(text, ((start, end),) if start < end else ()))
    assert Markup(html).striptags().split() == text.split()
    assert html.count("<") == (2 if start < end else 0)


@given(
    st.dictionaries(
        st.sampled_from(["q", "from", "to", "source", "section", "sort", "page"]), st.text()
    )
)
def test_any_arguments_make_a_state_that_its_own_url_restores(arguments: dict[str, str]) -> None:
    state = read_state(arguments)
    assert state.page >= 1
    state.request()


def test_a_url_restores_the_state() -> None:
    state = PageState(query="a b", filters={"source": "S"}, sort=Sort.NEWEST, page=3)
    query = dict(part.split("=") for part in state.query_string().split("&"))
    assert query == {"q": "a+b", "source": "S", "sort": "newest", "page": "3"}
    assert "page" not in state.query_string(sort=Sort.OLDEST)
    assert state.widened("source").query_string() == "q=a+b&sort=newest"
    assert read_state({"place": " Hòa Bình", "source": "Hòa"}).filters == {
        "place": "Hoà Bình",
        "source": "Hòa",
    }
    assert state.narrowed("person", "Bà A").filters == {"source": "S", "person": "Bà A"}
    assert state.without_limits() == PageState(query="a b", sort=Sort.NEWEST)


def test_only_web_addresses_are_links() -> None:
    assert safe_url("https://bao.example/a") == "https://bao.example/a"
    assert safe_url("javascript:alert(1)") is None
    assert safe_url("//x") is None


def test_numbers_in_both_languages() -> None:
    assert wording.articles(12345, "vi") == "12.345 bài"
    assert wording.articles(12345, "en") == "12,345 articles"
    assert wording.articles(1, "en") == "1 article"


def test_related_stories_are_in_groups_that_say_why(client: FlaskClient) -> None:
    soup = page(client, "/article/2024-09-18-lu")
    aside = soup.select_one("aside[aria-labelledby=related]")
    assert aside is not None
    groups = {
        section.select("h3")[0].text: section.select("li") for section in aside.select("section")
    }
    (citing,) = groups["Được dẫn trong"]
    assert citing.select_one('a[href="/article/2024-10-02-duong"]')
    assert "14 ngày sau" in citing.text
    assert "Cited by" in client.get("/article/2024-09-18-lu?lang=en").text


def test_related_stories_on_a_page_of_their_own(client: FlaskClient) -> None:
    whole = page(client, "/article/2024-10-02-duong")
    alone = page(client, "/article/2024-10-02-duong/related")
    assert [a["href"] for a in alone.select("aside a")] == [
        a["href"] for a in whole.select("aside a")
    ]
    assert client.get("/article/none/related").status_code == 404


def test_an_article_says_whom_and_what_it_names(client: FlaskClient) -> None:
    details = page(client, "/article/2023-01-05-hop-tac").select(".details")[0]
    places = {str(link["href"]): link.text for link in details.select("a")}
    assert places["/places/L%C3%A0o%20Cai"] == "Lào Cai"
