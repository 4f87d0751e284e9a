"""Unicode and Vietnamese spelling: NFC, tone-mark placement, case, folding.

Everything but `nfc` and `compose_marks` keeps the length of an NFC string, character for character, so an offset into
the original text is an offset into the normalised one and the other way round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from indexer.language.tones import place_tones

_SYLLABLE = re.compile(r"[^\W_]+")
"""A maximal run of letters and digits, which is one token."""
_PIECES = re.compile(f"({_SYLLABLE.pattern})")

_MOST_MARKS = 30
_MARKS = "".join(char for code in range(0x300, 0x20000) if unicodedata.combining(char := chr(code)))
# Patterns of characters beyond the Basic Multilingual Plane are ten times as slow as those within it.
_COMMON_MARK = re.compile("[{}]".format("".join(char for char in _MARKS if char <= "\uffff")))
_LONG_RUN = re.compile(f"([{_MARKS}]{{{_MOST_MARKS}}})[{_MARKS}]+")


def is_basic(text: str) -> bool:
    """Whether every character lies in the Basic Multilingual Plane: no emoji, no rare script."""
    return len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)


def nfc(text: str) -> str:
    """Canonical composition (Unicode NFC).

    Of a run of combining marks the first thirty are kept, as in the stream-safe text of Unicode
    Standard Annex 15: to put a longer run in order takes a time that grows with its square.
    """
    if text.isascii():
        return text
    if _COMMON_MARK.search(text) is None and is_basic(text):
        return unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", _LONG_RUN.sub(r"\1", text))


_TONES = "\u0300\u0301\u0303\u0309\u0323"
_QUALITIES = "\u0302\u0306\u031b"
_LOOSE_MARK = re.compile(f"[^\\W\\d_][{_TONES}{_QUALITIES}]+")
_BY_KIND = {mark: at for at, mark in enumerate(_QUALITIES + _TONES)}


def compose_marks(text: str) -> str:
    """Letters whose tone was typed before their circumflex, breve or horn, as one letter.

    NFC keeps the order of the two, so that ``e`` with acute and then circumflex is no ``ế``.

    Args:
        text: an NFC string.
    """
    return _LOOSE_MARK.sub(lambda match: _composed(match[0]), text)


def _composed(letter: str) -> str:
    base, *marks = list(unicodedata.normalize("NFD", letter))
    known = sorted((mark for mark in marks if mark in _BY_KIND), key=_BY_KIND.__getitem__)
    if len(known) < len(marks) or len(known) > 2:
        return letter
    return unicodedata.normalize("NFC", base + "".join(known))


def lower(text: str) -> str:
    """Lower case, character for character (a letter whose lower case is longer is kept)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def bare(text: str) -> str:
    """A text for comparison: lower case, spaces made single."""
    return " ".join(lower(text).split())


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
    # The same object where nothing changes: tables of an archive's syllables hold them twice otherwise.
    return text if text.isascii() else text.translate(_FOLD)


def has_diacritics(text: str) -> bool:
    """Whether any letter of an NFC string carries a mark or is đ."""
    return fold(text) != text


def syllables_of(text: str) -> list[str]:
    """The maximal runs of letters and digits, in order."""
    return _SYLLABLE.findall(text)


def syllable_pieces(text: str) -> list[str]:
    """What stands between the runs of letters and digits, and the runs, in turn; together they are the text."""
    return _PIECES.split(text)


def syllable_matches(text: str) -> Iterator[re.Match[str]]:
    """Each maximal run of letters and digits, in order, with its place."""
    return _SYLLABLE.finditer(text)
