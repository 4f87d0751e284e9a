"""The versions of an article and the coverage of a source, in a real Chromium."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.pipeline import index_sources
from tests.browser.serving import check_page, served

FIRST = date(2018, 1, 1)
KEPT = "Các xã ven đê đã chuẩn bị phương án sơ tán người già và trẻ em trong đêm."
PATHS = (
    "/coverage",
    "/coverage?source=Báo Sông",
    "/article/lu-ve/versions",
    '/search?q="mức báo động một" phiên_bản:tất_cả',
)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("history")
    source = folder / "a.jsonl"
    for body in ("Nước đã lên mức báo động một.", "Nước đã lên mức báo động ba, đê có thể vỡ."):
        records = [
            {
                "title": f"Tin {number}",
                "body": KEPT,
                "date": (FIRST + timedelta(number)).isoformat(),
                "source": "Báo Sông",
            }
            for number in range(500)
            if not 200 <= number < 230
        ]
        first = {
            "id": "lu-ve",
            "title": "Lũ về",
            "body": f"{body}\n{KEPT}",
            "date": "2018-05-01",
            "source": "Báo Sông",
            "url": "https://bao.example/lu-ve-mot-dia-chi-rat-dai-khong-co-cho-nao-de-xuong-dong-ca.html",
        }
        source.write_text("\n".join(map(json.dumps, [first, *records])), "utf-8")
        index_sources(folder / "archive", [source], workers=0)
    with served(folder / "archive") as address:
        yield address


def test_from_a_hit_in_an_older_version_to_what_was_changed(page: Page, history: str) -> None:
    page.goto(f"{history}/")
    page.locator("#q").fill('"mức báo động một" phiên_bản:tất_cả')
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Chỉ có trong phiên bản 1").click()
    expect(page.get_by_role("heading", name="Phiên bản 1")).to_be_visible()
    expect(page.locator("del", has_text="một")).to_be_visible()
    expect(page.locator("ins", has_text="đê có thể vỡ")).to_be_visible()
    page.get_by_role("link", name="Về bài báo").click()
    page.get_by_role("link", name="2 phiên bản của bài này").click()
    expect(page).to_have_url(f"{history}/article/lu-ve/versions")


def test_from_the_first_page_to_a_gap(page: Page, history: str) -> None:
    page.goto(f"{history}/")
    page.get_by_role("link", name="Kho phủ đến đâu").click()
    page.get_by_role("link", name="Báo Sông").click()
    expect(page.locator("svg.calendar rect.missing")).to_have_count(30)
    page.get_by_role("link", name="20/7/2018").first.click()
    assert "from=2018-07-20" in page.url


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1200, "light")])
def test_they_fit_and_axe_finds_nothing(
    browser: Browser, history: str, width: int, scheme: Literal["dark", "light"]
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    for path in PATHS:
        page.goto(f"{history}{path}")
        check_page(page, width)
    context.close()
