"""Where a few words stand in many tokens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import TokenArray

_SLOTS = 1 << 14


def look_up(
    tokens: TokenArray, hashes: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of tokens that are among some hashes, ascending, and which of them each is.

    Where a hash is given twice, its first place is meant.
    """
    if not len(hashes):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing
    # A table by the last bits, the first hash written last: a look into it for each token.
    numbers: NDArray[np.integer] = np.arange(
        len(hashes), dtype=np.int16 if len(hashes) < 1 << 15 else np.int32
    )
    last_bits = hashes & np.uint32(_SLOTS - 1)
    table = np.full(_SLOTS, -1, dtype=numbers.dtype)
    table[last_bits[::-1]] = numbers[::-1]
    slots: NDArray[np.integer] = table.take(tokens & np.uint32(_SLOTS - 1))
    places = np.flatnonzero(slots >= 0)
    which = slots[places].astype(np.int64)
    same = hashes[which] == tokens[places]
    places, which = places[same], which[same]
    displaced = np.flatnonzero(hashes[table[last_bits]] != hashes)
    if len(displaced):
        more, which_more = look_up(tokens, hashes[displaced])
        places = np.concatenate((places, more))
        which = np.concatenate((which, displaced[which_more]))
        order = np.argsort(places)
        places, which = places[order], which[order]
    return places, which
