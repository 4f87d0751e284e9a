"""Metadata of a page: JSON-LD, OpenGraph, ``article:*``, other meta elements, microdata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from indexer.language.cleaning import one_line
from indexer.moments import Moment
from indexer.parsing.dates import parse_moment
from indexer.parsing.evidence import Evidence
from indexer.parsing.markup import text_of_markup
from indexer.parsing.page.lines import text_of
from indexer.parsing.page.tree import Tree

ARTICLE_TYPES = frozenset(
    {
        "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
        "BackgroundNewsArticle", "ReviewNewsArticle", "BlogPosting", "SocialMediaPosting", "Report",
        "LiveBlogPosting",
    }
)  # fmt: skip
_ITEMPROP = etree.XPath("//@itemprop")
_ITEMTYPE = etree.XPath("//@itemtype")
_HOME = frozenset({"trang chủ", "home", "trang nhất", "tin tức", "trang chính", "homepage"})
_PUBLISHED = (
    "article:published_time", "datepublished", "pubdate", "publish-date", "publishdate", "dc.date", "dc.date.issued",
    "dcterms.created", "dcterms.date", "date", "og:published_time", "article:published", "publication_date",
    "sailthru.date", "parsely-pub-date", "citation_publication_date", "datecreated", "created",
)  # fmt: skip
_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "article:modified",
)


@dataclass(slots=True)
class Stated:
    """Values that a page states, the most trustworthy first; empty where it is silent.

    Attributes:
        bad_dates: what stands where a date belongs and is none.
        types: of schema.org and OpenGraph that the page says it is.
        marks_body: whether microdata mark the article's body.
    """

    titles: list[Evidence[str]] = field(default_factory=list)
    leads: list[Evidence[str]] = field(default_factory=list)
    urls: list[Evidence[str]] = field(default_factory=list)
    published: list[Evidence[Moment]] = field(default_factory=list)
    updated: list[Evidence[Moment]] = field(default_factory=list)
    authors: list[Evidence[str]] = field(default_factory=list)
    sources: list[Evidence[str]] = field(default_factory=list)
    sections: list[Evidence[str]] = field(default_factory=list)
    tags: list[Evidence[str]] = field(default_factory=list)
    bad_dates: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    body: str = ""
    marks_body: bool = False


def read_stated(tree: Tree) -> Stated:
    """Everything that the page's head, its JSON-LD and its microdata state."""
    found = Stated()
    _read_json_ld(tree, found)
    _read_meta(tree, found)
    _read_microdata(tree, found)
    return found


def plain(value: object) -> str:
    """One line of plain text."""
    return _plain(str(value)) if isinstance(value, str | int) else ""


@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    # A page states its title and its lead three times over.
    return one_line(text_of_markup(text))


def _add(values: list[Evidence[str]], place: str, weight: float, *texts: object) -> None:
    known = {one.value for one in values}
    for text in texts:
        if (line := plain(text)) and line not in known:
            known.add(line)
            values.append(Evidence(line, place, "the page states it", weight))


def _add_moment(
    found: Stated, values: list[Evidence[Moment]], place: str, weight: float, text: object
) -> None:
    if isinstance(text, list):
        text = next((one for one in text if one), None)
    if not isinstance(text, str) or not text.strip():
        return
    if (moment := parse_moment(text)) is not None:
        values.append(Evidence(moment, place, "the page states it", weight))
    else:
        found.bad_dates.append(one_line(text)[:40])


def _read_json_ld(tree: Tree, found: Stated) -> None:
    nodes = list(_json_ld_nodes(tree))
    for node in nodes:
        found.types |= types_of(node)
    article = next((node for node in nodes if types_of(node) & ARTICLE_TYPES), None)
    place = "JSON-LD"
    if article is not None:
        _add(found.titles, f"{place} headline", 9, article.get("headline"), article.get("name"))
        _add(found.leads, f"{place} description", 4, article.get("description"))
        page = article.get("mainEntityOfPage")
        _add(
            found.urls,
            place,
            9,
            article.get("url"),
            page.get("@id") if isinstance(page, dict) else page,
        )
        published = article.get("datePublished") or article.get("dateCreated")
        _add_moment(found, found.published, f"{place} datePublished", 10, published)
        _add_moment(found, found.updated, f"{place} dateModified", 10, article.get("dateModified"))
        for name, is_person in _people(article.get("author")):
            _add(found.authors, f"{place} author", 6 if is_person else 5, name)
        _add(found.sources, f"{place} publisher", 8, *_names(article.get("publisher"))[:1])
        _add(
            found.sections, f"{place} articleSection", 5, *_names(article.get("articleSection"))[:1]
        )
        keywords = article.get("keywords")
        words = keywords if isinstance(keywords, list) else [keywords]
        _add(found.tags, f"{place} keywords", 3, *split_tags(_names(words)))
        if isinstance(article.get("articleBody"), str):
            found.body = text_of_markup(article["articleBody"])
    for node in nodes:
        if "BreadcrumbList" in types_of(node):
            names = _crumbs(node.get("itemListElement"))
            titles = [one.value for one in found.titles]
            _add(found.sections, f"{place} breadcrumb", 7, *section_of(names, titles))


