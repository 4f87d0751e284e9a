"""Copies of pages: what browsers, crawlers and the Wayback Machine wrote into them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.moments import Moment
from indexer.parsing.dates import parse_moment

_HEAD = 20_000
_SIGNS = (
    "saved from",
    "SingleFile",
    "HTTrack",
    "__wm.",
    "web.archive.org",
    "crapbook-source",
    "sb-source",
)
_WAYBACK = re.compile(
    r"https?://web\.archive\.org/web/(?P<when>\d{4,14})(?:[a-z]{2}_)?/(?P<url>https?:(?://|/)[^\s\"'<>]+)",
    re.IGNORECASE,
)
_ARCHIVED = re.compile(
    r"<!--\s*BEGIN WAYBACK TOOLBAR INSERT\s*-->.*?<!--\s*END WAYBACK TOOLBAR INSERT\s*-->",
    re.DOTALL | re.IGNORECASE,
)
_MARKS = (
    ("saved by a browser", re.compile(r"<!--\s*saved from url=\(\d+\)(?P<url>\S+)\s*-->", re.IGNORECASE)),
    ("SingleFile", re.compile(
        r"Page saved with SingleFile\s+url:\s*(?P<url>\S+)"
        r"(?:\s+saved date:\s*(?P<when>[^\n]+?)\s*(?:\n|-->))?")),
    ("HTTrack", re.compile(
        r"<!--\s*Mirrored from (?P<url>\S+) by HTTrack Website Copier/[^,>]*,\s*(?P<when>[^>]*?)\s*-->",
        re.IGNORECASE)),
    ("Wayback Machine", re.compile(
        r"__wm\.(?:wombat|init)\(\s*[\"'](?P<url>https?://[^\"']+)[\"']\s*,\s*[\"'](?P<when>\d{14})", re.IGNORECASE)),
    ("ScrapBook", re.compile(r"<html[^>]*\sdata-(?:scrapbook|sb)-source=[\"'](?P<url>[^\"']+)", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SavedCopy:
    """Where a copy of a page came from.

    Attributes:
        by: the program that made it; empty where nothing says.
        url: the page's address at that time.
        when: when it was saved.
    """

    by: str = ""
    url: str | None = None
    when: Moment | None = None


def read_marks(html: str) -> SavedCopy:
    """The signs that a page is a copy, and the address of the original."""
    head = html[:_HEAD]
    if not any(sign in head for sign in _SIGNS):
        return SavedCopy()
    for by, pattern in _MARKS:
        if match := pattern.search(head):
            url = match["url"]
            if "://" not in url and by == "HTTrack":
                url = f"http://{url}"
            groups = match.groupdict()
            return SavedCopy(by, original(url), parse_moment(groups.get("when") or ""))
    if match := _WAYBACK.search(head):
        return SavedCopy("Wayback Machine", None, parse_moment(match["when"][:8]))
    return SavedCopy()


def without_toolbar(html: str) -> str:
    """A page without the bar that the Wayback Machine puts on top."""
    return _ARCHIVED.sub("", html) if "WAYBACK TOOLBAR" in html else html


def original(url: str) -> str:
    """An address without the archive's before it."""
    if match := _WAYBACK.match(url):
        address = match["url"]
        return re.sub(r"^(https?):/(?!/)", r"\1://", address)
    return url
