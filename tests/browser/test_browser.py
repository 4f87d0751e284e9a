"""What a person sees and does, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import check_page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("query", ["cầu treo bản lùng", "cau treo ban lung"])
def test_search_open_and_follow_a_related_link(page: Page, address: str, query: str) -> None:
    page.goto(address)
    box = page.locator("#q")
    expect(box).to_be_focused()
    page.keyboard.type(query)
    page.keyboard.press("Enter")
    first = page.locator(".hits > li").first
    expect(first.locator("h2")).to_have_text("Cầu treo bản Lùng thông xe trước mùa mưa")
    expect(first.locator("h2 mark")).to_have_text(["Cầu treo bản Lùng"])
    expect(first).to_contain_text("Báo Vùng Cao")
    expect(first).to_contain_text("12/3/2015")
    first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cầu treo bản Lùng thông xe trước mùa mưa"
    )
    expect(page.locator("article mark").first).to_be_visible()
    page.locator(".related").get_by_role("link", name="Lũ ống quét qua suối Lùng").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lũ ống quét qua suối Lùng")
    page.go_back()
    page.get_by_role("link", name="Về kết quả tìm").click()
    expect(page.locator("#q")).to_have_value(query)


def test_everything_fits_the_width_and_works_by_keyboard(page: Page, address: str) -> None:
    for path in (
        "/",
        "/search?q=lũ",
        '/search?q="không có"&from=2024',
        "/article/nowhere",
        "/search?q=",
    ):
        page.goto(address + path)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path
    page.goto(f"{address}/search?q=lũ")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.get_by_text("Thời gian và sắp xếp").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Sắp xếp").select_option("newest")
    page.get_by_role("button", name="Tìm", exact=True).click()
    expect(page).to_have_url(
        re.compile(r"/search\?q=l%C5%A9(&from=&to=)?&sort=newest(&words=auto&per_page=10)?$")
    )
    expect(page.locator(".hits time").first).to_contain_text("2024")


def test_paging_and_filters(page: Page, address: str) -> None:
    page.goto(f"{address}/search?q=")
    expect(page.locator(".hits > li")).to_have_count(10)
    page.get_by_role("link", name="Trang sau").click()
    expect(page.locator(".pages")).to_contain_text("Trang 2 trên 7")
    page.locator(".facts").get_by_role("link", name="Biển Xanh").first.click()
    expect(page.locator(".summary")).to_contain_text("12 bài")
    page.locator(".limits").get_by_role("link").click()
    expect(page.locator(".summary")).to_contain_text("62 bài")


def test_english(page: Page, address: str) -> None:
    page.goto(f"{address}/search?q=lũ")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".summary")).to_contain_text("articles found")


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_blocked(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for path in ("/", "/search?q=lũ", "/search?q=lũ&page=2"):
        page.goto(address + path, wait_until="networkidle")
    assert {url for url in asked if not url.startswith((address, "data:"))} == set()
    assert any("be-vietnam-pro" in url for url in asked)
    assert complaints == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{address}/search?q=lũ")
    article = page.locator(".hits h2 a").first.get_attribute("href")
    for path in (
        "/",
        "/search?q=lu quet&from=2016&section=Môi+trường",
        '/search?q="không có',
        "/search?q=lũ&sort=recent&per_page=20&person=không+có",
        article,
        f"{article}".partition("?")[0] + "/related",
        "/compare",
        "/compare?q=lũ&with=bão",
        "/trends",
        "/trends?q=lũ&q=bão&q=cầu",
        "/trends?q=lũ&by=source",
        "/help",
        "/nowhere",
    ):
        page.goto(f"{address}{path}")
        check_page(page, 1280)
    context.close()
