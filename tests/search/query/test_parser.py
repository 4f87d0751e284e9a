from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.tones import place_tones
from search.query.parser import parse_query
from search.query.token_reader import MAX_WORDS
from search.query.tree import (
    Published,
    QueryWord,
)
from tests.search.query.trees import show


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("Hợp tác LÀO CAI", "hợp tác lào cai"),
        ('"hợp tác" “toàn diện”', '"hợp tác" "toàn diện"'),
        ('bóng -đá -"sân cỏ"', 'bóng -đá -"sân cỏ"'),
        ("lũ OR lụt HOẶC bão tan", "(lũ | lụt | bão) tan"),
        ("lũ | lụt", "(lũ | lụt)"),
        ("+sạt lở", "+sạt lở"),
        ("tiêu_đề:cầu title:đường", "title:cầu title:đường"),
        ('tác_giả:"Thanh Thương"', 'author:"thanh thương"'),
        ("nguồn:Báo source:tin mục:xã_hội", 'source:báo source:tin section:"xã hội"'),
        ("từ:2024 đến:18/9/2024", "[2024-01-01..] [..2024-09-18]"),
        ("after:2024-09 before:2024-02", "[2024-09-01..] [..2024-02-29]"),
        ("nông* thôn", "nông* thôn"),
        ("nô*g h?a *ình", "nô*g h?a *ình"),
        ('"lũ qu*" tiêu_đề:"cầu tr*"', '"lũ qu*" title:"cầu tr*"'),
        ("ở đâu? ai?", "ở đâu ai"),
        ("lũ NOT bão", "lũ -bão"),
        ('hồ_sơ:lũ_quét dossier:"Lũ Quét"', "in:lũ quét in:Lũ Quét"),
        ('lũ -hồ_sơ:"a b"', "lũ -in:a b"),
        ('lựa chọn NOT "thành phố"', 'lựa chọn -"thành phố"'),
        ("lũ KHÔNG (bão gió)", "lũ -{bão gió}"),
        ("NOT lũ", "-lũ"),
        ("lũ NOT -bão", "lũ +bão"),
        ("lũ NOT NOT NOT bão", "lũ -bão"),
        ("lũ NOT NOT NOT NOT bão", "lũ +bão"),
        ("lũ NOT +bão", "lũ -bão"),
        ("lũ AND quét VÀ ống", "lũ quét ống"),
        ("lũ AND NOT bão", "lũ -bão"),
        ("(lũ AND quét) OR bão", "(+{lũ quét} | bão)"),
        ("(lũ AND quét) bão", "+{lũ quét} bão"),
        ("KHÔNG KHÍ LẠNH VÀ MƯA", "không khí lạnh và mưa"),
        ("THẮNG HOẶC THUA", "thắng hoặc thua"),
        ("mưa và không gió", "mưa và không gió"),
        ("lũ NEAR/5 cầu", "<5 lũ cầu>"),
        ("lũ gần/3 cầu GẦN treo", "<3 lũ cầu> <10 cầu treo>"),
        ("cầu gần nhà", "cầu gần nhà"),
        ("a lũ NEAR/5 cầu treo", "a <5 lũ cầu> treo"),
        ("U-23 NEAR/3 Covid-19", '<3 "u 23" "covid 19">'),
        ("U-23 OR Covid-19", '("u 23" | "covid 19")'),
        ("bé NEAR/2 (gái OR trai)", "<2 bé (gái | trai)>"),
        ("+lũ NEAR/5 +cầu", "<5 lũ cầu>"),
        ('lũ TRONG CÂU "cầu treo"', '<sentence lũ "cầu treo">'),
        ("lũ trong câu cầu trong_câu gió", "<sentence lũ cầu gió>"),
        ("lũ trong cùng câu cầu", "<sentence lũ cầu>"),
        ("lũ trong  cùng  câu cầu", "<sentence lũ cầu>"),
        ("lũ TRONG  ĐOẠN cầu", "<paragraph lũ cầu>"),
        ("lũ CÙNG ĐOẠN cầu /p gió", "<paragraph lũ cầu gió>"),
        ("lũ /s cầu SENTENCE gió", "<sentence lũ cầu gió>"),
        ("nhân vật trong câu chuyện", "nhân vật trong câu chuyện"),
        ("trong câu lũ", "trong câu lũ"),
        ("lũ trong câu -bão", "lũ trong câu -bão"),
        ("lũ trong câu OR bão", "lũ trong (câu | bão)"),
        ("lũ OR trong câu bão", "(lũ | trong) câu bão"),
        ("lỗi trong câu hỏi 5", "lỗi trong câu hỏi 5"),
        ("đáp án trong câu 5", "đáp án trong câu 5"),
        ("lần:3 lũ bão", "3xlũ bão"),
        ('times:2 "lũ quét"', '2x"lũ quét"'),
        ("lần:2 (lũ OR bão)", "2x(lũ | bão)"),
        ("dài:>500 dài:<=90", "#501.. #..90"),
        ("dài:200-500 length:..9 dài:7 dài:8..", "#200..500 #..9 #7..7 #8.."),
        ("có:ảnh has:author", "has:image has:author"),
        ('nói:"Văn A" đường sắt', "văn a:<đường sắt>"),
        ("đường nói:Văn_A sắt", "văn a:<đường sắt>"),
        ("nói:* +lũ", "*:<lũ>"),
        (
            "NOI:a lũ -bão từ:2024 said:b (x OR y) (c d)",
            "a:<lũ> b:<(x | y)> -bão [2024-01-01..] {c d}",
        ),
        ("(nói:a lũ) cầu", "+a:<lũ> cầu"),
        ("nói:b (nói:a -x lũ) cầu", "b:<cầu> +{a:<lũ> -x}"),
        ("-nói:a lũ", "-a:<> lũ"),
        ("-(nói:a cầu) lũ", "-+a:<cầu> lũ"),
        ("nói:a OR nói:b", "(a:<> | b:<>)"),
        ("nói:a lũ OR nói:b bão", "a:<bão> (lũ | b:<>)"),
        ("Hà Nội:mưa", "hà nội mưa"),
        (
            'người:"Trần Hòa" tỉnh:Hà_Nội địa_danh:a co_quan:b',
            "person=Trần Hoà province=Hà Nội place=a organisation=b",
        ),
        ("(a b) OR c", "({a b} | c)"),
        ("((a))", "a"),
        ("-(a b)", "-{a b}"),
        ("Lào Cai - Thái Bình – 2024", "lào cai thái bình 2024"),
        ("Covid-19 -Covid-19", 'covid 19 -"covid 19"'),
        ("a OR Covid-19", '(a | "covid 19")'),
        ("Thủ tướng: họp 15:30 https://a.vn/b", "thủ tướng họp 15 30 https a vn b"),
        ("hòa HOÀ", "hoà hoà"),
        ("", ""),
        ("- + ( ) * “”", ""),
    ],
)
def test_readings(query: str, tree: str) -> None:
    assert " ".join(show(part) for part in parse_query(query).root.parts) == tree


