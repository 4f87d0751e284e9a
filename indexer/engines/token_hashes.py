"""Tokens as numbers: phrases are compared, and words looked up, in arrays of hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from indexer.engines.capabilities import TokenHashes


@lru_cache(maxsize=1 << 17)
def token_hash(token: str) -> int:
    """32 bits that stand for a token; 0 stands for the empty token, which ends a part of the text."""
    if not token:
        return 0
    digest = hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little") or 1


def hash_tokens(tokens: Iterable[str]) -> TokenHashes:
    """`token_hash` of each token."""
    return np.array([token_hash(token) for token in tokens], dtype=np.uint32)
