"""Words of running text as pyvi joins them, as offsets into that text.

pyvi's own `tokenize` loses spacing, puts marks into the text, and needs scikit-learn, which takes
seconds to import. So its model is read by `pyvi_model` and applied here, to the same labels; where
that cannot be done, pyvi itself labels the syllables.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, cast

from indexer.language.pyvi_model import Model, UnknownModelError, load_model
from indexer.language.tones import place_tones

_CHUNK = 4000
"""Characters segmented at once: bounds memory and pyvi's regular expressions on odd input."""
_CACHED = 1 << 17

# pyvi's tokens, in its order of preference. A run of letters that begins with none of the capitals
# which its abbreviations begin with is a token for sure, unless it may be an address.
_ABBREVIATIONS = r"[A-ZĐ]+\.|Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\.|==>|->|\.\.\.|>>|\n"
_ADDRESSES = r"\w+://[^\s]+|[a-zA-Z0-9_.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+"
_REST = r"\d+(?:[\.,_]\d+)+|[^\w\s]|\w+"
_TOKEN = re.compile(rf"[^\W\dA-ZĐ]\w*|{_ABBREVIATIONS}|{_REST}")
_TOKEN_OR_ADDRESS = re.compile(f"{_ABBREVIATIONS}|{_ADDRESSES}|{_REST}")

Tokens = Sequence[str]
Labeller = Callable[[Tokens], list[bool]]
"""Tokens -> for each whether it has the label I_W: it belongs to the word of the one before."""


def segment(text: str) -> list[tuple[int, int]]:
    """Spans of the words of two or more syllables, in order, not overlapping.

    Args:
        text: an NFC string; paragraphs are segmented one by one.

    Returns:
        ``(start, end)`` offsets into `text`, in characters.
    """
    placed = place_tones(text)
    words: list[tuple[int, int]] = []
    for start, end in chunks(placed):
        words += segment_chunk(placed, start, end, labeller())
    return words


@cache
def labeller() -> Labeller:
    """How tokens are labelled: by pyvi's model, or by pyvi where that cannot be read."""
    try:
        return FastLabeller(load_model())
    except UnknownModelError:
        return label_by_pyvi


def label_by_pyvi(tokens: Tokens) -> list[bool]:
    """Labels of pyvi itself, which the others are measured against."""
    from pyvi.ViTokenizer import ViTokenizer

    pyvi = cast(Any, ViTokenizer)
    labels = pyvi.model.predict([pyvi.sent2features(tokens, False)])[0]
    return [label == "I_W" for label in labels]


def chunks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs, and long ones in parts that are cut between words where there is a space."""
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        if end - start > _CHUNK:
            space = text.rfind(" ", start, start + _CHUNK)
            end = space if space > start else start + _CHUNK
        if not text[start:end].isspace():
            yield start, end
        start = end + 1 if end < len(text) and text[end].isspace() else end


def segment_chunk(text: str, start: int, end: int, label: Labeller) -> list[tuple[int, int]]:
    """Words in a part of a text, without line ends, as offsets into the text."""
    part = text[start:end]
    pattern = _TOKEN_OR_ADDRESS if "@" in part or "://" in part else _TOKEN
    spans = [match.span() for match in pattern.finditer(part)]
    tokens = [part[a:b] for a, b in spans]
    if len(tokens) < 2:
        return []
    words: list[tuple[int, int]] = []
    last = -1
    for at, inside in enumerate(label(tokens)):
        if inside and at and joins(tokens[at - 1], tokens[at]):
            first = words.pop()[0] if last == at - 1 else start + spans[at - 1][0]
            words.append((first, start + spans[at][1]))
            last = at
    return words


def joins(left: str, right: str) -> bool:
    """Pyvi's own rule on when a label I_W is followed: letters on both sides, no new capital."""
    return (
        left not in string.punctuation
        and right not in string.punctuation
        and not left[0].isdigit()
        and not right[0].isdigit()
        and not (right[0].istitle() and not left[0].istitle())
    )


