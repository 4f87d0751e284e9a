"""Where the tone mark of a syllable stands: one placement for every way of writing it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_TONE_MARKS = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_MARKED = "ăâêôơư"
"""Vowels that carry the tone before all others: of ươ the second, of the rest there is one."""
# Vowels of a Vietnamese syllable that are written with two or three letters, and the consonants that
# may end it. (Any standard grammar, such as Đoàn Thiện Thuật, Ngữ âm tiếng Việt, has the table.)
_OPEN = (
    "ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "ia", "iu", "iêu", "oa", "oai", "oao", "oay", "oe", "oeo",
    "oi", "ôi", "ơi", "ua", "uâ", "uây", "uê", "ui", "uô", "uôi", "uơ", "uy", "uya", "uyu", "ưa", "ưi", "ươ",
    "ươi", "ươu", "ưu", "yêu",
)  # fmt: skip
_CLOSED = ("iê", "yê", "oa", "oă", "oe", "oo", "uâ", "uê", "uô", "uy", "uyê", "ươ")
_ENDS = ("c", "ch", "m", "n", "ng", "nh", "p", "t")
# The u of qu and the i of gi are consonants: what follows them is the vowel.
_AFTER_QU = (
    "a", "ai", "ao", "au", "ay", "ăn", "ăng", "ăt", "ăc", "ân", "âng", "ât", "ây", "e", "en", "eo", "et", "ê",
    "ên", "êt", "êch", "ênh", "êu", "ơ", "ơn", "y", "yt", "ynh", "yên", "yêt", "an", "ang", "at", "ac", "anh", "ach",
    "am", "ap", "it", "ôc",
)  # fmt: skip
_AFTER_GI = (
    "a", "ai", "ao", "au", "ay", "âu", "ây", "eo", "o", "oi", "ô", "ôi", "ơ", "ơi", "u", "ư", "ưa", "ươ", "an", "ang",
    "am", "ap", "at", "ac", "anh", "ach", "ăn", "ăng", "ăc", "ăt", "ăm", "âm", "âp", "ân", "ât", "âc", "en", "em",
    "et", "ep", "eng", "ong", "oc", "on", "ông", "ôc", "ôn", "ôp", "uc", "up", "ung", "ương", "ươc", "ươi", "ưt",
    "ưng", "ưc", "iêng", "êng", "êt", "iêt", "iê",
)  # fmt: skip


def _place(vowels: str, is_open: bool) -> int:
    """Which of the vowels of a syllable carries its tone, in the placement of pyvi's dictionary."""
    marked = [at for at, vowel in enumerate(vowels) if vowel in _MARKED]
    if marked:
        return marked[-1]
    if len(vowels) == 3:
        return 1
    if not is_open or vowels in ("oa", "oe", "uy"):
        return len(vowels) - 1
    return 0


def _with_tone(letters: str, at: int, tone: str) -> str:
    return letters[:at] + unicodedata.normalize("NFC", letters[at] + tone) + letters[at + 1 :]


def _vowels_of(rhyme: str) -> str:
    return re.match(r"[aeioyuăâêôơư]*", rhyme)[0]  # type: ignore[index]


def _misplaced(onset: str, vowels: str, end: str) -> Iterator[tuple[str, str]]:
    """Every way to put a tone on the wrong letter of a syllable, with the right way."""
    letters = onset + vowels
    right = len(onset) + _place(vowels, not end)
    for tone in _TONE_MARKS:
        for at, letter in enumerate(letters):
            if at != right and letter in "aeioyuăâêôơư":
                yield _with_tone(letters, at, tone) + end, _with_tone(letters, right, tone) + end


def _all_misplaced() -> Iterator[tuple[str, str]]:
    for vowels in _OPEN:
        yield from _misplaced("", vowels, "")
    for vowels in _CLOSED:
        for end in _ENDS:
            yield from _misplaced("", vowels, end)
    for onset, rhymes in (("qu", _AFTER_QU), ("gi", _AFTER_GI)):
        for rhyme in rhymes:
            vowels = _vowels_of(rhyme)
            yield from _misplaced(onset, vowels, rhyme[len(vowels) :])


_MOVED = dict(_all_misplaced())
"""Rhyme, with qu and gi before it, whose tone stands on the wrong letter -> the right one."""
_ONSETS = {"q": "uùúủũụ", "g": "iìíỉĩị"}
"""The first letter of qu and gi, and what the second may be written as."""
_PLAIN = "aeioyuăâêôơưAEIOYUĂÂÊÔƠƯ"
_TONED = "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel in _PLAIN for tone in _TONE_MARKS
)
# Vowels of which the tone is on the first or on another, with what ends the syllable.
_CANDIDATE = re.compile(
    rf"(?<![{_PLAIN}{_TONED}])(?:[{_TONED}][{_PLAIN}]|[{_PLAIN}][{_TONED}])[{_PLAIN}]?"
    rf"[cmnptghCMNPTGH]{{0,2}}(?![^\W\d_])"
    rf"|(?<![{_PLAIN}{_TONED}])[{_PLAIN}]{{2}}[{_TONED}](?![^\W\d_])"
)


def place_tones(text: str) -> str:
    """One placement of tone marks, case kept: ``Hòa`` gives ``Hoà``, the form of pyvi's dictionary.

    A tone on a letter that never carries it is put right as well: ``hòan``, ``qúa``, ``đaị``, ``Vịêt``
    give ``hoàn``, ``quá``, ``đại``, ``Việt``.

    Args:
        text: an NFC string.

    Returns:
        A string of the same length.
    """
    return _CANDIDATE.sub(_placed, text)


def _placed(match: re.Match[str]) -> str:
    written = match[0]
    start = match.start()
    before = match.string[start - 1 : start].lower()
    rhyme = written.lower()
    onset = before if before in _ONSETS and rhyme[0] in _ONSETS[before] else ""
    moved = _MOVED.get(onset + rhyme)
    if moved is None:
        return written
    moved = moved[len(onset) :]
    if written == rhyme:
        return moved
    return "".join(
        letter.upper() if was.isupper() else letter
        for letter, was in zip(moved, written, strict=True)
    )
