"""Files that survive a power failure, and JSON that says itself whether it is whole."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

_CHECKSUM = "crc32"


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that either the old or the new content is there after a power failure.

    The content is flushed to the disk before the file gets its name, and the name after that.

    Raises:
        OSError: the file cannot be written; the old one is as it was, and nothing is left beside it.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, as far as they are not there, so that they survive a power failure.

    Raises:
        OSError: one cannot be made.
    """
    missing = [one for one in (path, *path.parents) if not one.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for one in reversed(missing):
        flush_folder(one.parent)


def flush_file(path: Path) -> None:
    """Flush a file's content to the disk."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def flush_folder(path: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    # Some systems cannot open or flush a folder.
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_tree(folder: Path) -> None:
    """Remove a folder that may be gone, and whose files others may remove meanwhile; raises OSError."""
    if folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)


def seal(content: dict[str, Any]) -> bytes:
    """A JSON object as bytes, with the checksum of its content as one more key."""
    return json.dumps({**content, _CHECKSUM: _checksum(content)}).encode()


def unseal(data: bytes) -> dict[str, Any]:
    """Inverse of `seal`.

    Raises:
        ValueError: the bytes are no sealed object, or the checksum is not that of the content.
    """
    content = json.loads(data)
    if not isinstance(content, dict) or content.pop(_CHECKSUM, None) != _checksum(content):
        raise ValueError("its checksum is not that of its content")
    return content


def _checksum(content: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())
