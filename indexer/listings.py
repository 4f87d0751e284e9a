"""What sitemaps list of articles completes them: a date, a paper or keywords that their pages lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from indexer.article import Article
from indexer.documents import KEYS, make_document
from indexer.engines.base import Document
from indexer.link_keys import ADDRESS, address_link_key
from indexer.parsing import Listed
from indexer.records import decode_record

_Item = TypeVar("_Item")


class ListedStore(Protocol):
    """The interface of what keeps listed articles from one run to the next."""

    def listed(self, keys: Iterable[str]) -> Mapping[str, Listed]:
        """What is listed under some keys of addresses."""

    def note_listed(self, listed: Mapping[str, Listed], origins: Mapping[str, str]) -> None:
        """Keep what is listed under keys of addresses, and the file of each."""


class Listings:
    """What sitemaps list, in this run and in those before.

    Attributes:
        noted: key of an address -> what was read in this run.
    """

    def __init__(self, store: ListedStore) -> None:
        self._store = store
        self.noted: dict[str, Listed] = {}
        self._unsaved: dict[str, str] = {}

    def note(self, listed: Listed, origin: str) -> None:
        """Remember what a sitemap lists, and the file that it is in."""
        key = address_link_key(listed.url)
        self.noted[key] = listed
        self._unsaved[key] = origin

    def save(self) -> None:
        """Keep what was noted since the last time for the runs that come."""
        if self._unsaved:
            self._store.note_listed({key: self.noted[key] for key in self._unsaved}, self._unsaved)
            self._unsaved = {}

    def completed(self, items: Sequence[_Item]) -> list[_Item | Document]:
        """What was read, the articles that are listed with what they lack."""
        keys = [_addresses(one) if isinstance(one, Document) else () for one in items]
        wanted = [key for its in keys for key in its]
        if not wanted:
            return list(items)
        known = dict(self._store.listed(wanted))
        known |= {key: self.noted[key] for key in wanted if key in self.noted}
        return [
            with_listed(one, known[key])
            if isinstance(one, Document) and (key := next(filter(known.__contains__, its), ""))
            else one
            for one, its in zip(items, keys, strict=True)
        ]


def _addresses(document: Document) -> Sequence[str]:
    return [key for key in document.terms[KEYS] if key.startswith(ADDRESS)]


def with_listed(document: Document, listed: Listed) -> Document:
    """A document with what a sitemap lists of it, where its article lacks it."""
    article = decode_record(document.record)
    whole = completed(article, listed)
    if whole == article:
        return document
    return make_document(whole, document.origin)


def completed(article: Article, listed: Listed) -> Article:
    """An article with what a sitemap lists of it, where it lacks it."""
    return replace(
        article,
        published=listed.published if article.published is None else article.published,
        source=article.source or listed.source,
        tags=article.tags or listed.tags,
    )
