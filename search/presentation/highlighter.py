"""Where a query's words and phrases stand in tokens, and in the text that the tokens are of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import TokenHashes
from indexer.engines.phrases import phrase_starts
from indexer.engines.token_hashes import hash_tokens, token_hash
from indexer.language.analysis import EARLIER_MARK, tokenise
from search.arrays import Integers, look_up
from search.results import Snippet
from search.understanding.understood_query import Marks

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Matches:
    """Where tokens match a query, in order, no match inside another.

    Attributes:
        first: the first token of each match.
        last: its last token; another token only for phrases.
        keys: two matches with the same key match the same part of the query.
        lengths: characters of the last token.
    """

    first: Integers
    last: Integers
    keys: Integers
    lengths: Integers


class Highlighter:
    """Finds and marks the words and phrases of one query."""

    def __init__(self, marks: Marks) -> None:
        numbers = {
            key: number for number, key in enumerate(dict.fromkeys(marks.syllables.values()))
        }
        self._hashes = hash_tokens(marks.syllables)
        self._keys = np.array([numbers[key] for key in marks.syllables.values()], dtype=np.int64)
        self._lengths = np.array([_length(one) for one in marks.syllables], dtype=np.int64)
        self._phrases = [
            (len(numbers) + number, [token_hash(one) for one in phrase], _length(phrase[-1]))
            for number, phrase in enumerate(sorted(marks.phrases, key=len, reverse=True))
        ]
        self.common = np.zeros(len(numbers) + len(self._phrases), dtype=np.bool_)
        """Whether each key is that of something common; never all of them."""
        self.common[[numbers[key] for key in marks.common]] = True
        if self.common.all():
            self.common[:] = False
        self.keys = len(numbers) + len(self._phrases)
        """How many different keys there are."""

    def find(self, tokens: TokenHashes) -> Matches:
        """All matches in tokens; where phrases overlap, the longest counts."""
        places, which = look_up(tokens, self._hashes)
        found = Matches(places, places, self._keys[which], self._lengths[which])
        if not self._phrases:
            return found
        taken = np.zeros(len(tokens), dtype=np.bool_)
        rows = []
        for key, phrase, length in self._phrases:
            for place in phrase_starts(tokens, [[one] for one in phrase]).tolist():
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
        found = self.find(hash_tokens(one.text for one in tokens))
        starts = [tokens[at].start for at in found.first.tolist()]
        ends = [tokens[at].end for at in found.last.tolist()]
        return Snippet(text, tuple(join(text, list(zip(starts, ends, strict=True)))))


def _length(syllable: str) -> int:
    """Characters of a syllable in the text."""
    return len(syllable.removeprefix(EARLIER_MARK))


def _merge(
    found: Matches, kept: NDArray[np.bool_], rows: list[tuple[int, int, int, int]]
) -> Matches:
    """Some of the matches, and others that overlap none of those."""
    singles = np.stack((found.first, found.last, found.keys, found.lengths), axis=1)[kept]
    everything = np.concatenate((singles, np.array(rows, dtype=np.int64).reshape(-1, 4)))
    return Matches(*everything[np.argsort(everything[:, 0])].T)


def join(text: str, spans: list[Span]) -> list[Span]:
    """Spans of hits in order; neighbours with only a space between them become one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and text[joined[-1][1] : start] == " ":
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
