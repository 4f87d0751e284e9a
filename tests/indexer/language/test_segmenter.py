"""The segmenter beside pyvi itself."""

import json
import lzma
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language import pyvi_model, segmenter
from indexer.language.normalise import nfc
from indexer.language.pyvi_model import UnknownModelError, load_model
from indexer.language.segmenter import FastLabeller, label_by_pyvi, segment, segment_chunk
from indexer.language.tones import place_tones

NEWS = Path(__file__).parents[4] / "shared" / "data" / "news-50k.jsonl.xz"


def joined_by_pyvi(text: str) -> str:
    from pyvi.ViTokenizer import ViTokenizer

    return cast(str, cast(Any, ViTokenizer).tokenize(text))


def joined(text: str) -> str:
    """What pyvi's `tokenize` would give, out of the spans."""
    from pyvi.ViTokenizer import ViTokenizer

    spans = iter(segment_chunk(text, 0, len(text), segmenter.labeller()))
    word = next(spans, None)
    position, result = 0, ""
    for token in cast(Any, ViTokenizer).sylabelize(text)[1]:
        start = text.index(token, position)
        position = start + len(token)
        while word and word[1] <= start:
            word = next(spans, None)
        inside = word is not None and word[0] < start < word[1]
        result += ("_" if inside else " ") + token
    return result[1:] if result else text


@pytest.fixture(scope="module")
def fast() -> FastLabeller:
    return FastLabeller(load_model())


PIECES = st.sampled_from(
    [
        "hợp tác xã",
        "thành phố",
        "Thành Phố",
        "UBND",
        "TP.HCM",
        "Tp. Hà Nội",
        "7,2",
        "16.000",
        "18/9/2024",
        "héc-ta",
        "a@b.vn",
        "http://a.vn/x y",
        "...",
        "==>",
        "ThS. Lê Văn A",
        "kinh tế",
        "xã hội",
        "Việt Nam",
        "việt_nam",
        "_",
        "1.2_3",
        "“",
        "”",
        "xã",
        "học sinh",
    ]
)
RANDOM = st.lists(
    st.one_of(PIECES, st.text(st.characters(exclude_categories=["Cs"]), max_size=4)), max_size=25
).map(" ".join)


@given(RANDOM)
def test_the_same_words_as_pyvi_on_any_text(text: str) -> None:
    text = " ".join(nfc(text).split())
    # The letter that a syllable ends with is the last of it; words never hold a line end.
    assert joined(text) == joined_by_pyvi(text)


@given(RANDOM)
def test_spans_are_words_of_the_text_in_order(text: str) -> None:
    text = nfc(text)
    end = 0
    for start, stop in segment(text):
        assert end <= start < stop <= len(text)
        assert len(text[start:stop].split()) >= 1
        end = stop


def test_the_same_labels_as_pyvi_on_news(fast: FastLabeller) -> None:
    if not NEWS.exists():
        pytest.skip("needs the news articles")
    with lzma.open(NEWS, "rt", encoding="utf-8") as stream:
        for line in islice(stream, 100):
            record = json.loads(line)
            for paragraph in place_tones(nfc(record["body"])).split("\n"):
                tokens = [match[0] for match in segmenter._TOKEN.finditer(paragraph)]
                if tokens:
                    assert fast(tokens) == label_by_pyvi(tokens)


def test_the_same_labels_as_pyvi_on_the_corpus(fast: FastLabeller) -> None:
    for path in sorted((Path(__file__).parents[3] / "corpus").rglob("*.txt")):
        text = place_tones(nfc(path.read_text(encoding="utf-8", errors="replace")))
        for paragraph in text.split("\n"):
            if paragraph.strip():
                assert segment_chunk(paragraph, 0, len(paragraph), fast) == segment_chunk(
                    paragraph, 0, len(paragraph), label_by_pyvi
                )


def test_pyvi_itself_labels_where_its_model_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyvi_model, "RULES", frozenset())
    with pytest.raises(UnknownModelError):
        load_model()
    segmenter.labeller.cache_clear()
    try:
        assert segmenter.labeller() is label_by_pyvi
        assert segment("hợp tác xã Hoà Bình") == [(0, 10), (11, 19)]
    finally:
        segmenter.labeller.cache_clear()


@pytest.mark.parametrize("data", [b"", b"lCRF" + bytes(60), bytes(48)])
def test_a_model_of_another_form_is_refused(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(pyvi_model, "_crf_bytes", lambda _: data)
    with pytest.raises(UnknownModelError):
        load_model()


def test_neither_scikit_learn_nor_pyvi_is_imported() -> None:
    code = "import sys; from indexer.language.segmenter import segment; segment('hợp tác xã'); "
    code += "print([name for name in ('sklearn', 'pyvi.ViTokenizer') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
