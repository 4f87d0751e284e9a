"""VIQR: Vietnamese in plain ASCII, with signs behind the letters (RFC 1456)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from indexer.language.syllables import is_syllable

_TONES = {"'": "\u0301", "`": "\u0300", "?": "\u0309", "~": "\u0303", ".": "\u0323"}
_SHAPES = {"^": "\u0302", "(": "\u0306", "+": "\u031b", "*": "\u031b"}
_SHAPED = {"^": "aeoAEO", "(": "aA", "+": "ouOU", "*": "ouOU"}
_LETTER = re.compile(
    r"\\(?P<plain>[\\'`?~.^(+*dD])|(?P<d>[dD][dD])|(?P<vowel>[aeiouyAEIOUY])"
    r"(?:(?P<shape>[\^(+*])(?P<tone>['`?~]|\.(?!\.\.))?|(?P<tone2>['`?~]|\.(?!\.\.))(?P<shape2>[\^(+*])?)"
)
# A mark that may be a tone or the end of a sentence, until the words around it decide.
_OPEN = "\ue000"
_UNDECIDED = re.compile(
    rf"(?P<word>[^\W\d_]+){_OPEN}(?P<mark>[.?])"
    r"(?=(?P<gap>[\s\"'”’)]*)(?P<next>[^\W\d_]+|[^\s]|$))"
)
_NO_WORD = re.compile(r"^\W*(?:[A-Za-z]\.){2,}|://|@|www\.", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BEFORE_NAMES = _words(
    "chị bộ thị cụ vụ vị hộ tạ hạ sự độ dự tự sở thủ của ở cả ủy uỷ hủy tổ tỉ xử"
)
"""Syllables of these tones that stand before names."""
_STARTERS = _words(
    "theo trong tuy tại sau khi đây đến đó nhưng ông bà anh chị các những một hiện ngoài với cũng do nếu"
    " nhiều vì vậy trước từ để người cả mỗi hai ba tôi chúng ngay bên được không còn cùng năm vào về và"
    " ở sự như ai gì sao có phải thế họ cô em đại đặc qua bởi rồi cho đối thực việc mặc"
)
"""Words that begin sentences; other capitals begin names."""


def from_viqr(text: str) -> str:
    """The text that VIQR spells: ``Vie^.t Nam`` is ``Việt Nam``, ``ddu+o+`ng`` is ``đường``.

    A dot or a question mark at the end of a word may also end a sentence. It does at the end of a line, and
    before a word that begins sentences; elsewhere the likelier syllable decides.
    """
    raw = re.sub(r"\S+", lambda match: _token(match[0], text, match.start()), text)
    return _UNDECIDED.sub(_decided, raw).replace(_OPEN, "") if _OPEN in raw else raw


def _token(token: str, text: str, start: int) -> str:
    """What stands between two spaces; as it is where it is no word: "A.S.", an address."""
    spelt = unicodedata.normalize(
        "NFC", _LETTER.sub(lambda match: _letter(match, text, start + match.end()), token)
    )
    return token if _NO_WORD.search(token) else spelt


def _letter(match: re.Match[str], text: str, end: int) -> str:
    if match["plain"]:
        return match["plain"]
    if match["d"]:
        return "đ" if match["d"][0] == "d" else "Đ"
    vowel, shape = match["vowel"], match["shape"] or match["shape2"]
    tone = match["tone"] or match["tone2"]
    if shape and vowel not in _SHAPED[shape]:
        return match[0]
    letter = vowel + (_SHAPES[shape] if shape else "")
    if tone in (".", "?") and _is_open(text, end):
        return f"{letter}{_OPEN}{tone}"
    return letter + (_TONES[tone] if tone else "")


def _is_open(text: str, end: int) -> bool:
    """Whether a mark before this place may end a sentence: neither a letter nor another mark follows."""
    following = text[end : end + 2]
    if not following or following[0] in "\n\"')”":
        return True
    return following[0] == " " and not following[1:].islower()


def _decided(match: re.Match[str]) -> str:
    word, mark, following = match["word"], match["mark"], match["next"]
    toned = unicodedata.normalize("NFC", word + _TONES[mark])
    if not following or "\n" in match["gap"] or not is_syllable(toned.lower()):
        return word + mark
    if not following[0].isalpha() or following[0].islower():
        return toned
    begins = following.lower() in _STARTERS
    known = _entries()
    likelier = known[toned.lower()] >= known[word.lower()] or toned.lower() in _BEFORE_NAMES
    if mark == "?":
        return word + mark if begins and not likelier else toned
    return toned if likelier and not begins else word + mark


@cache
def _entries() -> Counter[str]:
    """Syllables by how many entries of pyvi's list of words they stand in."""
    spec = find_spec("pyvi")
    if spec is None or spec.origin is None:
        return Counter()
    words = Path(spec.origin).parent / "models" / "words.txt"
    return Counter(words.read_text("utf-8").lower().split())
