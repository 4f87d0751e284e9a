"""Tokens as numbers: phrases are compared, and words looked up, in arrays of hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from indexer.engines.capabilities import TokenHashes

_MOST = 1 << 17


class _Hashes(dict[str, int]):
    """Hashes of tokens, computed when they are first asked for: faster than a cached function."""

    def __missing__(self, token: str) -> int:
        if len(self) >= _MOST:
            self.clear()
        digest = hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        value = self[token] = int.from_bytes(digest, "little") or 1 if token else 0
        return value


_HASHES = _Hashes()


def token_hash(token: str) -> int:
    """32 bits that stand for a token; 0 stands for the empty token, which ends a part of the text."""
    return _HASHES[token]


def hash_tokens(tokens: Iterable[str]) -> TokenHashes:
    """`token_hash` of each token."""
    return np.fromiter(map(_HASHES.__getitem__, tokens), dtype=np.uint32)
