"""The lines of an element's text, as a page shows them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from indexer.parsing.page.tree import BLOCKS, SILENT, Element


class Line(NamedTuple):
    """A line of text as a page shows it.

    Attributes:
        element: the innermost block that it stands in.
        at: the element in which, or behind which, it begins: its place among others of the block.
        linked: how many of its characters are links.
        strong: how many are bold.
    """

    text: str
    element: Element
    linked: int
    strong: int
    at: Element


def lines_of(root: Element, skipped: Collection[Element] = ()) -> list[Line]:
    """The lines of an element's text: one for each block or row of a table of data; `skipped` is left out."""
    return _Lines(skipped).read(root)


def text_of(root: Element, skipped: Collection[Element] = ()) -> str:
    """An element's text on one line."""
    inside = root.iter()
    next(inside)
    if not skipped and not any(
        one.tag in BLOCKS or one.tag in SILENT or one.tag == "br" for one in inside
    ):
        return " ".join("".join(root.itertext()).split())
    return " ".join(line.text for line in lines_of(root, skipped))


_COUNTED = frozenset({"a", "b", "strong", "h1", "h2", "h3", "h4", "th"})
"""Links and bold text."""
_CELLS = frozenset({"td", "th"})
_IN_CELLS = frozenset({"td", "th", "p", "div", "br"})


class _Lines:
    """A walk over the nodes of an element that gathers lines; no recursion, for pages are nested deeply."""

    def __init__(self, skipped: Collection[Element]) -> None:
        self._skipped = skipped
        self._parts: list[str] = []
        self._at: Element = None
        self._linked = 0
        self._strong = 0
        self._lines: list[Line] = []
        self._cells: list[Element] = []

    def read(self, root: Element) -> list[Line]:
        """The lines of an element."""
        # What is to be entered, or None and below it what is to be left; links and bold text count by depth.
        stack: list[Element] = [root]
        pop, push, add, skipped = stack.pop, stack.append, self._add, self._skipped
        links = strong = 0
        while stack:
            one = pop()
            if one is None:
                one = pop()
                tag = one.tag
                if tag in BLOCKS:
                    self._leave(one, tag)
                if tag in _COUNTED:
                    links -= tag == "a"
                    strong -= tag != "a"
            else:
                tag = one.tag
                if tag == "br":
                    self._leave(one, tag)
                elif tag not in SILENT and one not in skipped and isinstance(tag, str):
                    if tag in BLOCKS:
                        self._enter(one, tag)
                    if tag in _COUNTED:
                        links += tag == "a"
                        strong += tag != "a"
                    if text := one.text:
                        add(text, links, strong, one)
                    push(one)
                    push(None)
                    if len(one):
                        stack.extend(reversed(one))
                    continue
            if one is not root and (text := one.tail):
                add(text, links, strong, one)
        self._flush(root)
        return self._lines

    def _add(self, text: str, links: int, strong: int, one: Element) -> None:
        if not self._parts or self._at is None:
            self._at = one
        self._parts.append(text)
        if links or strong:
            length = len(text.strip())
            if links:
                self._linked += length
            if strong:
                self._strong += length

    def _enter(self, one: Element, tag: str) -> None:
        if self._cells and self._cells[-1] is not one and tag in _IN_CELLS:
            return
        if self._parts:
            parent = one.getparent()
            self._flush(parent if parent is not None else one)
        if tag == "tr" and is_row_of_data(one):
            self._cells.append(one)

    def _leave(self, one: Element, tag: str) -> None:
        if self._cells:
            if self._cells[-1] is one:
                self._cells.pop()
            elif tag in _IN_CELLS:
                self._parts.append(" | " if tag in _CELLS else " ")
                return
        if self._parts:
            parent = one.getparent()
            self._flush(parent if tag == "br" and parent is not None else one)

    def _flush(self, element: Element) -> None:
        text = " ".join("".join(self._parts).split())
        self._parts.clear()
        if text:
            text = text.removesuffix(" |")
            linked = min(self._linked, len(text))
            self._lines.append(Line(text, element, linked, self._strong, self._at))
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
