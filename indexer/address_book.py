"""Which stored article has an address: in the newest commit, and among what a run has put since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from indexer.documents import KEYS
from indexer.engines.base import Document, Engine, Plan, Searcher
from indexer.engines.conditions import Term
from indexer.link_keys import ADDRESS, address_link_key
from indexer.versions import identifies

_BLOCK = 1000


class AddressBook:
    """Finds articles by their addresses, those of their older versions included."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._searcher: Searcher | None = None
        self._put: dict[str, str] = {}
        self._absent: set[str] = set()
        self._aliases: dict[str, list[str]] = {}
        self._records: dict[str, bytes] = {}

    def begin(self) -> None:
        """What was put is committed: it is looked up in the engine from now on."""
        self._searcher = None
        self._put.clear()
        self._absent.clear()
        self._records.clear()

    def note(self, document: Document) -> None:
        """Remember a document that is put; a later look finds it before it is committed."""
        self._records[document.id] = document.record
        for key in document.terms[KEYS]:
            self._put[key] = document.id

    def redirect(self, url: str, target: str) -> None:
        """Note that a server led from one address to another."""
        one, other = address_link_key(url), address_link_key(target)
        if is_of_article(one) and is_of_article(other) and one != other:
            self._aliases.setdefault(one, []).append(other)
            self._aliases.setdefault(other, []).append(one)

    def expect(self, documents: Iterable[Document]) -> None:
        """Look the addresses of several documents up at once, which are most often all new."""
        keys = {key for one in documents if (key := _address(one)) is not None}
        keys -= self._put.keys() | self._absent
        if keys and not self._are_there(tuple(keys)):
            self._absent |= keys

    def find(self, document: Document) -> str | None:
        """The id of the stored article with a document's address, or with another that leads there.

        None where there is none, or where the address stands for no article.
        """
        key = _address(document)
        if key is None:
            return None
        found = self._found(key)
        for other in self._aliases.get(key, ()) if found is None else ():
            found = found or self._found(other)
        return found

    def held(self, keys: Iterable[str]) -> Iterator[str]:
        """Those keys of addresses that a committed article has."""
        several = iter(keys)
        searcher = self._newest()
        while block := list(islice(several, _BLOCK)):
            counts = searcher.frequencies(KEYS, block)
            yield from (key for key, count in zip(block, counts, strict=True) if count)

    def holder(self, key: str) -> str | None:
        """The id of the stored article with an address, given by its key; None where there is none."""
        return self._found(key) if is_of_article(key) else None

    def redirected(self) -> Iterator[tuple[str, str]]:
        """The ids of stored articles of which one address leads to the other's."""
        for key, others in self._aliases.items():
            for other in others:
                one, two = self._found(key), self._found(other)
                if key < other and one and two and one != two:
                    yield one, two

    def _found(self, key: str) -> str | None:
        if key in self._put:
            return self._put[key]
        if key in self._absent:
            return None
        hits = self._newest().search(Plan(required=(Term(KEYS, (key,)),), limit=1)).hits
        return hits[0].id if hits else None

    def _are_there(self, keys: tuple[str, ...]) -> bool:
        searcher = self._newest()
        return bool(
            searcher.count() and searcher.search(Plan(required=(Term(KEYS, keys),), limit=0)).total
        )

    def record(self, id: str) -> bytes | None:
        """The record of an article, as it was put last."""
        if id in self._records:
            return self._records[id]
        (record,) = self._newest().records([id])
        return record

    def ids(self, keys: Iterable[str]) -> set[str]:
        """The ids of the stored articles with some keys of addresses."""
        return {id for key in keys if is_of_article(key) and (id := self._found(key)) is not None}

    def _newest(self) -> Searcher:
        if self._searcher is None:
            self._searcher = self._engine.searcher()
        return self._searcher


def is_of_article(key: str) -> bool:
    """Whether a key is that of an address that stands for one article."""
    return key.startswith(ADDRESS) and identifies(key.removeprefix(ADDRESS))


def _address(document: Document) -> str | None:
    return next(filter(is_of_article, document.terms[KEYS]), None)
