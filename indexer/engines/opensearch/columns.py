"""Bytes in columns of a cluster's index: base64 in JSON."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from indexer.engines.capabilities import TokenHashes
from indexer.errors import ArchiveError

RECORD, HASHES, STARTS = "record", "token_hashes", "token_starts"
ID, WHOLE_ID, DIGEST, ORIGIN = "id", "whole_id", "digest", "origin"
GROUP, GROUP_NAME, SKETCH = "group", "group_name", "sketch"
"""The group by which hits are folded; its name where it is another than the id."""


def bytes_out(data: bytes) -> str:
    """Bytes as a column takes them."""
    return base64.b64encode(data).decode()


def bytes_of(hit: Any, column: str) -> bytes:
    """A column of a hit.

    Raises:
        ArchiveError: the article is without it.
    """
    found = hit.get("fields", {}).get(column)
    if found is None:
        raise ArchiveError(
            f"{hit['_index']}: an article without its {column}; restore the index, or index anew"
        )
    # Lucene's columns come without the padding.
    return base64.b64decode(found[0] + "=" * (-len(found[0]) % 4))


def text_of(hit: Any, column: str) -> str:
    """A column of a hit that holds text; for errors see `bytes_of`."""
    return bytes_of(hit, column).decode("utf-8", "surrogatepass")


def id_of(hit: Any) -> str:
    """The id of the article of a hit."""
    fields = hit["fields"]
    return text_of(hit, WHOLE_ID) if WHOLE_ID in fields else str(fields[ID][0])


def group_of(hit: Any) -> str:
    """The name of the group of a hit."""
    return text_of(hit, GROUP_NAME) if GROUP_NAME in hit["fields"] else id_of(hit)


def hashes_of(hit: Any) -> TokenHashes:
    """The token hashes of a hit; for errors see `bytes_of`."""
    return np.frombuffer(bytes_of(hit, HASHES), dtype=np.uint32)
