import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.suggestions import nearest_word, replace_words

WORDS = {"quét": 3, "quất": 9, "sông": 5, "song": 8, "nghiệp": 2, "đường": 4}


@pytest.mark.parametrize(
    ("word", "nearest"),
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
def test_nearest_word(word: str, nearest: str | None) -> None:
    assert nearest_word(word, list(WORDS), WORDS.__getitem__) == nearest


def test_the_more_frequent_of_equally_close_words() -> None:
    assert nearest_word("bat", ["bar", "bas"], {"bar": 1, "bas": 7}.__getitem__) == "bas"


def test_words_are_replaced_where_they_stand() -> None:
    assert replace_words("lũ quest ở suói", {(3, 8): "quét", (11, 15): "suối"}) == "lũ quét ở suối"


@given(st.text(), st.lists(st.text(min_size=1), max_size=5))
def test_any_words(word: str, vocabulary: list[str]) -> None:
    found = nearest_word(word, vocabulary, lambda _: 1)
    assert found is None or (found in vocabulary and found != word)
