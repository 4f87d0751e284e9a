"""The headline: the one that the page shows, compared with the one in its metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from indexer.language.normalise import bare, fold
from indexer.parsing.evidence import Evidence, heaviest
from indexer.parsing.outlets import outlet, source_name
from indexer.parsing.page.layout import Layout
from indexer.parsing.page.lines import text_of
from indexer.parsing.page.marks import Role, described
from indexer.parsing.page.stated import Stated, plain
from indexer.parsing.page.tree import Element

_LONGEST_SITE = 120
_SITE_SUFFIX = re.compile(r"\s+[-–|•·»:]\s+|\s*\|\s*")
_BY_TAG = {"h1": 5.0, "h2": 3.0, "h3": 2.5, "h4": 2.0, "h5": 1.5}
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline.

    Attributes:
        element: where the page shows it; None where it only states it.
        seen: all that was taken into account.
        chosen: the evidence that won.
    """

    text: str
    element: Element | None
    seen: tuple[Evidence[str], ...]
    chosen: tuple[Evidence[str], ...]


def find_headline(layout: Layout, stated: Stated) -> Headline:
    """The headline of a page; its text is empty where there is none."""
    sources = tuple(one.value for one in stated.sources)
    head = layout.tree.root.find(".//title")
    title = plain("".join(head.itertext())) if head is not None else ""
    short = without_site(title, sources)
    said = [_folded(without_site(one.value, sources)) for one in stated.titles]
    of_page = _folded(short)
    seen: list[Evidence[str]] = []
    places: dict[int, Element] = {}
    marked = [one for one, roles in layout.roles.items() if Role.TITLE in roles]
    headings = {*layout.tree.root.iter(*_BY_TAG), *marked} & layout.tree.order.keys()
    for one in sorted(headings, key=layout.place):
        found = _heading(one, layout, said, of_page)
        if found is not None:
            places[len(seen)] = one
            seen.append(found)
    shown = len(seen)
    seen += [
        Evidence(
            without_site(one.value, sources), one.place, "the page states it", 4.5 + one.weight / 10
        )
        for one in stated.titles[:2]
    ]
    if short:
        seen.append(Evidence(short, "title", "the title of the page", 4))
    best = heaviest(seen)
    if best is None:
        return Headline("", None, tuple(seen), ())
    at = next(at for at, one in enumerate(seen) if one is best)
    return Headline(
        without_site(best.value, sources),
        places.get(at) if at < shown else None,
        tuple(seen),
        (best,),
    )


def _heading(one: Element, layout: Layout, said: list[str], title: str) -> Evidence[str] | None:
    base = _BY_TAG.get(one.tag)
    is_marked = layout.has(one, Role.TITLE)
    if base is None:
        # A box is no heading, but old pages put the headline into a cell or a paragraph with a class.
        if not is_marked or one.tag not in ("p", "div", "span", "td", "strong", "b", "font", "a"):
            return None
        base = 2.0
    length = layout.tree.length[one]
    if length > _LONGEST:
        return None
    if one.tag != "h1" and layout.tree.is_linked(one):
        # A link is the headline only where it says what the page is called.
        raw = _folded("".join(one.itertext()))
        if not any(_same(raw, other) for other in (*said, title)):
            return None
    text = text_of(one) if length else _picture_text(one)
    if len(text) < 4 or (len(text) < 40 and outlet(text) is not None):
        return None
    weight = base + (1.0 if is_marked else 0.0)
    reasons = [f"a heading ({one.tag})" if one.tag in _BY_TAG else "marked as the title"]
    known = _folded(text)
    if any(_same(known, other) for other in said):
        weight += 6
        reasons.append("as the page states it")
    elif title and _same(known, title):
        weight += 5
        reasons.append("as in the title of the page")
    if layout.tree.is_linked(one) and one.tag != "h1":
        weight -= 3
        reasons.append("a link")
    if any(
        layout.has(above, Role.RELATED, Role.LISTS, Role.COMMENTS)
        for above in (one, *one.iterancestors())
    ):
        weight -= 4
        reasons.append("among other stories")
    if one.tag == "h1" and not length:
        reasons.append("a picture's text")
    return Evidence(text, described(one), ", ".join(reasons), weight)


def _picture_text(one: Element) -> str:
    return (
        next((plain(image.get("alt") or "") for image in one.iter("img")), "")
        if one.tag == "h1"
        else ""
    )


def _folded(title: str) -> str:
    """A title for comparison; those of old pages are written without diacritics."""
    return fold(bare(title))


def _same(one: str, other: str) -> bool:
    """Whether two folded titles are one, maybe cut or with the site's name behind."""
    if not other:
        return False
    short, long = sorted((one, other), key=len)
    short = short.rstrip(".… ")
    if len(short) > 12 and long.startswith(short):
        return True
    return len(short) > 8 and short in long and 2 * len(short) > len(long)


@lru_cache(maxsize=64)
def without_site(title: str, sources: tuple[str, ...]) -> str:
    """A title without the name of the site, and of its section, at its end or beginning."""
    names = {bare(source) for source in sources} | {bare(source_name(source)) for source in sources}
    parts = [(match.start(), match.end()) for match in _SITE_SUFFIX.finditer(title)]
    cut = len(title)
    for start, end in reversed(parts):
        if cut - end > _LONGEST_SITE:
            break
        if _is_site(title[end:cut], names):
            cut = start
    title = title[:cut].rstrip()
    if parts and parts[0][1] <= min(cut, _LONGEST_SITE) and _is_site(title[: parts[0][0]], names):
        return title[parts[0][1] :]
    return title


def _is_site(text: str, names: set[str]) -> bool:
    known = bare(text).removeprefix("báo ").removeprefix("báo điện tử ")
    return bool(known) and (known in names or bare(text) in names or outlet(text) is not None)
