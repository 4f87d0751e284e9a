"""The members of tar files, read from the beginning to the end: such a file has no table of contents."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import BinaryIO, cast

from indexer.errors import ParseError
from indexer.parsing.containers.members import MOST_MEMBERS, fault_of_path, held, is_hidden
from indexer.parsing.opening import open_stream
from indexer.parsing.resource import Resource

_DAMAGE = (tarfile.TarError, EOFError, OSError, ValueError)


def tar_members(resource: Resource) -> Iterator[Resource | ParseError]:
    """The members of a tar file; a fault for each that is not read.

    Raises:
        ParseError: the file is cut off or damaged; the members before that place were given.
    """
    last = ""
    try:
        with (
            open_stream(resource) as stream,
            tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as file,
        ):
            for number, member in enumerate(file):
                if number >= MOST_MEMBERS:
                    reason = f"it has more than {MOST_MEMBERS:,} members; the rest is not read"
                    raise ParseError(resource.address, reason)
                last = member.name
                yield from _read(resource, file, member)
    except _DAMAGE as error:
        behind = f" behind {last}" if last else ""
        raise ParseError(
            resource.address, f"the tar file is cut off or damaged{behind}: {error}"
        ) from error


def _read(
    resource: Resource, file: tarfile.TarFile, member: tarfile.TarInfo
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
            yield found


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
