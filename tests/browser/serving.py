"""A real server over an archive, and what every page has to fulfil."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import waitress
from playwright.sync_api import Page

from search.archive import Archive
from webapp import create_app

AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
_RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"


@contextmanager
def served(archive: Path) -> Iterator[str]:
    """Serve an archive's folder; gives the address."""
    with Archive.open(archive) as opened:
        server = waitress.create_server(create_app(opened), host="127.0.0.1", port=0)
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}"
        server.close()
        thread.join(5)


def check_page(page: Page, width: int) -> None:
    """The page fits its width, and axe finds nothing wrong with it; its context bypasses the policy."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_script_tag(path=str(AXE))
    violations = page.evaluate(
        f"axe.run({{runOnly: {_RULES}}})"
        ".then(found => found.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
    )
    assert violations == [], f"{page.url}: {json.dumps(violations, ensure_ascii=False)}"
