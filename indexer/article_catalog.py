"""The articles of an archive and which of them a run has met again, in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from indexer.engines.base import Origin


@dataclass(frozen=True, slots=True)
class KnownContent:
    """What a catalog knows of one article: a part of its digest, and the number of its origin."""

    digest: int
    origin: int


class ArticleCatalog:
    """Digest and origin of every article by its id, in about 200 bytes an article.

    Of a digest 64 bits are kept: two contents will not share them by chance.
    """

    def __init__(self, origins: Iterable[Origin]) -> None:
        self._places: dict[str, int] = {}
        self._ids: list[str] = []
        self._digests = array("Q")
        self._origin_of = array("I")
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._seen = bytearray()
        for known in origins:
            self.put(known.id, known.digest, known.origin)
        self.begin()

    def begin(self) -> None:
        """Begin a run: what is known now is what the archive holds, and nothing of it is met yet."""
        known = np.fromiter(self._places.values(), dtype=np.int64, count=len(self._places))
        of = np.array(self._origin_of, dtype=np.int64)[known]
        # The articles that the archive holds when the run begins, origin after origin.
        self._by_origin = known[np.argsort(of, kind="stable")].astype(np.uint32)
        counts = np.bincount(of, minlength=len(self._names))
        self._starts = np.concatenate(([0], np.cumsum(counts)))
        self._seen = bytearray(len(self._ids))

    def __len__(self) -> int:
        return len(self._places)

    def put(self, id: str, digest: str, origin: str) -> None:
        """Note an article that the run has met."""
        number = self._numbers.setdefault(origin, len(self._names))
        if number == len(self._names):
            self._names.append(origin)
        place = self._places.setdefault(id, len(self._ids))
        if place == len(self._ids):
            self._ids.append(id)
            self._digests.append(0)
            self._origin_of.append(0)
            self._seen.append(1)
        self._digests[place] = _short(digest)
        self._origin_of[place] = number
        self._seen[place] = 1

    def known(self, id: str) -> KnownContent | None:
        """What is known of an article, for `restore`."""
        place = self._places.get(id)
        return (
            place if place is None else KnownContent(self._digests[place], self._origin_of[place])
        )

    def restore(self, id: str, known: KnownContent) -> None:
        """Know of an article what was known before; the run has met it all the same."""
        place = self._places[id]
        self._digests[place], self._origin_of[place] = known.digest, known.origin

    def remove(self, id: str) -> None:
        """Forget an article."""
        del self._places[id]

    def origin(self, id: str) -> str | None:
        """Where an article came from; None for one that is not known."""
        place = self._places.get(id)
        return None if place is None else self._names[self._origin_of[place]]

    def has_content(self, id: str, digest: str) -> bool:
        """Whether an article is known with this content."""
        place = self._places.get(id)
        return place is not None and self._digests[place] == _short(digest)

    def is_met(self, id: str) -> bool:
        """Whether the run has met an article."""
        place = self._places.get(id)
        return place is not None and bool(self._seen[place])

    def meet_one(self, id: str) -> None:
        """Note that the run has met an article again."""
        self._seen[self._places[id]] = 1

    def held(self, origin: str) -> int:
        """How many articles of a file the archive held when the run began."""
        number = self._numbers.get(origin, len(self._starts))
        if number + 1 >= len(self._starts):
            return 0
        return int(self._starts[number + 1] - self._starts[number])

    def ids_of(self, origin: str) -> list[str]:
        """The articles of a file that the archive held when the run began."""
        if not self.held(origin):
            return []
        number = self._numbers[origin]
        places = self._by_origin[self._starts[number] : self._starts[number + 1]].tolist()
        return [self._ids[place] for place in places]

    def meet(self, origin: str) -> None:
        """Note that a file has not changed, so that its articles are all there."""
        if self.held(origin):
            number = self._numbers[origin]
            for place in self._by_origin[self._starts[number] : self._starts[number + 1]].tolist():
                self._seen[place] = 1

    def missed(self, origin: str) -> list[str]:
        """Articles of a file that the run has not met again."""
        if not self.held(origin):
            return []
        number = self._numbers[origin]
        places = self._by_origin[self._starts[number] : self._starts[number + 1]].tolist()
        return [
            self._ids[place]
            for place in places
            if not self._seen[place] and self._places.get(self._ids[place]) == place
        ]

    def counts(self) -> dict[str, int]:
        """How many articles are known of each file now."""
        places = np.fromiter(self._places.values(), dtype=np.int64, count=len(self._places))
        of = np.frombuffer(self._origin_of, dtype=np.uint32)[places]
        counted = np.bincount(of, minlength=len(self._names)).tolist()
        return dict(zip(self._names, counted, strict=True))

    def origins(self) -> list[str]:
        """The files that the archive held articles of when the run began."""
        return [origin for origin in self._names[: len(self._starts) - 1] if self.held(origin)]


def _short(digest: str) -> int:
    return int(digest[:16] or "0", 16)
