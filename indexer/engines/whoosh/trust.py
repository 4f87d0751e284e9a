"""What Whoosh's table of contents may hold: a pickle can run code, so only known classes are let in."""

from __future__ import annotations

import io
import pickle
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from indexer.errors import ArchiveError

_KNOWN = frozenset(
    {
        ("whoosh.fields", "Schema"),
        ("whoosh.fields", "COLUMN"),
        ("whoosh.formats", "Frequency"),
        ("whoosh.columns", "VarBytesColumn"),
        ("whoosh.columns", "NumericColumn"),
        ("indexer.engines.whoosh.schema", "CountedTerms"),
        ("indexer.engines.whoosh.codec", "ArrayCodec"),
        ("indexer.engines.whoosh.codec", "ArraySegment"),
        ("collections", "defaultdict"),
        ("builtins", "int"),
        ("builtins", "set"),
        ("__builtin__", "int"),
        ("__builtin__", "set"),
    }
)


class _KnownClassesOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return super().find_class(module, name)


def check_table(storage: FileStorage, indexname: str) -> None:
    """Read the newest table of contents without letting it name anything but an archive's classes.

    Raises:
        ArchiveError: it names something else, as a table made to run code does.
        whoosh.index.EmptyIndexError and others: as Whoosh's own reading.
    """
    generation = TOC._latest_generation(storage, indexname)
    if generation < 0:
        return
    stream = storage.open_file(TOC._filename(indexname, generation))
    try:
        for _ in range(3):
            stream.read_varint()
        stream.read_int()
        stream.read_int()
        for _ in range(3):
            stream.read_varint()
        _KnownClassesOnly(io.BytesIO(stream.read_string())).load()
        stream.read_int()
        stream.read_int()
        _KnownClassesOnly(stream.file).load()
    except pickle.UnpicklingError as error:
        raise ArchiveError(
            f"{storage.folder}: this archive's table of contents is damaged or was not written by"
            f" Kho Báo ({error}); it is not opened"
        ) from error
    finally:
        stream.close()
