"""Which texts hold words and phrases close to each other, or often, in arrays of their tokens' hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import PARAGRAPH_END
from indexer.engines.capabilities import TokenHashes
from indexer.engines.conditions import AnyOf, Phrase, Repeated, Scope, Spot, Term, Together
from indexer.engines.phrases import is_one_of, phrase_starts
from indexer.engines.token_hashes import PassagePlaces, token_hash, unpack_breaks

Places = NDArray[np.int64]
_NOWHERE: Places = np.zeros(0, dtype=np.int64)
_RARE, _MOST_COMMON = 500, 40
"""A token is frequent that is more than one in so many; the places of so many frequent ones are kept."""
_FEW = 4
"""Hashes that are looked for one by one."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The tokens of several texts, one after the other.

    Attributes:
        tokens: of all of them.
        ends: where each text ends in `tokens`.
        parts: where the parts of the texts end.
        common: the places of some frequent tokens by their hashes, which are found once; None for texts
            that are not kept.
    """

    tokens: TokenHashes
    ends: Places
    parts: Places
    common: dict[int, NDArray[np.int32]] | None = None

    @classmethod
    def of(cls, rows: Sequence[bytes], *, kept: bool = False) -> Texts:
        """Texts by the bytes of their tokens' hashes.

        Args:
            kept: whether they are asked again and again.
        """
        ends = np.cumsum([len(row) // 4 for row in rows], dtype=np.int64)
        tokens = np.frombuffer(b"".join(rows), dtype=np.uint32)
        return cls(tokens, ends, np.flatnonzero(tokens == 0), {} if kept else None)

    def some(self, numbers: Places) -> Texts:
        """Some of the texts, by their numbers."""
        ends = self.ends
        begins = np.where(numbers > 0, ends[numbers - 1], 0).tolist()
        taken = [
            self.tokens[begin:end]
            for begin, end in zip(begins, ends[numbers].tolist(), strict=True)
        ]
        tokens = np.concatenate(taken)
        return Texts(
            tokens,
            np.cumsum([len(one) for one in taken], dtype=np.int64),
            np.flatnonzero(tokens == 0),
        )

    def places(self, hashes: Sequence[int]) -> Places:
        """Where tokens with any of some hashes stand, ascending."""
        if self.common is None or len(hashes) > _FEW:
            return np.flatnonzero(is_one_of(self.tokens, hashes)) if hashes else _NOWHERE
        found = [self._places_of(one, self.common) for one in hashes]
        if len(found) == 1:
            return found[0].astype(np.int64)
        if not found:
            return _NOWHERE
        both: Places = np.sort(np.concatenate(found)).astype(np.int64)
        return both

    def _places_of(self, one: int, common: dict[int, NDArray[np.int32]]) -> NDArray[np.int32]:
        known = common.get(one)
        if known is None:
            known = np.flatnonzero(np.equal(self.tokens, one)).astype(np.int32)
            if len(known) * _RARE > len(self.tokens) and len(common) < _MOST_COMMON:
                common[one] = known
        return known

    def owners(self, places: Places) -> Places:
        """The text that each token belongs to."""
        return np.searchsorted(self.ends, places, side="right")

    def part_of(self, places: Places) -> Places:
        """The number of the part of the text that each token is in."""
        return np.searchsorted(self.parts, places)


@dataclass(frozen=True, slots=True)
class Scopes:
    """Where the sentences and paragraphs of several texts end in their tokens.

    Attributes:
        shifts: of each text how much farther behind its tokens are among those that the ends are of;
            None for not at all.
    """

    sentences: Places
    paragraphs: Places
    shifts: Places | None = None

    @classmethod
    def of(cls, texts: Texts, breaks: Sequence[bytes]) -> Scopes:
        """The scopes of texts, by what `pack_breaks` gives of each.

        Raises:
            ArchiveError: they are not those of the tokens.
        """
        counts = np.diff(texts.ends, prepend=0).tolist()
        found = [unpack_breaks(its, count) for its, count in zip(breaks, counts, strict=True)]
        lengths = np.concatenate(found)
        ends = np.cumsum(lengths & ~np.uint16(PARAGRAPH_END), dtype=np.int64)
        closes = (lengths & np.uint16(PARAGRAPH_END)) != 0
        # Each text's last sentence closes its last paragraph.
        closes[np.searchsorted(ends, texts.ends)] = True
        return cls(ends, ends[closes])

    def some(self, texts: Texts, numbers: Places) -> Scopes:
        """Those of some of the texts, as `Texts.some` gives these."""
        begins = np.where(numbers > 0, texts.ends[numbers - 1], 0)
        lengths = texts.ends[numbers] - begins
        return replace(self, shifts=begins - (np.cumsum(lengths) - lengths))

    def count(self, scope: Scope) -> int:
        """How many there are of one kind."""
        return len(self._ends(scope))

    def numbers(self, scope: Scope, places: Places, texts: Texts) -> Places:
        """The number of the sentence or paragraph that each place is in."""
        if self.shifts is not None:
            places = places + self.shifts[texts.owners(places)]
        return np.searchsorted(self._ends(scope), places, side="right")

    def _ends(self, scope: Scope) -> Places:
        return self.sentences if scope is Scope.SENTENCE else self.paragraphs


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of tokens, ascending by their starts; each lies in one part of one text.

    Attributes:
        starts: the first token of each.
        ends: one past the last of each, ascending as well.
    """

    starts: Places
    ends: Places


