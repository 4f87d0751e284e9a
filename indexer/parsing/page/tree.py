"""A page as a tree: the amount of text and of links in each element, in order."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from indexer.language.cleaning import clean_text, is_clean

Element: TypeAlias = Any
"""An element of lxml, which has no types of its own."""

SILENT = frozenset(
    {
        "script", "style", "noscript", "template", "iframe", "svg", "button", "select", "textarea", "object",
        "embed", "head", "map", "canvas", "audio", "input", "dialog",
    }
)  # fmt: skip
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "svg", "canvas", "map")
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul", "caption", "video",
        "details", "summary",
    }
)  # fmt: skip
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Not that of lxml.html, which asks Python for the class of every element.
_PARSER = etree.HTMLParser(
    remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True, collect_ids=False
)
_ALL_TEXT = etree.XPath("string()", smart_strings=False)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")


def _prune(root: Element) -> None:
    """Remove invisible elements and the frame of the site before anything is measured.

    Half of a page is menus. Those that show the way to the section stay, and footers of an article.
    """
    for one in list(root.iter(*_UNSEEN, "nav", "footer")):
        if one.tag in ("nav", "footer") and (
            _is_own(one) or next(one.iter("h1"), None) is not None
        ):
            continue
        parent = one.getparent()
        if parent is not None:
            _remove(one, parent)


_CAPITAL_FONT = re.compile(r"\.vn[\w ]*h\b", re.IGNORECASE)
_OLD_FONT = re.compile(r"\.vn[\w ]*", re.IGNORECASE)


def _raise_capitals(root: Element) -> None:
    """Write in capitals what a font such as ``.VnTimeH`` shows in capitals, though its letters are small."""
    capital: set[Element] = set()
    for one in root.iter():
        parent = one.getparent()
        font = f"{one.get('face') or ''};{one.get('style') or ''}"
        is_capital = parent in capital
        if _OLD_FONT.search(font):
            is_capital = _CAPITAL_FONT.search(font) is not None
        if is_capital:
            capital.add(one)
            one.text = one.text.upper() if one.text else one.text
        if parent in capital and one.tail:
            one.tail = one.tail.upper()


def _is_own(one: Element) -> bool:
    names = f"{one.get('class') or ''} {one.get('id') or ''} {one.get('aria-label') or ''}".lower()
    if one.tag == "nav":
        return "crumb" in names or len(list(one.iter("a"))) <= 5
    return any(above.tag in ("article", "main") for above in one.iterancestors())


def _remove(one: Element, parent: Element) -> None:
    """Take an element out, but not the text behind it."""
    if one.tail:
        before = one.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + one.tail
        else:
            parent.text = (parent.text or "") + one.tail
    parent.remove(one)


_LONG_TAG = re.compile(r"<([a-zA-Z][\w:-]*)\s[^<>]{20000,}>")
_MOST_ATTRIBUTES = 1000
_LARGE_PAGE = 300_000


def _few_attributes(match: re.Match[str]) -> str:
    """A tag without its attributes where it has more than any page writes; a picture within one is one."""
    return f"<{match[1]}>" if len(match[0].split()) > _MOST_ATTRIBUTES else match[0]


def _clean(root: Element) -> None:
    """Clean every text of a page, where any needs it: then no line of it has to be cleaned again."""
    for one in root.iter():
        if (text := one.text) and not is_clean(text):
            one.text = clean_text(text)
        if (tail := one.tail) and not is_clean(tail):
            one.tail = clean_text(tail)


class Tree:
    """A parsed page with the measures of its elements, each counted once."""

    def __init__(self, text: str, *, utf8: bytes | None = None, old_fonts: bool = False) -> None:
        """Parse a page.

        Args:
            utf8: the text in UTF-8, where it is at hand.
            old_fonts: whether fonts of TCVN3 whose names end in H show small letters as capitals.

        Raises:
            ValueError: it holds no element.
        """
        # The parser stops at a NUL, and takes a time that grows with the square of a tag's attributes.
        plain = _XML_DECLARATION.sub("", text)
        if len(plain) > _LARGE_PAGE:
            plain = _LONG_TAG.sub(_few_attributes, plain)
        if utf8 is None or len(plain) != len(text):
            utf8 = plain.encode("utf-8", "replace")
        data = utf8.replace(b"\0", b"")
        try:
            root = etree.fromstring(data, parser=_PARSER)
        except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as error:
            raise ValueError(str(error)) from error
        if root is None:
            raise ValueError("no element")
        self.root: Element = root
        self.scripts = [
            (one.get("type") or "", one.text, one.getparent())
            for one in root.iter("script")
            if one.text
        ]
        _prune(root)
        if old_fonts:
            _raise_capitals(root)
        if not is_clean(_ALL_TEXT(root)):
            _clean(root)
        self.elements: list[Element] = [one for one in root.iter() if isinstance(one.tag, str)]
        self.order = {one: at for at, one in enumerate(self.elements)}
        length, linked, ends = self._measures()
        self.length: dict[Element, int] = dict(zip(self.elements, length, strict=True))
        self.linked: dict[Element, int] = dict(zip(self.elements, linked, strict=True))
        self.ends: dict[Element, int] = dict(zip(self.elements, ends, strict=True))

    def _measures(self) -> tuple[list[int], list[int], list[int]]:
        """Characters of text and of links below every element, and the number of the first one behind it.

        They are counted from the leaves up.
        """
        elements, order = self.elements, self.order
        length, linked = [0] * len(elements), [0] * len(elements)
        ends = list(range(1, len(elements) + 1))
        for at in range(len(elements) - 1, -1, -1):
            one = elements[at]
            tag = one.tag
            if tag in SILENT:
                own = links = 0
            else:
                own, links = length[at], linked[at]
                if text := one.text:
                    own += len(text.strip())
                if tag == "a":
                    links = own
            length[at], linked[at] = own, links
            above = order.get(one.getparent(), -1)
            if above >= 0:
                if tail := one.tail:
                    own += len(tail.strip())
                length[above] += own
                linked[above] += links
                # The last child comes first, and reaches furthest.
                if ends[above] == above + 1:
                    ends[above] = ends[at]
        return length, linked, ends

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


def around(one: Element, count: int) -> list[Element]:
    """The nearest elements around an element, `most` at most."""
    return list(islice(one.iterancestors(), count))
