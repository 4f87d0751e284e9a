"""Makes docs/screenshot.png from the real page: `make docs`."""

import tempfile
from pathlib import Path
from threading import Thread

import waitress
from playwright.sync_api import sync_playwright

from indexer.pipeline import index_sources
from search.archive import Archive
from tests.browser.conftest import CORPUS, FLAGS, find_chromium
from webapp import create_app

TARGET = Path(__file__).resolve().parent.parent.parent / "docs" / "screenshot.png"


def main() -> None:
    """Index the sample corpus, serve it, search it, take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        index_sources(Path(folder, "a"), [CORPUS / "articles"])
        with Archive.open(Path(folder, "a")) as archive, sync_playwright() as playwright:
            archive.warm()
            server = waitress.create_server(create_app(archive), host="127.0.0.1", port=0)
            Thread(target=server.run, daemon=True).start()
            browser = playwright.chromium.launch(
                executable_path=find_chromium(playwright), args=FLAGS
            )
            page = browser.new_page(viewport={"width": 1000, "height": 720}, locale="vi-VN")
            page.goto(
                f"http://127.0.0.1:{server.effective_port}/search?q=lu quet",
                wait_until="networkidle",
            )
            page.screenshot(path=TARGET)
            browser.close()
            server.close()


if __name__ == "__main__":
    main()
