"""Pictures of the real pages over the sample corpus.

`make docs` makes docs/screenshot.png; `make screenshots` every page, on a phone and a desktop, in light
and dark, in build/screenshots.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import waitress
from playwright.sync_api import Browser, sync_playwright

from indexer.pipeline import index_sources
from search.archive import Archive
from tests.browser.conftest import CORPUS, FLAGS, find_chromium
from webapp import create_app
from webapp.operations import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "docs" / "screenshot.png"
EVERYTHING = ROOT / "build" / "screenshots"
PAGES = {
    "home": "/",
    "results": "/search?q=lu quet",
    "narrowed": "/search?q=lũ&from=2016-01-01&section=Môi trường&sort=newest",
    "browse": "/search?q=",
    "typo": "/search?q=nông nghiepp",
    "fault": '/search?q=lũ "quét&from=hôm',
    "nothing": '/search?q="không có gì như thế"',
    "compare": "/compare?q=lũ&with=bão",
    "trends": "/trends?q=lũ&q=bão&q=cầu",
    "help": "/help",
    "missing": "/article/nowhere",
}


@contextmanager
def served() -> Iterator[tuple[Browser, str]]:
    """The sample corpus, indexed and served, and a browser to look at it."""
    with tempfile.TemporaryDirectory() as folder:
        index_sources(Path(folder, "a"), [CORPUS / "articles"])
        with Archive.open(Path(folder, "a")) as archive, sync_playwright() as playwright:
            archive.warm()
            app = create_app(archive, Settings(rate_limit=""))
            server = waitress.create_server(app, host="127.0.0.1", port=0)
            Thread(target=server.run, daemon=True).start()
            browser = playwright.chromium.launch(
                executable_path=find_chromium(playwright), args=FLAGS
            )
            yield browser, f"http://127.0.0.1:{server.effective_port}"
            browser.close()
            server.close()


def picture_for_the_docs() -> None:
    """A page of results."""
    with served() as (browser, address):
        page = browser.new_page(viewport={"width": 1000, "height": 720}, locale="vi-VN")
        page.goto(f"{address}/search?q=lu quet", wait_until="networkidle")
        page.screenshot(path=TARGET)


def all_pages() -> None:
    """Every page, whole."""
    EVERYTHING.mkdir(parents=True, exist_ok=True)
    with served() as (browser, address):
        for scheme in ("light", "dark"):
            for device, width in (("phone", 360), ("desktop", 1200)):
                context = browser.new_context(
                    viewport={"width": width, "height": 800},
                    color_scheme="dark" if scheme == "dark" else "light",
                    locale="vi-VN",
                )
                page = context.new_page()
                page.goto(f"{address}/search?q=lũ quét")
                article = page.locator(".hits h2 a").first.get_attribute("href") or ""
                pages = {**PAGES, "article": article}
                for name, path in pages.items():
                    page.goto(address + path, wait_until="networkidle")
                    page.screenshot(
                        path=EVERYTHING / f"{name}-{device}-{scheme}.png", full_page=True
                    )
                page.goto(address, wait_until="networkidle")
                page.keyboard.type("cau tr", delay=30)
                page.get_by_role("option").first.wait_for()
                page.screenshot(path=EVERYTHING / f"completion-{device}-{scheme}.png")
                context.close()


if __name__ == "__main__":
    all_pages() if "--all" in sys.argv else picture_for_the_docs()
