"""The article inside a page: where its text is, and what beside it is caption, byline or related story."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4.element import Tag

from indexer.article import RelatedLink
from indexer.parsing.markup import text_of_tag
from indexer.parsing.related_links import is_heading

_BOILERPLATE_TAGS = (
    "script", "style", "noscript", "template", "iframe", "svg", "nav", "form", "button", "select",
    "input", "textarea", "object", "embed", "dialog",
)  # fmt: skip
_BOILERPLATE = re.compile(
    r"(?:^|[-_ ])(?:ads?|adv|advert\w*|qc|quangcao|banner|breadcrumbs?|share|sharing|social|comments?|binhluan|menu"
    r"|navbar|sidebar|newsletter|subscribe|toolbar|tools|popup|modal|cookie|footer|copyright|most-?read|docnhieu"
    r"|tinmoi|tin-moi|rating|vote|audio|player|login|hidden|skip)(?:$|[-_ ])",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"relat|tin-?_?lien-?_?quan|lien-?_?quan|tinlq|xem-?_?them|doc-?_?them|see-?more|read-?more|cung-?chu-?de",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:^|[-_ ])(?:sapo|lead|chapeau|standfirst|teaser|intro|summary|description|dek|mo-?ta)(?:$|[-_ ])",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"caption|chu-?thich|img-?desc|photo-?note", re.IGNORECASE)
_AUTHOR = re.compile(
    r"(?:^|[-_ ])(?:author\w*|byline|tac-?gia|signature|but-?danh)(?:$|[-_ ])", re.IGNORECASE
)
_LEAST_TEXT = 140
"""Characters of running text that a container has at least before it is taken for an article."""


def _marks(tag: Tag) -> str:
    """Class, id and itemprop of a tag, as one string to match."""
    parts = []
    for name in ("class", "id", "itemprop"):
        value = tag.get(name)
        parts += value if isinstance(value, list) else [value] if value else []
    return " ".join(str(part) for part in parts)


def is_deeper_than(soup: BeautifulSoup, depth: int) -> bool:
    """Whether elements are nested deeper than `depth`."""
    level = [child for child in soup.contents if isinstance(child, Tag)]
    while level and depth >= 0:
        depth -= 1
        level = [child for tag in level for child in tag.contents if isinstance(child, Tag)]
    return bool(level)


def remove_boilerplate(soup: BeautifulSoup) -> None:
    """Take out scripts, navigation, forms, advertisements, sharing, comments."""
    for tag in soup.find_all(_BOILERPLATE_TAGS):
        tag.decompose()
    whole = len(soup.get_text())
    for tag in soup.find_all(True):
        if tag.decomposed or tag.name in ("html", "body", "main", "article", "h1", "p"):
            continue
        hidden = tag.get("hidden") is not None or "display:none" in str(
            tag.get("style", "")
        ).replace(" ", "")
        # A marked element that holds much of the page is its frame, whatever it is called.
        if (hidden or _BOILERPLATE.search(_marks(tag))) and 3 * len(tag.get_text()) < whole:
            tag.decompose()


def take_related(soup: BeautifulSoup, base: str) -> list[RelatedLink]:
    """Remove the blocks of related stories and read their links."""
    links: list[RelatedLink] = []
    whole = len(soup.get_text())
    blocks = [
        tag
        for tag in soup.find_all(["div", "section", "aside", "ul", "ol", "article", "table"])
        if _RELATED.search(_marks(tag)) and 2 * len(tag.get_text()) < whole
    ]
    blocks += [
        _block_of(heading)
        for heading in soup.find_all(["h2", "h3", "h4", "h5", "p", "div", "strong", "span"])
        if len(heading.get_text()) < 40 and is_heading(heading.get_text(" ", strip=True))
    ]
    for block in blocks:
        if not block.decomposed:
            _read_links(block, base, links)
            block.decompose()
    return links


def _block_of(heading: Tag) -> Tag:
    """What a heading of related stories stands over: the box around it, or the list after it."""
    top = heading
    while (
        isinstance(top.parent, Tag)
        and top.parent.name in ("div", "section", "aside", "header", "p")
        and not top.find("a")
        and len(top.parent.get_text(strip=True)) <= len(heading.get_text(strip=True)) + 4
    ):
        top = top.parent
    following = top.find_next_sibling()
    if isinstance(following, Tag) and following.find("a") is not None and not _is_prose(following):
        if following.name == "a":
            return following
        heading.decompose()
        return following
    parent = top.parent
    if (
        isinstance(parent, Tag)
        and parent.name in ("div", "section", "aside")
        and not _is_prose(parent)
    ):
        return parent
    return heading


def _is_prose(tag: Tag) -> bool:
    """Whether most of a tag's text is outside links and in paragraphs."""
    text = len(tag.get_text(strip=True))
    linked = sum(len(link.get_text(strip=True)) for link in tag.find_all("a"))
    return len(tag.find_all("p")) > 3 and 3 * linked < text


