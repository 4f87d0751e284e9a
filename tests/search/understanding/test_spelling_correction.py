from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from indexer.language.analysis import fold_term
from search.understanding.spelling_correction import correction, replace_words


class Words:
    """So many articles hold each word, and each pair."""

    def __init__(self, counts: Mapping[str, int], pairs: Mapping[str, int] | None = None) -> None:
        self.size = 10_000
        self.counts = counts
        self.pairs = pairs or {}

    def near(self, word: str, most: int, *, folded: bool) -> list[tuple[str, int]]:
        others = {fold_term(one) if folded else one for one in self.counts}
        found = ((one, OSA.distance(word, one)) for one in sorted(others))
        return [(one, distance) for one, distance in found if distance <= most]

    def frequencies(self, syllables: Sequence[str]) -> list[int]:
        return [self.counts.get(one, 0) for one in syllables]

    def accented_forms(self, folded: str) -> tuple[str, ...]:
        return tuple(one for one in self.counts if fold_term(one) == folded)

    def pair_frequencies(self, pairs: Sequence[str]) -> list[int]:
        return [self.pairs.get(one, 0) for one in pairs]


WORDS = {"quét": 3, "quất": 9, "sông": 5, "song": 8, "nghiệp": 2, "đường": 4}


def alone(word: str, words: Mapping[str, int], *, folded: bool = False) -> str | None:
    return correction(word, None, None, Words(words), folded=folded, held=0)


@pytest.mark.parametrize(
    ("word", "better"),
    [
        ("quét", "quất"),  # asked only for unknown words: never the word itself
        ("qeút", None),
        ("sôgn", "sông"),
        ("sng", "song"),
        ("nghieejp", None),
        ("nghiêp", "nghiệp"),
        ("đưòng", "đường"),
        ("a", None),
        ("s0ng", None),
        ("", None),
    ],
)
def test_the_word_that_is_spelt_most_alike(word: str, better: str | None) -> None:
    assert alone(word, WORDS) == better


def test_without_diacritics_a_word_stands_for_all_its_forms() -> None:
    assert alone("nghep", WORDS, folded=True) == "nghiep"
    assert alone("nghep", WORDS) is None


def test_the_more_frequent_of_equally_close_words() -> None:
    assert alone("bat", {"bar": 1, "bas": 7}) == "bas"


def test_neighbours_tell_more_than_frequency() -> None:
    words = Words({"các": 900, "chức": 20}, {"to chuc": 15, "to cac": 1})
    assert correction("cức", "to", None, words, folded=False, held=0) == "chức"
    assert correction("cức", None, "em", words, folded=False, held=0) == "các"


@pytest.mark.parametrize(
    ("held", "pairs", "better"),
    [
        (2, {"ba tuoi": 30, "tuoi tre": 2}, "tuổi"),
        (900, {"ba tuoi": 30, "tuoi tre": 2}, None),  # a word that is not rare
        (2, {"ba tuoi": 30, "tuoi tre": 2, "tui tre": 1}, None),  # it is known beside one of them
        (2, {"ba tuoi": 30}, None),  # the other is unknown beside one of them
        (2, {"ba tuoi": 3, "tuoi tre": 2}, None),  # it is hardly known
    ],
)
def test_a_word_that_is_held_is_doubted_beside_neighbours_alone(
    held: int, pairs: Mapping[str, int], better: str | None
) -> None:
    words = Words({"tui": held, "tuổi": 400}, pairs)
    assert correction("tui", "ba", "tre", words, folded=False, held=held) == better
    assert correction("tui", None, None, words, folded=False, held=held) is None


def test_words_are_replaced_where_they_stand() -> None:
    assert replace_words("Hopwj TASC a Philipines", {
        (0, 5): "hợp", (6, 10): "tác", (13, 23): "philippines"
    }) == "Hợp TÁC a Philippines"  # fmt: skip
    assert replace_words("lũ quest ở suói", {(3, 8): "quét", (11, 15): "suối"}) == "lũ quét ở suối"


@given(
    st.text(), st.dictionaries(st.text(min_size=1), st.integers(1, 9), max_size=5), st.booleans()
)
def test_any_words(word: str, vocabulary: dict[str, int], folded: bool) -> None:
    found = alone(word, vocabulary, folded=folded)
    known = {fold_term(one) if folded else one for one in vocabulary}
    assert found is None or (found in known and found != word)
