"""Words of running text as pyvi joins them, as offsets into that text.

pyvi's own `tokenize` loses spacing, puts marks into the text, and needs scikit-learn, which takes
seconds to import. So its model is read by `pyvi_model` and applied by `word_joiner`, to the same words;
where that cannot be done, pyvi itself labels the syllables.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any, cast

import numpy as np

from indexer.language.pyvi_model import UnknownModelError, load_model
from indexer.language.tones import place_tones
from indexer.language.word_joiner import BREAK, FastJoiner, Words

_CHUNK = 4000
"""Characters segmented at once: bounds memory and pyvi's regular expressions on odd input."""

# pyvi's tokens, in its order of preference. A run of letters that begins with none of the capitals
# which its abbreviations begin with is a token for sure, unless it may be an address.
_ABBREVIATIONS = r"[A-ZĐ]+\.|Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\.|==>|->|\.\.\.|>>|\n"
_ADDRESSES = r"\w+://[^\s]+|[a-zA-Z0-9_.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+"
_REST = r"\d+(?:[\.,_]\d+)+|[^\w\s]|\w+"
_SPACES = r"[^\S\n]+"
_PIECE = re.compile(rf"{_SPACES}|[^\W\dA-ZĐ]\w*|{_ABBREVIATIONS}|{_REST}")
_PIECE_OR_ADDRESS = re.compile(f"{_SPACES}|{_ABBREVIATIONS}|{_ADDRESSES}|{_REST}")

Joiner = Callable[[Sequence[str]], Words]
"""Pieces of a text -> its words. Pieces are tokens, the spaces between them, and line ends."""


def segment(text: str) -> list[tuple[int, int]]:
    """Spans of the words of two or more syllables, in order, not overlapping.

    Args:
        text: an NFC string; paragraphs are segmented one by one.

    Returns:
        ``(start, end)`` offsets into `text`, in characters.
    """
    return segment_placed(place_tones(text), joiner())


def segment_placed(placed: str, join: Joiner) -> list[tuple[int, int]]:
    """`segment` of a text with one placement of tone marks."""
    pieces, lengths = _pieces(placed)
    ends = np.cumsum(lengths)
    first, last = join(pieces)
    starts = ends[first] - lengths[first]
    return list(zip(starts.tolist(), ends[last].tolist(), strict=True))


@cache
def joiner() -> Joiner:
    """How tokens are joined: by pyvi's model, or by pyvi where that cannot be read."""
    try:
        return FastJoiner(load_model())
    except UnknownModelError:
        return join_by_pyvi


def join_by_pyvi(pieces: Sequence[str]) -> Words:
    """The words by the labels of pyvi itself, which the others are measured against."""
    from pyvi.ViTokenizer import ViTokenizer

    pyvi = cast(Any, ViTokenizer)
    words: list[tuple[int, int]] = []
    for is_break, group in groupby(enumerate(pieces), key=lambda one: one[1] == BREAK):
        its = [one for one in group if not one[1].isspace()]
        if is_break or len(its) < 2:
            continue
        tokens = [token for _, token in its]
        labels = pyvi.model.predict([pyvi.sent2features(tokens, False)])[0]
        for (before, left), (at, right), label in zip(its, its[1:], labels[1:], strict=False):
            if label == "I_W" and _joins(left, right):
                first = words.pop()[0] if words and words[-1][1] == before else before
                words.append((first, at))
    first_and_last = np.array(words, dtype=np.int64).reshape(-1, 2)
    return Words(first_and_last[:, 0], first_and_last[:, 1])


def _joins(left: str, right: str) -> bool:
    """Pyvi's own rule on when a label I_W is followed: letters on both sides, no new capital."""
    return (
        left not in string.punctuation
        and right not in string.punctuation
        and not left[0].isdigit()
        and not right[0].isdigit()
        and not (right[0].istitle() and not left[0].istitle())
    )


def _pieces(text: str) -> tuple[list[str], Any]:
    """The pieces of a text, and how many characters of it each stands for."""
    if "@" not in text and "://" not in text and not _has_long_line(text):
        pieces = _PIECE.findall(text)
        return pieces, np.fromiter(map(len, pieces), np.int64, len(pieces))
    pieces, lengths, position = [], [], 0
    for start, end in _chunks(text):
        part = text[start:end]
        pattern = _PIECE_OR_ADDRESS if "@" in part or "://" in part else _PIECE
        found = pattern.findall(part)
        pieces += [BREAK, *found]
        lengths += [start - position, *map(len, found)]
        position = end
    return pieces, np.array(lengths, dtype=np.int64)


def _has_long_line(text: str) -> bool:
    return len(text) > _CHUNK and max(map(len, text.split("\n"))) > _CHUNK


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs, and long ones in parts that are cut between words where there is a space."""
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        if end - start > _CHUNK:
            space = text.rfind(" ", start, start + _CHUNK)
            end = space if space > start else start + _CHUNK
        yield start, end
        start = end + 1 if end < len(text) and text[end].isspace() else end
