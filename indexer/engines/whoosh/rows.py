"""The rows of a column as Whoosh writes it, read one by one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.checksums import VerifiedFile
from indexer.errors import DamageError


class Rows:
    """The rows of a `VarBytesColumn`: one after the other, behind them how long each is.

    Where each begins is worked out when a row is first asked for.

    Args:
        count: how many rows there are.
    """

    def __init__(self, file: VerifiedFile, count: int) -> None:
        self.file = file
        self._count = count
        self._begins: memoryview | None = None

    @property
    def begins(self) -> memoryview:
        """Where each row begins, and at the end where the last one ends.

        Raises:
            DamageError: the table of lengths is not what was written.
        """
        if self._begins is None:
            begins = np.zeros(self._count + 1, dtype=np.int64)
            np.cumsum(self._lengths(), out=begins[1:])
            is_short = begins[-1] <= np.iinfo(np.uint32).max
            self._begins = (begins.astype(np.uint32) if is_short else begins).data
        return self._begins

    def _lengths(self) -> NDArray[np.integer[Any]]:
        """How long each row is. A large table has the offsets of the rows behind it, and an X."""
        end = self.file.length - 1
        try:
            if self.file.read(end, 1) == b"X":
                codes = self.file.read(end - 2, 2).decode("ascii")
                kind = codes[0]
                end -= 2 + self._count * array(codes[1]).itemsize
            else:
                kind = self.file.read(end, 1).decode("ascii")
            width = array(kind).itemsize
        except ValueError as error:
            raise DamageError(self.file.path, "the file is damaged") from error
        data = self.file.read(end - self._count * width, self._count * width)
        return np.frombuffer(data, dtype=f">{'i' if kind.islower() else 'u'}{width}")

    def read(self, documents: Iterable[int]) -> list[bytes]:
        """Some rows, each compared with its checksum; raises DamageError."""
        begins = self.begins
        return self.file.rows((begins[one], begins[one + 1] - begins[one]) for one in documents)
