"""What a query looks for, found in tokens and marked in the text that they are places of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import TokenArray
from indexer.language.analysis import token_hash, token_hashes, tokenise
from search.clauses import Marker
from search.lookup import look_up
from search.results import Snippet
from search.windows import Integers

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sightings:
    """Where tokens are what a query looks for, in order, none inside another.

    Attributes:
        first: the first token of each.
        last: its last token; another one for phrases alone.
        keys: two with the same key match the same part of the query.
        lengths: characters of the last token.
    """

    first: Integers
    last: Integers
    keys: Integers
    lengths: Integers


class Highlighter:
    """Finds and marks what one query looks for."""

    def __init__(self, marker: Marker) -> None:
        numbers = {
            key: number for number, key in enumerate(dict.fromkeys(marker.syllables.values()))
        }
        self._hashes = token_hashes(marker.syllables)
        self._keys = np.array([numbers[key] for key in marker.syllables.values()], dtype=np.int64)
        self._lengths = np.array([len(one) for one in marker.syllables], dtype=np.int64)
        self._phrases = [
            (len(numbers) + number, [token_hash(one) for one in phrase], len(phrase[-1]))
            for number, phrase in enumerate(sorted(marker.phrases, key=len, reverse=True))
        ]
        self.common = np.zeros(len(numbers) + len(self._phrases), dtype=np.bool_)
        """Whether each key is that of something common; never all of them."""
        self.common[[numbers[key] for key in marker.common]] = True
        if self.common.all():
            self.common[:] = False
        self.keys = len(numbers) + len(self._phrases)
        """How many different keys there are."""

    def find(self, tokens: TokenArray) -> Sightings:
        """Everything that the query looks for in tokens; the longest phrases first."""
        places, which = look_up(tokens, self._hashes)
        found = Sightings(places, places, self._keys[which], self._lengths[which])
        if not self._phrases:
            return found
        taken = np.zeros(len(tokens), dtype=np.bool_)
        rows = []
        for key, phrase, length in self._phrases:
            for place in _side_by_side(tokens, phrase).tolist():
                inside = taken[place : place + len(phrase)]
                if not inside.any():
                    inside[:] = True
                    rows.append((place, place + len(phrase) - 1, key, length))
        return _merge(found, ~taken[places], rows)

    def highlight(self, text: str) -> Snippet:
        """A whole NFC text with its hits, for article pages."""
        if not self.keys:
            return Snippet(text, ())
        tokens = tokenise(text)
        found = self.find(token_hashes(one.text for one in tokens))
        starts = [tokens[at].start for at in found.first.tolist()]
        ends = [tokens[at].end for at in found.last.tolist()]
        return Snippet(text, tuple(join(text, list(zip(starts, ends, strict=True)))))


def _side_by_side(tokens: TokenArray, phrase: list[int]) -> Integers:
    """Where the hashes of a phrase stand one after the other."""
    places = np.flatnonzero(tokens[: max(0, len(tokens) - len(phrase) + 1)] == phrase[0])
    for distance, value in enumerate(phrase[1:], 1):
        places = places[tokens[places + distance] == value]
    return places


def _merge(
    found: Sightings, kept: NDArray[np.bool_], rows: list[tuple[int, int, int, int]]
) -> Sightings:
    """Some of the sightings, and others that overlap none of those."""
    singles = np.stack((found.first, found.last, found.keys, found.lengths), axis=1)[kept]
    everything = np.concatenate((singles, np.array(rows, dtype=np.int64).reshape(-1, 4)))
    return Sightings(*everything[np.argsort(everything[:, 0])].T)


def join(text: str, spans: list[Span]) -> list[Span]:
    """Spans of hits in order; neighbours with only a space between them become one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and text[joined[-1][1] : start] == " ":
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
