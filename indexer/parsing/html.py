"""Articles as saved web pages: first what the page states about itself, then how it is built."""

from __future__ import annotations

import re
from pathlib import PurePath
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from indexer.article import Article, Moment, RelatedLink
from indexer.errors import ParseError
from indexer.language.cleaning import clean_text
from indexer.language.normalise import lower
from indexer.parsing import html_body
from indexer.parsing.bylines import parse_byline, parse_source_line
from indexer.parsing.dates import parse_date_line, parse_file_name, parse_moment
from indexer.parsing.encodings import decode
from indexer.parsing.html_metadata import Metadata, clean, read_metadata, section_of_breadcrumb
from indexer.parsing.identity import make_id
from indexer.parsing.markup import text_of_tag

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE
)
_SITE_SUFFIX = re.compile(r"\s+[-–|•·]\s+")
_TAIL = 4
_MAX_DEPTH = 500
_THIN = 150
"""Characters of body below which a page's markup is not trusted alone."""


def parse_html(data: bytes, path: str) -> Article:
    """Read the article of one page.

    Args:
        data: the page as saved.
        path: the file, for its name and for errors.

    Raises:
        ParseError: the page holds no article.
    """
    declared = match[1].decode("ascii") if (match := _CHARSET.search(data[:4096])) else None
    text = decode(data, path, declared=declared)
    soup = BeautifulSoup(text, "lxml")
    if html_body.is_deeper_than(soup, _MAX_DEPTH):
        raise ParseError(path, "its elements are nested too deeply for an article; mend the page")
    stated = read_metadata(soup)
    page = _Page(soup, stated)
    if not page.title or not (page.body or page.lead):
        page.ask_trafilatura(text)
    if not page.title or not (page.body or page.lead):
        raise ParseError(
            path, "no article was found in this page: it needs a headline and running text"
        )
    if len("".join(page.body)) < _THIN:
        page.ask_trafilatura(text)
    url = page.url
    name = PurePath(path)
    return Article(
        id=make_id(page.title, url or name.name),
        title=page.title,
        lead=page.lead,
        body="\n".join(page.body),
        url=url,
        published=page.published or parse_file_name(name.stem),
        updated=stated.updated[0] if stated.updated else None,
        author=page.author,
        source=page.source,
        section=page.section,
        tags=tuple(stated.tags),
        captions=tuple(page.captions),
        related_links=tuple(page.related),
        path=path,
    )


class _Page:
    """The parts of one page; what is read is taken out of the tree, so that the body is what is left."""

    def __init__(self, soup: BeautifulSoup, stated: Metadata) -> None:
        self.url = _canonical(stated)
        base = soup.find("base", href=True)
        address = str(base["href"]) if isinstance(base, Tag) else ""
        crumbs = _breadcrumb(soup)
        html_body.remove_boilerplate(soup)
        self.title = _title(soup, stated)
        self.section = next(
            iter(stated.sections + section_of_breadcrumb(crumbs, [self.title])), None
        )
        self.published = next(iter(stated.published), None) or _visible_date(soup)
        related = html_body.take_related(soup, urljoin(self.url or "", address))
        self.related: list[RelatedLink] = [link for link in related if link.url != self.url]
        container = html_body.find_container(soup)
        self.captions = html_body.take_captions(container) if container else []
        marked_lead = html_body.take_lead(soup)
        author = html_body.take_author(soup)
        self.body = _paragraphs(container, self.title) if container else []
        self.author, self.source = self._take_tail(author, stated)
        self.lead = self._choose_lead(marked_lead, stated)
        if stated.body and len(stated.body) > 2 * len("\n".join(self.body)):
            self.body = [
                line for line in stated.body.split("\n") if line not in (self.lead, self.title)
            ]

    def _take_tail(self, author: str, stated: Metadata) -> tuple[str | None, str | None]:
        """Author and source; their lines at the end of the body go."""
        names = [*stated.authors, *([parse_byline(author) or author] if author else [])]
        sources = list(stated.sources)
        for place in range(len(self.body) - 1, max(0, len(self.body) - _TAIL) - 1, -1):
            line = self.body[place]
            if (found := parse_source_line(line)) is not None:
                sources.append(found)
            elif (found := parse_byline(line)) is not None:
                # The byline under the text is the writer's; the meta element is often the paper's.
                names.insert(0, found)
            elif parse_date_line(line) is None:
                continue
            del self.body[place]
        host = urlsplit(self.url).netloc.removeprefix("www.") if self.url else ""
        source = next((name for name in sources if name), host) or None
        return next((name for name in names if name != source), None), source

    def _choose_lead(self, marked: str, stated: Metadata) -> str:
        """The marked standfirst, else the description where it is the first paragraph, or adds to it."""
        described = stated.leads[0] if stated.leads else ""
        lead = marked or described
        if not self.body:
            return lead
        first = self.body[0]
        start = _bare(described).rstrip("….")[:60]
        if not marked and len(start) > 20 and _bare(first).startswith(start):
            return self.body.pop(0)
        self.body = (
            [line for line in self.body if _bare(line) != _bare(lead)] if lead else self.body
        )
        return lead

    def ask_trafilatura(self, html: str) -> None:
        """Fill in for a page without markup to trust, where trafilatura sees more."""
        import trafilatura

        found = trafilatura.bare_extraction(
            html, include_comments=False, include_tables=False, with_metadata=True
        )
        text = clean_text(found.text or "") if found else ""
        lines = [
            line
            for raw in text.split("\n")
            if (line := " ".join(raw.split())) and line != self.title
        ]
        if found and len("".join(lines)) > 1.5 * len("".join(self.body)):
            self.title = self.title or clean(found.title or "")
            self.body = [line for line in lines if _bare(line) != _bare(self.lead)]


