"""A query with operators in words, written out as it was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.parser import parse_query
from search.query.reading import reading
from search.query.tree import Either, Exclude, Must, Node, Sequence
from tests.search.query.trees import show


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
        ("lũ NOT bão", "lũ KHÔNG bão"),
        ("lần:2 lũ từ:2024 đến:2024", "lần:2 lũ từ:2024-01-01 đến:2024-12-31"),
        ("lần:2 lũ dài:5..", "lần:2 lũ dài:5.."),
        ("lần:2 lũ dài:..5", "lần:2 lũ dài:..5"),
        ("lần:2 lũ dài:0-5", "lần:2 lũ dài:0..5"),
        ("lần:2 lũ có:ảnh", "lần:2 lũ có:image"),
        ("lần:2 lũ người:A", 'lần:2 lũ người:"A"'),
        ("lần:2 lũ hồ_sơ:A", 'lần:2 lũ hồ_sơ:"A"'),
        ("lần:2 lũ tiêu_đề:cầu", "lần:2 lũ title:cầu"),
        ("lần:2 lũ tiêu_đề:(cầu)", "lần:2 lũ title:cầu"),
        ("(a b) OR c NOT d", "((a b) HOẶC c) KHÔNG d"),
        ("(a NOT b) OR c", "((a KHÔNG b) HOẶC c)"),
        ("lũ AND +bão", "lũ VÀ +bão"),
    ],
)
def test_a_query_with_operators_in_words_says_how_it_was_read(query: str, read: str | None) -> None:
    parsed = parse_query(query)
    assert reading(parsed) == read
    if read:
        again = parse_query(read)
        assert sorted(map(show, again.root.parts)) == sorted(map(show, parsed.root.parts))
        assert again.needs_all == parsed.needs_all


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("nói:a", '(nói:"a")'),
        ("nói:a b", '(nói:"a" b)'),
        ("nói:a b c", '(nói:"a" b VÀ c)'),
    ],
)
def test_who_is_quoted_is_written_out(query: str, read: str) -> None:
    assert reading(parse_query(query)) == read


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
