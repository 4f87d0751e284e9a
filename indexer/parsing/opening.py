"""The bytes of resources; compressed ones are decompressed."""

from __future__ import annotations

from typing import BinaryIO

from indexer.errors import ParseError
from indexer.parsing.compression import DamagedStreamError, decompressed
from indexer.parsing.kinds import HEAD_BYTES
from indexer.parsing.resource import Resource

MAX_ARTICLE_BYTES = 20 * 1024 * 1024
"""No single article is larger; a file of records, read record by record, may be."""


def open_stream(resource: Resource) -> BinaryIO:
    """The bytes of a resource; of a compressed one the bytes that were compressed.

    Raises:
        OSError: as `Resource.open_raw`; also later, where compressed data is damaged.
    """
    return decompressed(resource.open_raw(), resource.size)[0]


def read_head(resource: Resource) -> tuple[bytes, str]:
    """The first bytes of a resource and the suffix that tells of them: ``.html`` of ``page.html.gz``."""
    stream, compressions = decompressed(resource.open_raw(), resource.size)
    head = b""
    with stream:
        try:
            while len(head) < HEAD_BYTES and (block := stream.read1(HEAD_BYTES - len(head))):
                head += block
        except DamagedStreamError:
            # Whoever reads on will meet it.
            if not head:
                raise
    name = resource.name
    for one in compressions:
        if name.suffix.lower() in one.suffixes:
            name = name.with_suffix("")
    return head, name.suffix.lower()


def read_bytes(resource: Resource, limit: int = MAX_ARTICLE_BYTES) -> bytes:
    """All bytes of a resource that holds one article.

    Raises:
        ParseError: it is empty or holds more than `limit` bytes.
    """
    with open_stream(resource) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        size = max(resource.size or 0, limit + 1)
        raise ParseError(
            resource.address,
            f"{size / 2**20:.0f} MB is too large for one article (limit {limit >> 20} MB); split it",
        )
    if not data.strip():
        raise ParseError(resource.address, "the file is empty")
    return data
