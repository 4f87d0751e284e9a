"""The small parts of an article: standfirst, section, tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from indexer.addresses import split_address
from indexer.language.normalise import bare, fold
from indexer.parsing.dates import read_date_line
from indexer.parsing.evidence import Evidence
from indexer.parsing.page.body import Container
from indexer.parsing.page.layout import Layout
from indexer.parsing.page.lines import lines_of, text_of
from indexer.parsing.page.marks import Role, described
from indexer.parsing.page.stated import Stated, section_of, split_tags
from indexer.parsing.page.tree import Element, around

_POINTER = re.compile(r"^\s*(?:>|›|»|►)")
_TAGS_LABEL = re.compile(
    r"(?:từ khóa|từ khoá|tags?|chủ đề|thẻ|xem thêm về|keywords?|tin theo chủ đề)\s*:?\s*",
    re.IGNORECASE,
)
_LONGEST_TAG = 60
_KEYWORDS = 2.0
"""The weight of the keywords in a page's head, which may be those of the site."""


def leads(
    layout: Layout,
    headline: Element | None,
    container: Container | None,
    stated: Stated,
    title: str,
) -> list[Evidence[str]]:
    """Every text that speaks for the standfirst."""
    found = list(_marked_leads(layout, headline, container))
    if headline is not None and container is not None and not found:
        found += _unmarked_lead(layout, headline, container)
    keywords = {bare(one.value) for one in stated.tags}
    for one in stated.leads:
        weight, reason = one.weight, one.reason
        if is_keywords(one.value, keywords):
            weight, reason = 0.0, "a list of keywords"
        elif (
            bare(one.value) == bare(title)
            or bare(one.value) in bare(title)
            or (bare(one.value).startswith(bare(title)) and len(one.value) < 1.3 * len(title) + 30)
        ):
            weight, reason = 0.0, "the headline again"
        elif len(one.value) < 20:
            weight, reason = 0.0, "too short"
        found.append(Evidence(one.value, one.place, reason, weight))
    return found


def _marked_leads(
    layout: Layout, headline: Element | None, container: Container | None
) -> Iterator[Evidence[str]]:
    start = layout.place(headline) if headline is not None else 0
    end = len(layout.tree.elements)
    if container is not None:
        inside = [line.element for line in container.lines[:6]]
        end = (
            max([layout.place(one) for one in inside], default=layout.place(container.element)) + 1
        )
    past = -1
    for one in layout.tree.elements[max(0, start - 40) : end]:
        place = layout.place(one)
        if not layout.has(one, Role.LEAD) or layout.is_outside(one) or place < past:
            continue
        if (
            one.tag in ("meta", "a", "img", "body", "figcaption")
            or not 30 <= layout.tree.length[one] <= 1500
        ):
            continue
        if any(
            layout.has(above, Role.CAPTION) or above.tag in ("figure", "figcaption")
            for above in one.iterancestors()
        ):
            continue
        lines = [
            line for line in lines_of(one, outside_of(layout)) if not _POINTER.match(line.text)
        ]
        if len(lines) > 6:
            continue
        text = " ".join(
            line.text for line in lines if 2 * line.linked <= len(line.text) or not line.linked
        )
        if len(text) >= 30:
            past = layout.tree.ends[one]
            yield Evidence(
                text, described(one), "marked as the standfirst", 8.0 if place >= start else 5.0
            )


def _unmarked_lead(
    layout: Layout, headline: Element, container: Container
) -> Iterator[Evidence[str]]:
    """The only paragraph, or a heading, that stands alone between the headline and the text."""
    start, end = layout.place(headline), layout.place(container.element)
    between = [
        line
        for line in layout.lines
        if start < layout.place(line.at) < end
        and not layout.is_outside(line.at)
        and len(line.text) >= 40
        and 3 * line.linked < len(line.text)
        and line.element is not headline
        and not any(layout.has(one, Role.DATE) for one in (line.element, *around(line.element, 1)))
        and read_date_line(line.text) is None
    ]
    if 0 < len(between) <= 2 and (
        between[0].element.tag in ("h2", "h3", "p", "div", "strong", "td")
        and len(between[0].text) < 700
    ):
        one = between[0]
        yield Evidence(
            one.text, described(one.element), "alone between the headline and the text", 5.5
        )


def outside_of(layout: Layout) -> set[Element]:
    """The roots of the parts that are not the article."""
    return {root for root, _ in layout.roots}


def is_keywords(text: str, keywords: set[str]) -> bool:
    """Whether a description is a list of keywords: many commas, few words between, no sentence."""
    parts = [part.strip() for part in re.split(r"[,;|]", text) if part.strip()]
    if len(parts) < 3:
        return False
    known = sum(bare(part) in keywords for part in parts)
    words = sum(len(part.split()) for part in parts) / len(parts)
    ends = re.search(r"[.!?…][\"”]?\s*$", text) is not None
    return 2 * known > len(parts) or (words <= 4.5 and len(parts) >= 4 and not ends)


