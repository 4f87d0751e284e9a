"""Gzip files that are many compressed parts one after the other, as web archives are: a part a record."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from indexer.parsing.containers.members import bomb

_MAGIC = b"\x1f\x8b\x08"
_BLOCK = 1 << 16
_IN_MEMORY = 32 << 20


def gzip_members(stream: BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    """What each member holds, and what is wrong with it; behind damage it goes on with the next member.

    Args:
        stream: can go back.
    """
    start: int | None = 0
    while start is not None:
        with _unpacked(stream, start) as (content, end, fault):
            yield content, fault
        start = find(stream, start + 1 if fault else end, _MAGIC)


@contextmanager
def _unpacked(stream: BinaryIO, start: int) -> Iterator[tuple[BinaryIO, int, str]]:
    """What the member at a place holds, the place behind it, and what is wrong with it."""
    stream.seek(start)
    unpacking, fault, given = zlib.decompressobj(31), "", 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
        while not unpacking.eof and not fault:
            block = stream.read(_BLOCK)
            given += len(block)
            if not block:
                fault = "it is cut off"
                break
            try:
                content.write(unpacking.decompress(block))
            except zlib.error as error:
                fault = str(error)
            fault = fault or bomb(given, content.tell()) or ""
        content.seek(0)
        yield cast(BinaryIO, content), start + given - len(unpacking.unused_data), fault


def find(stream: BinaryIO, start: int, searched: bytes) -> int | None:
    """Where some bytes stand next in a stream that can go back; None where they do not."""
    stream.seek(start)
    kept, at = b"", start
    while block := stream.read(1 << 20):
        found = (kept + block).find(searched)
        if found >= 0:
            return at - len(kept) + found
        at += len(block)
        kept = (kept + block)[1 - len(searched) :]
    return None
