"""News sitemaps: what a paper lists of its articles beside their pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.errors import ParseError
from indexer.language.cleaning import clean_text
from indexer.language.normalise import nfc
from indexer.moments import Moment
from indexer.parsing.dates import parse_moment
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.resource import PassedOver, Resource
from indexer.parsing.xml.elements import Element, elements, first, text_of

_MOST_URL = 2048


@dataclass(frozen=True, slots=True)
class Listed:
    """What a sitemap says of an article.

    Attributes:
        address: of the sitemap.
        url: of the article.
        published: None where it is not stated.
        source: the name of the paper; None where it is not stated.
        tags: its keywords.
    """

    address: str
    url: str
    published: Moment | None
    source: str | None
    tags: tuple[str, ...]


def read_sitemap(resource: Resource, _: FieldMap) -> Iterator[Listed | ParseError | PassedOver]:
    """The articles that a sitemap lists with more than their addresses; one without such is passed over.

    Source: the protocol of sitemaps.org with Google's extension ``news``.
    """
    listed = others = 0
    for element in elements(resource, frozenset({"url"})):
        if isinstance(element, ParseError):
            yield element
            continue
        found = _listed(element, resource.address)
        if found is None:
            others += 1
        else:
            listed += 1
            yield found
    if others and not listed:
        yield PassedOver(resource.address, "sitemap")


def _listed(element: Element, address: str) -> Listed | None:
    news, url = first(element, "news"), text_of(first(element, "loc"))
    if news is None or not url or len(url) > _MOST_URL:
        return None
    published = text_of(first(news, "publication_date"))
    source = nfc(clean_text(text_of(first(news, "publication", "name"))))
    keywords = nfc(clean_text(text_of(first(news, "keywords"))))
    return Listed(
        address,
        url,
        parse_moment(published) if published else None,
        " ".join(source.split()) or None,
        tuple(dict.fromkeys(filter(None, map(str.strip, keywords.split(","))))),
    )
