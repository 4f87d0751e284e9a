from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.article import Article, RelatedLink
from indexer.errors import ParseError
from indexer.moments import VIETNAM_TIME
from indexer.parsing import parse_file
from indexer.parsing.plain_text import parse_plain_text

ARTICLE = """Khánh thành cầu qua sông Chảy

Sáng nay, cây cầu mới nối hai bờ sông Chảy đã được đưa vào sử dụng.

Cầu dài 240 mét, rộng chín mét.

Người dân không còn phải đi đò.

Hoàng Mai

Tin Liên Quan

Mở rộng đường về xã

Tuyến đường dài bốn cây số sẽ hoàn thành trong quý ba...

Chợ phiên họp lại

Sau ba tháng, chợ phiên vùng cao đã đông người trở lại.
"""


def parse(text: str, path: str = "bai.txt") -> Article:
    return parse_plain_text(text, path)


def test_the_whole_layout() -> None:
    article = parse(ARTICLE)
    assert article.title == "Khánh thành cầu qua sông Chảy"
    assert article.lead.startswith("Sáng nay")
    assert article.paragraphs == (
        "Cầu dài 240 mét, rộng chín mét.",
        "Người dân không còn phải đi đò.",
    )
    assert article.author == "Hoàng Mai"
    assert article.published is None
    assert article.related_links == (
        RelatedLink(
            "Mở rộng đường về xã", None, "Tuyến đường dài bốn cây số sẽ hoàn thành trong quý ba..."
        ),
        RelatedLink(
            "Chợ phiên họp lại", None, "Sau ba tháng, chợ phiên vùng cao đã đông người trở lại."
        ),
    )


@pytest.mark.parametrize(
    "heading",
    ["TIN LIÊN QUAN", "Tin liên quan:", "Bài liên quan", "Xem thêm", "Đọc thêm", "* Xem thêm *"],
)
def test_every_heading_opens_the_related_block(heading: str) -> None:
    article = parse(ARTICLE.replace("Tin Liên Quan", heading))
    assert len(article.related_links) == 2
    assert len(article.paragraphs) == 2


def test_heading_words_inside_a_sentence_are_prose() -> None:
    article = parse(ARTICLE.replace("Người dân", "Xem thêm về người dân"))
    assert article.paragraphs[-1].startswith("Xem thêm về")


def test_a_heading_in_the_body_takes_one_title_and_loses_no_paragraph() -> None:
    text = "Tiêu đề\n\nĐoạn mở.\n\nĐoạn một.\n\nXem thêm\n\nMột bài khác\n\nĐoạn hai.\n\nĐoạn ba.\n\nThu Hà\n"
    article = parse(text)
    assert article.paragraphs == ("Đoạn một.", "Đoạn hai.", "Đoạn ba.")
    assert [link.title for link in article.related_links] == ["Một bài khác"]
    assert article.author == "Thu Hà"


def test_related_items_with_bullets_addresses_and_no_leads() -> None:
    block = "- Bài thứ nhất\n- Bài thứ hai\n  https://bao.example/hai.html\n- Bài thứ ba\n  Dòng dẫn của bài."
    article = parse("Tiêu đề\nDẫn.\nThân bài.\nTin liên quan\n" + block)
    assert article.related_links == (
        RelatedLink("Bài thứ nhất"),
        RelatedLink("Bài thứ hai", "https://bao.example/hai.html"),
        RelatedLink("Bài thứ ba", None, "Dòng dẫn của bài."),
    )


def test_no_blank_lines_between_paragraphs() -> None:
    assert parse(ARTICLE.replace("\n\n", "\n")) == parse(ARTICLE)


def test_paragraphs_wrapped_by_hand_are_joined() -> None:
    paragraph = "Một dòng của đoạn văn được ngắt bằng tay ở cột thứ bảy mươi hai trong tệp"
    text = f"Tiêu đề\n\nDẫn.\n\n{paragraph}\n{paragraph}\ntới đây thì hết.\n\nĐoạn cuối."
    assert parse(text).paragraphs == (f"{paragraph} {paragraph} tới đây thì hết.", "Đoạn cuối.")


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Bài và ảnh: Thu Hà – Anh Tú", "Thu Hà – Anh Tú"),
        ("THU HÀ", "THU HÀ"),
        ("Lê Văn An (TTXVN)", "Lê Văn An"),
        ("Đây là câu cuối.", None),
        ("Năm 2024", None),
    ],
)
def test_bylines(line: str, author: str | None) -> None:
    article = parse(f"Tiêu đề\n\nDẫn.\n\nThân bài.\n\n{line}")
    assert article.author == author
    assert (line in article.body) == (author is None)


def test_source_line_and_date_line() -> None:
    article = parse(
        "Tiêu đề\nThứ tư, 18/9/2024, 15:30 (GMT+7)\nDẫn.\nThân.\nThu Hà\nNguồn: Báo Sông Chảy"
    )
    assert article.published == datetime(2024, 9, 18, 15, 30, tzinfo=VIETNAM_TIME)
    assert (article.source, article.author, article.body) == ("Báo Sông Chảy", "Thu Hà", "Thân.")


