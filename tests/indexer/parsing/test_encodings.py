"""Bytes in every encoding that Vietnamese was written in, and bytes that only look like one of them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.encodings import ENCODERS
from indexer.errors import ParseError
from indexer.language.normalise import nfc
from indexer.language.syllables import is_syllable
from indexer.parsing import explain_file
from indexer.parsing.encodings import decode, decoded
from indexer.parsing.html import parse_html
from indexer.parsing.legacy import tables, vietnamese_share
from indexer.parsing.viqr import from_viqr

SENTENCE = "sáng nay, đoàn công tác của huyện đã đến kiểm tra tiến độ làm cầu ở xã vùng cao, nơi lũ cuốn trôi hai nhịp."
SHORT = "cầu mới ở vùng cao sắp thông xe"


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("text", [SENTENCE, SHORT, SENTENCE * 40])
@pytest.mark.parametrize("declared", [None, "iso-8859-1", "windows-1252", "utf-8", "kein-name"])
def test_old_encodings_are_told_by_their_letters(
    name: str, text: str, declared: str | None
) -> None:
    data, kept = ENCODERS[name](text)
    assert nfc(decoded(data, "a.txt", declared=declared).text) == nfc(kept)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Un été à Paris, où le garçon a mangé une crêpe près de la forêt.", "windows-1252"),
        ("Größe und Übermut führen selten zu schönen Früchten für ältere Männer.", "windows-1252"),
        ("El niño comió en la mañana después de la sesión en Perú.", "windows-1252"),
        ("Bu şehirde güzel bir gün geçirdiğimiz için çok mutluyuz, değil mi?", "iso-8859-9"),
        ("São João é uma ótima estação; não há ninguém à espera da canção.", "iso-8859-1"),
    ],
)
def test_other_languages_are_not_taken_for_vietnamese(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    found = decoded(data, "a.txt", declared=encoding)
    assert found.text == text
    assert found.encoding not in tables()
    assert decoded(text.encode(), "a.txt").text == text
    assert decoded(text.encode(), "a.txt", markup=True).text == text


@given(
    st.lists(
        st.sampled_from(
            [
                "và",
                "của",
                "những",
                "người",
                "đã",
                "không",
                "được",
                "thành",
                "phố",
                "Hà",
                "Nội,",
                "2024",
                "–",
                "“xã”",
                "café",
                "ôtô",
                "5°C",
                "£7",
                "naïve",
            ]
        ),
        max_size=30,
    )
)
def test_vietnamese_in_utf_8_stays_as_it_is(words: list[str]) -> None:
    text = " ".join(words)
    for markup in (False, True):
        assert decoded(text.encode(), "a", markup=markup).text == text


def test_what_no_encoding_fits_says_what_was_tried() -> None:
    with pytest.raises(ParseError, match=r"tried: UTF-8, .*tcvn3.*windows-1258"):
        decode(
            b"mot \x90 hai \x90 ba \x90 bon \x90\x01\x9d sau bay tam chin muoi tram nghin", "a.txt"
        )


@pytest.mark.parametrize("how", ["bytes", "numbers", "names"])
def test_pages_in_fonts_of_tcvn3(how: str, tmp_path: Path) -> None:
    from html.entities import codepoint2name

    def old(text: str) -> str:
        return ENCODERS["tcvn3"](text)[0].decode("latin-1")

    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"></head><body>'
        f'<p class="Title"><font face=".VnTimeH">{old("cầu mới ở vùng cao")}</font></p>'
        f'<font face=".VnTime"><p>{old(SENTENCE)}</p><p>{old(SENTENCE.replace("sáng", "chiều"))}</p></font></body></html>'
    )
    if how == "numbers":
        page = "".join(char if char.isascii() else f"&#{ord(char)};" for char in page)
    elif how == "names":
        page = "".join(
            char if char.isascii() else f"&{codepoint2name[ord(char)]};" for char in page
        )
    article = parse_html(page.encode("latin-1"), "a.html")
    assert article.title == "CẦU MỚI Ở VÙNG CAO"
    assert article.paragraphs == (SENTENCE, SENTENCE.replace("sáng", "chiều"))
    file = tmp_path / "a.html"
    file.write_bytes(page.encode("latin-1"))
    ((_, seen),) = explain_file(file)
    assert [one.value for one in seen if one.field == "encoding"] == ["tcvn3"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Vie^.t Nam ddu+o+`ng DDa` Na(~ng", "Việt Nam đường Đà Nẵng"),
        (
            "Bo^. Co^ng an. Theo o^ng A.S., gia' 5.000 ddo^`ng.",
            "Bộ Công an. Theo ông A.S., giá 5.000 đồng.",
        ),
        ("So+? Y te^' no'i gi`?", "Sở Y tế nói gì?"),
        (r"ca\? va` no'.", "ca? và nó."),
        ("xem www.bao.example/a.html", "xem www.bao.example/a.html"),
    ],
)
def test_viqr(written: str, text: str) -> None:
    assert from_viqr(written) == text


def test_syllables() -> None:
    for word in [
        "quốc",
        "giếng",
        "nghiêng",
        "khuỷu",
        "thuở",
        "gì",
        "giặt",
        "quỳnh",
        "oẳn",
        "yểu",
        "uyển",
        "đặc",
    ]:
        assert is_syllable(word), word
    for word in ["café", "garçon", "über", "niño", "straße", "xyz", "ngiêng", "đđ", "átc", "áp̣"]:
        assert not is_syllable(word), word
    assert vietnamese_share(SENTENCE)[0] > 1
    assert vietnamese_share("plain words")[1] == 0
