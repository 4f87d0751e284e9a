"""Searching by meaning, and a time that a query names, in a real Chromium."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.meanings.embedder import E5Embedder
from indexer.meanings.embedding import embed_archive
from indexer.pipeline import index_sources
from tests.browser.serving import check_page, served

NEWS = (
    ("cau-18", "Cầu treo bản Lùng bị lũ cuốn trôi", "Nước suối dâng cao làm gãy nhịp chính.", 2018),
    ("cau-16", "Cầu treo bản Lùng bị lũ cuốn trôi", "Nước suối dâng cao làm gãy nhịp chính.", 2016),
    ("gao", "Giá gạo xuất khẩu tăng mạnh", "Nông dân miền Tây bán được lúa giá tốt.", 2019),
    ("rung", "Cháy rừng thông kéo dài hai ngày", "Lính cứu hỏa dập lửa giữa nắng nóng.", 2019),
)


@pytest.fixture(scope="module")
def meanings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("meanings")
    records = [
        {"id": id, "title": title, "lead": lead, "published": f"{year}-05-01"}
        for id, title, lead, year in NEWS
    ]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    embed_archive(folder / "archive", E5Embedder())
    with served(folder / "archive") as address:
        yield address


def test_from_words_to_meaning_and_back(page: Page, meanings: str) -> None:
    page.goto(f"{meanings}/")
    page.locator("#q").fill("hỏa hoạn thiêu rụi cánh rừng")
    page.keyboard.press("Enter")
    expect(page.locator("p.summary")).to_contain_text("Xếp theo cả nghĩa của câu tìm")
    expect(page.locator(".hits > li").first).to_contain_text("Cháy rừng thông kéo dài hai ngày")
    page.get_by_role("link", name="Chỉ tìm theo từ").click()
    expect(page.locator("p.summary")).not_to_contain_text("nghĩa của câu tìm")
    page.get_by_role("link", name="Tìm theo cả nghĩa").click()
    expect(page.locator("p.summary")).to_contain_text("Xếp theo cả nghĩa của câu tìm")
    page.locator("#q").fill("ý: forest fire")
    page.keyboard.press("Enter")
    expect(page.locator(".hits > li").first).to_contain_text("Gần nghĩa, không có đủ từ")
    page.get_by_role("link", name="Chỉ tìm theo từ").click()
    expect(page.locator("#q")).to_have_value("forest fire")


def test_a_time_that_the_query_names(page: Page, meanings: str) -> None:
    page.goto(f"{meanings}/search?q=cầu treo bản Lùng năm 2016")
    expect(page.locator(".hits > li").first).to_contain_text("2016")
    page.get_by_role("link", name="Chỉ tìm trong thời gian này").click()
    expect(page.locator(".hits > li")).to_have_count(1)
    expect(page.locator(".limits")).to_contain_text("1/1/2016")


@pytest.mark.parametrize("width", [360, 1100])
@pytest.mark.parametrize("query", ["ý: cầu treo", "fire in the forest", "cầu treo năm 2018"])
def test_pages_fit_and_can_be_used(browser: Browser, meanings: str, width: int, query: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{meanings}/search?q={query}")
    check_page(page, width)
    context.close()
