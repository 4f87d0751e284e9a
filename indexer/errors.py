"""The tree of errors: each one carries a one-line message that a user can act on."""

from __future__ import annotations

from typing import Any

from indexer.language.cleaning import printable


class KhobaoError(Exception):
    """Root of every error that Kho Báo raises on purpose."""


class SourceError(KhobaoError):
    """What was to be indexed is not there."""


class ParseError(KhobaoError):
    """One article file, or one record of it, cannot be read.

    Args:
        path: the file as the user named it.
        reason: one line, without the path, saying what is wrong and what to do.
        line: the 1-based line of a record in a file of records, if known.
        seen: what was seen before it was refused, for an explanation.
    """

    def __init__(
        self, path: str, reason: str, *, line: int | None = None, seen: tuple[Any, ...] = ()
    ) -> None:
        self.seen = seen
        self.path = path
        self.reason = reason
        self.line = line
        # A file's name may hold a line end, or bytes that are no text.
        place = printable(path) if line is None else f"{printable(path)}:{line}"
        super().__init__(f"{place}: {printable(reason)}")

    def __reduce__(self) -> tuple[object, ...]:
        # Worker processes send failures back as pickles; the default reduces to one argument.
        return _rebuild_parse_error, (self.path, self.reason, self.line)


def _rebuild_parse_error(path: str, reason: str, line: int | None) -> ParseError:
    return ParseError(path, reason, line=line)


class ArchiveError(KhobaoError):
    """The archive directory is missing, damaged, locked or of another version."""


class ArticleNotFoundError(KhobaoError):
    """No article has the requested id."""
