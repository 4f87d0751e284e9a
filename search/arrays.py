"""Arrays of token hashes: looking hashes up, and windows of text around each place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import TokenHashes

Values = NDArray[np.float64]
Integers = NDArray[np.int64]
_SLOTS = 1 << 14


def owners(places: Integers, ends: Integers) -> Integers:
    """The number of the text in which each place is.

    Args:
        places: ascending, in all texts one after the other.
        ends: of the texts.
    """
    counts = np.diff(np.searchsorted(places, ends), prepend=0)
    return np.repeat(np.arange(len(ends)), counts)


def previous_places(words: Integers) -> Integers:
    """For each place the one before it with the same word, of 32,767 at most; -1 where there is none."""
    # Small numbers are sorted many times faster.
    order = np.argsort(words.astype(np.int16), kind="stable")
    previous = np.full(len(words), -1)
    same = words[order][1:] == words[order][:-1]
    previous[order[1:][same]] = order[:-1][same]
    return previous


def window_sums(positions: Integers, previous: Integers, weights: Values, size: int) -> Values:
    """The sum of the weights of the different words in the window that begins at each place.

    Args:
        positions: of the words, ascending.
        previous: as `previous_places` gives it.
        weights: of the word at each place.
        size: how many positions a window has.
    """
    # A place adds its word to the windows that begin at a place from which it is in reach and
    # after which the same word has not stood before it.
    reach = np.searchsorted(positions, positions - size, side="right")
    gained = np.bincount(np.maximum(previous + 1, reach), weights=weights, minlength=len(positions))
    sums: Values = np.cumsum(gained) - np.cumsum(weights) + weights
    return sums


def look_up(
    tokens: TokenHashes, hashes: NDArray[np.uint32]
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
