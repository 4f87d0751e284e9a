"""Issues of digitised newspapers: METS says which blocks of which pages are an article.

Source: Library of Congress, METS 1.12, with the divisions of the ENMAP and Luxembourg profiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from indexer.article import Article
from indexer.errors import ParseError
from indexer.moments import Moment
from indexer.parsing.dates import parse_moment
from indexer.parsing.identity import first_words, make_id
from indexer.parsing.opening import read_bytes
from indexer.parsing.outlets import source_name
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.resource import PassedOver, Resource
from indexer.parsing.scans.pages import Page, page_of
from indexer.parsing.scans.words import Block, scan_of
from indexer.parsing.xml.elements import Element, all_of, first, local_name, text_of

_LARGEST = 100 << 20
_ARTICLES = frozenset({"article", "chapter", "review", "letter", "interview"})
_LEFT_OUT = frozenset({"advertisement", "advert", "ad"})
_HEADINGS = frozenset({"heading", "headline", "title", "subheadline", "overline", "subtitle"})
_AUTHORS = frozenset({"author", "byline"})
_XLINK = "{http://www.w3.org/1999/xlink}href"
_ISSUE_DATE = re.compile(
    r"(?<!\d)(1[5-9]\d\d|20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)"
)


def read_issue(resource: Resource, _: FieldMap) -> Iterator[Article | ParseError | PassedOver]:
    """The articles of an issue; advertisements are passed over.

    Raises:
        ParseError: the file is damaged, or names no article.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(read_bytes(resource, _LARGEST), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(resource.address, "the METS file is damaged", line=error.lineno) from error
    if root is None:
        raise ParseError(resource.address, "the METS file is damaged or cut off")
    issue = _Issue(resource, root)
    found = False
    for division in all_of(root, "div"):
        kind = (division.get("TYPE") or "").lower()
        if kind in _LEFT_OUT:
            yield PassedOver(resource.address, "advertisement")
        elif kind in _ARTICLES and not _is_inside_article(division):
            found = True
            yield from issue.read(division)
    if not found:
        raise ParseError(resource.address, "the METS file names no articles")


def is_page_of_issue(resource: Resource) -> bool:
    """Whether a METS file beside a page, or in the folder above, names the page."""
    name = resource.name.name.encode()
    if resource.beside is None:
        return False
    for path in resource.beside.named("mets"):
        if path.lower().endswith(".xml"):
            issue = resource.beside.open(path)
            if issue is not None and name in read_bytes(issue, _LARGEST):
                return True
    return False


def _is_inside_article(division: Element) -> bool:
    return any(
        (one.get("TYPE") or "").lower() in _ARTICLES
        for one in division.iterancestors()
        if local_name(one) == "div"
    )


@dataclass(slots=True)
class _Text:
    """The blocks of an article by what they are."""

    headings: list[Block] = field(default_factory=list)
    authors: list[Block] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)

    @property
    def blocks(self) -> list[Block]:
        return [*self.headings, *self.authors, *self.body]


