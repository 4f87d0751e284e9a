"""Whoosh's schema of an archive: fields of ready term counts, and columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from whoosh import columns, fields, formats
from whoosh.system import pack_uint

from indexer.engines.capabilities import SKETCH_LENGTH
from indexer.engines.columns import UNDATED
from indexer.engines.fields import Fields


class CountedTerms(fields.FieldType):  # type: ignore[misc]
    """A Whoosh field that takes ready counts of terms instead of text."""

    def __init__(self) -> None:
        self.format = formats.Frequency()
        self.analyzer = None
        self.scorable = True
        self.stored = False
        self.unique = False
        self.vector = None
        self.spelling = False
        self.column_type = None
        self.multitoken_query = "default"

    def index(
        self, value: Mapping[str, int], **_: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Whoosh's (term, frequency, weight, value) of each term."""
        for term, count in value.items():
            yield term.encode("utf-8", "surrogatepass"), count, float(count), pack_uint(count)

    def to_bytes(self, value: str | bytes) -> bytes:
        """A term as Whoosh keeps it."""
        return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")

    def from_bytes(self, value: bytes) -> str:
        """Inverse of `to_bytes`."""
        return value.decode("utf-8", "surrogatepass")


ROW_COLUMNS = ("id", "digest", "origin", "record", "tokens", "starts", "breaks", "passages")
"""Columns that are read row by row; each row ends with its own checksum."""


def make_schema(index_fields: Fields) -> Any:
    """Whoosh's schema for documents with these fields of terms and facets."""
    schema = fields.Schema(
        t_id=CountedTerms(),
        id=fields.COLUMN(columns.VarBytesColumn()),
        digest=fields.COLUMN(columns.VarBytesColumn()),
        origin=fields.COLUMN(columns.VarBytesColumn()),
        record=fields.COLUMN(columns.VarBytesColumn()),
        tokens=fields.COLUMN(columns.VarBytesColumn()),
        starts=fields.COLUMN(columns.VarBytesColumn()),
        breaks=fields.COLUMN(columns.VarBytesColumn()),
        passages=fields.COLUMN(columns.VarBytesColumn()),
        length=fields.COLUMN(columns.NumericColumn("i", default=0)),
        group=fields.COLUMN(columns.VarBytesColumn()),
        sketch=fields.COLUMN(columns.FixedBytesColumn(4 * SKETCH_LENGTH)),
        published=fields.COLUMN(columns.NumericColumn("q", default=UNDATED)),
        published_until=fields.COLUMN(columns.NumericColumn("q", default=UNDATED)),
    )
    for name in index_fields.terms:
        schema.add(f"t_{name}", CountedTerms())
    for name in index_fields.scored:
        schema.add(f"n_{name}", fields.COLUMN(columns.NumericColumn("i", default=0)))
    for name in index_fields.facets:
        schema.add(f"f_{name}", fields.COLUMN(columns.VarBytesColumn()))
    return schema
