"""Under which id, and as which version of an article, what was read is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, replace
from enum import StrEnum

from indexer.address_book import AddressBook
from indexer.article import Article, article_digest
from indexer.article_catalog import ArticleCatalog
from indexer.documents import make_document, with_versions
from indexer.engines.base import Document
from indexer.moments import utc_now
from indexer.records import decode_record
from indexer.sources import is_gone
from indexer.versions import are_one_article, has_same_text, is_older, with_older, with_update


class Place(StrEnum):
    """What becomes of an article that was read."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    """It is an older version of a stored article, or the same content under another address."""
    KNOWN = "known"
    """It is a version that is stored already."""
    ANOTHER = "another"
    """Another article has its id."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What is stored for an article that was read.

    Attributes:
        id: of the stored article that it is, or is a version of.
        document: to put; None where nothing changes.
        origin: the file of what the article says then.
    """

    place: Place
    id: str
    document: Document | None
    origin: str


class Placement:
    """Finds the stored article that an article is, or is a version of.

    An article is known by its id and by its address. Under an address that stands for one article
    another content is another version, also when it came from another file.

    Attributes:
        catalog: the stored articles.
        book: their addresses.
        left: files -> articles whose newest content is in another file now.
        met: ids of articles and files that were seen to hold an older version of them.
    """

    def __init__(self, book: AddressBook, catalog: ArticleCatalog) -> None:
        self.book = book
        self.left: Counter[str] = Counter()
        self.met: set[tuple[str, str]] = set()
        self.catalog = catalog
        self._now = utc_now()

    def place(self, item: Document, origin: str, *, taken: bool) -> Placed:
        """Decide on an article.

        Args:
            item: as it would be stored if it were new.
            origin: the file that it came from.
            taken: whether its id belongs to an article of this file that was read before, or of another.
        """
        known = self.catalog.origin(item.id)
        if known is not None and not taken:
            return self._again(item, known, origin)
        other = self.book.find(item)
        found = None if other is None else self._beside(item, other, origin)
        if found is not None:
            return found
        if known is None:
            return Placed(Place.ADDED, item.id, item, origin)
        return Placed(Place.ANOTHER, item.id, None, known)

    def _again(self, item: Document, before: str, origin: str) -> Placed:
        """The article of an id once more: unchanged, moved to another file, or updated."""
        same = self.catalog.has_content(item.id, item.digest)
        if same and before == origin:
            return Placed(Place.UNCHANGED, item.id, None, origin)
        current = self._stored(item.id)
        if current is None:
            return Placed(Place.UNCHANGED if same else Place.CHANGED, item.id, item, origin)
        article = decode_record(item.record)
        if same:
            # An article whose file has moved is stored again: the archive knows where it came from.
            moved = with_versions(item, replace(article, versions=current.versions))
            return Placed(Place.UNCHANGED, item.id, moved, origin)
        if before == origin and self._is_older_record(article, current, origin):
            return self._older(article, current, before, origin)
        return self._update(item, article, current, before, origin)

    @staticmethod
    def _is_older_record(article: Article, current: Article, origin: str) -> bool:
        """Whether a file that holds several versions of an article shows an older one of them."""
        if article.captured and current.captured:
            return is_older(article, current)
        return _is_version(article, current, origin) and is_older(article, current)

    def _beside(self, item: Document, id: str, origin: str) -> Placed | None:
        """An article as a version of a stored one; None where they are two articles."""
        current, before = self._stored(id), self.catalog.origin(id)
        article = decode_record(item.record)
        if current is None or before is None or not are_one_article(article, current):
            return None
        gone = before != origin and is_gone(before)
        if not gone and (_content(article) == _content(current) or is_older(article, current)):
            return self._older(article, current, before, origin)
        if not gone and _is_version(article, current, origin):
            self.met.add((id, origin))
            return Placed(Place.KNOWN, id, None, before)
        return self._update(item, article, current, before, origin)

    def _older(self, article: Article, current: Article, before: str, origin: str) -> Placed:
        self.met.add((current.id, origin))
        same = before == origin and _content(article) == _content(current)
        if same or _is_version(article, current, origin):
            return Placed(Place.KNOWN, current.id, None, before)
        whole = with_older(current, article, origin, self._now)
        return Placed(Place.OLDER, current.id, make_document(whole, before), before)

    def _update(
        self, item: Document, article: Article, current: Article, before: str, origin: str
    ) -> Placed:
        if before != origin:
            self.left[before] += 1
        whole = with_update(current, before, article, self._now, origin)
        return Placed(Place.CHANGED, current.id, with_versions(item, whole), origin)

    def merged(self, id: str, other: str) -> Placed | None:
        """Two stored articles as one, under the first id; None where they are two articles."""
        article, origin = self._stored(other), self.catalog.origin(other)
        if article is None or origin is None:
            return None
        alone = replace(article, versions=())
        return self._beside(make_document(alone, origin), id, origin)

    def without_file(self, id: str, gone: Container[str]) -> Placed | None:
        """The newest version of an article that a file still holds; None where no file does.

        Args:
            gone: files that were read and hold the article no longer.
        """
        current, number = self._held_version(id, gone)
        if current is None:
            return None
        version = current.versions[number]
        left = (*current.versions[:number], *current.versions[number + 1 :])
        article = replace(version.article, id=id, versions=left)
        document = make_document(article, version.origin)
        return Placed(Place.CHANGED, id, document, version.origin)

    def is_held(self, id: str, gone: Container[str]) -> bool:
        """Whether a file still holds an older version of an article; see `without_file`."""
        return self._held_version(id, gone)[0] is not None

    def _held_version(self, id: str, gone: Container[str]) -> tuple[Article | None, int]:
        """A stored article, and which of its versions another file still holds, the newest first."""
        current = self._stored(id)
        for number, version in enumerate(current.versions if current else ()):
            if version.origin not in gone and not is_gone(version.origin):
                return current, number
        return None, 0

    def _stored(self, id: str) -> Article | None:
        record = self.book.record(id)
        return None if record is None else decode_record(record)


def _content(article: Article) -> str:
    """The digest of an article whatever its address is."""
    return article_digest(replace(article, url=None, versions=()))


def _is_version(article: Article, current: Article, origin: str) -> bool:
    """Whether a stored article has the text of a content of a file among its versions."""
    return any(
        one.origin == origin and has_same_text(one.article, article) for one in current.versions
    )
