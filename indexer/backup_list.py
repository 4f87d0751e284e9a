"""What a backup says of itself: its files, each with length and SHA-256, and whether they are as it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from indexer.archive_folder import FORMAT
from indexer.durable import seal, unseal
from indexer.errors import ArchiveError, archive_errors

LIST = "backup.json"
_BLOCK = 1 << 20
DIFFERS = "the file is not as the backup's list says"
OTHER = "take another backup"

Progress = Callable[[int, int], None]
"""Called with how many bytes are done, and of how many."""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A file of a backup.

    Attributes:
        name: with slashes, below the backup's folder.
        digest: SHA-256, in hexadecimal digits.
    """

    name: str
    length: int
    digest: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself.

    Attributes:
        made: when.
        commit: name of the commit that it holds.
        articles: how many that has.
    """

    made: datetime
    commit: str
    articles: int
    files: tuple[BackupFile, ...]

    @property
    def length(self) -> int:
        """Bytes of all files."""
        return sum(one.length for one in self.files)


def read_backup(folder: Path) -> Backup:
    """What a backup says of itself.

    Raises:
        ArchiveError: the folder is no backup, or that of another version, or its list of files is damaged.
    """
    path = folder / LIST
    with archive_errors(path):
        try:
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ArchiveError(
                f"{folder}: this is no backup: it has no {LIST}; name a folder that khobao backup has made"
            ) from error
    try:
        content = unseal(data)
        files = tuple(BackupFile(*one) for one in content["files"])
        if content["format"] != FORMAT:
            raise ArchiveError(
                f"{folder}: another version of Kho Báo made this backup; bring it back with that version"
            )
        return Backup(
            datetime.fromisoformat(content["made"]), content["commit"], content["articles"], files
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"{path}: the file is damaged; {OTHER}") from error


def faults_of(folder: Path, backup: Backup, progress: Progress | None = None) -> Iterator[str]:
    """A line for each file that is not as the backup's list says; every byte is read."""
    done = 0
    for one in backup.files:
        path = folder / one.name
        if fault := _fault_of(path, one):
            yield f"{path}: {fault}"
        done += one.length
        if progress:
            progress(done, backup.length)


def _fault_of(path: Path, wanted: BackupFile) -> str:
    try:
        with path.open("rb") as stream:
            return "" if described(stream, wanted.name) == wanted else DIFFERS
    except FileNotFoundError:
        return "the file is missing"
    except OSError as error:
        return f"the file cannot be read: {error.strerror or error}"


def described(stream: BinaryIO, name: str, target: BinaryIO | None = None) -> BackupFile:
    """A file by its content, which is copied to `target` as well where there is one."""
    digest, length = sha256(), 0
    stream.seek(0)
    while block := stream.read(_BLOCK):
        digest.update(block)
        length += len(block)
        if target is not None:
            target.write(block)
    return BackupFile(name, length, digest.hexdigest())


def encoded(backup: Backup) -> bytes:
    """Inverse of what `read_backup` reads."""
    return seal(
        {
            "format": FORMAT,
            "made": backup.made.isoformat(),
            "commit": backup.commit,
            "articles": backup.articles,
            "files": [[one.name, one.length, one.digest] for one in backup.files],
        }
    )
