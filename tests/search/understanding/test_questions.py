"""Words that only ask are told by where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.parser import parse_query
from search.query.tree import QueryWord
from search.understanding.questions import asking_words


def kept(query: str, *, folded: bool = False) -> str:
    """The words of a query that do not only ask."""
    words = [part for part in parse_query(query).root.parts if isinstance(part, QueryWord)]
    asking = asking_words(words, folded=folded)
    return " ".join(word.text for word in words if word.start not in asking)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Ai là chủ tịch nước năm 2018?", "chủ tịch nước năm 2018"),
        ("chủ tịch nước năm 2018 là ai", "chủ tịch nước năm 2018"),
        ("Ai sẽ làm huấn luyện viên đội tuyển", "làm huấn luyện viên đội tuyển"),
        ("Vì sao giá thịt lợn giảm", "giá thịt lợn giảm"),
        ("Giá thịt lợn giảm vì sao?", "giá thịt lợn giảm"),
        ("Sao giá xăng lại tăng", "giá xăng lại tăng"),
        ("Khi nào khai trương cầu Nhật Tân", "khai trương cầu nhật tân"),
        ("World Cup 2018 diễn ra ở đâu", "world cup 2018 diễn ra"),
        ("làm thế nào để đổi bằng lái xe", "để đổi bằng lái xe"),
        ("Lương tối thiểu vùng là bao nhiêu", "lương tối thiểu vùng"),
        ("Có phải Formosa xả thải ra biển không?", "formosa xả thải ra biển"),
        ("Việt Nam có vào vòng trong không", "việt nam vào vòng trong"),
        ("Bitcoin là gì", "bitcoin"),
        ("ai cứu người bị vùi", "cứu người bị vùi"),
        ("ai bị bắt ở Hà Nội", "bị bắt ở hà nội"),
        ("tỉnh nào nhận ô tô", "tỉnh nhận ô tô"),
        ("ông ấy nói gì về thuế", "ông ấy nói về thuế"),
        ("Việt Nam đứng thứ mấy", "việt nam đứng"),
        ("chuyến thăm kéo dài mấy ngày", "chuyến thăm kéo dài"),
        ("tài xế có sao không", "tài xế"),
        ("ai cuu nguoi bi vui", "cuu nguoi bi vui"),
        ("ai la chu tich nuoc", "chu tich nuoc"),
        ("gia thit lon giam vi sao", "gia thit lon giam"),
    ],
)
def test_words_that_ask(query: str, words: str) -> None:
    assert kept(query, folded=query.isascii()) == words


@pytest.mark.parametrize(
    "query",
    [
        "Ai Cập bầu tổng thống",
        "Ai Len rời liên minh",
        "ngày nào cũng tắc đường",
        "sao Hỏa có nước",
        "ngôi sao điện ảnh",
        "người nào việc nấy",
        "không quân Mỹ",
        "chưa có thuốc chữa",
        "có công mài sắt",
        "đâu đó trên đường",
        "vi sao",
        "ở đâu",
        "giá vàng",
    ],
)
def test_words_that_only_look_so(query: str) -> None:
    assert kept(query) == " ".join(query.lower().replace("hỏa", "hoả").split())


def test_without_diacritics_a_word_alone_may_be_another() -> None:
    assert kept("sao hoa co nuoc", folded=True) == "sao hoa co nuoc"
    assert kept("tim thay o dau", folded=True) == "tim thay"


@given(
    st.lists(
        st.sampled_from(
            ["ai", "là", "gì", "vì", "sao", "ở", "đâu", "có", "không", "phải", "giá", "vàng", "nào"]
        ),
        max_size=8,
    )
)
def test_something_is_always_left(words: list[str]) -> None:
    query = " ".join(words)
    assert bool(kept(query)) == bool(words)
    assert bool(kept(query, folded=True)) == bool(words)
