"""Telex and VNI keystrokes that no keyboard turned into letters: ``hopwj tacs``, ``ho75p ta1c``.

Both methods write a mark as a key after the letter, or anywhere later in the syllable; people do both.
"""

from __future__ import annotations

import unicodedata

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_CIRCUMFLEX = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"o": "ơ", "u": "ư"}
_VOWELS = frozenset("aăâeêioôơuưy")
_MARKED = frozenset("ăâêôơư")
_SECOND = frozenset({"oa", "oe", "uy"})
"""Open pairs of vowels whose tone stands on the second, as in pyvi's dictionary."""


def decode_telex(keys: str) -> str | None:
    """The syllable that Telex keystrokes stand for; None when there are no marks among them.

    Args:
        keys: lower case.
    """
    letters: list[str] = []
    tone = ""
    for key in keys:
        if key in _TONES and any(letter in _VOWELS for letter in letters):
            tone = _TONES[key]
        elif key == "w":
            _horn(letters, breve=True)
        elif key == "d" and letters and letters[0] == "d":
            letters[0] = "đ"
        elif key in _CIRCUMFLEX and key in letters:
            letters[letters.index(key)] = _CIRCUMFLEX[key]
        else:
            letters.append(key)
    return _finished(keys, letters, tone)


def decode_vni(keys: str) -> str | None:
    """The syllable that VNI keystrokes stand for; None when there are no marks among them.

    Args:
        keys: lower case.
    """
    letters: list[str] = []
    tone = ""
    for key in keys:
        plain = next((at for at, one in enumerate(letters) if one in _CIRCUMFLEX), None)
        # A digit that marks nothing is one: `6km`, `25ha`, `m7`.
        if key in _VNI_TONES and _VOWELS.intersection(letters):
            tone = _VNI_TONES[key]
        elif key == "6" and plain is not None:
            letters[plain] = _CIRCUMFLEX[letters[plain]]
        elif key == "7" and _HORN.keys() & set(letters):
            _horn(letters, breve=False)
        elif key == "8" and "a" in letters:
            letters[letters.index("a")] = "ă"
        elif key == "9" and letters and letters[0] == "d":
            letters[0] = "đ"
        else:
            letters.append(key)
    return _finished(keys, letters, tone)


def _horn(letters: list[str], *, breve: bool) -> None:
    """Turn u and o into ư and ơ; for Telex (`breve`), whose w is three keys, a into ă as well."""
    text = "".join(letters)
    start = 2 if text.startswith("qu") else 0
    pair = max(text.find("uo", start), text.find("ưo", start))
    single = next((at for at in range(start, len(text)) if text[at] in _HORN), None)
    if breve and ("oa" in text or (single is None and "a" in text)):
        letters[text.index("a")] = "ă"
    elif pair >= 0:
        letters[pair : pair + 2] = "ươ"
    elif single is not None:
        letters[single] = _HORN[text[single]]
    elif breve and not _VOWELS.intersection(text):
        letters.append("ư")


def _finished(keys: str, letters: list[str], tone: str) -> str | None:
    """The letters with their tone where it belongs."""
    if tone:
        place = _tone_place(letters)
        if place is None:
            return None
        letters[place] = unicodedata.normalize("NFC", letters[place] + tone)
    syllable = "".join(letters)
    return syllable if syllable != keys and syllable.isalpha() else None


def _tone_place(letters: list[str]) -> int | None:
    start = 2 if letters[:2] in (["q", "u"], ["g", "i"]) else 0
    vowels = [at for at, letter in enumerate(letters) if letter in _VOWELS and at >= start]
    if not vowels:
        return 1 if start else None
    marked = [at for at in vowels if letters[at] in _MARKED]
    if marked:
        return marked[-1]
    if len(vowels) == 1:
        return vowels[0]
    closed = vowels[-1] < len(letters) - 1
    pair = "".join(letters[at] for at in vowels)
    return vowels[1] if closed or len(vowels) > 2 or pair in _SECOND else vowels[0]
