"""Pages in ALTO that no METS file names: which of them are one issue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from indexer.moments import Moment, PartialDate
from indexer.parsing.dates import parse_file_name
from indexer.parsing.kinds import ALTO, kind_of
from indexer.parsing.opening import read_head
from indexer.parsing.resource import Resource

MOST_PAGES = 64
"""Pages of an issue; where more files are numbered on, they are of many issues, and each is by itself."""
_NUMBERED = re.compile(r"(?P<stem>.*\D|)(?P<number>\d{1,9})(?P<rest>\D*)")
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")


def pages_of_issue(resource: Resource) -> list[Resource]:
    """The pages of the issue that a page is of, in order: those beside it whose names are numbered on.

    The page alone where there are none, or where they are too many for one issue.
    """
    others = [] if resource.beside is None else list(_numbered_on(resource))
    if not 1 < len(others) <= MOST_PAGES:
        return [resource]
    found: list[Resource] = []
    for name in others:
        page = _opened(resource, name)
        if page is not None:
            found.append(page)
    return found


def is_drawn_page(resource: Resource) -> bool:
    """Whether a PDF is the picture of a page whose text lies beside it in ALTO, as libraries deliver it."""
    if resource.beside is None:
        return False
    stem = resource.name.stem
    for name in resource.beside.named(stem.lower()):
        if PurePosixPath(name).name == name and name.removesuffix(".xml") == stem:
            page = resource.beside.open(name)
            # In a tar file, which is read from front to back, no other file can be opened.
            return page is None or kind_of(*read_head(page)) == ALTO
    return False


def _numbered_on(resource: Resource) -> Iterator[str]:
    """The names of the files beside a page, and its own, whose numbers follow each other."""
    own = _NUMBERED.fullmatch(resource.name.name)
    if own is None or resource.beside is None:
        return
    numbers = {
        int(match["number"]): name
        for name in resource.beside.named(own["stem"].lower())
        if (match := _NUMBERED.fullmatch(name))
        and (match["stem"], match["rest"]) == (own["stem"], own["rest"])
    }
    first = last = int(own["number"])
    while first - 1 in numbers:
        first -= 1
    while last + 1 in numbers:
        last += 1
    yield from (numbers.get(number, resource.name.name) for number in range(first, last + 1))


def _opened(resource: Resource, name: str) -> Resource | None:
    """A file beside a page; None where it is no page."""
    if name == resource.name.name:
        return resource
    page = resource.beside.open(name) if resource.beside else None
    if page is None or page.size == 0:
        return None
    return page if kind_of(*read_head(page)) == ALTO else None


def number_in_name(resource: Resource) -> str:
    """The number of a page as its name tells it; empty where it tells none."""
    numbered = _NUMBERED.fullmatch(resource.name.name)
    return str(int(numbered["number"])) if numbered else ""


def date_in_name(resource: Resource) -> Moment | None:
    """The day or the year that the name of a page tells, aside from the number of the page."""
    name = resource.name.name
    numbered = _NUMBERED.fullmatch(name)
    day = parse_file_name(name.partition(".")[0])
    if day is not None or numbered is None:
        return day
    years = set(_YEAR.findall(numbered["stem"]))
    return PartialDate(int(years.pop())) if len(years) == 1 else None
