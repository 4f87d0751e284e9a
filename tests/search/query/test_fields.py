"""What stands behind the name of a field: its value, and the place of what is wrong with it."""

import pytest

from search.query.headlines import literal_reading
from search.query.parser import parse_query
from search.query.token_reader import MAX_WORDS
from search.query.tree import (
    InDossier,
    InField,
    Length,
    Named,
    QueryPhrase,
    QueryRepeated,
    QueryTogether,
    QueryWord,
    Sequence,
    Spoken,
    place_of,
    word_runs,
)


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("dài:500", Length(500, 500)),
        ("dài:>500", Length(501, None)),
        ("dài:>=500", Length(500, None)),
        ("dài:<500", Length(None, 499)),
        ("dài:<=500", Length(None, 500)),
        ("dài:200-500", Length(200, 500)),
        ("dài:200-200", Length(200, 200)),
        ("dài:200..500", Length(200, 500)),
        ("dài:200..", Length(200, None)),
        ("dài:..500", Length(None, 500)),
        ("có:tác_giả", "author"),
        ('có:"tác giả"', "author"),
        ("có:Sapo", "lead"),
        ("người:Văn_A", Named("person", "Văn A")),
        ('tỉnh:"  Thanh   Hoá "', Named("province", "Thanh Hoá")),
        ("lần:100 lũ", QueryRepeated(QueryWord("lũ", 8, 10), 100)),
        ("lần:1 lũ", QueryRepeated(QueryWord("lũ", 6, 8), 1)),
    ],
)
def test_values(query: str, part: object) -> None:
    parsed = parse_query(query)
    assert not parsed.problems
    (read,) = parsed.root.parts
    assert getattr(read, "part", None) == part if isinstance(part, str) else read == part


def test_names_keep_their_place_in_the_query() -> None:
    query = 'lũ hồ_sơ:"Lũ_quét" bão'
    _, dossier, _ = parse_query(query).root.parts
    assert isinstance(dossier, InDossier)
    assert (dossier.name, query[dossier.start : dossier.end]) == ("Lũ quét", '"Lũ_quét"')
    query = 'nói:"Văn A" lũ'
    (spoken,) = parse_query(query).root.parts
    assert isinstance(spoken, Spoken)
    assert (spoken.speaker, query[spoken.start : spoken.end]) == ("văn a", '"Văn A"')


@pytest.mark.parametrize(
    ("query", "all_versions"),
    [
        ("lũ", False),
        ("phiên_bản:tất_cả lũ", True),
        ('version:"All" lũ', True),
        ("lũ phiên_bản:hiện_tại", False),
        ("phiên_bản:tất_cả phiên_bản:hiện_tại lũ", False),
    ],
)
def test_which_versions_count(query: str, all_versions: bool) -> None:
    parsed = parse_query(query)
    assert parsed.all_versions is all_versions
    assert [one.text for one in parsed.root.parts if isinstance(one, QueryWord)] == ["lũ"]
    assert not parsed.problems


def test_a_field_of_several_words_is_a_phrase_of_it() -> None:
    word, phrase, quoted = parse_query('title:cầu title:cầu-treo title:"sông Hồng"').root.parts
    assert isinstance(word, InField)
    assert isinstance(word.part, QueryWord)
    assert isinstance(phrase, InField)
    assert isinstance(phrase.part, QueryPhrase)
    assert isinstance(quoted, InField)
    assert isinstance(quoted.part, QueryPhrase)


def test_operators_in_words_are_noted_whatever_follows() -> None:
    assert parse_query("lũ NEAR/5 bão OR gió").has_operators
    assert parse_query("lần:2 lũ").has_operators
    assert parse_query("nói:a").has_operators
    assert not parse_query("lũ OR bão").has_operators


def test_chains_of_one_operator_are_one_part_and_of_two_are_pairs() -> None:
    def parts(query: str) -> list[tuple[int, object]]:
        root = parse_query(query).root.parts
        return [(len(one.parts), one.within) for one in root if isinstance(one, QueryTogether)]

    assert parts("a TRONG CÂU b TRONG CÂU c") == [(3, "sentence")]
    assert parts("a NEAR/5 b NEAR/5 c") == [(2, 5), (2, 5)]
    assert parts("a NEAR/5 b TRONG CÂU c") == [(2, 5), (2, "sentence")]
    assert parts("a NEAR/100 b") == [(2, 100)]
    assert parts("a NEAR/101 b") == [(2, 100)]
    first, second = parse_query("a NEAR/5 b NEAR/6 c").root.parts
    assert isinstance(first, QueryTogether)
    assert isinstance(second, QueryTogether)
    assert [one.text for one in first.parts if isinstance(one, QueryWord)] == ["a", "b"]
    assert [one.text for one in second.parts if isinstance(one, QueryWord)] == ["b", "c"]


@pytest.mark.parametrize(
    ("query", "words", "negative"),
    [
        ('Giá vàng "nhảy múa" trong tuần', "giá vàng nhảy múa trong tuần", False),
        ("Giá vàng trong tuần -30 độ", "giá vàng trong tuần 30 độ", True),
        ('Giá vàng trong "tuần" -30 độ', "giá vàng trong tuần 30 độ", True),
        ("Giá vàng trong tuần -cuối", "giá vàng trong tuần cuối", False),
        ("Giá vàng trong tuần +cuối", "giá vàng trong tuần cuối", False),
        ("Giá vàng trong tuần lũ OR bão", "giá vàng trong tuần lũ bão", False),
    ],
)
def test_a_pasted_headline_asks_for_its_words(query: str, words: str, negative: bool) -> None:
    read = literal_reading(parse_query(query))
    assert read is not None
    parts = read.query.root.parts
    assert " ".join(one.text for one in parts if isinstance(one, QueryWord)) == words
    assert read.has_negative_number == negative


@pytest.mark.parametrize(
    "query",
    [
        "giá vàng trong tuần",
        'giá vàng "trong tuần"',
        'giá vàng trong "tuần"',
        'giá vàng trong tuần "cuối năm" -bạc',
        "giá vàng trong tuần title:bạc",
        "giá vàng trong tuần -title:bạc",
        "giá vàng trong tuần lũ OR title:bão",
        "giá vàng trong tuần NOT bạc",
        "giá vàng trong tuần bạc*",
    ],
)
def test_a_query_that_asks_for_more_is_no_headline(query: str) -> None:
    assert literal_reading(parse_query(query)) is None


def test_places_of_parts() -> None:
    query = "a +title:cầu-treo (sông OR hồ)"
    assert [query[slice(*place_of(one))] for one in parse_query(query).root.parts] == [
        "a",
        "cầu-treo",
        "sông OR hồ",
    ]
    assert place_of(Sequence(())) == (0, 0)


def test_runs_of_words_end_at_whatever_is_no_word() -> None:
    def runs(query: str) -> list[str]:
        found = word_runs(parse_query(query).root)
        return [" ".join(word.text for word in run) for run in found]

    assert runs('a b "c d" +e -f g title:h ij* k') == ["a b", "c d", "e", "g", "k"]
    assert runs("a b OR c lần:2 d nói:x e f") == ["a", "b", "c", "e f", "d"]


def test_the_words_of_a_query_are_counted_to_the_last() -> None:
    assert not parse_query("từ " * MAX_WORDS).problems
