"""Functions of short texts, remembered: an archive has few different syllables and many occurrences."""

from __future__ import annotations

from collections.abc import Callable

_LONGEST = 40
"""Longer texts are not remembered."""
_MOST = 1 << 17


class Remembered(dict[str, str]):
    """Text -> what a function gives for it; looking it up is faster than a cached function."""

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> str:
        found = self._function(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = found
        return found
