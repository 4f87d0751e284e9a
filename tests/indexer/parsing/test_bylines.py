"""Lines at the end of articles: whose they are, where the article was taken from, and which say neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.cleaning import clean_text
from indexer.parsing.bylines import Byline, read_byline

BYLINES: dict[str, Byline] = {
    "Khánh Vân": Byline("Khánh Vân"),
    "Khánh Vân - Tú Oanh": Byline("Khánh Vân - Tú Oanh"),
    "Khánh Vân (tổng hợp)": Byline("Khánh Vân"),
    "Khánh Vân (T / h)": Byline("Khánh Vân"),
    "Khánh Vân (T.H)": Byline("Khánh Vân"),
    "Vân (t/h)": Byline("Vân"),
    "Mít (tổng hợp)": Byline("Mít"),
    "KV (T / H)": Byline("KV"),
    "K.V (tổng hợp)": Byline("K.V"),
    "Khánh Vân thực hiện": Byline("Khánh Vân"),
    "Khánh Vân - Tú Oanh ghi": Byline("Khánh Vân - Tú Oanh"),
    "Khánh Vân (Video: Reuters)": Byline("Khánh Vân"),
    "Khánh Vân (Hà Nội)": Byline("Khánh Vân"),
    "Nhóm PV Kinh tế": Byline("Nhóm PV Kinh tế"),
    "Ban Thời sự": Byline("Ban Thời sự"),
    "Khánh Vân (Theo Reuters / AFP)": Byline("Khánh Vân", ("Reuters", "AFP")),
    "Khánh Vân (Reuters, BBC)": Byline("Khánh Vân", ("Reuters", "BBC")),
    "Khánh Vân (PV TTXVN tại Paris)": Byline("Khánh Vân", ("TTXVN",)),
    "Theo An ninh Nhân dân": Byline(None, ("An ninh Nhân dân",)),
    "Theo Chinhphu.vn": Byline(None, ("Chính phủ",)),
    "Theo Vietnam + / TTXVN": Byline(None, ("VietnamPlus", "TTXVN")),
    "PV / Theo Thanh Niên": Byline("PV", ("Thanh Niên",)),
    "Khánh Vân (/ TTXVN)": Byline("Khánh Vân", ("TTXVN",)),
    "Khánh Vân (Reuters/)": Byline("Khánh Vân", ("Reuters",)),
}

NONE = (
    "Emmanuel Macron (giữa)",
    "Emmanuel Macron (Ảnh: Reuters)",
    "Khánh Vân (ngụ xã Hòa Bình)",
    "Ảnh (tổng hợp)",
    "Cách thực hiện",
    "Tổ chức thực hiện",
    "Ban đêm",
    "Nhóm máu",
    "Quảng Ninh (tổng hợp)",
    "Theo logic thông thường, giá sẽ giảm",
    "(Còn nữa)",
    "(/GMT+7)",
    "Khánh Vân ( / )",
    "Nguồn clip: Khánh Vân",
)


@pytest.mark.parametrize("line", BYLINES)
def test_a_byline_names_its_author_and_where_the_text_is_from(line: str) -> None:
    assert read_byline(line) == BYLINES[line]


@pytest.mark.parametrize("line", NONE)
def test_other_short_lines_are_no_bylines(line: str) -> None:
    assert read_byline(line) is None


@pytest.mark.parametrize("unit", [".", "/", " .", "(", "- ", "Theo ", "theo (", "A ", "a/"])
def test_a_long_line_is_no_byline_and_takes_no_time(unit: str) -> None:
    """A line of 100 KB that a pattern would try from every place; it took minutes before its length was looked at."""
    assert read_byline(unit * 100_000 + "x", marked=True) is None


PIECES = (
    *(
        "Khánh Vân",
        "Tú",
        "an",
        "K.V",
        "PV",
        "Theo",
        "Nguồn:",
        "Ảnh:",
        "Bài và ảnh:",
        "thực hiện",
        "tổng hợp",
    ),
    *(
        "TTXVN",
        "Báo Sông",
        "Reuters",
        "GMT+7",
        "vnexpress.net",
        "Hà Nội",
        "ghi",
        "và",
        "7",
        "15:00",
    ),
    *(
        "(",
        ")",
        "[",
        "]",
        "/",
        "-",
        "–",
        "|",
        ",",
        ".",
        ";",
        ":",
        "&",
        '"',
        "“",
        " ",
        "  ",
        "\u00a0",
    ),
)


SHORT = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
LINES = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
    st.builds("{} ({})".format, SHORT, SHORT),
)


@given(LINES, st.booleans())
def test_whatever_stands_in_a_line_is_read(line: str, marked: bool) -> None:
    found = read_byline(clean_text(line), marked=marked)
    if found is not None:
        assert found.author is None or found.author == found.author.strip() != ""
        assert all(one == one.strip() != "" for one in found.credit)
        assert found.author or found.credit
