"""The stories that a paper lists for an article: by their marks, their heading, or their links alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag

from indexer.addresses import join_address, split_address
from indexer.article import RelatedLink
from indexer.language.normalise import bare, lower
from indexer.parsing.dates import read_date_line
from indexer.parsing.page.body import Container
from indexer.parsing.page.layout import Layout
from indexer.parsing.page.lines import Line, lines_of, text_of
from indexer.parsing.page.marks import Role, described
from indexer.parsing.page.tree import HEADINGS, Element, around
from indexer.parsing.related_links import is_heading

_LIST_HEADING = re.compile(
    r"(?:đọc nhiều|xem nhiều|mới nhất|tin mới|bài mới|tin khác|cùng chuyên mục|cùng mục|nổi bật|tin nóng|quan tâm"
    r"|gần đây|tiêu điểm|cũ hơn|mới hơn|quảng cáo|doanh nghiệp|khuyến mãi|tài trợ|đề xuất|chuyên trang|đã đưa"
    r"|trong ngày|hôm nay|theo ngày|bạn đọc|bình luận|video|nhiều nhất|mua sắm|rao vặt|cùng tác giả)",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"^\s*(?:(?:>|›|»|►|\+|\*|•|■|=>)\s*)+|^\s*(?:xem thêm|đọc thêm|xem|bài liên quan|tin liên quan)\s*[:：]\s*",
    re.I,
)
_SHORTEST = 12
_MOST_AFTER = 8
"""Links of a list without marks or heading behind the text; a longer list is the site's."""


@dataclass(slots=True)
class Related:
    """Lists of other stories.

    Attributes:
        links: those of this article's own lists.
        lines: lines of the container that are such links, not its text.
        seen: a list's place and why it is, or is not, this article's.
    """

    links: list[RelatedLink] = field(default_factory=list)
    lines: set[tuple[Element, str]] = field(default_factory=set)
    seen: list[tuple[str, str, int, bool]] = field(default_factory=list)


def find_related(
    layout: Layout,
    headline: Element | None,
    container: Container | None,
    base: str,
    own: str | None,
) -> Related:
    """The article's related stories, wherever they stand.

    Args:
        base: the address against which links are read.
        own: the article's own address, which is none of them.
    """
    found = Related()
    reader = _Reader(layout, base, own, found)
    start = layout.place(headline) if headline is not None else 0
    for root, role in layout.roots:
        if role is Role.RELATED and layout.place(root) > start:
            reader.take(root, "marked as related")
    reader.under_headings(start)
    reader.above(start, container)
    if container is not None:
        reader.inside(container)
        if not found.links:
            reader.behind(container)
    return found