class _Issue:
    """What an issue says of all its articles, and its pages."""

    def __init__(self, resource: Resource, root: Element) -> None:
        self._resource = resource
        self._pages: dict[str, Page] = {}
        self._paths = _paths(root)
        self._numbers = _page_numbers(root)
        self._metadata = {one.get("ID"): one for one in all_of(root, "dmdsec") if one.get("ID")}
        self._published = _day_of(root, resource)
        titles = [text_of(one) for one in all_of(root, "title")]
        stated = next((one for one in _newspaper(root) if one), titles[0] if titles else "")
        self._source = source_name(stated) if stated else None

    def read(self, division: Element) -> Iterator[Article | ParseError]:
        text = _Text()
        yield from self._collect(division, text, "")
        title = self._title(division, text)
        paragraphs = [block.text for block in text.body if block.text]
        if not title and not paragraphs:
            place = division.get("ID") or ""
            yield ParseError(self._resource.address, f"the article {place} has no text")
            return
        title = title or first_words(paragraphs)
        key = f"{self._resource.name.name} {division.get('DMDID') or division.get('ID') or title}"
        yield Article(
            id=make_id(title, key),
            title=title,
            body="\n".join(paragraphs),
            published=self._published,
            author=self._author(division) or ", ".join(one.text for one in text.authors) or None,
            source=self._source,
            section=self._section(division),
            path=self._resource.address,
            scan=scan_of(text.blocks),
        )

    def _collect(self, division: Element, text: _Text, role: str) -> Iterator[ParseError]:
        """Add the blocks of a division and of those inside it."""
        for one in division:
            name = local_name(one)
            if name == "div":
                kind = (one.get("TYPE") or "").lower()
                if kind in _LEFT_OUT:
                    continue
                inner = "head" if kind in _HEADINGS else "by" if kind in _AUTHORS else role
                yield from self._collect(one, text, inner)
            elif name == "fptr":
                for area in (one, *all_of(one, "area")):
                    yield from self._add(area, text, role)

    def _add(self, area: Element, text: _Text, role: str) -> Iterator[ParseError]:
        file, begin = area.get("FILEID") or "", area.get("BEGIN") or ""
        if not begin or file not in self._paths:
            return
        if file not in self._pages:
            self._pages[file] = page = self._open(file)
            yield from page.faults
        block = self._pages[file].blocks.get(begin)
        if block is not None:
            {"head": text.headings, "by": text.authors}.get(role, text.body).append(block)

    def _open(self, file: str) -> Page:
        path = self._paths[file]
        beside = self._resource.beside
        page = beside.open(path) if beside is not None else None
        try:
            if page is not None:
                return page_of(page, self._numbers.get(file, ""))
            reason = "is not there"
        except OSError as error:
            reason = f"cannot be read: {str(error.strerror or error).lower()}"
        return Page({}, (ParseError(self._resource.address, f"the page {path} {reason}"),))

    def _title(self, division: Element, text: _Text) -> str:
        printed = " ".join(block.text for block in text.headings if block.text)
        return printed or " ".join((division.get("LABEL") or "").split())

    def _of(self, division: Element) -> list[Element]:
        ids = (division.get("DMDID") or "").split()
        return [self._metadata[one] for one in ids if one in self._metadata]

    def _author(self, division: Element) -> str | None:
        names = []
        for metadata in self._of(division):
            for name in all_of(metadata, "name"):
                parts = [text_of(one) for one in all_of(name, "namepart")]
                names.append(" ".join(filter(None, parts)))
        return ", ".join(filter(None, names)) or None

    @staticmethod
    def _section(division: Element) -> str | None:
        for one in division.iterancestors():
            if (one.get("TYPE") or "").lower() == "section" and one.get("LABEL"):
                return " ".join(one.get("LABEL").split())
        return None


def _paths(root: Element) -> Mapping[str, str]:
    """Of each file its path from the METS file."""
    found = {}
    for one in all_of(root, "file"):
        place = first(one, "flocat")
        href = unquote(place.get(_XLINK) or "") if place is not None else ""
        if one.get("ID") and href:
            found[one.get("ID")] = re.sub(r"^file:(?://)?(?:\./)?", "", href).removeprefix("./")
    return found


def _page_numbers(root: Element) -> Mapping[str, str]:
    """Of each file the number of the page that it is of."""
    found = {}
    for one in all_of(root, "div"):
        if (one.get("TYPE") or "").lower() == "page":
            number = one.get("ORDERLABEL") or one.get("ORDER") or ""
            for pointer in all_of(one, "area") + all_of(one, "fptr"):
                if pointer.get("FILEID"):
                    found[pointer.get("FILEID")] = number
    return found


def _newspaper(root: Element) -> Iterator[str]:
    """What the newspaper is called, the most telling first."""
    for one in all_of(root, "div"):
        if (one.get("TYPE") or "").lower() == "newspaper":
            yield " ".join((one.get("LABEL") or "").split())
    for one in all_of(root, "dmdsec"):
        if re.search(r"print|issue|collection", one.get("ID") or "", re.IGNORECASE):
            yield text_of(first(one, "title"))


def _day_of(root: Element, resource: Resource) -> Moment | None:
    """The day of the issue: as its metadata state it, else as its label or the file's name does."""
    for name in ("dateissued", "date"):
        for one in all_of(root, name):
            if (found := parse_moment(text_of(one))) is not None:
                return found
    labels = [one.get("LABEL") or "" for one in all_of(root, "div")]
    for text in (root.get("LABEL") or "", *labels, resource.name.name):
        if match := _ISSUE_DATE.search(text):
            return parse_moment("-".join(match.groups()))
    return None