@pytest.mark.parametrize(
    ("lines", "author", "credit"),
    [
        ("Thu Hà (Theo Reuters)", "Thu Hà", ("Reuters",)),
        ("Theo TTXVN", None, ("TTXVN",)),
        ("Thu Hà\nTheo TTXVN", "Thu Hà", ("TTXVN",)),
        ("Theo AFP\nThu Hà (tổng hợp)", "Thu Hà", ("AFP",)),
        ("P.V/TTXVN", "P.V", ("TTXVN",)),
    ],
)
def test_the_tail_says_where_the_text_is_from(
    lines: str, author: str | None, credit: tuple[str, ...]
) -> None:
    article = parse(f"Tiêu đề\nDẫn.\nThân.\n{lines}")
    assert (article.body, article.author, article.credit) == ("Thân.", author, credit)


def test_the_author_of_front_matter_may_name_an_agency() -> None:
    article = parse("---\nTác giả: Thu Hà (Theo AFP)\n---\nTiêu đề\nDẫn.\nThân.")
    assert (article.author, article.credit) == ("Thu Hà", ("AFP",))


def test_the_paper_itself_is_no_credit() -> None:
    article = parse("---\nNguồn: VnExpress\n---\nTiêu đề\nDẫn.\nThân.\nThu Hà (VnExpress, AFP)")
    assert (article.author, article.credit) == ("Thu Hà", ("AFP",))


def test_front_matter_states_a_credit() -> None:
    article = parse("---\nDẫn theo: Reuters, DailyMail\n---\nTiêu đề\nDẫn.\nThân.\nTheo AFP")
    assert article.credit == ("Reuters", "Daily Mail")


def test_front_matter_wins_over_everything_else() -> None:
    text = '---\nngày: 2020-01-02\nTác giả: "Lê An"\nmục: Xã hội\ntags: [lũ, đê]\nid: bai-1\nla: x\n---\n'
    article = parse(text + "Tiêu đề\n3/4/2021\nDẫn.\nThân.\nThu Hà", "2019-05-06.txt")
    assert article.published == date(2020, 1, 2)
    assert (article.author, article.section, article.id) == ("Lê An", "Xã hội", "bai-1")
    assert article.tags == ("lũ", "đê")
    assert (article.title, article.lead, article.body) == ("Tiêu đề", "Dẫn.", "Thân.")


def test_date_in_the_file_name_but_never_in_prose() -> None:
    assert parse("Tiêu đề\nNgày 1/2/2020 có mưa.\nHết.", "2024-09-18-bai.txt").published == date(
        2024, 9, 18
    )
    assert parse("Tiêu đề\nNgày 1/2/2020 có mưa.\nHết.").published is None


def test_an_article_of_one_paragraph_has_a_body_and_no_lead() -> None:
    article = parse("Tiêu đề\n\nMột đoạn thôi.")
    assert (article.lead, article.body) == ("", "Một đoạn thôi.")


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_any_text_is_an_article_or_one_clear_error(text: str) -> None:
    try:
        article = parse(text)
    except ParseError as error:
        assert "\n" not in error.reason
    else:
        assert article.title
        assert "\n" not in article.title + article.lead
        assert parse(text) == article


def bare(texts: list[str]) -> list[str]:
    """The words of some texts, sorted, without capitals and the marks around them: an agency is told without."""
    words = (word.strip(".,") for word in " ".join(texts).casefold().split())
    return sorted(filter(None, words))


@example(lines=["a", ".bbc"])
@given(
    st.lists(st.text(alphabet="abc đêẽ.,", min_size=1).filter(str.strip), min_size=2, max_size=9)
)
def test_no_word_of_a_plain_article_is_lost(lines: list[str]) -> None:
    article = parse("\n\n".join(lines))
    told = " ".join((article.title, article.lead, article.body)).split()
    # "bbc" in a line of its own is an agency.
    others = [*article.credit, article.author or "", article.source or ""]
    if not any(others):
        assert told == " ".join(lines).split()
    assert bare([*told, *others]) == bare(lines)


def test_a_line_that_names_an_agency_is_its_credit() -> None:
    article = parse("a\n\nbbc")
    assert (article.title, article.body, article.credit) == ("a", "", ("BBC",))


def test_seed_article(shared_data: Path) -> None:
    article = next(parse_file(shared_data / "seed-article.txt"))
    assert isinstance(article, Article)
    assert article.title == "Tăng cường hợp tác toàn diện giữa hai tỉnh Lào Cai – Thái Bình"
    assert article.author == "Thanh Thương"
    assert article.published is None
    assert len(article.related_links) == 6
    assert all(link.title and link.lead for link in article.related_links)
    for text in ("Thanh Thương", "Tin Liên Quan", article.title, article.related_links[0].title):
        assert text not in article.body
