"""Where tokens stand side by side in arrays of their hashes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import TokenHashes

_MANY = 1 << 12
"""Tokens from which on they are not looked up one by one."""


def phrase_starts(tokens: TokenHashes, positions: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Where a phrase begins in tokens.

    Args:
        tokens: of one text, or of several one after the other.
        positions: for each position of the phrase the hashes that fit there.

    Returns:
        The places of its first token, ascending; a phrase may reach from one text into the next.
    """
    room = len(tokens) - len(positions) + 1
    if room <= 0 or not positions:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(is_one_of(tokens[:room], positions[0]))
    for offset, hashes in enumerate(positions[1:], 1):
        starts = starts[is_one_of(tokens[starts + offset], hashes)]
    return starts


def hold_phrase(
    arrays: Sequence[TokenHashes], positions: Sequence[Sequence[int]]
) -> NDArray[np.bool_]:
    """Which of some token arrays hold a phrase; for `positions` see `phrase_starts`."""
    result = np.zeros(len(arrays), dtype=np.bool_)
    if not arrays:
        return result
    starts = phrase_starts(np.concatenate(arrays), positions)
    ends = np.cumsum([len(array) for array in arrays])
    first = np.searchsorted(ends, starts, side="right")
    last = np.searchsorted(ends, starts + len(positions) - 1, side="right")
    result[first[first == last]] = True
    return result


def is_one_of(tokens: TokenHashes, hashes: Sequence[int]) -> NDArray[np.bool_]:
    """Which tokens have one of some hashes."""
    if len(hashes) == 1:
        return np.equal(tokens, hashes[0])
    wanted = np.array(hashes, dtype=np.uint32)
    if len(tokens) < _MANY:
        return np.isin(tokens, wanted)
    # Half of the bits leaves few tokens, which are compared in full.
    halves = np.zeros(1 << 16, dtype=np.bool_)
    halves[wanted & 0xFFFF] = True
    result = halves[(tokens & 0xFFFF).astype(np.uint16)]
    likely = np.flatnonzero(result)
    result[likely] = np.isin(tokens[likely], wanted)
    return result
