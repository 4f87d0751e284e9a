"""HTML fragments -> plain text, for fields that may hold either."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from indexer.language.cleaning import clean_text

_LOOKS_LIKE_MARKUP = re.compile(
    r"<(?:/?(?:p|br|div|b|i|em|strong|a|span|h[1-6]|ul|ol|li|img|table|figure|blockquote)\b[^<>]*|!--.*?--)>"
    r"|&(?:[a-z]{2,8}|#\d{2,5}|#x[0-9a-f]{2,5});",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "figcaption",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
        "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "iframe", "svg", "button", "select"}
)


def text_of_markup(text: str) -> str:
    """Text with markup taken out, a line for each block; text without markup comes back as it is."""
    if not _LOOKS_LIKE_MARKUP.search(text):
        return text
    return text_of_tag(BeautifulSoup(text, "lxml"))


def text_of_tag(tag: Tag) -> str:
    """The visible text of a tag, a line for each block in it, without blank lines."""
    parts: list[str] = []
    _collect(tag, parts)
    # Character references may bring in anything.
    lines = clean_text("".join(parts)).split("\n")
    return "\n".join(line for raw in lines if (line := " ".join(raw.split())))


def _collect(root: Tag, parts: list[str]) -> None:
    # A stack instead of recursion: pages may be nested deeper than Python's own stack.
    stack: list[Tag | NavigableString | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            if node.name in _SILENT:
                continue
            if node.name in _BLOCKS:
                parts.append("\n")
                stack.append("\n")
            stack.extend(
                child
                for child in reversed(node.contents)
                if isinstance(child, Tag | NavigableString)
                and not isinstance(child, PreformattedString)  # comments, declarations
            )
        elif isinstance(node, NavigableString):
            # Line ends inside running text are mere spaces.
            parts.append(" ".join(node.split("\n")))
        else:
            parts.append(node)