def _json_ld_nodes(tree: Tree) -> Iterator[dict[str, Any]]:
    for kind, script, _ in tree.scripts:
        if not kind.lower().startswith("application/ld+json"):
            continue
        text = re.sub(r"^\s*(?://)?<!\[CDATA\[|(?://)?\]\]>\s*$", "", script)
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


def types_of(node: Mapping[str, Any]) -> set[str]:
    """The types of a node of JSON-LD, without their prefix."""
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {kind.rpartition("/")[2] for kind in kinds if isinstance(kind, str)}


def _names(value: Any) -> list[str]:
    """Names out of text, an object with a name, or a list of these."""
    if isinstance(value, list):
        return [name for one in value for name in _names(one)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    return [name] if (name := plain(value)) and not name.startswith("http") else []


def _people(value: Any) -> Iterator[tuple[str, bool]]:
    """Authors, and whether each is said to be a person."""
    for one in value if isinstance(value, list) else [value]:
        is_person = isinstance(one, dict) and "Person" in types_of(one)
        yield from ((name, is_person) for name in _names(one))


def split_tags(texts: Iterable[str]) -> list[str]:
    """Tags at their commas and semicolons, each once whatever its case."""
    found: dict[str, str] = {}
    for text in texts:
        for part in re.split(r"[,;\n]", text):
            tag = one_line(part).strip(" #.")
            if tag:
                found.setdefault(tag.lower(), tag)
    return list(found.values())


def _crumbs(items: Any) -> list[str]:
    """The names of a breadcrumb's steps."""
    return [
        name
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
        for name in (_names(item) or _names(item.get("item")))[:1]
    ]


def section_of(names: list[str], titles: Iterable[str]) -> list[str]:
    """The last of a breadcrumb's steps that is neither the home page nor the article itself."""
    titles = set(titles)
    steps = [name for name in names if name.lower() not in _HOME and name not in titles]
    return steps[-1:]


def _read_meta(tree: Tree, found: Stated) -> None:
    values = _meta_values(tree)

    def of(*names: str) -> Iterator[tuple[str, str]]:
        return ((name, content) for name in names for content in values.get(name, ()))

    for link in tree.root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            _add(found.urls, "link canonical", 10, link.get("href"))
    for texts, weight, names in (
        (found.titles, 7, ("og:title", "twitter:title", "headline")),
        (found.leads, 3, ("og:description", "description", "twitter:description")),
        (found.urls, 8, ("og:url", "twitter:url")),
        (found.sources, 7, ("og:site_name",)),
        (found.sources, 2, ("application-name", "dc.publisher", "copyright")),
        (found.sections, 4, ("article:section",)),
    ):
        for name, content in of(*names):
            _add(texts, f"meta {name}", weight, content)
    for at, name in enumerate(_PUBLISHED):
        for content in values.get(name, ()):
            _add_moment(found, found.published, f"meta {name}", 9 - at / 10, content)
    for name, content in of(*_UPDATED):
        _add_moment(found, found.updated, f"meta {name}", 8, content)
    for name, content in of("article:author", "author", "dc.creator", "dable:author"):
        if not content.lstrip().lower().startswith(("http", "www.")):
            _add(found.authors, f"meta {name}", 4, content)
    for name, weight in (("article:tag", 6), ("news_keywords", 3), ("keywords", 2)):
        _add(found.tags, f"meta {name}", weight, *split_tags(values.get(name, ())))
    found.types |= {f"og:{content.strip().lower()}" for _, content in of("og:type")}


def _meta_values(tree: Tree) -> dict[str, list[str]]:
    """The content of the meta elements, by their names in lower case."""
    values: dict[str, list[str]] = {}
    for meta in tree.root.iter("meta"):
        content = meta.get("content")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = meta.get(attribute)
            if name and content and content.strip():
                values.setdefault(name.strip().lower(), []).append(content)
    return values


def _read_microdata(tree: Tree, found: Stated) -> None:
    for value in _ITEMPROP(tree.root):
        one, name = value.getparent(), value.lower()
        if one.tag == "meta":
            continue
        if name in ("datepublished", "datecreated", "datemodified"):
            values = found.updated if name == "datemodified" else found.published
            text = one.get("datetime") or one.get("content")
            _add_moment(found, values, f"itemprop {name}", 8, text)
        elif name == "author" and one.get("itemscope") is not None:
            inner = next((two for two in one.iter() if two.get("itemprop") == "name"), None)
            if inner is not None:
                _add(found.authors, "itemprop author", 5, inner.get("content") or text_of(inner))
        elif name == "articlebody":
            found.marks_body = True
        elif name == "articlesection":
            _add(found.sections, "itemprop articleSection", 5, text_of(one))
    kinds = {kind.rpartition("/")[2] for kind in _ITEMTYPE(tree.root)}
    found.types |= kinds & ARTICLE_TYPES
