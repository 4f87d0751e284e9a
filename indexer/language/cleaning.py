"""Cleaning: all text of files and queries passes here, and characters that no reader sees are removed.

Source of the categories: Unicode Standard Annex 15 (normalisation, stream-safe text), 9 (bidirectional
marks) and 31 (default ignorable characters); Unicode Technical Standard 51 (emoji sequences).
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from indexer.language.normalise import compose_marks, is_basic, nfc

_SURROGATE = re.compile("[\ud800-\udfff]")
_NEW_LINE = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_SPACE = re.compile("[\x85\x1c-\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Controls; soft hyphen; zero-width characters; bidirectional marks; byte order marks; placeholders of
# objects; annotations; characters that Unicode will never give a meaning.
_NOTHING = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ufffe"
    "\uffff]"
)
_NOTHING_BEYOND = re.compile("[\U000e0000-\U000e0019\U000e0080-\U000e0fff]")
_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
# A joiner, a variation selector and a tag mean something within an emoji only.
_INSIDE_EMOJI = re.compile("[\u200d\ufe00-\ufe0f]")
_OUTSIDE_EMOJI = re.compile(
    f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])"
    f"|(?<![{_EMOJI}0-9#*])[\ufe00-\ufe0f]|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+"
)
_SUSPICIOUS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\xd0\xf0\u0189\u0256\u0300-\u036f\u061c\u115f\u1160\u1680\u17b4\u17b5"
    "\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ud800-\udfff\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff]"
)
"""A superset of all that is changed here but for what NFC does: most texts hold none of it."""
_SHORT = 2000
_ETH = "\u00d0\u00f0\u0189\u0256"
_ANY_ETH = re.compile(f"[{_ETH}]")
_D = str.maketrans(_ETH, "ĐđĐđ")
# The letter begins a syllable in Vietnamese; in Icelandic and Faroese it never begins a word. Words
# of phonetic letters (/\u00f0\u0259/) are none.
_LETTERS = "a-zđăâêôơưà-ãèéìíò-õùúýĩũ\u1ea0-\u1ef9\u00f0\u0256"
_FIRST_ETH = re.compile(rf"(?<![^\W\d_])[{_ETH}](?=[{_LETTERS}]*(?![^\W\d_]))", re.IGNORECASE)
# Abbreviations in capitals have it anywhere, behind consonants: QÐ, HÐND, TTÐT, BLÐTBXH.
_ETH_IN_CAPITALS = re.compile(
    r"(?<![^\W\d_])(?:U?[BCDGHKLMNPQRSTVXĐ\u00d0\u0189]+)[\u00d0\u0189][A-ZĐ\u00d0\u0189]*(?![^\W\d_])"
)


def clean_text(text: str) -> str:
    """Text as it is stored, searched and shown: NFC, and nothing in it that no reader sees.

    - Halves of surrogate pairs are joined, one alone becomes U+FFFD.
    - Line ends of every kind become ``\\n``, spaces of every kind a space.
    - Control characters, soft hyphens, zero-width and bidirectional marks, byte order marks go; what
      holds an emoji together stays.
    - Marks that were typed in the wrong order are composed, U+00D0, U+00F0, U+0189 and U+0256 are Đ
      and đ where a Vietnamese word has them.
    - Of a long run of combining marks the first thirty stay (the limit of stream-safe text).

    Args:
        text: anything that a string can hold.

    Returns:
        A string that every encoding of Unicode can hold.
    """
    basic = text.isascii() or is_basic(text)
    if basic and _SUSPICIOUS.search(text) is None:
        # What is short cannot hold a run of marks that takes long to put in order.
        return unicodedata.normalize("NFC", text) if len(text) < _SHORT else nfc(text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _SPACE.sub(" ", _NEW_LINE.sub("\n", text))
    text = _NOTHING.sub("", text)
    if not basic:
        text = _NOTHING_BEYOND.sub("", text)
    if not basic or _INSIDE_EMOJI.search(text):
        text = _OUTSIDE_EMOJI.sub("", text)
    text = compose_marks(nfc(text))
    if _ANY_ETH.search(text):
        text = _ETH_IN_CAPITALS.sub(lambda match: match[0].translate(_D), text)
        text = _FIRST_ETH.sub(lambda match: match[0].translate(_D), text)
    return text


_STRANGE = re.compile(_SUSPICIOUS.pattern.replace("\x7f-\xa0", "\x7f-\x84\x86-\x9f"))
"""What is suspicious, but for the no-break spaces that most pages hold."""


def is_clean(text: str) -> bool:
    """Whether `clean_text` would change nothing in a text but spaces, and letters that NFC writes otherwise."""
    return (text.isascii() or is_basic(text)) and _STRANGE.search(text) is None


def one_line(text: str) -> str:
    """`clean_text` with every run of white space as one space."""
    return " ".join(clean_text(text).split())


_NOT_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """A text as pages and tables may hold it: U+FFFD for controls, which HTML and XML forbid."""
    return _NOT_SHOWN.sub("\ufffd", text)


_RAW_IN_JSON = re.compile("[\x7f-\x9f\ud800-\udfff]")


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON with its letters as they are, and every control character escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def printable(text: str) -> str:
    """A name for a message of one line, such as a path; invisible characters are escaped."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
