"""The text of a file that may be too large for the memory, block after block."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from indexer.errors import ParseError
from indexer.parsing.encodings import declared_by_mark, decoded, wide_encoding
from indexer.parsing.opening import open_stream
from indexer.parsing.resource import Resource

BLOCK_BYTES = 1 << 20
"""A smaller file is one block. Of a larger one the first block tells the encoding."""


def text_blocks(resource: Resource) -> Iterator[str]:
    """The text of a resource in blocks of about `BLOCK_BYTES`; at least one, and no mark before the first.

    Raises:
        ParseError: the first block is not text in an encoding that is known.
    """
    with open_stream(resource) as stream:
        data = stream.read(BLOCK_BYTES)
        wide = declared_by_mark(data) or wide_encoding(data)
        if wide:
            yield from _decoded(chain([data], _blocks(stream)), wide)
            return
        following = stream.read(BLOCK_BYTES) if len(data) == BLOCK_BYTES else b""
        data, rest = _cut(data) if following else (data, b"")
        first = decoded(data, resource.address)
        yield first.text
        blocks = chain([rest + following], _blocks(stream)) if following else iter(())
        if first.is_as_read:
            yield from _decoded(blocks, "utf-8")
        else:
            yield from _decoded_alone(blocks, resource.address, first.encoding)


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        yield block


def _decoded(blocks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Blocks that may end inside a character; bytes that are none are marked."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    is_first = True
    for block in blocks:
        text = decoder.decode(block)
        yield text.lstrip("\ufeff") if is_first else text
        is_first = False
    if last := decoder.decode(b"", final=True):
        yield last


def _decoded_alone(blocks: Iterable[bytes], path: str, usual: str) -> Iterator[str]:
    """Blocks of a file in another encoding than UTF-8; what cannot be read of them is marked."""
    rest = b""
    for block in blocks:
        data, rest = _cut(rest + block)
        yield _in_old_encoding(data, path, usual)
    if rest:
        yield _in_old_encoding(rest, path, usual)


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """A block up to its last line end, comma or space, and what is behind."""
    at = max(data.rfind(sign) for sign in (b"\n", b",", b" "))
    return data[: at + 1], data[at + 1 :]


def _in_old_encoding(data: bytes, path: str, usual: str) -> str:
    try:
        return decoded(data, path).text
    except ParseError:
        return data.decode(usual if _is_codec(usual) else "utf-8", "replace")


def _is_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
