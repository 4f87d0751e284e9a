import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.normalise import (
    fold,
    has_diacritics,
    nfc,
    normalise,
    syllable_matches,
)
from indexer.language.tones import place_tones

TEXT = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("òaóẻùýqhHÒAđĐ̀́ ")))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Hòa Bình", "hoà bình"),
        ("HOÀ BÌNH", "hoà bình"),
        ("khỏe, thủy, quỳ", "khoẻ, thuỷ, quỳ"),
        ("qúy hòan tòan qúa đaị Vịêt gìa", "quý hoàn toàn quá đại việt già"),
    ],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_tone_placement_keeps_case() -> None:
    assert place_tones("HÒA Hòa thÚY") == "HOÀ Hoà thUÝ"


def test_fold() -> None:
    assert fold("Đường sắt Lào Cai – ½ ﬁ") == "Duong sat Lao Cai – ½ ﬁ"
    assert has_diacritics("đi")
    assert not has_diacritics("Lao Cai 2024")


def test_decomposed_text_reads_like_composed() -> None:
    text = "Tăng cường hợp tác"
    assert normalise(nfc(unicodedata.normalize("NFD", text))) == normalise(text)


@given(TEXT)
def test_offsets_survive_normalisation(text: str) -> None:
    text = nfc(text)
    assert len(normalise(text)) == len(place_tones(text)) == len(fold(text)) == len(text)


@given(TEXT)
def test_normalisation_is_idempotent(text: str) -> None:
    once = normalise(nfc(text))
    assert normalise(once) == once
    assert fold(fold(once)) == fold(once)


@given(TEXT)
def test_syllables_are_ordered_runs_of_letters_and_digits(text: str) -> None:
    spans = [match.span() for match in syllable_matches(text)]
    assert [span for span in spans if span[0] >= span[1]] == []
    assert spans == sorted(spans)
    assert "".join(text[a:b] for a, b in spans).replace("_", "") == "".join(
        text[a:b] for a, b in spans
    )
