"""The segmenter beside pyvi itself."""

import json
import lzma
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language import pyvi_model
from indexer.language.normalise import nfc
from indexer.language.pyvi_model import UnknownModelError, load_model
from indexer.language.segmenter import join_by_pyvi, joiner, segment, segment_placed
from indexer.language.tones import place_tones
from indexer.language.word_joiner import FastJoiner

NEWS = Path(__file__).parents[4] / "shared" / "data" / "news-50k.jsonl.xz"


def joined_by_pyvi(text: str) -> str:
    from pyvi.ViTokenizer import ViTokenizer

    return cast(str, cast(Any, ViTokenizer).tokenize(text))


def joined(text: str) -> str:
    """What pyvi's `tokenize` would give, out of the spans."""
    from pyvi.ViTokenizer import ViTokenizer

    spans = iter(segment_placed(text, joiner()))
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
def fast() -> FastJoiner:
    return FastJoiner(load_model())


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


def test_the_same_words_as_pyvi_on_news(fast: FastJoiner) -> None:
    if not NEWS.exists():
        pytest.skip("needs the news articles")
    with lzma.open(NEWS, "rt", encoding="utf-8") as stream:
        for line in islice(stream, 100):
            record = json.loads(line)
            text = place_tones(nfc(record["body"]))
            assert segment_placed(text, fast) == segment_placed(text, join_by_pyvi)


def test_the_same_words_as_pyvi_on_the_corpus(fast: FastJoiner) -> None:
    for path in sorted((Path(__file__).parents[3] / "corpus").rglob("*.txt")):
        text = place_tones(nfc(path.read_text(encoding="utf-8", errors="replace")))
        assert segment_placed(text, fast) == segment_placed(text, join_by_pyvi)


@given(st.lists(RANDOM, max_size=5).map("\n".join))
def test_lines_are_segmented_each_for_itself(text: str) -> None:
    text = nfc(text)
    begin, found = 0, []
    for line in text.split("\n"):
        found += [(begin + start, begin + end) for start, end in segment(line)]
        begin += len(line) + 1
    assert segment(text) == found


def test_a_long_line_is_segmented_in_parts() -> None:
    text = "Hợp tác xã Hoà Bình, viết cho a.b@c.vn. " * 500
    words = [text[start:end] for start, end in segment(text)]
    assert words.count("Hợp tác xã") == words.count("Hoà Bình") == 500


@pytest.mark.parametrize("most", [40, 1 << 17])
def test_threads_share_it(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr("indexer.language.word_joiner._MOST", most)
    texts = [
        " ".join(
            f"hợp tác xã Hoà{draw}bình số {draw}x Kinh{draw} tế xã hội"
            for draw in range(at, at + 40)
        )
        for at in range(0, 8000, 20)
    ]
    alone, shared = FastJoiner(load_model()), FastJoiner(load_model())
    expected = [segment_placed(text, alone) for text in texts]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda text: segment_placed(text, shared), texts))
    finally:
        sys.setswitchinterval(before)
    assert found == expected


def test_pieces_that_are_forgotten_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.language.word_joiner._MOST", 20)
    fast = FastJoiner(load_model())
    texts = [f"Hợp tác xã số {number} ở Hoà Bình {number}x" for number in range(3000)]
    for text in texts:
        assert segment_placed(text, fast) == segment_placed(text, joiner())
    whole = " ".join(texts)
    assert segment_placed(whole, fast) == segment_placed(whole, joiner())


def test_pyvi_itself_labels_where_its_model_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyvi_model, "RULES", frozenset())
    with pytest.raises(UnknownModelError):
        load_model()
    joiner.cache_clear()
    try:
        assert joiner() is join_by_pyvi
        assert segment("hợp tác xã Hoà Bình") == [(0, 10), (11, 19)]
    finally:
        joiner.cache_clear()


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