class _Reader:
    """Reads links of one page, each once."""

    def __init__(self, layout: Layout, base: str, own: str | None, found: Related) -> None:
        self._layout = layout
        self._base = base
        self._own = _key(own) if own else ""
        self._found = found
        self._known: set[str] = set()

    def take(self, root: Element, reason: str) -> bool:
        """Read the links of a list, unless its heading says that it is the site's."""
        heading = next((line.text for line in lines_of(root) if not line.linked), "")
        before = root.getprevious()
        if not heading and before is not None and self._layout.tree.length[before] < 50:
            heading = text_of(before)
        place = described(root)
        if heading and len(heading) < 60 and _LIST_HEADING.search(heading):
            self._found.seen.append((place, f"headed as the site's: {heading}", 0, False))
            return False
        links = list(self._links_in(root))
        self._found.seen.append((place, reason, len(links), bool(links)))
        self._found.links += links
        return bool(links)

    def under_headings(self, start: int) -> None:
        """Read the links that follow a heading such as "Tin liên quan"."""
        lines = self._layout.lines
        for at, line in enumerate(lines):
            if len(line.text) > 40 or not is_heading(line.text):
                continue
            if self._layout.place(line.at) < start or self._layout.is_outside(
                line.element, Role.COMMENTS, Role.LISTS, Role.CLUTTER
            ):
                continue
            self._found.lines.add((line.element, line.text))
            self._follow(lines[at + 1 :], line)

    def _follow(self, lines: list[Line], heading: Line) -> None:
        taken = 0
        last = 0
        for line in lines:
            linked = 2 * line.linked > len(line.text)
            if not linked and taken and last and len(line.text) > 15 and self._beside(line, last):
                # The lead of the story whose link stands before.
                self._found.lines.add((line.element, line.text))
                last = 0
                continue
            date = read_date_line(line.text) if len(line.text) < 40 else None
            if not linked and date is not None and not date.rest:
                self._found.lines.add((line.element, line.text))
                continue
            if not linked or _LIST_HEADING.search(line.text) or is_heading(line.text):
                break
            links = list(self._links_in(line.element))
            if not links and not taken:
                break
            self._found.links += links
            self._found.lines.add((line.element, line.text))
            taken += len(links)
            last = self._layout.place(line.at)
        self._found.seen.append(
            (described(heading.element), f"under the heading {heading.text}", taken, bool(taken))
        )

    def _beside(self, line: Line, place: int) -> bool:
        """Whether a line stands in one item with the element of a place."""
        link = self._layout.tree.elements[place]
        item = next(
            (one for one in line.element.iterancestors() if one.tag in ("li", "article", "div")),
            None,
        )
        if item is None or (item is not link and item not in link.iterancestors()):
            return False
        return len({_key(one.get("href") or "") for one in item.iter("a")}) == 1

    def inside(self, container: Container) -> None:
        """Read the lines of the text that are nothing but a link to another story."""
        lines = [line for line in container.lines if self._is_pointer(line)]
        listed = self._listed(container)
        if 2 * sum(len(line.text) for line in lines) > sum(
            len(line.text) for line in container.lines
        ):
            return
        count = 0
        for line in lines:
            if (line.element, line.text) in listed:
                continue
            links = list(self._links_in(line.element)) if len(line.text) > 8 else []
            self._found.links += links
            self._found.lines.add((line.element, line.text))
            count += len(links)
        if lines:
            self._found.seen.append(
                ("lines of the text", "nothing but links to stories", count, bool(count))
            )

    def _listed(self, container: Container) -> set[tuple[Element, str]]:
        """Links inside the text under a heading of the site's: neither its own stories nor its text."""
        found: set[tuple[Element, str]] = set()
        heading: Line | None = None
        for line in container.lines:
            if not line.linked and len(line.text) < 60 and _LIST_HEADING.search(line.text):
                heading = line
            elif heading is not None and self._is_pointer(line):
                found |= {(heading.element, heading.text), (line.element, line.text)}
            elif len(line.text) > 60:
                heading = None
        self._found.lines |= found
        return found

    def above(self, start: int, container: Container | None) -> None:
        """Read pointers between the headline and the text: ">> Tin cũ" under the standfirst."""
        end = self._layout.place(container.element) if container is not None else start + 40
        for line in self._layout.lines:
            one = line.element
            if not start < self._layout.place(one) < end or self._layout.is_outside(one):
                continue
            if _POINTER.match(line.text) and self._is_pointer(line):
                links = list(self._links_in(one))
                self._found.links += links
                self._found.seen.append(
                    (described(one), "a pointer under the headline", len(links), bool(links))
                )

    def _is_pointer(self, line: Line) -> bool:
        length = len(line.text)
        if _POINTER.match(line.text) and line.linked > 0.5 * length:
            return True
        return length >= 20 and line.linked >= 0.9 * length - 2

    def behind(self, container: Container) -> None:
        """Read a short list of links right behind the text that has neither mark nor heading."""
        for block in _following(self._layout, container):
            role = self._layout.outside.get(block)
            if role in (Role.COMMENTS, Role.LISTS):
                return
            length = self._layout.tree.length[block]
            if (
                role is not None
                or not length
                or self._layout.has(block, Role.TAGS, Role.AUTHOR, Role.SOURCE)
            ):
                continue
            if not self._layout.tree.is_linked(block, 0.8):
                if length > 60:
                    return
                continue
            anchors = {
                _key(one.get("href") or "") for one in block.iter("a") if len(text_of(one)) >= 20
            }
            if 2 <= len(anchors) <= _MOST_AFTER and self.take(
                block, "a short list of links behind the text"
            ):
                return

    def _links_in(self, root: Element) -> Iterator[RelatedLink]:
        """The stories linked in an element: of several links to one the first is its title, another its lead."""
        texts: dict[str, list[str]] = {}
        addresses: dict[str, str | None] = {}
        anchors = list(root.iter("a"))
        if not anchors:
            # The link may stand around its title.
            anchors = list(root.iterancestors("a"))[:1]
        for anchor in anchors:
            address = self._address(anchor.get("href") or "")
            text = _POINTER.sub("", text_of(anchor)) or " ".join(
                (anchor.get("title") or "").split()
            )
            # A copy may have lost its addresses; what the list says of the stories is still there.
            key = _key(address) if address is not None else f"title {bare(text)}"
            if address is None and (not text or anchor.find("img") is not None or _in_lead(anchor)):
                continue
            if key == self._own or key in self._known:
                continue
            addresses.setdefault(key, address)
            heading = next(anchor.iter(*HEADINGS), None)
            if heading is not None and 0 < self._layout.tree.length[heading] < len(text):
                title = text_of(heading)
                texts.setdefault(key, []).append(title)
                text = text.removeprefix(title).strip()
            if text and text not in texts.setdefault(key, []):
                texts[key].append(text)
        for key, found in texts.items():
            title = next((text for text in found if len(text) >= _SHORTEST), "")
            if not title or len(title.split()) < 3:
                continue
            self._known.add(key)
            lead = next(
                (text for text in found if len(text) > len(title) and bare(text) != bare(title)),
                None,
            )
            yield RelatedLink(title, addresses[key], lead or self._lead(root, title))

    def _lead(self, root: Element, title: str) -> str | None:
        """The text that goes with the only story of an element, or of one of its items."""
        for item in root.iter("li", "article", "div", "section"):
            if self._layout.tree.length.get(item, 0) > 700:
                continue
            lines = [line for line in lines_of(item) if not line.linked and len(line.text) > 15]
            anchors = {_key(one.get("href") or "") for one in item.iter("a")} - {""}
            if len(anchors) == 1 and lines and any(title == text_of(one) for one in item.iter("a")):
                return " ".join(line.text for line in lines)
        return None

    def _address(self, href: str) -> str | None:
        href = href.strip()
        if not href or lower(href).startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
            return None
        address = join_address(self._base, href)
        return None if address is None else urldefrag(address).url


def _in_lead(anchor: Element) -> bool:
    """Whether a link is the lead of a story whose title stands in a heading before it."""
    return anchor.getparent() is not None and any(
        one.tag in ("h2", "h3", "h4")
        for above in [anchor, *around(anchor, 2)]
        for one in above.itersiblings(preceding=True)
    )


def _following(layout: Layout, container: Container) -> Iterator[Element]:
    """The blocks behind the container, the nearest first, out to the column that it stands in."""
    one = container.element
    count = 0
    while one.tag not in ("body", "html", "main"):
        for sibling in one.itersiblings():
            if layout.tree.length.get(sibling, 0):
                count += 1
                if count > 12:
                    return
                yield sibling
        above = one.getparent()
        if above is None:
            return
        one = above


def _key(address: str) -> str:
    """An address without the parts that do not tell pages apart."""
    parts = split_address(address)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}".rstrip("?")