def sections(
    layout: Layout, headline: Element | None, stated: Stated, url: str | None, title: str
) -> list[Evidence[str]]:
    """Every name that speaks for the section."""
    found = list(stated.sections)
    start = layout.place(headline) if headline is not None else len(layout.tree.elements)
    boxes = [
        one
        for one, roles in layout.roles.items()
        if Role.CRUMBS in roles and layout.place(one) <= start + 60
    ]
    boxes += [
        one
        for one in layout.tree.root.iter("nav")
        if "crumb" in (one.get("aria-label") or "").lower()
    ]
    for one in boxes:
        if not layout.tree.length[one]:
            continue
        names = [text for link in one.iter("a") if 1 < len(text := text_of(link)) <= 40]
        if not names and layout.tree.length[one] <= 40:
            names = [text_of(one)]
        found += [
            Evidence(name, described(one), "the way to the section", 6.5)
            for name in section_of(names[:5], [title])
        ]
    found += _links_above(layout, headline, url, title)
    return found


def _links_above(
    layout: Layout, headline: Element | None, url: str | None, title: str
) -> list[Evidence[str]]:
    """A short row of links right above the headline, or one whose address the article's begins with."""
    if headline is None:
        return []
    start = layout.place(headline)
    path = split_address(url).path if url else ""
    found = []
    for one in reversed(layout.tree.elements[max(0, start - 60) : start + 30]):
        if not 2 <= layout.tree.length[one] <= 80:
            continue
        if one.tag in ("ul", "ol", "div", "p", "h2", "h3", "span") and layout.tree.is_linked(
            one, 0.7
        ):
            links = list(one.iter("a"))
            names = [text for link in links if 1 < len(text := text_of(link)) <= 30]
            if not 1 <= len(names) <= 3 or len(names) != len(links) or layout.tree.length[one] > 80:
                continue
            hrefs = [_path(link.get("href") or "") for link in links]
            is_prefix = any(len(href) > 2 and path.startswith(href) for href in hrefs)
            if layout.is_outside(one) and not is_prefix:
                continue
            # A way to the section goes from the larger to the smaller; a menu does not.
            is_way = all(second.startswith(first) for first, second in pairwise(hrefs))
            weight = 6.0 if is_prefix else 3.0 if is_way and layout.place(one) < start else 0.0
            if weight and all(
                (href and not href.endswith((".htm", ".html", ".jpg"))) or is_prefix
                for href in hrefs
            ):
                found += [
                    Evidence(name, described(one), "links above the headline", weight)
                    for name in section_of(names, [title])
                ]
    return found[:1]


def _path(href: str) -> str:
    path = split_address(href).path
    return path.removesuffix(".htm").removesuffix(".html").removesuffix(".chn").rstrip("/")


def tags(
    layout: Layout, headline: Element | None, stated: Stated, text: str
) -> tuple[list[str], list[Evidence[str]]]:
    """The tags: those stated as such, else those printed, else the keywords of the head; each once.

    Args:
        text: the article's; keywords of which it has less than half are the site's.

    Returns:
        The tags, and every one that was seen.
    """
    seen = [*stated.tags, *_printed_tags(layout, headline)]
    by_weight: dict[float, list[str]] = {}
    for one in seen:
        by_weight.setdefault(one.weight, []).append(one.value)
    for weight in sorted(by_weight, reverse=True):
        found = split_tags(by_weight[weight])
        if found and (weight > _KEYWORDS or _are_of(text, found)):
            return found, seen
    return [], seen


def _are_of(text: str, keywords: list[str]) -> bool:
    """Whether a text has at least half of some keywords, maybe with other diacritics."""
    low, names = bare(text), [bare(one) for one in keywords]
    if 2 * sum(one in low for one in names) >= len(names):
        return True
    low = fold(low)
    return 2 * sum(fold(one) in low for one in names) >= len(names)


def _printed_tags(layout: Layout, headline: Element | None) -> Iterator[Evidence[str]]:
    start = layout.place(headline) if headline is not None else 0
    past = -1
    for place, one in enumerate(layout.tree.elements[start:], start):
        if place < past:
            continue
        is_marked = layout.has(one, Role.TAGS) and one.tag not in ("a", "meta", "body")
        label = "" if is_marked else one.text or ""
        is_labelled = len(label) < 40 and _TAGS_LABEL.fullmatch(label.strip()) is not None
        if not (is_marked or is_labelled):
            continue
        if layout.is_outside(one, Role.COMMENTS, Role.LISTS, Role.RELATED):
            continue
        box = one
        if is_labelled and next(one.iter("a"), None) is None and one.getparent() is not None:
            box = one.getparent()
        links = [
            text
            for link in box.iter("a")
            if 1 < len(text := text_of(link).strip("# ,;")) <= _LONGEST_TAG
        ]
        if layout.tree.length[box] > 800 or not links:
            continue
        past = layout.tree.ends[box]
        for name in links:
            if not _TAGS_LABEL.fullmatch(name):
                yield Evidence(name, described(box), "printed as a tag", 5.0 if is_marked else 4.0)
        if past > start and is_marked:
            return
