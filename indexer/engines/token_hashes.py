"""Tokens as numbers: phrases are compared, and words looked up, in arrays of hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import PARAGRAPH_END, Document, Passage
from indexer.engines.capabilities import TokenHashes, TokenOffsets
from indexer.errors import ArchiveError

_MOST = 1 << 17
_DAMAGED = "the archive's passages are damaged; index it anew"


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


def hashes_of(document: Document) -> TokenHashes:
    """The hashes of a document's tokens."""
    if document.hashes:
        return np.frombuffer(document.hashes, dtype=np.uint32)
    return hash_tokens(document.tokens)


def pack_breaks(lengths: Sequence[int]) -> bytes:
    """The lengths of a text's sentences, two bytes each."""
    return np.array(lengths, dtype="<u2").tobytes()


def unpack_breaks(packed: bytes, tokens: int) -> NDArray[np.uint16]:
    """Inverse of `pack_breaks`: one sentence where there are none.

    Raises:
        ArchiveError: their sum is not the number of tokens.
    """
    lengths = np.frombuffer(packed, dtype="<u2")
    if not len(lengths):
        lengths = np.array([tokens], dtype=np.uint16)
    if int((lengths & ~np.uint16(PARAGRAPH_END)).sum(dtype=np.int64)) != tokens:
        raise ArchiveError("the archive's ends of sentences are damaged; index it anew")
    return lengths


def pack_passages(passages: Sequence[Passage]) -> bytes:
    """How many passages there are, start, end and owner of each, and the owner and hash of each key.

    All are numbers of four bytes. Passages with the same keys have one owner.
    """
    if not passages:
        return b""
    owners = {keys: owner for owner, keys in enumerate(dict.fromkeys(one.keys for one in passages))}
    places = [(one.start, one.end, owners[one.keys]) for one in passages]
    keys = [(owner, token_hash(key)) for its, owner in owners.items() for key in its]
    numbers = [len(places), *(number for one in (*places, *keys) for number in one)]
    return np.array(numbers, dtype="<u4").tobytes()


class PassagePlaces(NamedTuple):
    """Passages of several documents.

    Attributes:
        rows: which of the documents each is in, ascending.
        starts: the first token of each, in its document.
        ends: one past the last.
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def unpack_passages(packed: Sequence[bytes], key: str) -> PassagePlaces:
    """Inverse of `pack_passages` for several documents: their passages that have a key.

    Raises:
        ArchiveError: they are damaged.
    """
    if any(len(row) % 4 for row in packed):
        raise ArchiveError(_DAMAGED)
    sizes = np.array([len(row) // 4 for row in packed], dtype=np.int64)
    held = np.flatnonzero(sizes)
    numbers = np.frombuffer(b"".join(packed), dtype="<u4").astype(np.int64)
    begins = (np.cumsum(sizes) - sizes)[held]
    past = 1 + 3 * numbers[begins]
    if (past > sizes[held]).any() or ((sizes[held] - past) % 2).any():
        raise ArchiveError(_DAMAGED)
    rows = np.repeat(held, sizes[held])
    within = np.arange(len(numbers)) - np.repeat(begins, sizes[held])
    is_key = within >= np.repeat(past, sizes[held])
    is_place = (within > 0) & ~is_key
    places, keys = numbers[is_place].reshape(-1, 3), numbers[is_key].reshape(-1, 2)
    rows_of_places, rows_of_keys = rows[is_place][::3], rows[is_key][::2]
    wanted = keys[:, 1] == token_hash(key)
    # A document has fewer owners than this.
    owners = rows_of_keys[wanted] << 32 | keys[wanted, 0]
    found = np.isin(rows_of_places << 32 | places[:, 2], owners)
    return PassagePlaces(rows_of_places[found], places[found, 0], places[found, 1])


def pack_starts(offsets: Sequence[int]) -> bytes:
    """The distances between tokens, a byte each, or four each where one is longer than 255."""
    distances = np.array(offsets, dtype=np.uint32)
    distances[1:] -= distances[:-1].copy()
    narrow = int(distances.max(initial=0)) < 1 << 8
    return distances.astype(np.uint8 if narrow else np.uint32).tobytes()


def unpack_starts(packed: bytes, tokens: int) -> TokenOffsets:
    """Inverse of `pack_starts` for a number of tokens; raises ArchiveError when the number is another."""
    if len(packed) not in (tokens, 4 * tokens):
        raise ArchiveError("the archive's token arrays are damaged; index it anew")
    dtype = np.uint8 if len(packed) == tokens else np.uint32
    return np.cumsum(np.frombuffer(packed, dtype=dtype), dtype=np.uint32)