def _bare(text: str) -> str:
    return " ".join(lower(text).split())


def _canonical(stated: Metadata) -> str | None:
    return next((url for url in stated.urls if urlsplit(url).scheme in ("http", "https")), None)


def _title(soup: BeautifulSoup, stated: Metadata) -> str:
    """The headline as the page shows it, else as it states it, without the site's name."""
    headings = [text for h1 in soup.find_all("h1") if (text := " ".join(text_of_tag(h1).split()))]
    for stated_title in stated.titles:
        for heading in headings:
            if _bare(heading) in _bare(stated_title) or _bare(stated_title) in _bare(heading):
                return heading
    element = soup.find("title")
    head = clean(element.get_text()) if isinstance(element, Tag) else ""
    for title in (*stated.titles[:1], *headings[:1], head):
        if title:
            return _without_site(title, stated.sources)
    return ""


def _without_site(title: str, sources: list[str]) -> str:
    parts = _SITE_SUFFIX.split(title)
    if len(parts) > 1 and any(
        _bare(parts[-1]) in (_bare(source), f"báo {_bare(source)}") for source in sources
    ):
        return title[: title.rindex(parts[-1])].rstrip(" -–|•·")
    return title


def _visible_date(soup: BeautifulSoup) -> Moment | None:
    """The first ``<time>`` or short element that is a date as a whole."""
    for tag in soup.find_all("time"):
        stated = tag.get("datetime")
        moment = parse_moment(str(stated)) if stated else None
        if (moment := moment or parse_date_line(clean(tag.get_text(" ")))) is not None:
            return moment
    for tag in soup.find_all(["span", "div", "p", "li", "small", "em", "b", "td", "h4", "h5"]):
        text = tag.get_text(" ", strip=True)
        if 8 <= len(text) <= 60 and (moment := parse_date_line(" ".join(text.split()))) is not None:
            return moment
    return None


def _breadcrumb(soup: BeautifulSoup) -> list[str]:
    tag = soup.find(class_=re.compile("breadcrumb", re.IGNORECASE))
    if not isinstance(tag, Tag):
        return []
    return [text for link in tag.find_all("a") if (text := clean(link.get_text(" ")))]


def _paragraphs(container: Tag, title: str) -> list[str]:
    """The container's lines without the headline and without date lines at its top."""
    lines = [
        line for line in text_of_tag(container).split("\n") if line and _bare(line) != _bare(title)
    ]
    while lines and parse_date_line(lines[0]) is not None:
        del lines[0]
    return lines
