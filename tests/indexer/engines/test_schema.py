import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.token_hashes import pack_starts, unpack_starts


@given(st.lists(st.integers(0, 300)))
def test_starts_are_read_as_they_were_packed(distances: list[int]) -> None:
    starts = np.cumsum(distances, dtype=np.uint32)
    packed = pack_starts(starts.tolist())
    assert unpack_starts(packed, len(starts)).tolist() == starts.tolist()
    assert len(packed) == len(starts) * (1 if max(distances, default=0) < 256 else 4)
