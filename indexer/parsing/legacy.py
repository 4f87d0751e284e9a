"""Encodings of Vietnamese from before Unicode, as tables, and how far a text reads as Vietnamese.

The tables of TCVN3, VNI, VISCII and VPS are those of viparse; to VNI they lack ẳ and Ẳ. The detector is
our own: viparse's leaves out VPS and wants more text than a headline has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from indexer.language.normalise import nfc
from indexer.language.syllables import is_syllable

_WORD = re.compile(r"[^\W\d_]+")
# Signs that stand beside letters where letters of an old encoding are read as Latin-1.
_SIGN = re.compile(
    "[\x02-\x08\x0e-\x1f\x7f-\x9f¡-¬®-¿×÷\ufffd](?=[a-zà-ÿ])|(?<=[A-Za-zà-ÿ])[\x02-\x08\x0e-\x1f\x7f-\x9f¡-¬®-¿×÷\ufffd]"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMON = _words(
    "và của là có trong được cho với không những người các một này đã để khi đến vào năm tại về từ nhiều"
    " ra cũng theo đó như trên sau phải việt nam sẽ bị hà nội thì còn làm mới nhà hơn đồng ngày anh ông bà"
    " chị lại công nước việc qua đang nhưng hai chỉ tỉnh thành phố xã hội quốc gia chính phủ tế trường học"
    " đầu tư triệu tỷ giá thị huyện quận phường bộ trưởng chủ tịch đảng nhân dân lực lượng sự thực hiện"
    " quản lý"
)
"""Syllables that every text of some length has."""


def vietnamese_share(text: str) -> tuple[float, int]:
    """How far the words with letters beyond ASCII read as Vietnamese.

    Returns:
        From -1, where none is a syllable, to 1.2, where all are and most are common; and how many there are.
    """
    text = nfc(text)
    good = bad = common = 0
    for word in _WORD.findall(text):
        # A letter alone is as well a sign: "£7" would be a word in TCVN3.
        if word.isascii() or len(word) < 2:
            continue
        lowered = word.lower()
        if is_syllable(lowered) and (word.islower() or word.isupper() or word.istitle()):
            good += 1
            common += lowered in _COMMON
        else:
            bad += 1
    bad += len(_SIGN.findall(text))
    whole = good + bad
    if not whole:
        return 0.0, 0
    return (good - bad) / whole + 0.2 * common / whole, whole


@cache
def characters(name: str) -> Mapping[str, str]:
    """Of an encoding the bytes of each letter, read as Latin-1, with the letter."""
    from viparse.normalize.encodings import CHARMAPS

    pairs = dict(CHARMAPS[name].pairs)
    if name != "vni":
        return pairs
    pairs |= {"aú": "ẳ", "AÚ": "Ẳ"}
    # "Aø" for the first letter of a name: a capital, and its mark as behind a small one.
    mixed = {
        key[0].upper() + key[1:]: value.upper() for key, value in pairs.items() if len(key) > 1
    }
    return {**mixed, **pairs}


@cache
def tables() -> Mapping[str, Callable[[str], str]]:
    """Name of an encoding -> what turns its bytes, read as Latin-1, into text."""
    return {name: _converter(name) for name in ("tcvn3", "viscii", "vps", "vni")}


def _converter(name: str) -> Callable[[str], str]:
    pairs = characters(name)
    if all(len(key) == 1 for key in pairs):
        table = str.maketrans(dict(pairs))
        return lambda text: text.translate(table)
    longest_first = sorted(pairs, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return lambda text: pattern.sub(lambda match: pairs[match[0]], text)
