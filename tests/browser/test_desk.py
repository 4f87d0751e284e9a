"""Six people's days at the desk, each with JavaScript and without."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.pipeline import index_sources
from search.archive import Archive
from search.desk.alerts import look
from tests.browser.conftest import CORPUS, open_page
from tests.browser.serving import check_page, served
from tests.browser.test_weight import check_first_visit
from tests.newsmakers import write_articles

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("desk")
    sources = tmp_path_factory.mktemp("sources")
    index_sources(archive, [CORPUS / "articles", write_articles(sources)])
    return archive


@pytest.fixture(scope="module")
def desk(archive: Path) -> Iterator[str]:
    with served(archive) as address:
        yield address


@pytest.fixture(params=["scripts", "no scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from open_page(
        browser, wide=request.param == "scripts", scripts=request.param == "scripts"
    )


NAMES = (
    "/names", "/names?q=xyz", "/people/Tr%E1%BA%A7n%20V%C4%83n%20D%C5%A9ng", "/places/s%C3%B4ng%20H%E1%BB%93ng",
    "/organisations/B%E1%BB%99%20C%C3%B4ng%20Th%C6%B0%C6%A1ng", "/provinces?q=c%E1%BA%A7u", "/provinces?borders=2024",
)  # fmt: skip


def search_for(page: Page, desk: str, query: str) -> None:
    page.goto(desk)
    page.locator("#q").fill(query)
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?**")


def chosen(page: Page, count: int) -> None:
    for at in range(count):
        page.locator(".hits input[type=checkbox]").nth(at).check()


def test_an_archivist_answers_a_request(page: Page, desk: str, tmp_path: Path) -> None:
    search_for(page, desk, "lũ")
    chosen(page, 2)
    page.get_by_label("Vào hồ sơ").select_option("new")
    page.get_by_role("button", name="Cho vào").click()
    expect(page.locator("p.notice[role=status]").first).to_contain_text("Đã cho 2 bài vào hồ sơ")
    page.locator("p.notice[role=status]").first.get_by_role("link").click()
    name = page.get_by_role("heading", level=1).inner_text()
    page.locator("details.annotate summary").first.click()
    page.locator("details.annotate").first.get_by_label("Ghi chú").fill("Bản gốc ở tủ 7")
    page.locator("details.annotate").first.get_by_label("Nhãn:").fill("gấp, thép")
    page.locator("details.annotate").first.get_by_role("button", name="Lưu").click()
    expect(page.locator(".hits > li").first).to_contain_text("Bản gốc ở tủ 7")
    page.get_by_role("link", name="gấp 1").click()
    expect(page.locator(".hits > li")).to_have_count(1)
    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    file = tmp_path / "ho-so.csv"
    download.value.save_as(file)
    (first, _) = csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))
    assert (first["note"], first["tags"]) == ("Bản gốc ở tủ 7", "gấp; thép")
    page.get_by_role("navigation").get_by_role("link", name="Hồ sơ").click()
    page.get_by_text("Nhập hồ sơ từ CSV").click()
    page.get_by_label("Tệp CSV").set_input_files(file)
    page.get_by_label("Tên (để trống").fill(f"{name} bản sao")
    page.get_by_role("button", name="Nhập").click()
    expect(page.locator(".hits > li").first).to_contain_text("Bản gốc ở tủ 7")
    page.get_by_role("link", name="Tìm trong hồ sơ này").click()
    expect(page.locator(".hits > li")).to_have_count(2)


def test_a_reporter_on_deadline(page: Page, desk: str, archive: Path, tmp_path: Path) -> None:
    search_for(page, desk, "cầu treo")
    page.get_by_role("button", name="Theo dõi tìm kiếm này").click()
    expect(page.locator("p.notice[role=status]")).to_contain_text("Chưa có bài mới")
    news = tmp_path / f"tin-{tmp_path.name}.txt"
    title = f"Cầu treo mới {abs(hash(tmp_path.name)) % 10**6}"
    news.write_text(
        f"{title}\n\nCây cầu treo thứ hai thông xe.\n\nDân bản vui mừng {tmp_path.name}.\n", "utf-8"
    )
    index_sources(archive, [news])
    with Archive.open(archive) as opened:
        assert opened.desk is not None
        look(opened.desk, opened.reader())
    page.goto(desk)
    expect(page.locator("#desk-watches + ul strong").first).to_have_text("1 mới")
    page.locator("#desk-watches + ul a").first.click()
    page.get_by_role("button", name="Xem và đánh dấu").click()
    expect(page.locator(".hits > li").first).to_contain_text(title)
    page.goto(desk)
    expect(page.locator("#desk-watches + ul li").first).not_to_contain_text("mới")


def test_a_fact_checker(page: Page, desk: str) -> None:
    page.goto(f"{desk}/lists")
    page.get_by_label("Các tên").fill("lũ quét\ncầu treo\nkhông đâu có tên này")
    page.get_by_role("button", name="Tra", exact=True).click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("0")
    count = rows.first.locator("td").first.inner_text()
    rows.first.locator("td a").first.click()
    expect(page.locator(".summary")).to_contain_text(f"Tìm thấy {count} bài")
    page.locator(".hits h2 a").first.click()
    page.get_by_text("Trích dẫn").click()
    assert "“" in page.locator("#citation").inner_text()


def test_a_historian(page: Page, desk: str) -> None:
    search_for(page, desk, "lũ")
    page.locator(".hits h2 a").first.click()
    day = page.locator("time").first.get_attribute("datetime")
    assert day is not None
    year, month, date = day[:10].split("-")
    page.goto(f"{desk}/day")
    page.get_by_label("Ngày", exact=True).fill(f"{int(date)}/{int(month)}/{year}")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"/{year}")
    assert page.locator("ul.titles li").count()
    page.get_by_role("link", name="Ngày này các năm trước").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{int(date)}/{int(month)}")
    page.goto(f"{desk}/compare")
    page.get_by_label("Câu thứ nhất").fill("lũ")
    page.get_by_label("Câu thứ hai").fill("cầu")
    page.get_by_role("button", name="So sánh").click()
    first = page.locator("ul.overlap li a").first
    count = re.sub(r"\D", "", first.inner_text())
    first.click()
    expect(page.locator(".summary")).to_contain_text(f"Tìm thấy {count} bài")


def test_a_student(page: Page, desk: str) -> None:
    search_for(page, desk, "lu quet")
    page.get_by_role("link", name="Mẫu ngẫu nhiên của kết quả").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("lu quet")
    titles = page.locator(".hits h2").all_inner_texts()
    page.reload()
    assert page.locator(".hits h2").all_inner_texts() == titles
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Random sample")


def test_somebody_with_a_screen_reader_and_no_mouse(page: Page, desk: str) -> None:
    page.goto(f"{desk}/search?q=l%C5%A9")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_role("checkbox", name=re.compile("^Chọn")).first.focus()
    page.keyboard.press("Space")
    page.get_by_role("combobox", name="Vào hồ sơ").focus()
    page.get_by_role("combobox", name="Vào hồ sơ").select_option("new")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("p.notice[role=status]").first).to_contain_text("Đã cho 1 bài")
    page.get_by_role("navigation", name="Trang và ngôn ngữ").get_by_role(
        "link", name="Hồ sơ"
    ).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ")
    assert page.get_by_role("table").count()


def test_a_reporter_looks_somebody_up(page: Page, desk: str) -> None:
    page.goto(desk)
    page.get_by_role("link", name="Người, nơi, tổ chức").click()
    page.get_by_label("Tên").fill("smith")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Peter Smithson", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Peter Smithson")
    expect(page.locator("ul.offices li").first).to_contain_text("2014")
    said = page.locator("#said ~ ul.quotations blockquote").first.inner_text()
    words = " ".join(said.split()[2:6])
    box = page.get_by_label("Tìm trong lời người này:")
    box.fill(f"{box.input_value()}{words}")
    box.press("Enter")
    page.wait_for_url("**/search?**")
    expect(page.locator(".summary")).to_contain_text("Tìm thấy")
    expect(page.locator(".hits mark").first).to_be_visible()
    page.goto(f"{desk}/provinces?q=c%E1%BA%A7u")
    count = page.locator("tbody tr td a").first
    number = count.inner_text()
    count.click()
    expect(page.locator(".summary")).to_contain_text(f"Tìm thấy {number} bài")


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize(
    "path", ["/dossiers", "/watches", "/lists", "/day/2024-09-09", "/coverage", *NAMES]
)
def test_a_first_visit_to_the_desk_is_light_and_still(
    browser: Browser, desk: str, path: str, width: int
) -> None:
    check_first_visit(browser, desk + path, width)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 320)])
def test_axe_finds_nothing(
    browser: Browser, desk: str, scheme: Literal["light", "dark"], width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{desk}/search?q=l%C5%A9")
    chosen(page, 2)
    page.get_by_role("button", name="Cho vào").click()
    page.goto(f"{desk}/search?q=c%E1%BA%A7u")
    page.get_by_role("button", name="Theo dõi tìm kiếm này").click()
    watch = page.url.removeprefix(desk)
    page.goto(f"{desk}/dossiers")
    dossier = page.locator("tbody a").first.get_attribute("href")
    for path in (
        "/", "/dossiers", dossier, f"{dossier}/delete", "/watches", watch, "/lists", "/day", "/day/2024-09-09",
        "/today?on=9/9", "/sample?q=l%C5%A9&seed=1", "/compare?q=l%C5%A9&with=c%E1%BA%A7u", "/sign-in", *NAMES,
        "/coverage", "/trends?q=l%C5%A9&q=c%E1%BA%A7u",
    ):  # fmt: skip
        page.goto(f"{desk}{path}")
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        check_page(page, width)
    page.goto(f"{desk}/lists?lang=en")
    page.get_by_label("Names").fill("lũ quét\n(sạt")
    page.get_by_role("button", name="Look up", exact=True).click()
    check_page(page, width)
    context.close()
