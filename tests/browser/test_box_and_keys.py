"""The search box as a combobox, recent searches, keys."""

from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

pytestmark = pytest.mark.browser


def test_completion_by_keyboard(scripted: Page, address: str) -> None:
    page = scripted
    page.goto(address)
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("cau treo ban l", delay=20)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("listbox")).to_have_attribute("aria-label", "Gợi ý")
    expect(page.locator(".search [role=status]")).to_contain_text("gợi ý")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("cau treo ban l")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    chosen = options.first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#q, h1").first).to_be_visible()
    page.wait_for_url(lambda url: "/search?q=" in url or "/article/" in url)
    if "/search" in page.url:
        expect(page.locator("#q")).to_have_value(chosen)


@pytest.mark.parametrize("by", ["keys", "pointer"])
def test_a_list_that_somebody_chooses_from_stays(scripted: Page, address: str, by: str) -> None:
    page = scripted
    late: list[Route] = []

    def hold(route: Route) -> None:
        if "treo" in route.request.url:
            late.append(route)
        else:
            route.continue_()

    page.route("**/api/v1/suggest*", hold)
    page.goto(address)
    page.keyboard.type("cau")
    first = page.get_by_role("option").first
    expect(first).to_be_visible()
    shown = first.inner_text()
    page.keyboard.type(" treo")
    for _ in range(100):
        if late:
            break
        page.wait_for_timeout(20)
    assert late
    if by == "keys":
        page.keyboard.press("ArrowDown")
    else:
        first.hover()
        page.mouse.down()
    # The answer to what was typed last comes now.
    with suppress(PlaywrightError):
        late[0].continue_()
    page.wait_for_timeout(500)
    assert first.inner_text() == shown
    if by == "keys":
        expect(first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
    else:
        page.mouse.up()
    page.wait_for_url(lambda url: "/search?q=" in url or "/article/" in url)
    if "/search" in page.url:
        expect(page.locator("#q")).to_have_value(shown)


def test_a_title_that_is_chosen_is_opened(scripted: Page, address: str) -> None:
    page = scripted
    page.goto(address)
    page.keyboard.type("Cầu treo bản Lùng thông xe", delay=10)
    page.get_by_role("option", name="Cầu treo bản Lùng thông xe trước mùa mưa").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cầu treo bản Lùng thông xe trước mùa mưa"
    )


def test_recent_searches_stay_in_the_browser(scripted: Page, address: str) -> None:
    page = scripted
    for query in ("lũ quét", "xqzw", "cầu treo"):
        page.goto(f"{address}/search?q={query}")
    page.goto(address)
    page.locator("#q").click()
    expect(page.get_by_role("option")).to_have_text(
        ["cầu treo", "lũ quét", "Xóa các tìm kiếm gần đây"]
    )
    page.get_by_role("option").last.click()
    expect(page.get_by_role("option")).to_have_count(0)
    page.reload()
    page.locator("#q").click()
    expect(page.get_by_role("option")).to_have_count(0)


def test_keys_along_hits_and_matches(scripted: Page, address: str) -> None:
    page = scripted
    page.goto(f"{address}/search?q=lũ")
    links = page.locator(".hits h2 a")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#q")).to_have_value("j")
    page.goto(f"{address}/search?q=lũ")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/article/**")
    count = page.locator(".story mark").count()
    place = page.locator("[data-place]")
    expect(place).to_have_text(f"0/{count}")
    page.keyboard.press("n")
    expect(place).to_have_text(f"1/{count}")
    expect(page.locator("mark.current")).to_be_in_viewport()
    page.keyboard.press("p")
    expect(place).to_have_text(f"{count}/{count}")
    page.get_by_role("button", name="Chỗ khớp sau").click()
    expect(place).to_have_text(f"1/{count}")


def test_keys_can_be_switched_off(scripted: Page, address: str) -> None:
    page = scripted
    page.goto(f"{address}/search?q=lũ")
    page.get_by_role("switch", name="Phím tắt").uncheck()
    page.keyboard.press("j")
    expect(page.locator(".hits h2 a").first).not_to_be_focused()
    page.reload()
    expect(page.get_by_role("switch", name="Phím tắt")).not_to_be_checked()


def test_hostile_suggestions_are_inert(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route(
        "**/api/v1/suggest*",
        lambda route: route.fulfill(
            json={
                "suggestions": [
                    {
                        "text": "<img src=x onerror=alert(1)>",
                        "highlights": [[0, 4]],
                        "id": "../../x?y#z",
                    }
                ]
            }
        ),
    )
    page.goto(address)
    page.keyboard.type("a")
    option = page.get_by_role("option")
    expect(option).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".suggestions img")).to_have_count(0)
    option.click()
    page.wait_for_url("**/article/..%2F..%2Fx%3Fy%23z")
    context.close()
