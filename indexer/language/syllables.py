"""Which sequences of letters are syllables of Vietnamese; they tell Vietnamese text from other text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ONSETS = (
    "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu", "r",
    "s", "t", "th", "tr", "v", "x", "",
)  # fmt: skip
# Vowels -> the consonants that may end their syllable; "-" for none. (The rhymes of any standard grammar.)
_RHYMES = {
    "a": "- c ch m n ng nh p t", "ă": "c m n ng p t", "â": "c m n ng p t",
    "e": "- c m n ng p t", "ê": "- c ch m n nh p t", "i": "- ch m n nh p t c",
    "o": "- c m n ng p t", "ô": "- c m n ng p t", "ơ": "- m n p t", "u": "- c m n ng p t",
    "ư": "- c m n ng t", "y": "- t nh ch", "ai": "-", "ao": "-", "au": "-", "ay": "-",
    "âu": "-", "ây": "-", "eo": "-", "êu": "-", "ia": "-", "iu": "-", "iê": "c m n ng p t u",
    "yê": "m n ng t u", "iêu": "-", "yêu": "-", "oa": "- c ch m n ng nh p t", "oai": "-",
    "oao": "-", "oay": "-", "oă": "c m n ng t", "oe": "- n t o", "oi": "-", "ôi": "-",
    "ơi": "-", "oo": "c n ng", "ua": "-", "uâ": "n ng t", "uây": "-", "uê": "- ch n nh",
    "ui": "-", "uô": "c m n ng t", "uôi": "-", "uơ": "-", "ưa": "-", "ưi": "-", "ưu": "-",
    "ươ": "c m n ng p t", "ươi": "-", "ươu": "-", "uy": "- ch n nh p t", "uya": "-", "uyu": "-",
    "uyê": "n t", "uă": "n c m ng t",
}  # fmt: skip
_STOPS = ("c", "ch", "p", "t")
_STOP_TONES = ("\u0301", "\u0323")
"""A syllable that ends in one of these has one of these tones."""
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONE = re.compile(f"[{_TONES}]")
_LETTERS = re.compile(r"([bcdđghklmnpqrstvx]*)([aăâeêioôơuưy]+)([a-z]*)")


def _all_rhymes() -> frozenset[tuple[str, str]]:
    return frozenset(
        (vowels, "" if end == "-" else end)
        for vowels, ends in _RHYMES.items()
        for end in ends.split()
    )


_KNOWN = _all_rhymes()


@lru_cache(maxsize=1 << 15)
def is_syllable(word: str) -> bool:
    """Whether a word in lower case is a syllable that Vietnamese may have, with its tone if it has one."""
    if not word or len(word) > 7:
        return False
    tones = _TONE.findall(unicodedata.normalize("NFD", word))
    if len(tones) > 1:
        return False
    plain = unicodedata.normalize("NFC", _TONE.sub("", unicodedata.normalize("NFD", word)))
    match = _LETTERS.fullmatch(plain)
    if match is None:
        return False
    onset, vowels, end = match.groups()
    if onset == "q" and vowels[0] == "u":
        onset, vowels = "qu", vowels[1:]
    elif onset == "g" and vowels[0] == "i" and len(vowels) > 1 and (vowels, end) not in _KNOWN:
        onset, vowels = "gi", vowels[1:]
    elif onset == "g" and vowels[:1] == "i" and len(vowels) > 1:
        onset, vowels = "gi", vowels[1:] if (vowels[1:], end) in _KNOWN else vowels
    if onset not in _ONSETS or (vowels, end) not in _KNOWN:
        return False
    before_front = vowels[0] in "ieêy"
    if (onset in ("ng", "c") and before_front) or (
        onset in ("ngh", "gh", "k") and not before_front
    ):
        return False
    tone = tones[0] if tones else ""
    return end not in _STOPS or tone in _STOP_TONES or not tone
