"""Files as streams of bytes; compressed files are decompressed."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from indexer.errors import ParseError
from indexer.parsing.kinds import HEAD_BYTES

MAX_ARTICLE_BYTES = 20 * 1024 * 1024
"""No single article is larger; a file of records, read record by record, may be."""
_GZIP = b"\x1f\x8b"


def open_stream(path: Path) -> BinaryIO:
    """The bytes of a file; of a gzip file the bytes that were compressed.

    Raises:
        OSError: as `Path.open`.
    """
    stream = path.open("rb")
    start = stream.read(2)
    stream.seek(0)
    if start != _GZIP:
        return stream
    # The decompressor closes the file with itself.
    return cast(BinaryIO, _Decompressed(stream))


class _Decompressed(gzip.GzipFile):
    """A gzip file whose damage is one kind of error."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(fileobj=stream, mode="rb")
        self._file = stream

    def read(self, size: int | None = -1) -> bytes:
        try:
            return super().read(size)
        except (EOFError, zlib.error) as error:
            raise gzip.BadGzipFile(str(error)) from error

    def close(self) -> None:
        super().close()
        self._file.close()


def read_head(path: Path) -> tuple[bytes, str]:
    """The first bytes of a file and the suffix that tells of them: ``.html`` of ``page.html.gz``."""
    with open_stream(path) as stream:
        head = stream.read(HEAD_BYTES)
    name = PurePath(path.name)
    if isinstance(stream, _Decompressed) and name.suffix.lower() in (".gz", ".gzip", ".z"):
        name = name.with_suffix("")
    return head, name.suffix.lower()


def read_bytes(path: Path, limit: int = MAX_ARTICLE_BYTES) -> bytes:
    """All bytes of a file that holds one article.

    Raises:
        ParseError: it is empty or holds more than `limit` bytes.
    """
    with open_stream(path) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        size = max(os.path.getsize(path), limit + 1)
        raise ParseError(
            str(path),
            f"{size / 2**20:.0f} MB is too large for one article (limit {limit >> 20} MB); split it",
        )
    if not data.strip():
        raise ParseError(str(path), "the file is empty")
    return data