def _read_links(block: Tag, base: str, links: list[RelatedLink]) -> None:
    for anchor in block.find_all("a", href=True):
        title = " ".join(anchor.get_text(" ", strip=True).split()) or " ".join(
            str(anchor.get("title", "")).split()
        )
        url = _join(base, str(anchor["href"]))
        if len(title) < 8 or url is None or any(link.url == url for link in links):
            continue
        links.append(RelatedLink(title, url, _lead_beside(anchor, block, title)))


def _join(base: str, address: str) -> str | None:
    try:
        url = urljoin(base, address.strip())
    except ValueError:
        return None
    return None if address.strip().startswith(("#", "javascript:", "mailto:", "tel:")) else url


def _lead_beside(anchor: Tag, block: Tag, title: str) -> str | None:
    """The text that goes with a related link: in its own list item or box, without the title."""
    item = anchor.find_parent(["li", "article", "div"])
    if not isinstance(item, Tag) or item is block or len(item.find_all("a", href=True)) > 2:
        return None
    lines = [line for line in text_of_tag(item).split("\n") if line != title and title not in line]
    return " ".join(lines) or None


def take_captions(container: Tag) -> list[str]:
    """Remove and read the captions of pictures."""
    captions: list[str] = []
    for tag in container.find_all(True):
        if tag.decomposed:
            continue
        if tag.name == "figcaption" or (tag.name != "img" and _CAPTION.search(_marks(tag))):
            text = " ".join(text_of_tag(tag).split())
            if len(text) < 600:
                captions += [text] if text and text not in captions else []
                tag.decompose()
    return captions


def take_lead(soup: Tag) -> str:
    """Remove and read the standfirst where an element is marked as one."""
    for tag in soup.find_all(["p", "h2", "div", "strong", "section"]):
        if _LEAD.search(_marks(tag)):
            text = " ".join(text_of_tag(tag).split())
            if 30 <= len(text) <= 1200 and len(tag.find_all("p")) <= 3:
                tag.decompose()
                return text
    return ""


def take_author(soup: Tag) -> str:
    """Remove and read the byline where an element is marked as one."""
    for tag in soup.find_all(["p", "div", "span", "a", "strong", "address", "li"]):
        rel = tag.get("rel")
        if _AUTHOR.search(_marks(tag)) or (isinstance(rel, list) and "author" in rel):
            text = " ".join(text_of_tag(tag).split())
            if 1 < len(text) <= 80:
                tag.decompose()
                return text
    return ""


def find_container(soup: BeautifulSoup) -> Tag | None:
    """The element that holds the article's paragraphs; None when no text runs on.

    An element marked as the article's body is believed; else each paragraph votes with its length
    for its parent and, with half of it, for its grandparent.
    """
    marked = soup.find(True, attrs={"itemprop": "articleBody"})
    if isinstance(marked, Tag) and len(marked.get_text(strip=True)) >= _LEAST_TEXT:
        return marked
    votes: dict[int, float] = {}
    tags: dict[int, Tag] = {}
    for paragraph in soup.find_all(["p", "div", "td", "blockquote", "h2", "h3", "li"]):
        if paragraph.name != "p" and paragraph.find(
            ["p", "div", "li", "table", "section", "article"]
        ):
            continue
        linked = sum(len(link.get_text(strip=True)) for link in paragraph.find_all("a"))
        length = len(paragraph.get_text(strip=True)) - 2 * linked
        share = 1.0 if length >= 25 else 0.0
        for parent in islice(paragraph.parents, 2):
            if isinstance(parent, Tag) and parent.name not in ("html", "[document]"):
                tags[id(parent)] = parent
                votes[id(parent)] = votes.get(id(parent), 0.0) + share * length
                share /= 2
    best = max(votes, key=lambda key: votes[key], default=None)
    if best is None or votes[best] < _LEAST_TEXT:
        return None
    return tags[best]
