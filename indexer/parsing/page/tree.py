"""A page as a tree that is looked at: how much text stands where, how much of it is links, in what order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree, html  # type: ignore[import-untyped]

from indexer.language.cleaning import clean_text

Element: TypeAlias = Any
"""An element of lxml, which has no types of its own."""

SILENT = frozenset(
    {
        "script", "style", "noscript", "template", "iframe", "svg", "button", "select", "textarea", "object",
        "embed", "head", "map", "canvas", "audio", "input", "dialog",
    }
)  # fmt: skip
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul", "caption", "video",
        "details", "summary",
    }
)  # fmt: skip
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PARSER = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as a page shows it.

    Attributes:
        element: the innermost block that it stands in.
        linked: how many of its characters are links.
        strong: how many are bold.
    """

    text: str
    element: Element
    linked: int
    strong: int


class Tree:
    """A parsed page with the measures of its elements, each counted once."""

    def __init__(self, text: str) -> None:
        """Parse a page.

        Raises:
            ValueError: it holds no element.
        """
        data = _XML_DECLARATION.sub("", text).encode("utf-8", "replace")
        try:
            root = html.document_fromstring(data, parser=_PARSER)
        except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as error:
            raise ValueError(str(error)) from error
        self.root: Element = root
        self.scripts = [one for one in root.iter("script") if one.text]
        self.elements: list[Element] = [one for one in root.iter() if isinstance(one.tag, str)]
        self.order = {one: at for at, one in enumerate(self.elements)}
        self.length: dict[Element, int] = dict.fromkeys(self.elements, 0)
        self.linked: dict[Element, int] = dict.fromkeys(self.elements, 0)
        self.ends: dict[Element, int] = {}
        self._measure()

    def _measure(self) -> None:
        """Characters of text and of links below every element, from the leaves up."""
        length, linked, ends = self.length, self.linked, self.ends
        for at in range(len(self.elements) - 1, -1, -1):
            one = self.elements[at]
            ends.setdefault(one, at + 1)
            if one.tag in SILENT:
                length[one] = linked[one] = 0
            else:
                own = len(one.text.strip()) if one.text else 0
                length[one] += own
                if one.tag == "a":
                    linked[one] = length[one]
            parent = one.getparent()
            if parent is not None:
                tail = len(one.tail.strip()) if one.tail else 0
                length[parent] += length[one] + tail
                linked[parent] += linked[one]
                ends[parent] = max(ends.get(parent, 0), ends[one])

    def below(self, one: Element) -> list[Element]:
        """The elements inside one, itself first, in document order."""
        at = self.order[one]
        return self.elements[at : self.ends[one]]

    def unlinked(self, one: Element) -> int:
        """Characters of an element's text that are no links."""
        return self.length[one] - self.linked[one]

    def is_linked(self, one: Element, share: float = 0.6) -> bool:
        """Whether so much of an element's text is links."""
        return self.linked[one] > share * max(1, self.length[one])

    def depth(self) -> int:
        """How deep elements are nested."""
        depths: dict[Element, int] = {}
        for one in self.elements:
            parent = one.getparent()
            depths[one] = depths.get(parent, 0) + 1 if parent is not None else 1
        return max(depths.values(), default=0)


def lines_of(root: Element, skipped: Collection[Element] = ()) -> list[Line]:
    """The lines of an element's text, one a block or a row of a table of data, without those of `skipped`."""
    return list(_Lines(skipped).read(root))


def text_of(root: Element, skipped: Collection[Element] = ()) -> str:
    """An element's text on one line."""
    if not len(root):
        return " ".join(clean_text(root.text or "").split())
    return " ".join(line.text for line in lines_of(root, skipped))


class _Lines:
    """A walk over the nodes of an element that gathers lines; no recursion, for pages are nested deeply."""

    def __init__(self, skipped: Collection[Element]) -> None:
        self._skipped = skipped
        self._parts: list[str] = []
        self._linked = 0
        self._strong = 0
        self._lines: list[Line] = []
        self._cells: list[Element] = []

    def read(self, root: Element) -> Iterator[Line]:
        # Element, and whether it is being left; links, strong text and rows are counted by depth.
        stack: list[tuple[Element, bool]] = [(root, False)]
        links = strong = 0
        while stack:
            one, leaving = stack.pop()
            tag = one.tag
            if leaving:
                if tag == "a":
                    links -= 1
                elif tag in ("b", "strong", "h1", "h2", "h3", "h4", "th"):
                    strong -= 1
                if tag in BLOCKS or tag == "br":
                    self._leave(one)
                if one is not root:
                    self._add(one.tail, links, strong)
                continue
            if not isinstance(tag, str) or tag in SILENT or one in self._skipped:
                if one is not root:
                    self._add(one.tail, links, strong)
                continue
            if tag in BLOCKS:
                self._enter(one)
            if tag == "a":
                links += 1
            elif tag in ("b", "strong", "h1", "h2", "h3", "h4", "th"):
                strong += 1
            self._add(one.text, links, strong)
            stack.append((one, True))
            stack.extend((child, False) for child in reversed(one))
        self._flush(root)
        yield from self._lines

    def _add(self, text: str | None, links: int, strong: int) -> None:
        if text:
            self._parts.append(text)
            length = len(text.strip())
            if links:
                self._linked += length
            if strong:
                self._strong += length

    def _enter(self, one: Element) -> None:
        if (
            self._cells
            and self._cells[-1] is not one
            and one.tag in ("td", "th", "p", "div", "span")
        ):
            return
        parent = one.getparent()
        self._flush(parent if parent is not None else one)
        if one.tag == "tr" and is_row_of_data(one):
            self._cells.append(one)

    def _leave(self, one: Element) -> None:
        if self._cells and self._cells[-1] is one:
            self._cells.pop()
        elif self._cells and one.tag in ("td", "th", "p", "div", "br"):
            self._parts.append(" | " if one.tag in ("td", "th") else " ")
            return
        parent = one.getparent()
        self._flush(parent if one.tag == "br" and parent is not None else one)

    def _flush(self, element: Element) -> None:
        raw = "".join(self._parts)
        self._parts.clear()
        text = " ".join(clean_text(raw).split()).removesuffix(" |")
        if text:
            self._lines.append(Line(text, element, min(self._linked, len(text)), self._strong))
        self._linked = self._strong = 0


_LONGEST_CELL = 120


def is_row_of_data(row: Element) -> bool:
    """Whether a row of a table is one of data, to be read across, rather than a means of layout."""
    cells = [one for one in row if one.tag in ("td", "th")]
    if len(cells) < 2:
        return False
    for cell in cells:
        # Pictures, lists and tables inside are layout; so is a cell that is a paragraph.
        if (
            next(cell.iter("table", "img", "ul", "ol", "figure", "h1", "h2", "h3"), None)
            is not None
        ):
            return False
        if len("".join(cell.itertext()).strip()) > _LONGEST_CELL:
            return False
    return sum(bool("".join(cell.itertext()).strip()) for cell in cells) >= 2
