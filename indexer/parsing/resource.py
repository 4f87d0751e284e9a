"""What is read for articles: a file, a member of a container, a captured page."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

SEPARATOR = "!/"
"""Between a container and what is in it, in the address of a member: ``bai.zip!/2009/a.html``."""


@dataclass(frozen=True, slots=True)
class Capture:
    """How a crawler came to a page.

    Attributes:
        url: the address that it was asked for under.
        when: the moment; None where it is not known.
        charset: the encoding that the server stated; None where it stated none.
        media_type: that it stated, such as ``text/html``; empty where it stated none.
    """

    url: str
    when: datetime | None
    charset: str | None = None
    media_type: str = ""

    @property
    def is_page(self) -> bool:
        """Whether the server called it a page."""
        return self.media_type in ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A member of a container that is not read, such as an image.

    Attributes:
        address: of the member.
        kind: of file, or why it is not read, in two or three words.
        redirect: the address that a server was asked for and the one it led to, where that is why.
    """

    address: str
    kind: str
    redirect: tuple[str, str] | None = None


class Beside(Protocol):
    """What lies in the folder of a resource, and in the folder above."""

    def named(self, part: str) -> Sequence[str]:
        """Files whose names hold a part, in small letters, as paths from the resource's folder.

        Those of the folder above begin with ``../``. Asked for each of many resources of a folder, it
        does not look through the folder each time.
        """
        ...

    def open(self, path: str) -> Resource | None:
        """The file under a path; None where there is none, or where it is none of the source's."""
        ...


@lru_cache(maxsize=256)
def _named(folder: str, stamp: int, part: str) -> tuple[str, ...]:  # noqa: ARG001
    """The files of a folder, as it is at a time, whose names hold a part."""
    with os.scandir(folder) as entries:
        return tuple(one.name for one in entries if part in one.name.lower() and one.is_file())


@dataclass(frozen=True, slots=True)
class FolderBeside:
    """The folder of a file."""

    folder: Path

    def named(self, part: str) -> Sequence[str]:
        """See `Beside`."""
        found: list[str] = []
        for prefix, folder in (("", self.folder), ("../", self.folder.parent)):
            with suppress(OSError):
                stamp = folder.stat().st_mtime_ns
                found += [prefix + name for name in _named(str(folder), stamp, part)]
        return found

    def open(self, path: str) -> Resource | None:
        """See `Beside`; what is neither below the folder nor beside it is not opened."""
        place = Path(os.path.normpath(self.folder / path))
        inside = place.is_relative_to(os.path.normpath(self.folder.parent))
        return Resource.of_file(place) if inside and place.is_file() else None


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that is read for articles.

    Attributes:
        address: its name in reports: a path, or that of a container, `SEPARATOR` and a path inside.
        open_raw: opens its bytes as they are stored, from the beginning, each time it is called;
            raises OSError.
        folder: where the file lies that it is in; a map of keys may lie beside it.
        size: bytes as they are stored; None where only reading tells.
        capture: of a page in a web archive.
        beside: the folder that it lies in; None where that cannot be looked into.
        is_in_memory: whether it carries its bytes, so that another process can read it.
    """

    address: str
    open_raw: Callable[[], BinaryIO]
    folder: Path
    size: int | None = None
    capture: Capture | None = None
    beside: Beside | None = None
    is_in_memory: bool = False

    @classmethod
    def of_file(cls, path: Path) -> Resource:
        """A file; whether it is there is seen when it is opened."""
        try:
            size = path.stat().st_size
        except OSError:
            size = None
        beside = FolderBeside(path.parent)
        return cls(str(path), lambda: path.open("rb"), path.parent, size, beside=beside)

    @property
    def name(self) -> PurePosixPath:
        """The last part of the address."""
        return PurePosixPath(PurePosixPath(self.address).name)

    def address_of(self, path: str) -> str:
        """The address of what is in it under a path, when it is a container."""
        return f"{self.address}{SEPARATOR}{path}"

    def member(self, path: str, open_raw: Callable[[], BinaryIO], size: int | None) -> Resource:
        """What is in it under a path."""
        return Resource(self.address_of(path), open_raw, self.folder, size)

    def member_of(self, path: str, data: bytes, capture: Capture | None = None) -> Resource:
        """What is in it under a path, with its bytes."""
        place, opens = self.address_of(path), partial(BytesIO, data)
        return Resource(place, opens, self.folder, len(data), capture, is_in_memory=True)
