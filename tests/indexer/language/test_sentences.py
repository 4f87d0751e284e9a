"""Where sentences and paragraphs end, and how they are counted in tokens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article, Version
from indexer.documents import make_document
from indexer.engines.base import PARAGRAPH_END
from indexer.language.analysis import analyse, searched_text, tokenise
from indexer.language.sentences import ends, sentence_lengths


def sentences(text: str) -> list[str]:
    found, start = [], 0
    for end, _ in (*ends(text), (len(text), True)):
        if text[start:end].strip():
            found.append(text[start:end].strip())
        start = end
    return found


@pytest.mark.parametrize(
    "whole",
    [
        "Lũ về. | Cầu trôi! | Ai cứu? | Không ai…",
        "Ông nói: “Chúng tôi đã về.” | Bà cười.",
        '"Ai đó?" anh hỏi. | Không ai đáp.',
        "TP. Hồ Chí Minh mưa lớn. | TS. Nguyễn Văn A cho biết. | PGS.TS. Trần B nói.",
        "Anh Nguyễn V. An bị bắt. | Chị Hoàng Thị Th. Lan khóc.",
        "Giá 1.500 đồng, tăng 2.5 lần. | Ngày 18.9.2024 mưa.",
        "1. Lũ quét ở Lào Cai. | 2. Bão số 3 đổ bộ.".replace(" | ", "\n"),
        "J.K. Rowling viết sách. | Sách hay.",
        "Xã có 30 hộ. | 12 hộ mất nhà.",
        "Trang web vnexpress.net đưa tin. | (Theo TTXVN)",
        "Tiêu đề không chấm\nĐoạn hai không chấm\nĐoạn ba.",
        "Gạo, ngô, v.v. được cứu trợ. | Hết.",
    ],
)
def test_sentences_of_news(whole: str) -> None:
    expected = [one.strip() for line in whole.split("\n") for one in line.split("|")]
    assert sentences(whole.replace("| ", "")) == expected


TEXTS = st.text(alphabet='aăÂ1.!?…"” \n(', max_size=60)


@given(TEXTS)
def test_lengths_add_up_and_paragraphs_end_at_lines(text: str) -> None:
    text = f"{text}\n"
    offsets = [token.start for token in tokenise(text)]
    lengths = sentence_lengths(text, offsets)
    assert sum(one & ~PARAGRAPH_END for one in lengths) == len(offsets)
    assert all(one & ~PARAGRAPH_END for one in lengths)
    # The tokens of each paragraph are those of one line.
    counts, count = [], 0
    for one in lengths:
        count += one & ~PARAGRAPH_END
        if one & PARAGRAPH_END:
            counts.append(count)
            count = 0
    lines = [len(tokenise(line)) for line in text.split("\n")]
    assert counts == [one for one in lines if one]


def test_a_very_long_sentence_is_cut() -> None:
    offsets = list(range(0, 140_000, 2))
    lengths = sentence_lengths("a " * 70_000, offsets)
    assert sum(one & ~PARAGRAPH_END for one in lengths) == 70_000
    assert max(one & ~PARAGRAPH_END for one in lengths) < PARAGRAPH_END
    assert lengths[-1] & PARAGRAPH_END


def test_each_part_of_an_article_is_a_paragraph() -> None:
    article = Article(id="a", title="Lũ về", lead="Cầu trôi. Nhà đổ.", body="Một.\nHai. Ba bốn.")
    document = make_document(article, "")
    offsets = analyse(article).token_offsets
    assert list(document.breaks) == sentence_lengths(searched_text(article), offsets)
    assert [(one & ~PARAGRAPH_END, bool(one & PARAGRAPH_END)) for one in document.breaks] == [
        (3, True),
        (2, False),
        (3, True),
        (1, True),
        (1, False),
        (3, True),
    ]
    assert document.length == 10


def test_older_versions_do_not_make_an_article_longer() -> None:
    older = Article(id="0", title="Bài", lead="Câu khác.", body="Một câu đã bỏ. Lũ về.")
    article = Article(id="1", title="Bài", lead="Dẫn bài.", body="Lũ về. Nước rút.")
    later = replace(article, versions=(Version(older, "/a.txt"),))
    assert make_document(later, "").length == make_document(article, "").length == 7
