"""Which texts hold words and phrases close to each other, or often, in arrays of their tokens' hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import PARAGRAPH_END
from indexer.engines.capabilities import TokenHashes
from indexer.engines.conditions import AnyOf, Phrase, Repeated, Scope, Spot, Term, Together
from indexer.engines.phrases import is_one_of, phrase_starts
from indexer.engines.token_hashes import token_hash

Places = NDArray[np.int64]
Breaks = NDArray[np.uint16]
"""The lengths of a text's sentences; see `Document.breaks`."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The tokens of several texts, one after the other.

    Attributes:
        tokens: of all of them.
        ends: where each text ends in `tokens`.
        breaks: of each text.
    """

    tokens: TokenHashes
    ends: Places
    breaks: Sequence[Breaks]

    @classmethod
    def of(cls, arrays: Sequence[TokenHashes], breaks: Sequence[Breaks]) -> Texts:
        """Texts by the tokens and the breaks of each; `arrays` is not empty."""
        return cls(np.concatenate(arrays), np.cumsum([len(one) for one in arrays]), breaks)

    def owners(self, places: Places) -> Places:
        """The text that each token belongs to."""
        return np.searchsorted(self.ends, places, side="right")

    def parts(self) -> Places:
        """The number of the part of the text that each token is in."""
        return np.cumsum(self.tokens == 0)

    def scopes(self, scope: Scope) -> Places:
        """The number of the sentence or paragraph that each token is in."""
        breaks = np.concatenate(self.breaks)
        lengths = (breaks & ~np.uint16(PARAGRAPH_END)).astype(np.int64)
        numbers = np.arange(len(breaks))
        if scope is Scope.PARAGRAPH:
            closed = (breaks & np.uint16(PARAGRAPH_END)) != 0
            # Each text's last sentence closes its last paragraph.
            numbers = np.concatenate(([0], np.cumsum(closed)[:-1]))
        result: Places = np.repeat(numbers, lengths)
        return result


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of tokens, ascending by their starts; each lies in one part of one text.

    Attributes:
        starts: the first token of each.
        ends: one past the last of each, ascending as well.
    """

    starts: Places
    ends: Places


def hold(condition: Together | Repeated, texts: Texts) -> NDArray[np.bool_]:
    """Which texts match a condition."""
    result = np.zeros(len(texts.ends), dtype=np.bool_)
    if isinstance(condition, Repeated):
        spans = _apart(spans_of(condition.part, texts))
        counts = np.bincount(texts.owners(spans.starts), minlength=len(result))
        return counts >= condition.least
    parts = [spans_of(part, texts) for part in condition.parts]
    if isinstance(condition.within, Scope):
        places = _in_one_scope(parts, texts.scopes(condition.within))
    else:
        one, other = parts
        ways = [(one, other), (other, one)]
        places = np.concatenate([_followed(*way, condition.within, texts) for way in ways])
    result[texts.owners(places)] = True
    return result


def spans_of(part: Spot, texts: Texts) -> Spans:
    """Where a part stands; of an `AnyOf` no span holds another."""
    if isinstance(part, AnyOf):
        return _shortest([spans_of(one, texts) for one in _alternatives(part)])
    if isinstance(part, Term):
        hashes = [token_hash(term) for term in part.terms]
        starts = np.flatnonzero(is_one_of(texts.tokens, hashes)) if hashes else _NOWHERE
        return Spans(starts, starts + 1)
    positions = [[*map(token_hash, terms)] for terms in part.positions]
    starts = phrase_starts(texts.tokens, positions)
    ends = starts + len(positions)
    # No token of a phrase ends a part, so that it can only reach out of a text without an end.
    inside = texts.owners(starts) == texts.owners(ends - 1)
    return Spans(starts[inside], ends[inside])


_NOWHERE: Places = np.zeros(0, dtype=np.int64)


def _alternatives(part: AnyOf) -> Iterator[Spot]:
    for one in part.parts:
        if not isinstance(one, Term | Phrase | AnyOf):
            raise TypeError(f"{type(one).__name__} has no places in a text")
        yield one


def _shortest(found: Sequence[Spans]) -> Spans:
    """The spans of all, without those that hold another."""
    starts = np.concatenate([one.starts for one in found] or [_NOWHERE])
    ends = np.concatenate([one.ends for one in found] or [_NOWHERE])
    # By start, of one start the longest first: it holds the others.
    order = np.lexsort((-ends, starts))
    starts, ends = starts[order], ends[order]
    if not len(starts):
        return Spans(starts, ends)
    # A span holds a later one where that ends no later.
    least = np.minimum.accumulate(ends[::-1])[::-1]
    kept = np.append(ends[:-1] < least[1:], True)
    return Spans(starts[kept], ends[kept])


def _apart(spans: Spans) -> Spans:
    """The most spans, from the first on, that do not overlap."""
    if not (spans.starts[1:] < spans.ends[:-1]).any():
        return spans
    kept, past = [], 0
    for at, (start, end) in enumerate(zip(spans.starts.tolist(), spans.ends.tolist(), strict=True)):
        if start >= past:
            kept.append(at)
            past = end
    return Spans(spans.starts[kept], spans.ends[kept])


def _followed(first: Spans, second: Spans, most: int, texts: Texts) -> Places:
    """The starts of spans behind which a second one begins after at most so many tokens."""
    behind = np.searchsorted(second.starts, first.ends)
    there = behind < len(second.starts)
    starts, ends = first.starts[there], first.ends[there]
    following = second.starts[behind[there]]
    parts = texts.parts()
    near = (following - ends <= most) & (parts[starts] == parts[following])
    found: Places = starts[near & (texts.owners(starts) == texts.owners(following))]
    return found


def _in_one_scope(parts: Sequence[Spans], scopes: Places) -> Places:
    """A place in each scope in which all parts stand whole."""
    shared: Places | None = None
    for part in parts:
        numbers = scopes[part.starts]
        whole = np.unique(numbers[numbers == scopes[part.ends - 1]])
        shared = whole if shared is None else np.intersect1d(shared, whole, assume_unique=True)
    if shared is None:
        return _NOWHERE
    return np.searchsorted(scopes, shared).astype(np.int64)
