"""Which stored articles something is a copy of: in the newest commit, and among what was put since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.copies.likeness import LEAST_SHARED, ComparedText
from indexer.documents import document_of_record
from indexer.engines.base import Document, Searcher
from indexer.engines.capabilities import MOST_HOLDERS, HasSketches, TokenHashes, capability
from indexer.engines.token_hashes import hashes_of

_COMPARED = 6
"""Articles that a new one is compared with at most: those whose sketches share most."""


@dataclass(frozen=True, slots=True)
class _Put:
    """A document that is not committed yet.

    Attributes:
        group: the name of its group.
        origin: the file it came from.
    """

    group: str
    hashes: TokenHashes
    record: bytes
    origin: str


class CopyFinder:
    """Puts each new article into the group of the articles that it is a copy of.

    A group is named by the id of its first article. An article that is a copy of articles in two
    groups makes them one. An engine that keeps no sketches has no groups.

    Args:
        newest: gives the view of the newest commit.
    """

    def __init__(self, newest: Callable[[], Searcher]) -> None:
        self._open = newest
        self.begin()

    def begin(self) -> None:
        """What was put is committed: it is looked up in the engine from now on."""
        self._searcher: Searcher | None = None
        self._expected: dict[str, list[str]] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        self._put: dict[str, _Put] = {}
        self._in_group: dict[str, set[str]] = defaultdict(set)
        self._joined: dict[str, str] = {}
        # Tuples of texts: a dictionary of as many lists would keep the garbage collector busy.
        self._holders: dict[int, tuple[str, ...]] = {}
        self._texts: dict[str, ComparedText] = {}

    def expect(self, documents: Iterable[Document]) -> None:
        """Look up what several documents may be copies of, which costs as much as for one."""
        wanted = [one for one in documents if one.id not in self._members]
        ids = [one.id for one in wanted]
        self._members.update(zip(ids, self._newest().members(ids), strict=True))
        searcher = capability(self._newest(), HasSketches)
        if searcher:
            found = searcher.sharing([one.sketch for one in wanted], LEAST_SHARED, _COMPARED)
            self._expected.update(zip(ids, found, strict=True))

    def grouped(self, document: Document) -> Document:
        """A document that is put next, in the group that it belongs to."""
        if document.id not in self._members:
            self.expect([document])
        group = self._group_of(document)
        if before := self._put.get(document.id):
            self._in_group[before.group].discard(document.id)
        self._note(document, group)
        self._texts.pop(document.id, None)
        holders, own = self._holders, (document.id,)
        for number in document.sketch:
            holding = holders.get(number, ())
            if len(holding) < MOST_HOLDERS:
                holders[number] = holding + own
        return document if group == document.id else replace(document, group=group)

    def _note(self, document: Document, group: str) -> None:
        self._put[document.id] = _Put(group, hashes_of(document), document.record, document.origin)
        self._in_group[group].add(document.id)

    def _group_of(self, document: Document) -> str:
        candidates = self._candidates(document)
        groups = self._groups_of_copies(document, candidates) if candidates else []
        for other in groups[1:]:
            self._joined[other] = groups[0]
        return groups[0] if groups else self._free_name(document)

    def _groups_of_copies(self, document: Document, candidates: Sequence[str]) -> list[str]:
        """The groups with a copy of a document, that of the one that shares most first."""
        text = ComparedText(hashes_of(document))
        found: list[str] = []
        for id in candidates:
            group, other = self._stored_group(id), self._text(id)
            if group in found or other is None:
                continue
            if text.is_copy_of(other):
                found.append(group)
        return found

    def _candidates(self, document: Document) -> list[str]:
        """The articles whose sketches share most with a document's, at most `_COMPARED` of each kind."""
        holders = self._holders
        held = [id for number in document.sketch if number in holders for id in holders[number]]
        counts = Counter(held) if len(held) >= LEAST_SHARED else {}
        shared = sorted((-count, id) for id, count in counts.items() if count >= LEAST_SHARED)
        put = [id for _, id in shared[:_COMPARED]]
        known = [id for id in self._expected.get(document.id, ()) if id not in self._put]
        return [id for id in (*known, *put) if id != document.id]

    def _text(self, id: str) -> ComparedText | None:
        if id not in self._texts:
            hashes = self._hashes(id)
            if hashes is None:
                return None
            self._texts[id] = ComparedText(hashes)
        return self._texts[id]

    def _hashes(self, id: str) -> TokenHashes | None:
        if id in self._put:
            return self._put[id].hashes
        searcher = capability(self._newest(), HasSketches)
        return searcher.token_hashes([id])[0] if searcher else None

    def _stored_group(self, id: str) -> str:
        """The group of a stored article."""
        group = self._put[id].group if id in self._put else self._newest().groups([id])[0] or id
        while group in self._joined:
            group = self._joined[group]
        return group

    def _free_name(self, document: Document) -> str:
        """The name of a document's own group, of which no other article is."""
        id = document.id
        members = [one for one in self._members[id] if one != id and one not in self._put]
        if not members and not self._in_group[id] - {id}:
            return id
        # Its text was another one when the others became copies of it.
        return f"{id}~{document.digest[:12]}"

    def regrouped(self, origin_of: Callable[[str], str | None]) -> Iterator[Document]:
        """The articles of groups that became one, to be put again before the commit.

        Args:
            origin_of: gives the file that a committed article came from.
        """
        for old in list(self._joined):
            new = self._joined[old]
            while new in self._joined:
                new = self._joined[new]
            committed = [one for one in self._newest().members([old])[0] if one not in self._put]
            if old not in self._put and self._newest().groups([old]) == [old]:
                committed.append(old)
            records = self._newest().records(committed)
            for id, record in zip(committed, records, strict=True):
                if record is not None:
                    yield self._moved(id, record, origin_of(id) or "", new)
            for id in sorted(self._in_group[old]):
                put = self._put[id]
                yield self._moved(id, put.record, put.origin, new)

    @staticmethod
    def _moved(id: str, record: bytes, origin: str, group: str) -> Document:
        return replace(document_of_record(id, record, origin), group="" if group == id else group)

    def _newest(self) -> Searcher:
        if self._searcher is None:
            self._searcher = self._open()
        return self._searcher
