from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.tones import place_tones
from search.query.parser import MAX_WORDS, parse_query
from search.query.tree import (
    Either,
    Exclude,
    InField,
    Must,
    Node,
    Published,
    QueryPhrase,
    QueryPrefix,
    QueryWord,
    Sequence,
)


def show(node: Node) -> str:
    """A tree as text, for reading in tests."""
    match node:
        case QueryWord():
            return node.text
        case QueryPrefix():
            return f"{node.text}*"
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
        ("OR lũ", "dangling_or", "OR"),
        ("lũ OR", "dangling_or", "OR"),
        ("n*", "short_prefix", "n*"),
        ("nô*g", "misplaced_star", "nô*g"),
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
