from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.tones import place_tones
from search.query.parser import parse_query
from search.query.reading import reading
from search.query.token_reader import MAX_WORDS
from search.query.tree import (
    Either,
    Exclude,
    Having,
    InDossier,
    InField,
    Length,
    Must,
    Named,
    Node,
    Published,
    QueryPattern,
    QueryPhrase,
    QueryRepeated,
    QueryTogether,
    QueryWord,
    Sequence,
    Spoken,
)


def show(node: Node) -> str:  # noqa: C901
    """A tree as text, for reading in tests."""
    match node:
        case QueryWord():
            return node.text
        case QueryPattern():
            return node.text
        case QueryTogether(parts, within):
            return f"<{within} " + " ".join(map(show, parts)) + ">"
        case QueryRepeated(part, least):
            return f"{least}x{show(part)}"
        case Length(least, most):
            return f"#{least or ''}..{most or ''}"
        case Having(part):
            return f"has:{part}"
        case InDossier(name):
            return f"in:{name}"
        case Named(facet, name):
            return f"{facet}={name}"
        case Spoken(speaker, _, _, parts):
            return f"{speaker}:<" + " ".join(map(show, parts)) + ">"
        case QueryPhrase(words):
            return '"' + " ".join(word.text for word in words) + '"'
        case InField(field, part):
            return f"{field}:{show(part)}"
        case Published(since, until):
            return f"[{since or ''}..{until or ''}]"
        case Exclude(part):
            return f"-{show(part)}"
        case Must(part):
            return f"+{show(part)}"
        case Either(parts):
            return "(" + " | ".join(show(part) for part in parts) + ")"
        case Sequence(parts):
            return "{" + " ".join(show(part) for part in parts) + "}"


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


@pytest.mark.parametrize(
    ("query", "issue", "text"),
    [
        ('hợp "tác', "unclosed_quote", '"'),
        ('a ""', "empty_phrase", '""'),
        ("title: cầu", "empty_field", "title:"),
        ("abc:cầu", "unknown_field", "abc:"),
        ("từ:hôm", "bad_date", "hôm"),
        ("đến:31/2/2024", "bad_date", "31/2/2024"),
        ("từ:2024 đến:2023", "inverted_range", "đến:"),
        ("OR lũ", "dangling_operator", "OR"),
        ("lũ OR", "dangling_operator", "OR"),
        ("lũ AND", "dangling_operator", "AND"),
        ("NEAR/5 lũ", "dangling_operator", "NEAR/5"),
        ("lũ TRONG CÂU", "dangling_operator", "TRONG CÂU"),
        ("lũ NOT", "dangling_not", "NOT"),
        ("lũ AND quét OR bão", "mixed_operators", "OR"),
        ("lũ NEAR/101 bão", "too_far", "NEAR/101"),
        ("từ:2018 NEAR/5 lũ", "not_a_place", "NEAR/5"),
        ("(lũ quét) trong_câu bão", "not_a_place", "trong_câu"),
        ("lần:0 lũ", "bad_count", "lần:0"),
        ("lần:101 lũ", "bad_count", "lần:101"),
        ("lần:3", "bad_count", "lần:3"),
        ("lần:3 từ:2018", "bad_count", "lần:3"),
        ("dài:ngắn", "bad_length", "ngắn"),
        ("dài:9-3", "bad_length", "9-3"),
        ("có:gì", "bad_part", "gì"),
        ("nói:?", "empty_field", "nói:?"),
        ("nói:a lũ NEAR/5 bão", "not_said", "lũ NEAR/5 bão"),
        ("nói:a lần:2 bão", "not_said", "bão"),
        ("n*", "short_pattern", "n*"),
        ("lũ *", "lone_star", "*"),
        ("(lũ", "unbalanced_parenthesis", "("),
        ("lũ)", "unbalanced_parenthesis", ")"),
        ("?!", "no_words", "?!"),
    ],
)
def test_problems_name_their_place(query: str, issue: str, text: str) -> None:
    (problem,) = parse_query(query).problems
    assert (problem.issue, problem.text) == (issue, text)
    assert query[problem.start : problem.end] == text


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


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("lũ quét", None),
        ("+lũ -bão OR gió", None),
        ("lũ NOT bão gió", "lũ gió KHÔNG bão"),
        ("lũ trong câu NOT bão gió", "lũ Trong câu gió KHÔNG bão"),
        ("lũ and bão", None),
        ('lũ trong câu "cầu treo"', '(lũ TRONG CÂU "cầu treo")'),
        ("lần:3 lũ từ:2018", "lần:3 lũ từ:2018-01-01"),
        ("(lũ AND quét) OR bão NOT gió", "((lũ VÀ quét) HOẶC bão) KHÔNG gió"),
    ],
)
def test_a_query_with_operators_in_words_says_how_it_was_read(query: str, read: str | None) -> None:
    parsed = parse_query(query)
    assert reading(parsed) == read
    if read:
        again = parse_query(read)
        assert sorted(map(show, again.root.parts)) == sorted(map(show, parsed.root.parts))
        assert again.needs_all == parsed.needs_all


def show_sorted(node: Node) -> str:
    """A tree as text without the order of the parts of a group."""
    match node:
        case Exclude(part) | Must(part):
            return f"{'-' if isinstance(node, Exclude) else '+'}{show_sorted(part)}"
        case Either(parts) | Sequence(parts):
            return f"{type(node).__name__}{sorted(map(show_sorted, parts))}"
    return show(node)


OPERATORS = st.lists(
    st.sampled_from(
        ["lũ", "Covid-19", '"cầu treo"', "AND", "NOT", "NEAR/3", "trong câu", "cùng", "câu", "OR", "lần:2", "(", ")", "-", "qu*", "VÀ"]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


@given(OPERATORS)
def test_what_was_read_is_read_the_same(query: str) -> None:
    parsed = parse_query(query)
    read = reading(parsed)
    if read and not parsed.problems:
        again = parse_query(read)
        # What is left out is written behind what is wanted.
        assert sorted(map(show_sorted, again.root.parts)) == sorted(
            map(show_sorted, parsed.root.parts)
        ), read
        assert not again.problems
