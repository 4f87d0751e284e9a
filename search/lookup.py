"""Where a few words stand in many tokens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import TokenArray

_SIEVE = 4096


def look_up(
    tokens: TokenArray, hashes: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of tokens that are among some hashes, ascending, and which of them each is.

    Where a hash is given twice, its first place is meant.
    """
    if not len(hashes):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing
    # Most tokens are none of them: their last bits already tell.
    sieve = np.zeros(_SIEVE, dtype=np.bool_)
    sieve[hashes % _SIEVE] = True
    likely = np.flatnonzero(sieve[tokens % _SIEVE])
    order = np.argsort(hashes, kind="stable")
    slots = np.searchsorted(hashes[order], tokens[likely])
    slots[slots == len(hashes)] = 0
    numbers = order[slots]
    same = hashes[numbers] == tokens[likely]
    return likely[same], numbers[same]
