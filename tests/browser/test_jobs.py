"""The commonest jobs of the three people, with JavaScript and without: what each does and sees."""

import csv
import io
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import feedparser
import pytest
from lxml import etree  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import open_page

pytestmark = pytest.mark.browser
BRIDGE = "Cầu treo bản Lùng thông xe trước mùa mưa"


@pytest.fixture(params=["scripts", "no scripts"])
def either(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from open_page(browser, wide=True, scripts=request.param == "scripts")


def search_for(page: Page, address: str, query: str) -> None:
    page.goto(address)
    page.locator("#q").fill(query)
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?**")


class TestArchivist:
    def test_finds_an_article_by_its_headline(self, either: Page, address: str) -> None:
        search_for(either, address, f'"{BRIDGE}"')
        either.locator(".hits h2 a").first.click()
        expect(either.get_by_role("heading", level=1)).to_have_text(BRIDGE)

    def test_narrows_by_time_with_the_timeline(self, either: Page, address: str) -> None:
        search_for(either, address, "lũ")
        either.get_by_text("Xem dạng bảng").click()
        row = either.locator(".timeline tbody tr").last
        count = int(row.locator("td").last.inner_text())
        row.get_by_role("link").click()
        expect(either.locator(".summary")).to_contain_text(f"{count} bài")
        expect(either.locator(".limits a")).to_have_count(2)

    def test_narrows_by_facets_and_back(self, either: Page, address: str) -> None:
        search_for(either, address, "lũ")
        whole = either.locator(".summary").inner_text()
        for facet in ("section", "source"):
            group = either.locator(f"section[aria-labelledby=facet-{facet}] li").first
            count = group.locator("small").inner_text()
            group.get_by_role("link").click()
            expect(either.locator(".summary")).to_contain_text(f"{count} bài")
        expect(either.locator(".limits a")).to_have_count(2)
        while either.locator(".limits a").count():
            left = either.locator(".limits a").count()
            either.locator(".limits a").first.click()
            expect(either.locator(".limits a")).to_have_count(left - 1)
        # The time that the search took is another one.
        found = re.compile(re.escape(whole.split(" (")[0]))
        expect(either.locator(".summary")).to_contain_text(found)

    def test_takes_chosen_articles_away(self, either: Page, address: str) -> None:
        search_for(either, address, "lũ")
        for number in (0, 2):
            either.locator(".hits input[type=checkbox]").nth(number).check()
        titles = either.locator(".hits h2").all_inner_texts()
        with either.expect_download() as download:
            either.get_by_role("button", name="CSV").click()
        rows = csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig")))
        assert [row["title"] for row in rows] == [titles[0], titles[2]]

    def test_cites_an_article(self, either: Page, address: str) -> None:
        search_for(either, address, BRIDGE)
        either.locator(".hits h2 a").first.click()
        either.get_by_text("Trích dẫn bài này").click()
        expect(either.locator("#citation")).to_contain_text(f"“{BRIDGE}”. Báo Vùng Cao. 12/3/2015")
        with either.expect_download() as download:
            either.get_by_role("link", name="RIS").click()
        assert "TY  - NEWS" in download.value.path().read_text("utf-8")


class TestReporter:
    def test_searches_without_accents(self, either: Page, address: str) -> None:
        search_for(either, address, "cau treo ban lung")
        expect(either.locator(".hits h2").first).to_have_text(BRIDGE)

    def test_reads_on_from_what_matches(self, either: Page, address: str) -> None:
        search_for(either, address, "cầu treo")
        either.locator(".hits h2 a").first.click()
        either.get_by_role("link", name="Tới chỗ khớp đầu tiên").click()
        expect(either).to_have_url(re.compile("#hit-1$"))
        expect(either.locator("#hit-1")).to_be_in_viewport()
        either.get_by_role("link", name="Về kết quả tìm").click()
        expect(either.locator("#q")).to_have_value("cầu treo")

    def test_follows_related_stories(self, either: Page, address: str) -> None:
        search_for(either, address, BRIDGE)
        either.locator(".hits h2 a").first.click()
        related = either.locator("aside").get_by_role("link").first
        title = related.inner_text()
        related.click()
        expect(either.get_by_role("heading", level=1)).to_have_text(title)

    def test_follows_a_search_as_a_feed(self, either: Page, address: str) -> None:
        search_for(either, address, "lũ")
        link = either.locator("link[type='application/atom+xml']").get_attribute("href")
        expect(either.get_by_role("link", name="Atom")).to_have_attribute("href", f"{link}")
        answer = either.request.get(f"{address}{link}")
        feed = feedparser.parse(answer.body())
        assert not feed.bozo
        either.goto(feed.entries[0].link)
        expect(either.get_by_role("heading", level=1)).to_have_text(feed.entries[0].title)

    def test_compares_two_topics(self, either: Page, address: str) -> None:
        either.goto(f"{address}/compare")
        either.get_by_label("Câu thứ nhất").fill("lũ")
        either.get_by_label("Câu thứ hai").fill("bão")
        either.get_by_role("button", name="So sánh").click()
        expect(either.locator(".timeline thead th")).to_have_text(["Thời gian", "lũ", "bão"])
        cell = either.locator(".timeline tbody td a").first
        count = cell.inner_text()
        cell.click()
        expect(either.locator(".summary")).to_contain_text(f"{count} bài")


class TestBrowsersSearchBox:
    def test_discovers_how_to_search(self, either: Page, address: str) -> None:
        either.goto(address)
        link = either.locator("link[rel=search]")
        kind = "application/opensearchdescription+xml"
        expect(link).to_have_attribute("type", kind)
        answer = either.request.get(f"{address}{link.get_attribute('href')}")
        assert answer.headers["content-type"] == kind
        names = {"os": "http://a9.com/-/spec/opensearch/1.1/"}
        root = etree.fromstring(answer.body())
        assert root.findtext("os:ShortName", namespaces=names) == "Kho Báo"
        (template,) = root.xpath("os:Url[@type='text/html']/@template", namespaces=names)
        either.goto(template.replace("{searchTerms}", quote("cau treo")))
        expect(either.locator(".hits h2").first).to_contain_text("ầu treo")

    def test_shows_suggestions(self, either: Page, address: str) -> None:
        either.goto(address)
        description = either.request.get(f"{address}/opensearch.xml").text()
        template = re.search(r'rel="suggestions" template="([^"]+)"', description)
        assert template
        answer = either.request.get(template[1].replace("{searchTerms}", quote("cau tr")))
        assert answer.headers["content-type"] == "application/x-suggestions+json"
        typed, texts, _, addresses = json.loads(answer.body())
        assert typed == "cau tr"
        assert any(text.startswith("cầu tr") for text in texts)
        either.goto(addresses[0])
        expect(either.locator("main")).to_contain_text("ầu tr")

    def test_a_bookmark_searches(self, either: Page, address: str) -> None:
        either.goto(f"{address}/?q=lũ quét")
        expect(either).to_have_url(re.compile(r"/search\?q=l%C5%A9\+qu%C3%A9t$"))
        expect(either.locator(".hits > li").first).to_be_visible()

    def test_a_typo_is_put_right(self, either: Page, address: str) -> None:
        either.goto(f"{address}/search?q=nông nghiepp")
        either.locator(".suggestion a").first.click()
        expect(either.locator("#q")).to_have_value(re.compile("^nông nghi[êe]p$|nông nghiệp"))
        expect(either.locator(".hits > li").first).to_be_visible()

    def test_an_address_can_be_sent_to_somebody(self, either: Page, address: str) -> None:
        either.goto(f"{address}/search?q=lũ&sort=newest&per_page=20&from=2016&section=Môi trường")
        first = either.locator(".hits h2").all_inner_texts()
        either.goto(either.url)
        assert either.locator(".hits h2").all_inner_texts() == first
        expect(either.get_by_label("Sắp xếp")).to_have_value("newest")
