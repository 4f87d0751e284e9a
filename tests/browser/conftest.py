"""A real Chromium and a real server over the sample corpus."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from indexer.pipeline import index_sources
from tests.browser.serving import served

CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus"
HOW_TO_GET_ONE = (
    "no Chromium: install it (Debian: apt install chromium; elsewhere: playwright install chromium)"
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip


def find_chromium(playwright: Playwright) -> str | None:
    """The system's Chromium, else the one that Playwright has installed."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        executable = find_chromium(playwright)
        if executable is None:
            if os.environ.get("CI") == "true":
                pytest.fail(HOW_TO_GET_ONE)
            pytest.skip(HOW_TO_GET_ONE)
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    archive = tmp_path_factory.mktemp("browser-archive")
    index_sources(archive, [CORPUS / "articles"])
    with served(archive) as address:
        yield address


def open_page(browser: Browser, *, wide: bool, scripts: bool) -> Iterator[Page]:
    """A page on a desktop in light colours, or on a phone in dark."""
    context = browser.new_context(
        viewport={"width": 1200, "height": 800} if wide else {"width": 360, "height": 740},
        color_scheme="light" if wide else "dark",
        java_script_enabled=scripts,
        locale="vi-VN",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture(params=["desktop", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on a desktop with JavaScript, and on a phone without it."""
    desktop = request.param == "desktop"
    yield from open_page(browser, wide=desktop, scripts=desktop)


@pytest.fixture(params=["desktop", "phone"])
def scripted(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page with JavaScript on either."""
    yield from open_page(browser, wide=request.param == "desktop", scripts=True)