def count(part: Spot, texts: Texts) -> Places:
    """How often a part stands in each text, from the first place on without overlaps."""
    spans = _apart(spans_of(part, texts))
    return np.bincount(texts.owners(spans.starts), minlength=len(texts.ends))


def hold(
    condition: Phrase | Together | Repeated, texts: Texts, scopes: Scopes | None = None
) -> NDArray[np.bool_]:
    """Which texts match a condition.

    Args:
        scopes: of the texts, for parts within one.
    """
    result = np.zeros(len(texts.ends), dtype=np.bool_)
    if isinstance(condition, Repeated):
        return count(condition.part, texts) >= condition.least
    if isinstance(condition, Phrase):
        result[texts.owners(spans_of(condition, texts).starts)] = True
        return result
    parts = [spans_of(part, texts) for part in condition.parts]
    if isinstance(condition.within, Scope):
        if scopes is None:
            raise ValueError("the scopes of the texts are not known")
        places = _in_one_scope(parts, condition.within, scopes, texts)
    else:
        one, other = parts
        ways = [(one, other), (other, one)]
        places = np.concatenate([_followed(*way, condition.within, texts) for way in ways])
    result[texts.owners(places)] = True
    return result


def hold_passage(parts: Sequence[Spot], texts: Texts, passages: PassagePlaces) -> NDArray[np.bool_]:
    """Which texts have a passage in which all parts stand whole.

    Args:
        passages: of the texts, none overlapping another.
    """
    begins = (texts.ends - np.diff(texts.ends, prepend=0))[passages.rows]
    starts, ends = begins + passages.starts, begins + passages.ends
    shared = np.ones(len(starts), dtype=np.bool_)
    for part in parts:
        spans = spans_of(part, texts)
        at = np.searchsorted(starts, spans.starts, side="right") - 1
        inside = at >= 0
        inside[inside] = spans.ends[inside] <= ends[at[inside]]
        whole = np.zeros(len(starts), dtype=np.bool_)
        whole[at[inside]] = True
        shared &= whole
    result = np.zeros(len(texts.ends), dtype=np.bool_)
    result[passages.rows[shared]] = True
    return result


def spans_of(part: Spot, texts: Texts) -> Spans:
    """Where a part stands; of an `AnyOf` no span holds another."""
    if isinstance(part, AnyOf):
        return _shortest([spans_of(one, texts) for one in _alternatives(part)])
    if isinstance(part, Term):
        hashes = [token_hash(term) for term in part.terms]
        starts = texts.places(hashes)
        return Spans(starts, starts + 1)
    positions = [[*map(token_hash, terms)] for terms in part.positions]
    starts = phrase_starts(texts.tokens, positions)
    ends = starts + len(positions)
    # No token of a phrase ends a part, so that it can only reach out of a text without an end.
    inside = texts.owners(starts) == texts.owners(ends - 1)
    return Spans(starts[inside], ends[inside])


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
    near = following - ends <= most
    starts, following = starts[near], following[near]
    same = texts.part_of(starts) == texts.part_of(following)
    found: Places = starts[same & (texts.owners(starts) == texts.owners(following))]
    return found


def _in_one_scope(parts: Sequence[Spans], scope: Scope, scopes: Scopes, texts: Texts) -> Places:
    """A place in each scope in which all parts stand whole."""
    shared = np.ones(scopes.count(scope), dtype=np.bool_)
    place = np.zeros(len(shared), dtype=np.int64)
    for part in parts:
        starts = part.starts
        numbers = scopes.numbers(scope, starts, texts)
        if (part.ends - starts > 1).any():
            # What is longer than a token may reach into the next scope.
            inside = scopes.numbers(scope, part.ends - 1, texts) == numbers
            starts, numbers = starts[inside], numbers[inside]
        whole = np.zeros(len(shared), dtype=np.bool_)
        whole[numbers] = True
        place[numbers] = starts
        shared &= whole
    return place[shared]
