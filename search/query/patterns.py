"""Wildcards in words: * for any letters, ? for one.

While a text is cut into syllables they stand for themselves as letters that no language of the archive has.
"""

from __future__ import annotations

import re
from fnmatch import translate

_MARKS = {"*": "ǂ", "?": "ʘ"}
_WILDCARDS = str.maketrans({mark: char for char, mark in _MARKS.items()})
NO_WILDCARDS = str.maketrans(dict.fromkeys(_MARKS.values()))
"""Drops the wildcards of a text that `marked_wildcards` has given."""
_STAR = re.compile(r"\*(?=\w)|(?<=\w)\*")
_QUESTION = re.compile(r"\?(?=[\wǂ])")
"""A question mark behind a word is punctuation."""


def marked_wildcards(text: str) -> str:
    """A text of the same length whose wildcards are letters."""
    return _QUESTION.sub(_MARKS["?"], _STAR.sub(_MARKS["*"], text))


def with_wildcards(word: str) -> str:
    """A word of a marked text with its wildcards as they were typed."""
    return word.translate(_WILDCARDS)


def literal_beginning(pattern: str) -> str:
    """The letters before the first wildcard."""
    return re.split("[*?]", pattern, maxsplit=1)[0]


def expression(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression for whole words; its time is linear in the word."""
    return re.compile(translate(pattern))
