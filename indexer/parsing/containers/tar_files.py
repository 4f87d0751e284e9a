"""The members of tar files, read from the beginning to the end: such a file has no table of contents."""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from posixpath import basename, dirname, join, normpath
from typing import Any, BinaryIO, cast

from indexer.errors import ParseError
from indexer.parsing.containers.members import MOST_MEMBERS, fault_of_path, held, is_hidden
from indexer.parsing.containers.zip_files import members_in
from indexer.parsing.opening import MAX_ARTICLE_BYTES, open_stream
from indexer.parsing.resource import Resource

_DAMAGE = (tarfile.TarError, EOFError, OSError, ValueError)


def tar_members(resource: Resource) -> Iterator[Resource | ParseError]:
    """The members of a tar file; a fault for each that is not read.

    Raises:
        ParseError: the file is cut off or damaged; the members before that place were given.
    """
    with tempfile.TemporaryFile() as copy:
        # The pages of an issue are read when the issue is, wherever they stand in the file.
        names, holds_issue = _xml_files(resource)
        pages = zipfile.ZipFile(copy, "w") if holds_issue else None
        last, fault = "", None
        try:
            for file, member in _members(resource):
                last = member.name
                if pages is not None and _is_page(member):
                    _keep(file, member, pages)
                else:
                    yield from _read(resource, file, member, names)
        except ParseError as error:
            fault = error
        except _DAMAGE as error:
            fault = _damaged(resource, last, error)
        if pages is not None:
            pages.close()
            with zipfile.ZipFile(copy) as kept:
                yield from members_in(resource, kept)
        if fault is not None:
            raise fault


def _members(resource: Resource) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """The members of a tar file, each with the file while it is at its place.

    Raises:
        ParseError: the file is cut off or damaged, or has too many members.
    """
    last = ""
    try:
        with (
            open_stream(resource) as stream,
            tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as file,
        ):
            for number, member in enumerate(iter(file.next, None)):
                # Python remembers all members, which a stream cannot go back to.
                cast(Any, file).members.clear()
                if number >= MOST_MEMBERS:
                    reason = f"it has more than {MOST_MEMBERS:,} members; the rest is not read"
                    raise ParseError(resource.address, reason)
                last = member.name
                yield file, member
    except _DAMAGE as error:
        raise _damaged(resource, last, error) from error


def _damaged(resource: Resource, last: str, error: Exception) -> ParseError:
    behind = f" behind {last}" if last else ""
    return ParseError(resource.address, f"the tar file is cut off or damaged{behind}: {error}")


def _xml_files(resource: Resource) -> tuple[frozenset[str], bool]:
    """The paths of the XML files in a tar file, as far as it is whole, and whether one is a METS file."""
    names: list[str] = []
    with suppress(ParseError):
        for _, member in _members(resource):
            if member.name.lower().endswith(".xml"):
                names.append(member.name.removeprefix("./"))
    return frozenset(names), any("mets" in basename(name).lower() for name in names)


@dataclass(frozen=True, slots=True)
class _TarBeside:
    """The folder of a member, of which the names are known and nothing can be opened."""

    folder: str
    names: frozenset[str]

    def named(self, part: str) -> Sequence[str]:
        """See `Beside`; of XML files alone."""
        return [
            basename(name)
            for name in self.names
            if dirname(name) == self.folder and part in basename(name).lower()
        ]

    def open(self, path: str) -> None:  # noqa: ARG002
        """See `Beside`."""
        return


def _is_page(member: tarfile.TarInfo) -> bool:
    """Whether a member may be an issue or a page of it."""
    return (
        member.isfile()
        and member.name.lower().endswith(".xml")
        and member.size <= MAX_ARTICLE_BYTES
        and fault_of_path(member.name) is None
    )


def _keep(file: tarfile.TarFile, member: tarfile.TarInfo, pages: zipfile.ZipFile) -> None:
    stream = file.extractfile(member)
    if stream is not None:
        pages.writestr(member.name.removeprefix("./"), stream.read())


def _read(
    resource: Resource, file: tarfile.TarFile, member: tarfile.TarInfo, names: frozenset[str]
) -> Iterator[Resource | ParseError]:
    path = member.name.removeprefix("./")
    if is_hidden(path) or member.isdir():
        return
    fault = fault_of_path(path) or _fault_of_kind(member, path)
    if fault == "":
        return
    if fault:
        yield ParseError(resource.address_of(path), fault)
        return
    stream = file.extractfile(member)
    if stream is not None:
        with held(resource, path, cast(BinaryIO, stream), member.size) as found:
            yield replace(found, beside=_TarBeside(dirname(path), names)) if names else found


def _fault_of_kind(member: tarfile.TarInfo, path: str) -> str | None:
    """What is wrong with a member that is no file; empty where it is a link to one that is met anyway."""
    if member.isfile():
        return None
    if member.islnk() or member.issym():
        target = member.linkname
        if member.issym():
            target = normpath(join(dirname(path), target))
        return "a link that leads out of the container" if fault_of_path(target) else ""
    return "this is a device or a pipe, not a file"
