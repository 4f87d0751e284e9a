"""A phrase cut out of an article reads as it does in the whole text."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.language.analysis import syllables, tokenise
from indexer.language.normalise import nfc
from search.completion.completer import _first_syllables

TEXTS = st.lists(
    st.sampled_from(["hòa", "Hoà", "HÒA", "qúa", "gìơ", "lũ", "2024", "1.000", "U23", "ΟΔΟΣ", "đ"])
    | st.sampled_from([" ", "-", ". ", "\n", "", "/", "\u0301"])
    | st.text(max_size=3),
    max_size=14,
).map(lambda parts: nfc("".join(parts)))


@given(TEXTS, st.data())
def test_the_syllables_are_those_of_the_whole_text(text: str, data: st.DataObject) -> None:
    starts = [token.start for token in tokenise(text)]
    if not starts:
        return
    first = data.draw(st.integers(0, len(starts) - 1))
    length = data.draw(st.integers(1, len(starts) - first))
    past = starts[first + length] if first + length < len(starts) else len(text)
    found = _first_syllables(text, starts[first], past, length)
    assert found == syllables(text[starts[first] :])[:length]
    assert len(found) == length
