"""A reader who signs in to see a private source, and an administrator who gives the account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.engine_factory import open_engine
from indexer.engines.capabilities import hide_sources
from indexer.pipeline import index_sources
from search.desk.accounts import Role
from search.desk.desk import Desk
from tests.browser.conftest import CORPUS
from tests.browser.serving import check_page, served

pytestmark = [pytest.mark.browser, pytest.mark.embedded]
PASSWORD = "mật khẩu khá dài"
HIDDEN = "rừng ngập mặn"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    archive = tmp_path_factory.mktemp("accounts")
    index_sources(archive, [CORPUS / "articles"])
    engine = open_engine(archive)
    hide_sources(engine, frozenset({"biển xanh"}))
    engine.close()
    Desk(archive).accounts.add("Quản trị", PASSWORD, Role.ADMINISTRATOR)
    with served(archive) as address:
        yield address, archive


@pytest.fixture(params=[1200, 360])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page whose policy does not keep axe out."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, bypass_csp=True, locale="vi-VN"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Tên tài khoản").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()


def test_an_account_is_given_and_used(page: Page, site: tuple[str, Path]) -> None:
    address, archive = site
    width = page.viewport_size["width"]  # type: ignore[index]
    name = f"Lan {width}"
    page.goto(f"{address}/search?q={HIDDEN}")
    expect(page.get_by_role("main")).not_to_contain_text("Cà Lãng")
    page.get_by_role("link", name="Đăng nhập").click()
    check_page(page, width)
    sign_in(page, "Quản trị", "không phải thế")
    expect(page.get_by_role("alert")).to_have_text("Tên hoặc mật khẩu không đúng.")
    sign_in(page, "quản trị", PASSWORD)
    page.get_by_role("link", name="Các tài khoản").click()
    check_page(page, width)
    new = page.locator("form[action='/accounts']")
    new.get_by_label("Tên tài khoản").fill(name)
    new.get_by_label("Mật khẩu").fill(PASSWORD)
    new.get_by_label("Biển Xanh").check()
    new.get_by_role("button", name="Cấp tài khoản").click()
    expect(page.get_by_role("main")).to_contain_text(f"{name} Bạn đọc · biển xanh")
    page.get_by_role("link", name="Quản trị").click()
    page.get_by_role("button", name="Đăng xuất", exact=True).click()
    # The reader is led back to the page that asked for the account.
    page.goto(f"{address}/account")
    sign_in(page, name, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    check_page(page, width)
    page.goto(f"{address}/search?q={HIDDEN}")
    expect(page.get_by_role("main")).to_contain_text("Cà Lãng")
    page.get_by_role("main").get_by_role("link", name="Cà Lãng").first.click()
    expect(page.get_by_role("article")).to_contain_text("Biển Xanh")
    article = page.url
    page.goto(f"{address}/accounts")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Tài khoản này không được xem trang đó"
    )
    assert Desk(archive).accounts.named(name).sources == {"biển xanh"}
    page.context.clear_cookies()
    page.goto(article)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kho không có bài này")
