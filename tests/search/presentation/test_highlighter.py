"""Marks of words and phrases, against looking for them place by place."""

import re

from hypothesis import given
from hypothesis import strategies as st

from search.presentation.highlighter import Highlighter, join
from search.understanding.understood_query import Marks

SYLLABLES = ("lũ", "cầu", "treo", "đê", "nước")
TEXT = st.lists(
    st.tuples(st.sampled_from([*SYLLABLES, "và", "Lũ", "ở"]), st.sampled_from([" ", " ", ", ", ". ", "\n", "  "])),
    max_size=25,
)  # fmt: skip
KEYS = st.dictionaries(st.sampled_from(SYLLABLES), st.sampled_from("ab"), max_size=4)
PHRASES = st.lists(
    st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=3).map(tuple), max_size=3, unique=True
)


def expected(
    words: list[tuple[str, int, int]], keys: dict[str, str], phrases: list[tuple[str, ...]]
) -> list[tuple[int, int]]:
    """The first and the last word of each match; longer phrases come first, then those that were named first."""
    taken: set[int] = set()
    found: list[tuple[int, int]] = []
    for phrase in sorted(phrases, key=len, reverse=True):
        for at in range(len(words) - len(phrase) + 1):
            its = range(at, at + len(phrase))
            if tuple(words[one][0] for one in its) == phrase and taken.isdisjoint(its):
                taken.update(its)
                found.append((at, at + len(phrase) - 1))
    alone = [(at, at) for at, word in enumerate(words) if word[0] in keys and at not in taken]
    return sorted([*found, *alone])


@given(TEXT, KEYS, PHRASES)
def test_what_is_marked_is_what_was_asked_for(
    pieces: list[tuple[str, str]], keys: dict[str, str], phrases: list[tuple[str, ...]]
) -> None:
    text = "".join(word + gap for word, gap in pieces)
    words = [(one[0].lower(), one.start(), one.end()) for one in re.finditer(r"\w+", text)]
    matches = expected(words, keys, phrases)
    spans = join(text, [(words[first][1], words[last][2]) for first, last in matches])
    snippet = Highlighter(Marks(keys, tuple(phrases))).highlight(text)
    assert snippet.text == text
    assert snippet.highlights == tuple(spans)


def test_only_one_space_joins_marks() -> None:
    assert join("a b  c, d e", [(0, 1), (2, 3), (5, 6), (8, 9), (10, 11)]) == [
        (0, 3),
        (5, 6),
        (8, 11),
    ]
