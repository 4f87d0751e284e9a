"""What a page states about itself: JSON-LD, OpenGraph, ``article:*`` and other meta elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from indexer.article import Moment
from indexer.language.cleaning import clean_text
from indexer.parsing.dates import parse_moment
from indexer.parsing.markup import text_of_markup

_ARTICLE_TYPES = frozenset(
    {
        "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
        "BackgroundNewsArticle", "ReviewNewsArticle", "BlogPosting", "SocialMediaPosting", "Report",
    }
)  # fmt: skip
_HOME = frozenset({"trang chủ", "home", "trang nhất", "tin tức"})


@dataclass(slots=True)
class Metadata:
    """Values that a page states, the most trustworthy first; empty where it is silent."""

    titles: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    published: list[Moment] = field(default_factory=list)
    updated: list[Moment] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    body: str = ""


def read_metadata(soup: BeautifulSoup) -> Metadata:
    """Everything that the page's head and its JSON-LD state."""
    found = Metadata()
    _read_json_ld(soup, found)
    _read_meta(soup, found)
    return found


def clean(text: object) -> str:
    """One line of plain text."""
    return (
        " ".join(text_of_markup(clean_text(str(text))).split())
        if isinstance(text, str | int)
        else ""
    )


def _add(values: list[str], *texts: object) -> None:
    values += [line for text in texts if (line := clean(text)) and line not in values]


def _add_moment(values: list[Moment], text: object) -> None:
    if isinstance(text, str) and (moment := parse_moment(text)) is not None:
        values.append(moment)


def _read_json_ld(soup: BeautifulSoup, found: Metadata) -> None:
    nodes = list(_json_ld_nodes(soup))
    article = next((node for node in nodes if _types(node) & _ARTICLE_TYPES), None)
    if article is not None:
        _add(found.titles, article.get("headline"), article.get("name"))
        _add(found.leads, article.get("description"))
        page = article.get("mainEntityOfPage")
        _add(found.urls, article.get("url"), page.get("@id") if isinstance(page, dict) else page)
        _add_moment(found.published, article.get("datePublished") or article.get("dateCreated"))
        _add_moment(found.updated, article.get("dateModified"))
        _add(found.authors, ", ".join(_names(article.get("author"))))
        _add(found.sources, *_names(article.get("publisher"))[:1])
        _add(found.sections, *_names(article.get("articleSection"))[:1])
        keywords = article.get("keywords")
        _add(found.tags, *(keywords.split(",") if isinstance(keywords, str) else _names(keywords)))
        if isinstance(article.get("articleBody"), str):
            found.body = text_of_markup(article["articleBody"])
    for node in nodes:
        if "BreadcrumbList" in _types(node):
            _add(found.sections, *_breadcrumb(node.get("itemListElement"), found.titles))


def _json_ld_nodes(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    for script in soup.find_all("script", type=re.compile(r"^application/ld\+json", re.IGNORECASE)):
        text = script.string or script.get_text()
        try:
            # Raw line ends inside strings are common and harmless.
            value = json.loads(text.strip().removesuffix(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        stack = [value]
        while stack:
            node = stack.pop(0)
            if isinstance(node, list):
                stack = node + stack
            elif isinstance(node, dict):
                yield node
                stack += [node[key] for key in ("@graph", "mainEntity") if key in node]


def _types(node: Mapping[str, Any]) -> set[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {kind.rpartition("/")[2] for kind in kinds if isinstance(kind, str)}


def _names(value: Any) -> list[str]:
    """Names out of text, an object with a name, or a list of these."""
    if isinstance(value, list):
        return [name for one in value for name in _names(one)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    return [name] if (name := clean(value)) and not name.startswith("http") else []


def _breadcrumb(items: Any, titles: Iterable[str]) -> list[str]:
    """The last step of a breadcrumb that is neither the home page nor the article itself."""
    names = [
        name
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
        for name in (_names(item) or _names(item.get("item")))[:1]
    ]
    return section_of_breadcrumb(names, titles)


def section_of_breadcrumb(names: list[str], titles: Iterable[str]) -> list[str]:
    """The last of a breadcrumb's steps that is neither the home page nor the article itself."""
    titles = set(titles)
    steps = [name for name in names if name.lower() not in _HOME and name not in titles]
    return steps[-1:]


def _read_meta(soup: BeautifulSoup, found: Metadata) -> None:
    values: dict[str, list[str]] = {}
    for meta in soup.find_all("meta"):
        content = meta.get("content")
        for attribute in ("property", "name", "itemprop"):
            name = meta.get(attribute)
            if isinstance(name, str) and isinstance(content, str) and content.strip():
                values.setdefault(name.strip().lower(), []).append(content)

    def of(*names: str) -> list[str]:
        return [content for name in names for content in values.get(name, ())]

    _add(found.titles, *of("og:title", "twitter:title", "headline"))
    _add(found.leads, *of("og:description", "description", "twitter:description"))
    canonical = soup.find("link", rel="canonical")
    _add(
        found.urls, *([canonical.get("href")] if isinstance(canonical, Tag) else []), *of("og:url")
    )
    for name in ("article:published_time", "datepublished", "pubdate", "publish-date", "dc.date", "dc.date.issued",
                 "dcterms.created", "date", "og:published_time"):  # fmt: skip
        for content in of(name):
            _add_moment(found.published, content)
    for name in ("article:modified_time", "og:updated_time", "datemodified", "lastmod"):
        for content in of(name):
            _add_moment(found.updated, content)
    authors = of("article:author", "author", "dc.creator")
    _add(found.authors, *(name for name in authors if not name.startswith(("http", "www."))))
    _add(found.sources, *of("og:site_name", "application-name", "dc.publisher"))
    _add(found.sections, *of("article:section"))
    _add(found.tags, *of("article:tag"))
    if not found.tags:
        _add(
            found.tags,
            *(tag for content in of("news_keywords", "keywords") for tag in content.split(",")),
        )
