"""The tree of errors: each one carries a one-line message that a user can act on."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexer.language.cleaning import printable

_LOG = logging.getLogger(__name__)


class KhobaoError(Exception):
    """Root of every error that Kho Báo raises on purpose."""


class SourceError(KhobaoError):
    """A source is missing, or has lost many of its articles."""


class ParseError(KhobaoError):
    """An article file, or one record of it, cannot be read.

    Args:
        path: the file as the user named it.
        reason: one line, without the path, saying what is wrong and what to do.
        line: the 1-based line of a record in a file of records, if known.
        seen: what was seen before it was refused, for an explanation.
        passing: whether it may be gone at the next try, though the file stays as it is.
    """

    def __init__(
        self,
        path: str,
        reason: str,
        *,
        line: int | None = None,
        seen: tuple[Any, ...] = (),
        passing: bool = False,
    ) -> None:
        self.seen = seen
        self.passing = passing
        self.path = path
        self.reason = reason
        self.line = line
        # A file's name may hold a line end, or bytes that are no text.
        place = printable(path) if line is None else f"{printable(path)}:{line}"
        super().__init__(f"{place}: {printable(reason)}")

    def __reduce__(self) -> tuple[object, ...]:
        # Worker processes send failures back as pickles; the default reduces to one argument.
        return _rebuild_parse_error, (self.path, self.reason, self.line, self.passing)


def _rebuild_parse_error(path: str, reason: str, line: int | None, passing: bool) -> ParseError:
    return ParseError(path, reason, line=line, passing=passing)


UNFORESEEN = "Kho Báo fails on it"
"""How the reason begins where the fault is Kho Báo's own."""


def unforeseen(path: str, error: Exception) -> ParseError:
    """A fault of our own in reading or analysing a file: told of that file, so that the run goes on with the others.

    The next run tries again.
    """
    _LOG.debug("%s: it could not be read or analysed", path, exc_info=error)
    reason = f"{UNFORESEEN} ({type(error).__name__}: {error}); please report it with this file"
    return ParseError(path, reason, passing=True)


class ArchiveError(KhobaoError):
    """The archive directory is missing, damaged, locked or of another version.

    Attributes:
        file: the name of the file that is to blame, without its folder; empty where there is none.
        fault: what is wrong with it, in a few words; empty where that is not for everybody.
    """

    file = ""
    fault = ""


class DamageError(ArchiveError):
    """A file of an archive is missing or damaged.

    Args:
        path: the file.
        fault: what is wrong with it, in a few words.
    """

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(f"{path}: {fault}; mend the archive with: khobao repair")
        self.path = path
        self.file = path.name
        self.fault = fault


class GoneError(ArchiveError):
    """What a folder remembers of an index elsewhere is not there any more, or not yet."""


class UnavailableError(ArchiveError):
    """An archive elsewhere cannot answer at the moment; the same request may succeed soon.

    Attributes:
        retry_after: seconds to wait before another try.
    """

    retry_after = 5


class ArticleNotFoundError(KhobaoError):
    """No article has the requested id."""


_ADVICE = {
    errno.ENOSPC: "the disk is full; make room and run this again",
    errno.EDQUOT: "the disk quota is used up; make room and run this again",
    errno.EFBIG: "the file is larger than the system allows; raise the limit (ulimit -f) or use another disk",
    errno.EROFS: "the disk is read-only; mount it for writing or choose another folder",
    errno.EACCES: "permission denied; run this as the user who owns the archive, or change its permissions",
    errno.EPERM: "not permitted; run this as the user who owns the archive, or change its permissions",
    errno.EMFILE: "too many open files; raise the limit (ulimit -n)",
    errno.ENFILE: "too many open files in the whole system; close other programs",
    errno.EIO: "the disk reports a fault; check the disk",
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
}
"""What went wrong and what to do, by the number of the system's error."""


@contextmanager
def archive_errors(path: Path) -> Iterator[None]:
    """Turn errors of the system into `ArchiveError`s of one line.

    Args:
        path: the file or folder, for errors that name none.
    """
    try:
        yield
    except OSError as error:
        # A missing file of an archive is both.
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(os_error_line(error, path)) from error


def os_error_line(error: OSError, path: Path | str = "") -> str:
    """One line on an error of the system: the file, the fault, what to do.

    Args:
        path: the file, where the error does not name one.
    """
    place = error.filename if isinstance(error.filename, str | bytes) else str(path)
    if isinstance(place, bytes):
        place = place.decode("utf-8", "surrogateescape")
    advice = _ADVICE.get(error.errno or 0) or (error.strerror or str(error)).lower()
    return printable(f"{place}: {advice}" if place else advice)
