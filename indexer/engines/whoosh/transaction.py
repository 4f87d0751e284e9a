"""Documents as the columns and terms of the embedded engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.engines.base import Document
from indexer.engines.columns import UNDATED
from indexer.engines.fields import SOURCE
from indexer.engines.token_hashes import hashes_of, pack_breaks, pack_passages, pack_starts
from indexer.engines.whoosh.checksums import seal_row
from indexer.engines.whoosh.sketches import packed_sketch
from indexer.engines.whoosh.writer import ArrayWriter


class WhooshWriter:
    """`EngineWriter` over one Whoosh transaction."""

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer = writer
        self._names = set(writer.schema.names())

    def put(self, document: Document) -> None:
        """Add a document, in place of the one with its id."""
        self.delete(document.id)
        columns: dict[str, Any] = {
            "id": seal_row(_bytes(document.id)),
            "digest": seal_row(_bytes(document.digest)),
            "origin": seal_row(_bytes(document.origin)),
            "record": seal_row(document.record),
            "tokens": seal_row(hashes_of(document).tobytes()),
            "starts": seal_row(pack_starts(document.token_offsets)),
            "breaks": seal_row(pack_breaks(document.breaks)),
            "passages": seal_row(pack_passages(document.passages)),
            "length": document.length,
            "group": b"" if document.group == document.id else _bytes(document.group),
            "sketch": packed_sketch(document.sketch),
            "published": UNDATED if document.published is None else document.published,
            "published_until": _until(document),
        }
        terms: dict[str, Mapping[str, int]] = {"t_id": {document.id: 1}}
        for name, counts in document.terms.items():
            terms[f"t_{name}"] = counts
            if f"n_{name}" in self._names:
                columns[f"n_{name}"] = sum(counts.values())
        for name, value in document.facets.items():
            columns[f"f_{name}"] = _bytes("\n".join(value))
        self._writer.put(document.id, columns, terms, document.facets.get(SOURCE, ()))

    def delete(self, id: str) -> None:
        """Remove the document with this id, if there is one."""
        self._writer.delete_id(id)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _until(document: Document) -> int:
    if document.published is None:
        return int(UNDATED)
    return document.published if document.published_until is None else document.published_until
