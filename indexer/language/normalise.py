"""Unicode and Vietnamese spelling: NFC, tone-mark placement, case, folding.

Everything but `nfc` keeps the length of an NFC string, character for character, so an offset into
the original text is an offset into the normalised one and the other way round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SYLLABLE = re.compile(r"[^\W_]+")
"""A maximal run of letters and digits: what is one token."""

# Two-vowel endings whose tone mark stands on the first vowel in the old placement (hòa, khỏe, thủy)
# and on the second in the one that pyvi's dictionary uses (hoà, khoẻ, thuỷ).
_TONE_MARKS = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_ENDINGS = (("o", "a"), ("o", "e"), ("u", "y"))


def nfc(text: str) -> str:
    """Canonical composition (Unicode NFC); the only function here that may change the length."""
    return unicodedata.normalize("NFC", text)


def _compose(letter: str, mark: str) -> str:
    return unicodedata.normalize("NFC", letter + mark)


_MOVED = {
    _compose(first, mark) + second: first + _compose(second, mark)
    for low_first, low_second in _ENDINGS
    for first in (low_first, low_first.upper())
    for second in (low_second, low_second.upper())
    for mark in _TONE_MARKS
}
# Classes of first and second letters are found much faster than an alternation of all pairs; a pair
# that is in both classes and not in the table (ùa) stays as it is.
_MISPLACED = re.compile(
    "(?<![qQ])[{}][{}](?![^\\W\\d_])".format(
        *("".join(sorted({pair[at] for pair in _MOVED})) for at in (0, 1))
    )
)


def place_tones(text: str) -> str:
    """One placement of tone marks, case kept: ``Hòa`` gives ``Hoà``, the form of pyvi's dictionary.

    Args:
        text: an NFC string.
    """
    return _MISPLACED.sub(lambda match: _MOVED.get(match[0], match[0]), text)


def lower(text: str) -> str:
    """Lower case, character for character (a letter whose lower case is longer is kept)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def normalise(text: str) -> str:
    """Lower case with one placement of tone marks: ``Hòa`` and ``hoà`` give ``hoà``.

    Args:
        text: an NFC string.

    Returns:
        A string of the same length.
    """
    return place_tones(lower(text))


class _FoldTable(dict[int, str]):
    """Code point -> its base letter; computed once for each code point that is met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "đĐ":
            folded = "d" if char == "đ" else "D"
        else:
            base = unicodedata.normalize("NFD", char)[0]
            # Only letters lose their marks; digits and symbols with decompositions stay themselves.
            folded = base if char.isalpha() else char
        self[code] = folded
        return folded


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """Strip diacritics: ``Đường sắt`` gives ``Duong sat``; the length is kept for NFC input."""
    return text.translate(_FOLD)


def has_diacritics(text: str) -> bool:
    """Whether any letter of an NFC string carries a mark or is đ."""
    return fold(text) != text


def syllables_of(text: str) -> list[str]:
    """The maximal runs of letters and digits, in order."""
    return _SYLLABLE.findall(text)


def syllable_matches(text: str) -> Iterator[re.Match[str]]:
    """Each maximal run of letters and digits, in order, with its place."""
    return _SYLLABLE.finditer(text)
