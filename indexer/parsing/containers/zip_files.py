"""The members of zip files."""

from __future__ import annotations

import posixpath
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import BinaryIO, cast

from indexer.errors import ParseError
from indexer.parsing.compression import DamagedStreamError
from indexer.parsing.containers.members import (
    MOST_MEMBERS,
    bomb,
    fault_of_path,
    held,
    is_hidden,
)
from indexer.parsing.opening import MAX_ARTICLE_BYTES, open_stream
from indexer.parsing.resource import Resource

_UTF8 = 0x800
_ENCRYPTED = 0x1
ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error)
"""What reading a damaged zip file raises."""
_DAMAGE = (*ZIP_DAMAGE, OSError)


def zip_members(resource: Resource) -> Iterator[Resource | ParseError]:
    """The members of a zip file, in their order; a fault for each that cannot be read.

    Raises:
        ParseError: the file is cut off or damaged as a whole.
    """
    with opened_zip(resource) as (_, file):
        members = file.infolist()
        fault = _fault_of_whole(members, resource.size)
        if fault:
            raise ParseError(resource.address, fault)
        names = file.NameToInfo
        contents = _Contents(file)
        # A collection of web archives (WACZ) holds tables of its pages beside them.
        inside = "archive/" if "datapackage.json" in names else ""
        if inside and not any(name.startswith(inside) for name in names):
            raise ParseError(
                resource.address, f"it holds no web archives: there is nothing under {inside}"
            )
        for member in members:
            if not member.is_dir() and member.filename.startswith(inside):
                yield from _read(resource, contents, member)


def members_in(resource: Resource, file: zipfile.ZipFile) -> Iterator[Resource | ParseError]:
    """All members of a zip file that was made of another container, under that container's address."""
    contents = _Contents(file)
    for member in file.infolist():
        yield from _read(resource, contents, member)


@contextmanager
def opened_zip(resource: Resource) -> Iterator[tuple[BinaryIO, zipfile.ZipFile]]:
    """A zip file, and its bytes as a stream that can go back.

    Raises:
        ParseError: the file is cut off or damaged as a whole.
    """
    with ExitStack() as open_files:
        stream = open_files.enter_context(open_stream(resource))
        if not stream.seekable():
            copy = open_files.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(stream, copy, 1 << 20)
            stream = cast(BinaryIO, copy)
        try:
            file = open_files.enter_context(zipfile.ZipFile(stream))
        except _DAMAGE as error:
            raise ParseError(
                resource.address, f"the zip file is cut off or damaged: {error}"
            ) from error
        yield stream, file


def _read(
    resource: Resource, contents: _Contents, member: zipfile.ZipInfo
) -> Iterator[Resource | ParseError]:
    path = _name(member)
    if is_hidden(path):
        return
    fault = fault_of_path(path) or _fault_of(member)
    if fault:
        yield ParseError(resource.address_of(path), fault)
        return
    try:
        with (
            contents.file.open(member) as stream,
            held(resource, path, cast(BinaryIO, stream), member.file_size) as found,
        ):
            # A member may be longer than it says; the rest is read for its checksum.
            while stream.read(1 << 20):
                pass
            yield replace(found, beside=_ZipBeside(resource, contents, posixpath.dirname(path)))
    except (DamagedStreamError, *_DAMAGE, RuntimeError) as error:
        yield ParseError(resource.address_of(path), f"it is damaged in the zip file: {error}")


class _Contents:
    """The members of a zip file by their paths and folders."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file
        self._named: dict[tuple[str, str], tuple[str, ...]] = {}

    @cached_property
    def members(self) -> dict[str, zipfile.ZipInfo]:
        """All members by their paths; made when it is asked for, for a zip may hold very many."""
        return {_name(member): member for member in self.file.infolist()}

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        folders: dict[str, list[str]] = {}
        for path in self.members:
            folder, name = posixpath.split(path)
            folders.setdefault(folder, []).append(name)
        return folders

    def named(self, folder: str, part: str) -> tuple[str, ...]:
        """The files of a folder whose names hold a part."""
        if (folder, part) not in self._named:
            names = self._folders.get(folder, ())
            self._named[folder, part] = tuple(name for name in names if part in name.lower())
        return self._named[folder, part]


@dataclass(frozen=True, slots=True)
class _ZipBeside:
    """The folder of a member."""

    container: Resource
    contents: _Contents
    folder: str

    def named(self, part: str) -> list[str]:
        """See `Beside`."""
        above = posixpath.dirname(self.folder) if self.folder else None
        found = list(self.contents.named(self.folder, part))
        if above is not None:
            found += [f"../{name}" for name in self.contents.named(above, part)]
        return found

    def open(self, path: str) -> Resource | None:
        """See `Beside`."""
        wanted = posixpath.normpath(posixpath.join(self.folder, path))
        member = self.contents.members.get(wanted)
        if member is None or _fault_of(member) or member.file_size > MAX_ARTICLE_BYTES:
            return None
        try:
            return self.container.member_of(wanted, self.contents.file.read(member))
        except (*_DAMAGE, RuntimeError) as error:
            raise DamagedStreamError(f"{wanted} is damaged: {error}") from error


def _name(member: zipfile.ZipInfo) -> str:
    """The path of a member; many programs write UTF-8 without saying so."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _fault_of(member: zipfile.ZipInfo) -> str | None:
    if member.flag_bits & _ENCRYPTED:
        return "it is encrypted; unpack it with its password"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "this is a link; it is not read"
    return bomb(member.compress_size, member.file_size)


def _fault_of_whole(members: list[zipfile.ZipInfo], size: int | None) -> str | None:
    if len(members) > MOST_MEMBERS:
        return f"it has more than {MOST_MEMBERS:,} members; this is no archive of articles"
    if size is not None and sum(one.compress_size for one in members) > size:
        return "its members overlap, as those of a bomb do; it is not read"
    return None
