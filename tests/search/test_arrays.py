import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.arrays import look_up

# Many share their last 16 bits.
HASHES = st.builds(lambda high, low: (high << 16) + low, st.integers(0, 3), st.integers(0, 3))


@given(st.lists(HASHES), st.lists(HASHES))
def test_places_are_those_of_a_plain_search(tokens: list[int], hashes: list[int]) -> None:
    places, which = look_up(np.array(tokens, dtype=np.uint32), np.array(hashes, dtype=np.uint32))
    assert list(zip(places.tolist(), which.tolist(), strict=True)) == [
        (place, hashes.index(token)) for place, token in enumerate(tokens) if token in hashes
    ]