@dataclass(frozen=True, slots=True)
class _Scores:
    """The features of a token without its neighbours.

    Attributes:
        own, before, after: what it adds to its own score, to that of the token that follows it and
            to that of the one before it.
        seconds: what makes a word of two syllables with it.
        thirds: second syllable -> what makes a word of three syllables with both.
    """

    lower: str
    own: float
    before: float
    after: float
    seconds: frozenset[str]
    thirds: dict[str, set[str]]


class FastLabeller:
    """The labels that pyvi gives, by its model.

    A token's score is that of B_W less that of I_W; of the two best paths up to a token only their
    difference matters. Where it is clearly above or below zero, the label is known at once; only in
    between does it depend on what follows.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._known: dict[str, _Scores] = {}
        self._seconds: dict[str, set[str]] = {}
        self._thirds: dict[str, dict[str, set[str]]] = {}
        for first, second in (word.split(" ") for word in model.bigrams):
            self._seconds.setdefault(first, set()).add(second)
        for first, second, third in (word.split(" ") for word in model.trigrams):
            self._thirds.setdefault(first, {}).setdefault(second, set()).add(third)

    def _scores(self, token: str) -> _Scores:
        own, before, after = self._model.lower
        weight = self._model.shapes.get
        # CRFsuite takes a name for ended where a NUL is.
        lower = token.lower()
        name = lower.split("\0")[0]
        title, upper = token.istitle(), token.isupper()

        def shape(prefix: str) -> float:
            return (weight(f"{prefix}word.istitle()", 0.0) if title else 0.0) + (
                weight(f"{prefix}word.isupper()", 0.0) if upper else 0.0
            )

        digit = weight("word.isdigit()", 0.0) if token.isdigit() else 0.0
        scores = _Scores(
            lower,
            weight("bias", 0.0) + own.get(name, 0.0) + shape("") + digit,
            before.get(name, 0.0) + shape("-1:"),
            after.get(name, 0.0) + shape("+1:"),
            frozenset(self._seconds.get(lower, ())),
            self._thirds.get(lower, {}),
        )
        if len(self._known) >= _CACHED:
            self._known.clear()
        self._known[token] = scores
        return scores

    def _sums(self, tokens: Tokens) -> list[float]:
        """Scores of tokens among their neighbours."""
        known = self._known
        parts = [known.get(token) or self._scores(token) for token in tokens]
        sums = [part.own for part in parts]
        weight = self._model.shapes.get
        second, first = weight("-1:word.bi_gram()", 0.0), weight("+1:word.bi_gram()", 0.0)
        third, start = weight("-2:word.tri_gram()", 0.0), weight("+2:word.tri_gram()", 0.0)
        for at, (left, right) in enumerate(pairwise(parts)):
            sums[at] += right.after
            sums[at + 1] += left.before
            if right.lower in left.seconds:
                sums[at] += first
                sums[at + 1] += second
            thirds = left.thirds.get(right.lower) if left.thirds else None
            if thirds and at + 2 < len(parts) and parts[at + 2].lower in thirds:
                sums[at] += start
                sums[at + 2] += third
        return sums

    def __call__(self, tokens: Tokens) -> list[bool]:
        """The most probable labels (Viterbi, 1967)."""
        (stay, leave), (back, remain) = self._model.transitions
        # From these on the best path to B_W, and that to I_W, comes from B_W.
        to_first, to_inside = back - stay, remain - leave
        clear, dim = max(to_first, to_inside), min(to_first, to_inside)
        sums = iter(self._sums(tokens))
        difference = next(sums)
        labels: list[bool] = []
        open_at = []
        for own in sums:
            if difference >= clear:
                labels.append(False)
                difference = own + stay - leave
            elif difference < dim:
                labels.append(True)
                difference = own + back - remain
            else:
                open_at.append(len(labels))
                labels.append(False)
                difference = own + max(difference + stay, back) - max(difference + leave, remain)
        labels.append(difference < 0)
        for at in reversed(open_at):
            labels[at] = labels[at + 1] != (to_first > to_inside)
        return labels
