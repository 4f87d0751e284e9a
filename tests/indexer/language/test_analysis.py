import sys
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article, Version
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import (
    BIGRAMS,
    MAX_TERM,
    SYLLABLES,
    WORDS,
    analyse,
    article_tokens,
    in_earlier,
    searched_text,
    syllables,
    tokenise,
    words,
)
from indexer.language.normalise import nfc
from indexer.language.segmenter import segment


def test_threads_find_what_one_finds() -> None:
    articles = [
        Article(
            id=str(number),
            title=f"Bài số {number}: ông Trần Văn An{number % 7}",
            lead=f"Công ty Phát điện {number} ở Lào Cai.",
            body=f'"Hợp tác xã Hoà Bình {number}x đã họp xong", bà Lê Thị Bình nói. Thuỷ lợi{number}. '
            * 3,
        )
        for number in range(300)
    ]
    alone = list(map(analyse, articles))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(analyse, articles * 2)) == alone * 2
    finally:
        sys.setswitchinterval(before)


def test_words_keep_their_place_in_the_original() -> None:
    text = "Hai tỉnh  Thái  Bình, Hòa Bình ký kết\nhợp tác."
    spans = [text[start:end] for start, end in segment(text)]
    assert "Thái  Bình" in spans
    assert "Hòa Bình" in spans
    assert words("Hòa bình và HOÀ BÌNH") == ["hoà_bình", "hoà_bình"]


def test_old_and_new_tone_placement_are_one_term() -> None:
    assert [token.text for token in tokenise("hòa")] == [token.text for token in tokenise("Hoà")]


def test_weighted_counts() -> None:
    terms = analyse(
        Article(id="1", title="Lào Cai", lead="Lào Cai.", body="Cai " + "xa " * 60)
    ).terms
    assert terms[SYLLABLES]["lào"] == 3 + 2
    assert terms[SYLLABLES]["cai"] == 3 + 2 + 1 + 1
    assert terms[SYLLABLES]["xa"] == 60 + 59
    assert terms[BIGRAMS]["lao cai"] == 3 + 2
    assert "cai lao" not in terms[BIGRAMS]
    assert terms[WORDS]["lào_cai"] >= 3


def test_empty_tokens_separate_fields() -> None:
    tokens = analyse(Article(id="1", title="Lào Cai", lead="", body="cai")).tokens
    assert tokens == ["lào", "cai", "", "", "cai", ""]
    assert [not one for one in hash_tokens(tokens)] == [not one for one in tokens]


def test_a_run_without_spaces_is_cut() -> None:
    (token,) = tokenise("x" * 500)
    assert len(token.text) == MAX_TERM
    assert token.end == 500


@given(st.text(st.characters(codec="utf-8")))
def test_tokens_lie_on_the_text(text: str) -> None:
    text = nfc(text)
    end = 0
    for token in tokenise(text):
        assert end <= token.start < token.end <= len(text)
        end = token.end


@given(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(" \nhoàbìnhThái_.-@"))))
def test_segments_lie_on_the_text(text: str) -> None:
    text = nfc(text)
    end = 0
    for start, stop in segment(text):
        assert end <= start < stop <= len(text)
        end = stop


TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXTS, TEXTS, TEXTS)
def test_starts_are_the_places_of_tokens(title: str, lead: str, body: str) -> None:
    article = Article(id="1", title=nfc(title), lead=nfc(lead), body=nfc(body))
    analysis = analyse(article)
    text = searched_text(article)
    for value, start in zip(analysis.tokens, analysis.token_offsets, strict=True):
        if value:
            assert value == syllables(text[start:])[0]
            assert start == 0 or not text[start - 1].isalnum()
        else:
            assert text[start] == "\n"


def test_tokens_of_older_lines_lie_behind_the_text() -> None:
    """Each line that only an older version has is a part of its own, marked, at its place."""
    oldest = Article(id="1", title="Đê vỡ", body="Ba người bị thương.\nNước rút.")
    older = Article(id="1", title="Đê vỡ lúc nửa đêm", body="Hai người bị thương.\nNước rút.")
    now = Article(
        id="1",
        title="Đê vỡ lúc nửa đêm",
        lead="Không ai bị thương.",
        body="Nước rút.",
        versions=(Version(oldest, "/cũ.txt"), Version(older, "/sau.txt")),
    )
    text = searched_text(now)
    tokens, offsets = article_tokens(now)
    found = analyse(now)
    assert (tokens, offsets) == (found.tokens, found.token_offsets)
    alone, _ = article_tokens(Article(id="1", title=now.title, lead=now.lead, body=now.body))
    assert tokens[: len(alone)] == alone
    parts = " ".join(one or "|" for one in tokens[len(alone) :])
    marked = [
        " ".join(map(in_earlier, line.split()))
        for line in ("đê vỡ", "ba người bị thương", "hai người bị thương")
    ]
    assert parts == " | ".join(marked) + " |"
    for token, start in zip(tokens, offsets, strict=True):
        its = token.removeprefix(in_earlier(""))
        assert text[start : start + len(its)].lower() == its if its else text[start] == "\n"
