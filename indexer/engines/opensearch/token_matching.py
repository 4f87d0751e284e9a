"""Which hits match a condition, by their tokens alone: the cluster need not be asked for each clause."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.engines.capabilities import TokenHashes
from indexer.engines.conditions import AllOf, AnyOf, Condition, Not, Phrase, Term
from indexer.engines.phrases import hold_phrase
from indexer.engines.token_hashes import hash_tokens, token_hash

Matches = NDArray[np.bool_]


def is_of_tokens(condition: Condition, field: str) -> bool:
    """Whether tokens decide a condition.

    Args:
        field: in which the tokens are counted.
    """
    match condition:
        case Term():
            return condition.field == field
        case Phrase():
            return True
        case AllOf(parts) | AnyOf(parts):
            return all(is_of_tokens(part, field) for part in parts)
        case Not(part):
            return is_of_tokens(part, field)
        case _:
            return False


def matches(condition: Condition, arrays: Sequence[TokenHashes]) -> Matches:
    """Which of some token arrays match a condition that tokens decide."""
    match condition:
        case Term(_, terms, phrases):
            found = _hold(terms, arrays)
            for phrase in phrases:
                found |= matches(phrase, arrays)
            return found
        case Phrase(_, positions):
            return hold_phrase(arrays, [[*map(token_hash, texts)] for texts in positions])
        case AllOf(parts):
            everything = [np.ones(len(arrays), dtype=np.bool_)]
            both: Matches = np.logical_and.reduce(
                [*everything, *(matches(one, arrays) for one in parts)]
            )
            return both
        case AnyOf(parts):
            nothing = [np.zeros(len(arrays), dtype=np.bool_)]
            either: Matches = np.logical_or.reduce(
                [*nothing, *(matches(one, arrays) for one in parts)]
            )
            return either
        case Not(part):
            return ~matches(part, arrays)
        case _:
            raise ValueError(condition)


def _hold(terms: Sequence[str], arrays: Sequence[TokenHashes]) -> Matches:
    found = np.zeros(len(arrays), dtype=np.bool_)
    if not terms or not arrays:
        return found
    places = np.flatnonzero(np.isin(np.concatenate(arrays), hash_tokens(terms)))
    ends = np.cumsum([len(one) for one in arrays])
    found[np.searchsorted(ends, places, side="right")] = True
    return found
