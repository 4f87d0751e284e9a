"""pyvi's model applied to the tokens of a whole text at once, as arrays."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.language.pyvi_model import Model

BREAK = "\n"
"""The piece that parts texts which are labelled one by one."""
_MOST = 1 << 17
"""Different pieces that are remembered."""
_BREAK, _SPACE = 0, 1
"""The numbers of a line end and of spaces."""

Numbers = NDArray[np.int64]


class Words(NamedTuple):
    """The numbers of the first and of the last piece of each word, ascending."""

    first: Numbers
    last: Numbers


class _Pieces(dict[str, int]):
    """A number for each piece, and what the model says of it without its neighbours; threads may share it.

    Attributes:
        weights: three rows: what a token adds to its own score, to that of the token behind it, and to
            that of the token before it.
        syllables: its number in the list of words, 0 for tokens that are in no word of the list.
        letters: whether it may stand in a word.
        capital: whether it begins with a capital.
    """

    def __init__(self, model: Model, syllables: dict[str, int]) -> None:
        super().__init__()
        self._model = model
        self._number_of = syllables
        self.weights = np.zeros((3, 1024))
        self.syllables = np.zeros(1024, dtype=np.int64)
        self.letters = np.zeros(1024, dtype=np.bool_)
        self.capital = np.zeros(1024, dtype=np.bool_)
        self._lock = Lock()
        self._count = 2
        self.update({BREAK: _BREAK, " ": _SPACE})

    def __missing__(self, piece: str) -> int:
        with self._lock:
            if piece not in self:
                # Seen by other threads only when all that is said of it is there.
                self[piece] = _SPACE if piece.isspace() else self._add(piece)
            return self[piece]

    def _add(self, piece: str) -> int:
        number, self._count = self._count, self._count + 1
        if number >= len(self.letters):
            self._grow()
        own, before, after = self._model.lower
        weight = self._model.shapes.get
        # CRFsuite takes a name for ended where a NUL is.
        lower = piece.lower()
        name = lower.split("\0")[0]
        title, upper = piece.istitle(), piece.isupper()

        def shape(prefix: str) -> float:
            return (weight(f"{prefix}word.istitle()", 0.0) if title else 0.0) + (
                weight(f"{prefix}word.isupper()", 0.0) if upper else 0.0
            )

        digit = weight("word.isdigit()", 0.0) if piece.isdigit() else 0.0
        self.weights[:, number] = (
            weight("bias", 0.0) + own.get(name, 0.0) + shape("") + digit,
            before.get(name, 0.0) + shape("-1:"),
            after.get(name, 0.0) + shape("+1:"),
        )
        self.syllables[number] = self._number_of.get(lower, 0)
        self.letters[number] = piece not in string.punctuation and not piece[0].isdigit()
        self.capital[number] = piece[0].istitle()
        return number

    def _grow(self) -> None:
        self.weights = np.concatenate([self.weights, np.zeros_like(self.weights)], axis=1)
        for name in ("syllables", "letters", "capital"):
            its = getattr(self, name)
            setattr(self, name, np.concatenate([its, np.zeros_like(its)]))


class _WordList:
    """Words of a fixed number of syllables, as sorted keys."""

    def __init__(self, words: Iterable[tuple[int, int]], base: int) -> None:
        self._base = base
        self._keys = np.array(sorted({a * base + b for a, b in words}) or [-1], dtype=np.int64)

    def place(self, first: int, second: int) -> int:
        """The number of a word that is in the list."""
        return int(np.searchsorted(self._keys, first * self._base + second))

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
        """Where two syllables after each other are in the list, and as which of its words."""
        keys = first * self._base + second
        places = np.searchsorted(self._keys, keys)
        places[places == len(self._keys)] = 0
        found = np.flatnonzero(self._keys[places] == keys)
        return found, places[found]


class FastJoiner:
    """The words that pyvi joins, by its model.

    A token's score is that of B_W less that of I_W. Of the two best paths up to a token (Viterbi, 1967)
    only their difference matters, and what the token before adds to it lies between two bounds. So most
    labels are known at once; the others are decided one after the other.
    """

    def __init__(self, model: Model) -> None:
        pairs = [tuple(word.split(" ")) for word in model.bigrams]
        triples = [tuple(word.split(" ")) for word in model.trigrams]
        syllables = {one: 0 for word in (*pairs, *triples) for one in word}
        numbers = {one: number for number, one in enumerate(syllables, 1)}
        base = len(numbers) + 1
        self._make: Callable[[], _Pieces] = lambda: _Pieces(model, numbers)
        self._pieces = self._make()
        self._pairs = _WordList(((numbers[a], numbers[b]) for a, b in pairs), base)
        begins = _WordList(((numbers[a], numbers[b]) for a, b, _ in triples), base)
        self._begins = begins
        self._triples = _WordList(
            ((begins.place(numbers[a], numbers[b]), numbers[c]) for a, b, c in triples), base
        )
        weight = model.shapes.get
        self._of_pair = weight("+1:word.bi_gram()", 0.0), weight("-1:word.bi_gram()", 0.0)
        self._of_triple = weight("+2:word.tri_gram()", 0.0), weight("-2:word.tri_gram()", 0.0)
        self._transitions = model.transitions

    def __call__(self, pieces: Sequence[str]) -> Words:
        """The words of two or more tokens among the pieces of a text."""
        if len(self._pieces) > _MOST:
            # Other threads go on with those that they began with.
            self._pieces = self._make()
        known = self._pieces
        ids = np.fromiter(map(known.__getitem__, pieces), np.int64, len(pieces))
        places = np.flatnonzero(ids != _SPACE)
        ids = ids[places]
        inside = self._labels(known, ids)
        letters, capital = known.letters[ids], known.capital[ids]
        # pyvi's own rule: letters on both sides, and no new capital.
        joined = inside & letters
        joined[1:] &= letters[:-1] & (capital[:-1] | ~capital[1:])
        joined[:1] = False
        following = np.append(joined[1:], False)
        first = np.flatnonzero(following & ~joined)
        last = np.flatnonzero(joined & ~following)
        return Words(places[first], places[last])

    def _scores(self, known: _Pieces, ids: Numbers) -> NDArray[np.float64]:
        """Scores of tokens among their neighbours; a line end has none and gives none."""
        weights: NDArray[np.float64] = known.weights[:, ids]
        own, behind, before = weights[0], weights[1], weights[2]
        own[1:] += behind[:-1]
        own[:-1] += before[1:]
        syllables = known.syllables[ids]
        first, second = syllables[:-1], syllables[1:]
        found, _ = self._pairs.find(first, second)
        own[found] += self._of_pair[0]
        own[found + 1] += self._of_pair[1]
        found, begins = self._begins.find(first, second)
        begun = found + 2 < len(ids)
        found, begins = found[begun], begins[begun]
        thirds, _ = self._triples.find(begins, syllables[found + 2])
        own[found[thirds]] += self._of_triple[0]
        own[found[thirds] + 2] += self._of_triple[1]
        scores: NDArray[np.float64] = own
        return scores

    def _labels(self, known: _Pieces, ids: Numbers) -> NDArray[np.bool_]:
        """For each token whether its most probable label is I_W; False for line ends."""
        scores = self._scores(known, ids)
        (stay, leave), (back, remain) = self._transitions
        # What the token before adds where its label is B_W for sure, and where it is I_W.
        from_first, from_inside = stay - leave, back - remain
        # From these on the best path to B_W, and that to I_W, comes from B_W.
        to_first, to_inside = back - stay, remain - leave
        breaks = ids == _BREAK
        begins = np.empty_like(breaks)
        begins[:1], begins[1:] = True, breaks[:-1]
        ends = np.append(breaks[1:], True)
        # The label of the last token depends on nothing that follows.
        clear = np.where(ends, 0.0, max(to_first, to_inside))
        dim = np.where(ends, 0.0, min(to_first, to_inside))
        least, most = sorted((from_first, from_inside))
        is_first = scores + np.where(begins, 0.0, least) >= clear
        inside = scores + np.where(begins, 0.0, most) < dim
        inside &= ~breaks
        open_ = np.flatnonzero(~(is_first | inside | breaks))
        added = np.where(inside, from_inside, from_first)
        added = np.where(begins[open_], 0.0, added[open_ - 1])
        undecided: list[int] = []
        carry, last = 0.0, -2
        for at, own, before, surely, hardly in zip(
            open_.tolist(),
            scores[open_].tolist(),
            added.tolist(),
            clear[open_].tolist(),
            dim[open_].tolist(),
            strict=True,
        ):
            difference = own + (carry if at == last + 1 and not begins[at] else before)
            if difference >= surely:
                carry = from_first
            elif difference < hardly:
                inside[at] = True
                carry = from_inside
            else:
                undecided.append(at)
                carry = max(difference + stay, back) - max(difference + leave, remain)
            last = at
        for at in reversed(undecided):
            inside[at] = inside[at + 1] != (to_first > to_inside)
        return inside
