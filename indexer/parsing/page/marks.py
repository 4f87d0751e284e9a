"""The purpose of an element by its class names, ids and roles, from the table `marks.txt`.

Names are compared word by word, not letter by letter: ``dt-relative`` is not "related" and
``author-share-top`` begins with its author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from indexer.parsing.page.tree import Element


class Role(StrEnum):
    """The purposes of an element."""

    BODY = "body"
    TITLE = "title"
    LEAD = "lead"
    DATE = "date"
    AUTHOR = "author"
    SOURCE = "source"
    TAGS = "tags"
    CRUMBS = "crumbs"
    CAPTION = "caption"
    RELATED = "related"
    COMMENTS = "comments"
    LISTS = "lists"
    CLUTTER = "clutter"


class Mark(NamedTuple):
    """A role that names give an element, with the reason of the table."""

    role: Role
    reason: str


_TABLE = Path(__file__).with_name("marks.txt")


def _read_table() -> tuple[dict[str, Mark], dict[str, Mark]]:
    """Names that may be part of a class, and those that have to be all of it."""
    parts: dict[str, Mark] = {}
    whole: dict[str, Mark] = {}
    mark = Mark(Role.CLUTTER, "")
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            role, _, reason = line.partition(":")
            mark = Mark(Role(role), reason.strip())
            continue
        for name in line.split():
            if name.startswith("="):
                whole.setdefault(name[1:], mark)
            else:
                parts.setdefault(name, mark)
    return parts, whole


_PARTS, _WHOLE = _read_table()
_LONGEST = max(name.count("-") + 1 for name in _PARTS)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[-_:.\s/\[\]()]+")
# Words that make a name one of layout: "related" in "position-relative", "content" in "flex-content".
_LAYOUT = frozenset({"dt", "flex", "grid", "col", "row", "w", "h", "mt", "mb", "px", "py", "text"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@lru_cache(maxsize=1 << 14)
def marks_of_name(name: str) -> tuple[Mark, ...]:
    """The marks of one class or id, the most telling first.

    Of several names inside it the longest counts, then the one that comes first in it.
    """
    if mark := _WHOLE.get(name.lower()):
        return (mark,)
    words = [word for word in _BETWEEN_WORDS.split(_CAMEL.sub("-", name).lower()) if word]
    if not words or words[0] in _LAYOUT or len(words) > 8:
        return ()
    found: list[tuple[int, int, Mark]] = []
    for at in range(len(words)):
        for end in range(min(len(words), at + _LONGEST), at, -1):
            mark = _PARTS.get("-".join(words[at:end])) or _PARTS.get("".join(words[at:end]))
            if mark is not None:
                found.append((at - end, at, mark))
                break
    return tuple(mark for _, _, mark in sorted(found, key=lambda one: one[:2]))


_NAMED = ("itemprop", "data-role", "type", "rel")
"""Where some content systems put what others put into a class."""


_NAMED_ELSEWHERE = etree.XPath(" | ".join(f"//body//@{name}" for name in _NAMED))


@lru_cache(maxsize=1 << 14)
def _roles_of_names(names: str) -> dict[Role, Mark]:
    """The roles of some names, each with its first mark; only looked at, never changed."""
    found: dict[Role, Mark] = {}
    for name in names.split():
        for mark in marks_of_name(name)[:1]:
            found.setdefault(mark.role, mark)
    return found


def all_roles(root: Element, elements: Iterable[Element]) -> dict[Element, dict[Role, Mark]]:
    """Every role that names give to elements, with the mark that does.

    Of a class with several names in it only the most telling one counts.
    """
    elsewhere: dict[Element, str] = {}
    for value in _NAMED_ELSEWHERE(root):
        one = value.getparent()
        elsewhere[one] = f"{elsewhere.get(one, '')} {value}"
    found = {}
    for one in elements:
        names = one.get("class")
        if id := one.get("id"):
            names = f"{names or ''} {id}"
        if elsewhere and (more := elsewhere.get(one)):
            names = f"{names or ''}{more}"
        if names and (roles := _roles_of_names(names)):
            found[one] = roles
    return found


def is_hidden(element: Element) -> bool:
    """Whether a page does not show an element."""
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN.search(style))


def described(element: Element) -> str:
    """An element as a person points at it: ``div.sapo#lead``."""
    classes = ".".join((element.get("class") or "").split()[:2])
    id = element.get("id")
    return f"{element.tag}{'.' + classes if classes else ''}{'#' + id if id else ''}"
