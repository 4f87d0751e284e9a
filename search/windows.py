"""Windows of a text, all of them at once: what is in reach of each place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Integers = NDArray[np.int64]


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
    """What the different words in the window that begins at each place weigh together.

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
