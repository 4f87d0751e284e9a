import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.normalise import fold, normalise
from search.keystrokes import decode_telex, decode_vni

SYLLABLES = [
    "hợp",
    "tác",
    "lào",
    "việt",
    "đường",
    "nước",
    "người",
    "thuỷ",
    "hoà",
    "khoẻ",
    "quý",
    "quốc",
    "giải",
    "giờ",
    "già",
    "mười",
    "ước",
    "ưu",
    "tuần",
    "nghiệp",
    "huyện",
    "chuyển",
    "ngoài",
    "mưa",
    "của",
    "trường",
    "đặng",
    "ăn",
    "ấy",
    "ứng",
    "dụng",
    "phố",
    "kỹ",
    "sư",
    "lũ",
    "quét",
    "được",
    "đồng",
    "hoãn",
    "thưởng",
    "rượu",
    "hươu",
    "quyết",
    "quả",
    "giếng",
    "giữ",
    "buổi",
    "tươi",
    "tuổi",
    "nguyễn",
    "xoáy",
    "loại",
    "ngoằn",
]

TELEX = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VNI = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
MARKS = {
    "\u0302": ("", "6"),
    "\u031b": ("w", "7"),
    "\u0306": ("w", "8"),
}


def keys(syllable: str, *, vni: bool, late: bool) -> str:
    """What is typed for a syllable; `late`: marks after all letters."""
    typed, after, tone = "", "", ""
    for letter in syllable:
        base, *marks = list(unicodedata.normalize("NFD", letter))
        if letter == "đ":
            base, own = "d", ("9" if vni else "d")
        else:
            own = ""
        for mark in marks:
            if mark in TELEX:
                tone = (VNI if vni else TELEX)[mark]
            else:
                own += MARKS[mark][vni] or base
        typed += base if late else base + own
        after += own if late else ""
    if late and not vni:
        after = after.replace("ww", "w")  # one key for both letters of ươ
    elif late:
        after = after.replace("77", "7")
    return typed + after + tone


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("syllable", SYLLABLES)
def test_what_was_typed_is_read_back(syllable: str, late: bool) -> None:
    assert decode_telex(keys(syllable, vni=False, late=late)) == normalise(syllable)
    assert decode_vni(keys(syllable, vni=True, late=late)) == normalise(syllable)


@pytest.mark.parametrize("word", ["cai", "an", "2019", "", "b2b", "xyz", "ssss", "123"])
def test_what_has_no_marks_is_left_alone(word: str) -> None:
    assert decode_telex(word) is None or fold(decode_telex(word) or "") != word
    assert decode_vni(word) in (None, "bb")


@given(st.text(max_size=12))
def test_any_keys_are_read_without_a_fault(text: str) -> None:
    for decode in (decode_telex, decode_vni):
        syllable = decode(text.lower())
        assert syllable is None or (syllable.isalpha() and syllable != text.lower())
