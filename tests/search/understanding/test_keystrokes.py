import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.typing import keystrokes
from indexer.language.normalise import fold, normalise
from search.understanding.keystrokes import decode_telex, decode_vni

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


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("syllable", SYLLABLES)
def test_what_was_typed_is_read_back(syllable: str, late: bool) -> None:
    assert decode_telex(keystrokes(syllable, vni=False, late=late)) == normalise(syllable)
    assert decode_vni(keystrokes(syllable, vni=True, late=late)) == normalise(syllable)


@pytest.mark.parametrize("word", ["cai", "an", "2019", "", "b2b", "xyz", "ssss", "123"])
def test_what_has_no_marks_is_left_alone(word: str) -> None:
    assert decode_telex(word) is None or fold(decode_telex(word) or "") != word
    assert decode_vni(word) in (None, "bb")


@pytest.mark.parametrize("word", ["6km", "25ha", "m7", "m1a2", "5g", "9a"])
def test_digits_that_mark_nothing_are_digits(word: str) -> None:
    assert decode_vni(word) is None


@given(st.text(max_size=12))
def test_any_keys_are_read_without_a_fault(text: str) -> None:
    for decode in (decode_telex, decode_vni):
        syllable = decode(text.lower())
        assert syllable is None or (syllable.isalpha() and syllable != text.lower())
