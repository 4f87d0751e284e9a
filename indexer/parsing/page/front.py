"""Front and section pages: lists of stories, to be refused rather than read as one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from indexer.addresses import split_address
from indexer.parsing.evidence import Evidence
from indexer.parsing.page.body import Container
from indexer.parsing.page.headline import Headline
from indexer.parsing.page.layout import Layout
from indexer.parsing.page.marks import Role
from indexer.parsing.page.stated import ARTICLE_TYPES, Stated
from indexer.parsing.page.tree import HEADINGS, around

_REFUSED = 1.5
_FEWEST_TEASERS = 3
_TEASER = range(20, 200)
_LARGE = 35
"""Characters of a link that is a headline even without a heading around it."""


def front_evidence(
    layout: Layout,
    stated: Stated,
    headline: Headline,
    container: Container | None,
    url: str | None,
    has_date: bool,
) -> list[Evidence[str]]:
    """Evidence for a list of stories (positive weights) and for an article (negative weights)."""
    seen: list[Evidence[str]] = []

    def add(value: str, weight: float, place: str = "page") -> None:
        seen.append(Evidence(value, place, "kind of page", weight))

    if stated.types & ARTICLE_TYPES:
        add("the page states an article", -3)
    elif stated.types & {"CollectionPage", "ItemList", "WebSite", "og:website"}:
        add("the page states a list or a site", 1.5, "list")
    if any(one.place == "meta article:published_time" for one in stated.published):
        add("a time of publication is stated", -1.5)
    if stated.marks_body:
        add("a body is marked", -1.5)
    if headline.element is None:
        add("no heading shows the title", 1)
    elif len(headline.text) < 30 and len(headline.text.split()) <= 5:
        add("the heading is as short as a section's", 1, "list")
    teasers = _teasers(layout)
    if teasers < _FEWEST_TEASERS:
        add(f"{teasers} headings with links: too few for a list", -4)
    _address(url, add)
    _text(layout, container, teasers, add)
    if has_date:
        add("a date stands beside the headline", -1)
    return seen


def _address(url: str | None, add: Callable[..., None]) -> None:
    if not url:
        return
    path = split_address(url).path.rstrip("/")
    slug = path.rpartition("/")[2]
    if not path or path in ("/index.html", "/index.htm", "/index.php", "/home", "/default.aspx"):
        add("the address is the site's", 2.5, "list")
    elif sum(char.isdigit() for char in slug) >= 4 or slug.count("-") >= 5:
        add("the address is a story's", -1)
    elif not any(char.isdigit() for char in path) and slug.count("-") <= 4:
        add("the address is a section's", 1)


def _text(
    layout: Layout, container: Container | None, teasers: int, add: Callable[..., None]
) -> None:
    running = (
        sum(len(line.text) - line.linked for line in container.lines if len(line.text) > 60)
        if container
        else 0
    )
    inside = 0
    if container is not None:
        inside = sum(
            len(line.text)
            for line in container.lines
            if len(line.text) > 20 and 2 * line.linked > len(line.text)
        )
        running += sum(len(line.text) for line in container.captions)
    share = _teased(layout, container) if container is not None and teasers >= 8 else 0.0
    if share > 0.5:
        add("the paragraphs are teasers of other stories", 2, "list")
        running = 0
    if teasers >= 30:
        add(f"{teasers} headings with links", 2, "list")
    elif teasers >= 10:
        add(f"{teasers} headings with links", 1.5, "list")
    if running >= 1500:
        add(f"{running} characters of running text", -2)
    elif running >= 500:
        add(f"{running} characters of running text", -1)
    elif running < 150:
        add(f"{running} characters of running text", 1)
    if inside > running and inside > 300:
        add("more links than text in the body", 2)


def _teasers(layout: Layout) -> int:
    """Headings and large links to stories that are not in lists beside the text."""
    targets: Counter[str] = Counter()
    for one in layout.tree.root.iter("a"):
        length = layout.tree.length[one]
        if length not in _TEASER or layout.is_outside(
            one, Role.COMMENTS, Role.CLUTTER, Role.RELATED
        ):
            continue
        above = (one.getparent(), one.getparent().getparent() if length < _LARGE else None)
        if (
            length >= _LARGE
            or any(two is not None and two.tag in HEADINGS for two in above)
            or next(one.iter("h2"), None) is not None
        ):
            targets[one.get("href") or ""] += 1
    return len(targets)


def _teased(layout: Layout, container: Container) -> float:
    """Share of the body's running text that stands in one item with a heading that is a link."""
    whole = teased = 0
    for line in container.lines:
        if len(line.text) < 40:
            continue
        whole += len(line.text)
        for above in [line.element, *around(line.element, 4)]:
            if above is container.element or layout.tree.length[above] > 900:
                break
            if any(layout.tree.is_linked(one) for one in above.iter(*HEADINGS)) or any(
                layout.tree.length[one] in _TEASER and one is not line.element
                for one in above.iter("a")
                if 2 * layout.tree.length[one] > 40 and above is not line.element
            ):
                teased += len(line.text)
                break
    return teased / whole if whole else 0.0


def is_front(seen: list[Evidence[str]]) -> bool:
    """Whether a page is a list of stories; one that is only empty is none."""
    return sum(one.weight for one in seen) >= _REFUSED and any(one.place == "list" for one in seen)
