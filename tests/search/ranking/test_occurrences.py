"""Where words stand in token arrays, and what is written otherwise."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.ranking.features import FEATURES, features
from search.ranking.occurrences import GAP, Sought, SoughtForm, SoughtWord, find_occurrences

WORDS = [SoughtWord(frozenset({value}), 1.0) for value in (1, 2, 3)]
Tokens = list[list[int]]


def arrays(texts: Tokens) -> list[np.ndarray]:
    return [np.array([*text, 0], dtype=np.uint32) for text in texts]


def found(texts: Tokens, *forms: SoughtForm) -> list[tuple[int, int, int]]:
    """Candidate, position in it, word."""
    places = find_occurrences(arrays(texts), Sought(WORDS, [0, 1, 2], forms))
    inside = places.positions - places.starts[places.candidates]
    assert (np.diff(places.positions) >= 0).all()
    assert GAP > 0
    return list(
        zip(places.candidates.tolist(), inside.tolist(), places.words.tolist(), strict=True)
    )


def test_an_abbreviation_stands_for_all_its_words() -> None:
    form = SoughtForm((0, 1), (9,))
    assert found([[5, 9, 3], [1, 2]], form) == [
        (0, 1, 0),
        (0, 1, 1),
        (0, 2, 2),
        (1, 0, 0),
        (1, 1, 1),
    ]


def test_the_words_of_a_longer_form_reach_what_follows_it() -> None:
    form = SoughtForm((1,), (7, 8, 9))
    assert found([[1, 7, 8, 9, 3]], form) == [(0, 0, 0), (0, 1, 1), (0, 3, 1), (0, 4, 2)]


def test_where_the_words_of_a_form_stand() -> None:
    """Side by side from its beginning on, the rest where it ends; the last one there where it is longer."""
    three = SoughtForm((0, 1, 2), (8, 9))
    assert found([[5, 8, 9, 5]], three) == [(0, 1, 0), (0, 2, 1), (0, 2, 2)]
    assert found([[7, 8]], SoughtForm((0,), (7, 8))) == [(0, 0, 0), (0, 1, 0)]
    assert found([[7, 8]], SoughtForm((0, 2), (7, 8))) == [(0, 0, 0), (0, 1, 2)]


def test_a_form_is_found_whole_in_one_candidate_only() -> None:
    form = SoughtForm((0,), (7, 8))
    assert found([[5, 7], [8, 7], [7, 0, 8], [8]], form) == []
    assert found([[7]], SoughtForm((0,), (7, 8, 9, 10, 11))) == []


def test_what_a_form_and_its_words_say_alike_counts_once() -> None:
    assert found([[1, 2]], SoughtForm((0, 1), (1, 2))) == [(0, 0, 0), (0, 1, 1)]


def test_an_article_with_an_abbreviation_holds_the_words() -> None:
    sought = Sought(WORDS, [0, 1, 2], [SoughtForm((0, 1), (9,))])
    nothing = np.zeros(2)
    table = features(sought, arrays([[9, 3, 0, 5], [1, 3, 0, 5]]), nothing, nothing)
    present = table[:, FEATURES.index("present")]
    assert present.tolist() == [1.0, 2 / 3]


@given(st.lists(st.lists(st.integers(1, 9), max_size=12), min_size=1, max_size=4))
def test_forms_add_occurrences_and_take_none(texts: Tokens) -> None:
    forms = SoughtForm((0, 1), (9,)), SoughtForm((2,), (7, 8)), SoughtForm((0, 2), (5, 6, 7))
    plain, more = found(texts), found(texts, *forms)
    assert set(plain) <= set(more)
    assert len(more) == len(set(more))
    holders = {at for at, text in enumerate(texts) if 9 in text}
    assert holders == {candidate for candidate, _, word in set(more) - set(plain) if word == 1}