def test_a_faulty_query_still_searches_its_words() -> None:
    parsed = parse_query('abc:cầu "sông (từ:hôm')
    words = [leaf.text for leaf in parsed.root.parts if isinstance(leaf, QueryWord)]
    assert words == ["abc", "cầu", "sông", "từ", "hôm"]


def test_a_long_query_is_cut_and_says_so() -> None:
    parsed = parse_query("từ " * (MAX_WORDS + 5))
    assert len(parsed.root.parts) == MAX_WORDS
    assert [problem.issue for problem in parsed.problems] == ["too_long"]


def test_deep_nesting_is_no_crash() -> None:
    parse_query("(" * 5000 + "a" + ")" * 5000)
    parse_query("-(" * 3000 + "a")


def test_published_is_a_range_of_days() -> None:
    (part,) = parse_query("từ:9/2024").root.parts
    assert part == Published(date(2024, 9, 1), None)


ANY_QUERY = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from(' "()-+*:|ORtừ2024/“”'))
)
PLAIN = st.lists(st.text(st.sampled_from("aăâđeêhiokơưtừ"), min_size=1), max_size=8)


@given(ANY_QUERY)
def test_any_query_parses_and_places_lie_in_it(query: str) -> None:
    parsed = parse_query(query)
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= len(parsed.text)
        assert parsed.text[problem.start : problem.end] == problem.text


@given(PLAIN)
def test_plain_words_are_all_kept_in_order(words: list[str]) -> None:
    parsed = parse_query(" ".join(words))
    assert [part.text for part in parsed.root.parts if isinstance(part, QueryWord)] == list(
        map(place_tones, words)
    )
    assert parsed.problems == ()
