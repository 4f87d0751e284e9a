"""Words of running text by pyvi, as offsets into that text.

pyvi's own `tokenize` loses spacing and puts marks into the text; here its syllable labels are read
and each word is located in the original. pyvi loads scikit-learn, which takes seconds, so it is
imported when the first text is segmented.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from functools import cache
from typing import Any, cast

from indexer.language.normalise import place_tones

_CHUNK = 4000
"""Characters segmented at once: bounds memory and pyvi's regular expressions on odd input."""


@cache
def _pyvi() -> Any:
    from pyvi.ViTokenizer import ViTokenizer

    return ViTokenizer


def segment(text: str) -> list[tuple[int, int]]:
    """Spans of the words of two or more syllables, in order, not overlapping.

    Args:
        text: an NFC string; paragraphs are segmented one by one.

    Returns:
        ``(start, end)`` offsets into `text`, in characters.
    """
    placed = place_tones(text)
    words: list[tuple[int, int]] = []
    for start, end in _chunks(placed):
        words += ((start + a, start + b) for a, b in _segment_chunk(placed[start:end]))
    return words


def _chunks(text: str) -> Iterator[tuple[int, int]]:
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


def _segment_chunk(text: str) -> list[tuple[int, int]]:
    tokenizer = _pyvi()
    _, tokens = cast(tuple[str, list[str]], tokenizer.sylabelize(text))
    if len(tokens) < 2:
        return []
    labels = tokenizer.model.predict([tokenizer.sent2features(tokens, False)])[0]
    words: list[tuple[int, int]] = []
    word_start = previous_end = -1
    joined = False
    position = 0
    for index, token in enumerate(tokens):
        start = text.index(token, position)
        position = start + len(token)
        if index > 0 and labels[index] == "I_W" and _joins(tokens[index - 1], token):
            joined = True
        else:
            if joined:
                words.append((word_start, previous_end))
            word_start, joined = start, False
        previous_end = position
    if joined:
        words.append((word_start, previous_end))
    return words


def _joins(left: str, right: str) -> bool:
    """Pyvi's own rule on when a label I_W is followed: letters on both sides, no new capital."""
    return (
        left not in string.punctuation
        and right not in string.punctuation
        and not left[0].isdigit()
        and not right[0].isdigit()
        and not (right[0].istitle() and not left[0].istitle())
    )
