"""A page as a reader sees it: its lines in order, and the parts that do not belong to the article."""

from __future__ import annotations

import re

from indexer.parsing.page.lines import Line, lines_of
from indexer.parsing.page.marks import Mark, Role, all_roles, is_hidden
from indexer.parsing.page.tree import HEADINGS, Element, Tree

_OUTSIDE = (Role.COMMENTS, Role.LISTS, Role.RELATED, Role.CLUTTER)
_LARGE = 0.5
"""Share of the page's running text with which an element is no mere list or frame, whatever it is called."""
_COMMENT_HEADING = re.compile(
    r"(?:ý kiến|bình luận|phản hồi|bình luận của bạn đọc|ý kiến bạn đọc|gửi bình luận|viết bình luận|tin phản hồi"
    r"|comments?|ý kiến của bạn|bạn đọc bình luận|gửi ý kiến(?: của bạn)?|ý kiến độc giả)\s*(?:\(\s*\d+\s*\))?\s*:?",
    re.IGNORECASE,
)


class Layout:
    """A tree with the meaning of its class names and with its lines; nothing is taken out of it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.roles: dict[Element, dict[Role, Mark]] = all_roles(tree.root, tree.elements)
        body = tree.root.find("body")
        self.body: Element = body if body is not None else tree.root
        self.lines: list[Line] = lines_of(self.body)
        self.running = sum(_running(line) for line in self.lines)
        self.outside: dict[Element, Role] = {}
        self.roots: list[tuple[Element, Role]] = []

    def has(self, one: Element, *roles: Role) -> bool:
        """Whether an element has one of some roles by its names."""
        own = self.roles.get(one)
        return own is not None and not own.keys().isdisjoint(roles)

    def mark_outside(self, headline: Element | None) -> None:
        """Find the parts that are not the article: lists, comments, menus, hidden elements.

        What holds the headline, or much of the page's running text, is none, whatever it is called.
        """
        tree = self.tree
        inner = set()
        if headline is not None:
            inner = {headline, *headline.iterancestors()}
        comments = self._under_comment_headings(headline)
        for one in tree.elements:
            parent = one.getparent()
            role = self.outside.get(parent) if parent is not None else None
            if role is None and one not in inner:
                role = self._own_role(one)
                if role is None and one in comments:
                    role = Role.COMMENTS
                if role is not None and one.tag not in ("footer", "nav"):
                    running = (
                        sum(_running(line) for line in lines_of(one))
                        if tree.unlinked(one) > 400
                        else 0
                    )
                    # Readers may write more than the paper did.
                    if running > _LARGE * self.running and role is not Role.COMMENTS:
                        role = None
                if role is not None:
                    self.roots.append((one, role))
            if role is not None:
                self.outside[one] = role

    def _own_role(self, one: Element) -> Role | None:
        if one.tag in ("html", "body", "main", "h1"):
            return None
        if one.tag in ("nav", "footer"):
            return Role.CLUTTER
        own = self.roles.get(one)
        role = None
        if own:
            first = next(iter(own))
            role = first if first in _OUTSIDE else None
            if role is Role.CLUTTER and one.tag in ("p", "article"):
                role = None
        if one.tag == "aside" and role is None and self.tree.is_linked(one):
            return Role.LISTS
        if role is None and self.tree.length[one] > 0 and is_hidden(one):
            return Role.RELATED if self.tree.is_linked(one) else Role.CLUTTER
        return role

    def _under_comment_headings(self, headline: Element | None) -> set[Element]:
        """The elements that follow a heading such as "Bình luận (12)"."""
        found: set[Element] = set()
        start = self.tree.order[headline] if headline is not None else 0
        for line in self.lines:
            if len(line.text) > 40 or not _COMMENT_HEADING.fullmatch(line.text):
                continue
            if self.tree.order.get(line.at, 0) < start:
                continue
            one = line.element
            if one in found:
                continue
            if one.tag in HEADINGS or one.getparent() is None:
                found |= {one, *one.itersiblings()}
            else:
                # The heading may stand in a box of its own.
                while len(one) == 0 or self.tree.length[one] < len(line.text) + 8:
                    found.add(one)
                    following = list(one.itersiblings())
                    if following or one.getparent() is None:
                        found |= set(following)
                        break
                    one = one.getparent()
        return found

    def is_outside(self, one: Element, *roles: Role) -> bool:
        """Whether an element lies in a part that is not the article, or in one of some kinds of these."""
        role = self.outside.get(one)
        return role is not None and (not roles or role in roles)

    def place(self, one: Element) -> int:
        """The number of an element in document order."""
        return self.tree.order[one]


def _running(line: Line) -> int:
    """Characters of a line of running text; 0 for a link, a label or a name."""
    length = len(line.text)
    if length < 40 or 2 * line.linked > length:
        return 0
    return length - line.linked
