"""The copies of a report, folded and unfolded, in a real Chromium."""

import json
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.pipeline import index_sources
from tests.browser.serving import check_page, served
from tests.reports import Report, copied, report

PAPERS = ("Báo Vùng Cao", "Tin Đồng Bằng", "Tin Miền Núi")


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("copies")
    first, second, taker = (report(seed) for seed in range(3))
    taken = (*taker.paragraphs, *second.paragraphs[1:3])
    articles = [
        ("goc", Report("Cầu treo thông xe", first.lead, first.paragraphs)),
        *((f"chep-{n}", copied(first, 0.05, n, keeps=frozenset({0}))) for n in (1, 2)),
        ("khac", Report("Cầu treo khác", second.lead, second.paragraphs)),
        ("lay", Report("Cầu treo thứ ba", taker.lead, taken)),
    ]
    records = [
        {
            "id": id,
            "title": one.title,
            "lead": one.lead,
            "body": f"Cầu treo. {one.body}",
            "source": PAPERS[number % 3],
            "date": f"2024-05-{1 + number:02}",
        }
        for number, (id, one) in enumerate(articles)
    ]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    with served(folder / "archive") as address:
        yield address


def test_from_a_hit_to_its_copies_and_back(page: Page, copies: str) -> None:
    page.goto(f"{copies}/")
    page.locator("#q").fill('"cầu treo"')
    page.keyboard.press("Enter")
    expect(page.locator("p.summary")).to_contain_text(
        "Tìm thấy 3 bài, tính cả bài đăng lại là 5 bài"
    )
    expect(page.locator(".hits > li")).to_have_count(3)
    page.get_by_text("Cũng đăng trên 2 báo: Tin Đồng Bằng, Tin Miền Núi").click()
    page.locator(".copies li a").first.click()
    expect(page.get_by_role("heading", name="Bài này ở các báo")).to_be_visible()
    expect(page.locator("[aria-labelledby=copies] .here")).to_contain_text("Tin Đồng Bằng")
    page.get_by_role("link", name="Cầu treo thông xe").click()
    expect(page).to_have_url(f"{copies}/article/goc")


def test_copies_are_unfolded_and_counted(page: Page, copies: str) -> None:
    page.goto(f'{copies}/search?q="cầu treo"')
    page.get_by_text("Cách tính bài đăng lại").click()
    page.get_by_role("link", name="Hiện riêng từng bài đăng lại").click()
    expect(page.locator(".hits > li")).to_have_count(5)
    page.get_by_role("link", name="Gộp các bài đăng lại").click()
    expect(page.locator(".hits > li")).to_have_count(3)
    page.get_by_text("Cách tính bài đăng lại").click()
    page.get_by_role("link", name="đếm cả bài đăng lại").click()
    expect(page.locator(".hits > li")).to_have_count(3)
    expect(page.get_by_role("link", name="mỗi tin đếm một lần")).to_be_visible()


def test_a_passage_leads_to_who_printed_it_first(page: Page, copies: str) -> None:
    page.goto(f"{copies}/article/lay")
    expect(page.get_by_role("heading", name="Đoạn trùng với bài khác")).to_be_visible()
    first = page.locator(".passage li").first
    expect(first).to_contain_text("đăng đầu tiên")
    first.get_by_role("link").click()
    expect(page).to_have_url(f"{copies}/article/khac")


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1200, "light")])
def test_they_fit_and_axe_finds_nothing(
    browser: Browser, copies: str, width: int, scheme: Literal["dark", "light"]
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    for path in ('/search?q="cầu treo"', "/article/chep-1", "/article/lay"):
        page.goto(f"{copies}{path}")
        for details in page.locator("details.copies").all():
            details.evaluate("one => one.open = true")
        check_page(page, width)
    context.close()
