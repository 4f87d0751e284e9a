"""Faults of a query: which, and where."""

import pytest

from search.query.parser import parse_query
from search.query.tree import QueryWord


@pytest.mark.parametrize(
    ("query", "issue", "text"),
    [
        ('hợp "tác', "unclosed_quote", '"'),
        ('a ""', "empty_phrase", '""'),
        ("title: cầu", "empty_field", "title:"),
        ("abc:cầu", "unknown_field", "abc:"),
        ("thẻ:(lũ NEAR/3 bão)", "not_in_field", "thẻ:"),
        ("thẻ:(lũ từ:2018 nguồn:a)", "not_in_field", "thẻ:"),
        ("thẻ:(lũ", "unbalanced_parenthesis", "("),
        ('thẻ:("" lũ)', "empty_phrase", '""'),
        ("từ:(2018)", "empty_field", "từ:"),
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
        ("bão title:()", "empty_field", "title:"),
        ("bão nguồn:, lũ", "empty_field", "nguồn:,"),
        ('bão hồ_sơ:"" lũ', "empty_phrase", '""'),
        ('bão hồ_sơ:"_" lũ', "empty_phrase", '"_"'),
        ('bão người:" " lũ', "empty_phrase", '" "'),
        ('bão title:"" lũ', "empty_phrase", '""'),
        ('bão -thẻ:"!" lũ', "empty_phrase", '"!"'),
        ('bão title:"', "unclosed_quote", '"'),
        ('bão có:"', "unclosed_quote", '"'),
        ('bão nói:"', "unclosed_quote", '"'),
        ('người:"Trần Văn A', "unclosed_quote", '"'),
        ('hồ_sơ:"bão lũ', "unclosed_quote", '"'),
        ('từ:"2018', "unclosed_quote", '"'),
        ("bão tỉnh:_ lũ", "empty_field", "tỉnh:_"),
        ('bão nói:"!" lũ', "empty_phrase", '"!"'),
        ("bão phiên_bản:cũ ", "bad_versions", "cũ"),
        ('bão phiên_bản:"mới" lũ', "bad_versions", '"mới"'),
        ("bão lần:x lũ", "bad_count", "lần:x"),
        ("bão lần:1234 lũ", "bad_count", "lần:1234"),
        ("bão dài:xa lũ", "bad_length", "xa"),
        ("bão dài:>5-9 lũ", "bad_length", ">5-9"),
        ("bão dài:>-9 lũ", "bad_length", ">-9"),
        ("bão có:voi lũ", "bad_part", "voi"),
        ("bão từ:mai lũ", "bad_date", "mai"),
        ('bão đến:"mai sau" lũ', "bad_date", '"mai sau"'),
    ],
)
def test_problems_name_their_place(query: str, issue: str, text: str) -> None:
    (problem,) = parse_query(query).problems
    assert (problem.issue, problem.text) == (issue, text)
    assert query[problem.start : problem.end] == text


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ('nguồn:"" OR lũ', [("empty_phrase", '""'), ("dangling_operator", "OR")]),
        ("bão lần:3 OR lũ", [("bad_count", "lần:3"), ("dangling_operator", "OR")]),
    ],
)
def test_several_faults_come_in_the_order_of_their_places(
    query: str, faults: list[tuple[str, str]]
) -> None:
    problems = parse_query(query).problems
    assert [(one.issue, one.text) for one in problems] == faults
    assert [query[one.start : one.end] for one in problems] == [text for _, text in faults]


@pytest.mark.parametrize("name", ["tiêu_đề", "nguồn", "thẻ", "hồ_sơ", "người", "tỉnh", "nói"])
def test_a_name_without_a_value_is_taken_as_it_is_typed(name: str) -> None:
    words = parse_query(f"bão {name.replace('_', ' ')}").root
    # A dossier may have any name.
    for value in ("", "!" if name != "hồ_sơ" else "_", "_", " lũ"):
        parsed = parse_query(f"bão {name}:{value}")
        assert [one.issue for one in parsed.problems] == ["empty_field"]
        found = [part.text for part in parsed.root.parts if isinstance(part, QueryWord)]
        assert found[: len(words.parts)] == [
            part.text for part in words.parts if isinstance(part, QueryWord)
        ]
