"""Files -> analysed documents, in order, in worker processes where that is worth their start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from indexer.article import Article, article_digest
from indexer.documents import make_document
from indexer.engines.base import Document
from indexer.errors import KhobaoError, ParseError, unforeseen
from indexer.link_keys import address_link_key
from indexer.manifest import stamp_of
from indexer.parsing import (
    FieldMap,
    Listed,
    Parsed,
    PassedOver,
    RawRecord,
    Remarks,
    Resource,
    UnreadKeys,
    Untitled,
    holds_records,
    parse_file,
    parse_part,
    parse_parts,
    read_here,
)
from indexer.sources import SourceFile
from indexer.stages import stage
from indexer.workers import run_in_order

_CHUNK = 32
"""Articles that travel between processes at once."""
_WORTH_WORKERS = 150
"""Fewer files are read in this process: a worker takes seconds to start."""


class KnownArticles(Protocol):
    """The articles of an archive that need not be analysed again."""

    def holds(self, origin: str) -> bool:
        """Whether there may be an article from a file."""

    def has(self, id: str, digest: str, origin: str) -> bool:
        """Whether there is an article with this id, digest and origin."""


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article that the archive holds already, so that it need not be analysed."""

    article: Article
    digest: str

    @property
    def id(self) -> str:
        """The article's id."""
        return self.article.id


Read = Document | KnownArticle | ParseError | UnreadKeys | Untitled | PassedOver | Listed
"""An analysed article, one that need not be analysed, or what could not be read."""


@dataclass(frozen=True, slots=True)
class FileItems:
    """Some or all of the articles of a file.

    Attributes:
        stamp: the file's state before it was read.
        last: whether the file is complete with this part.
    """

    file: SourceFile
    stamp: str
    items: list[Read]
    last: bool


def read_files(
    files: list[SourceFile],
    workers: int | None,
    known: KnownArticles,
    fields: FieldMap,
) -> Iterator[FileItems]:
    """Read and analyse files.

    Args:
        workers: processes; None for one a core where that is worth it, 0 to use this one alone.
        known: asked for files of records only, where one change must not cost the analysis of all the
            others.
        fields: which keys of records are which fields.
    """
    yield from run_in_order(_tasks(files, known, fields), _worth(files, workers))


@dataclass(frozen=True, slots=True)
class _ReadWhole:
    """Read and analyse several files."""

    files: list[SourceFile]
    fields: FieldMap

    def __call__(self) -> list[FileItems]:
        return [
            FileItems(
                file,
                stamp(file),
                list(_read_and_analyse(file, self.fields)),
                True,
            )
            for file in self.files
        ]


@dataclass(frozen=True, slots=True)
class _AnalyseRecords:
    """Analyse some records of a file that the main process reads, and read members that it unpacks."""

    file: SourceFile
    stamp: str
    parsed: list[Parsed | KnownArticle | Resource | RawRecord]
    last: bool

    def __call__(self) -> list[FileItems]:
        items: list[Read] = []
        remarks = Remarks()
        for one in self.parsed:
            if isinstance(one, KnownArticle):
                items.append(one)
                continue
            with stage("read and parse"):
                parsed = list(parse_part(one)) if isinstance(one, Resource | RawRecord) else [one]
            items += [_analyse(each, self.file) for each in parsed if not remarks.note(each)]
        items += remarks.take()
        return [FileItems(self.file, self.stamp, items, self.last)]


def _analyse(parsed: Parsed, file: SourceFile) -> Read:
    if not isinstance(parsed, Article):
        return parsed
    with stage("put documents together"):
        try:
            return make_document(parsed, file.origin)
        except (KhobaoError, MemoryError):
            raise
        except Exception as error:
            return unforeseen(parsed.path, error)


def _read_and_analyse(file: SourceFile, fields: FieldMap) -> Iterator[Read]:
    parsed = iter(parse_file(file.path, fields))
    while True:
        with stage("read and parse"):
            one = next(parsed, None)
        if one is None:
            return
        yield _analyse(one, file)


def _tasks(
    files: list[SourceFile], known: KnownArticles, fields: FieldMap
) -> Iterator[_ReadWhole | _AnalyseRecords]:
    waiting: list[SourceFile] = []
    for file in files:
        if holds_records(file.path):
            if waiting:
                yield _ReadWhole(waiting, fields)
                waiting = []
            yield from _record_tasks(file, known, fields)
        else:
            waiting.append(file)
            if len(waiting) == _CHUNK:
                yield _ReadWhole(waiting, fields)
                waiting = []
    if waiting:
        yield _ReadWhole(waiting, fields)


def _record_tasks(
    file: SourceFile, known: KnownArticles, fields: FieldMap
) -> Iterator[_AnalyseRecords]:
    before = stamp(file)
    parts = parse_parts(file.path, fields)
    parsed: Iterator[Parsed | Resource | RawRecord | KnownArticle] = parts
    if known.holds(file.origin):
        # What the archive has already need not be sent to a worker and back.
        parsed = (_noted(one, file, known) for one in _records_here(parts))

    def next_chunk() -> list[Parsed | Resource | RawRecord | KnownArticle]:
        with stage("read records"):
            return list(islice(parsed, _CHUNK))

    chunk = next_chunk()
    while True:
        following = next_chunk()
        yield _AnalyseRecords(file, before, chunk, last=not following)
        if not following:
            return
        chunk = following


def _records_here(
    parts: Iterator[Parsed | Resource | RawRecord],
) -> Iterator[Parsed | Resource]:
    """Records as articles; members of containers stay."""
    for part in parts:
        yield from [part] if isinstance(part, Resource) else read_here([part])


def _noted(
    parsed: Parsed | Resource, file: SourceFile, known: KnownArticles
) -> Parsed | Resource | KnownArticle:
    if isinstance(parsed, Article):
        digest = article_digest(parsed)
        if known.has(parsed.id, digest, file.origin):
            return KnownArticle(parsed, digest)
    return parsed


@dataclass(frozen=True, slots=True)
class FileContents:
    """Which articles a file holds.

    Attributes:
        articles: id and digest of each.
        addresses: the keys of their addresses.
        faulty: whether a part of the file could not be read, so that there may be more.
    """

    file: SourceFile
    articles: frozenset[tuple[str, str]]
    addresses: frozenset[str]
    faulty: bool


@dataclass(frozen=True, slots=True)
class _ListContents:
    """Parse several files without analysing their articles."""

    files: list[SourceFile]
    fields: FieldMap

    def __call__(self) -> list[FileContents]:
        return [_contents(file, self.fields) for file in self.files]


def _contents(file: SourceFile, fields: FieldMap) -> FileContents:
    parsed = list(parse_file(file.path, fields))
    found = [one for one in parsed if isinstance(one, Article)]
    articles = frozenset((one.id, article_digest(one)) for one in found)
    addresses = frozenset(address_link_key(one.url) for one in found if one.url)
    return FileContents(
        file, articles, addresses, any(isinstance(one, ParseError) for one in parsed)
    )


def list_contents(
    files: list[SourceFile], workers: int | None, fields: FieldMap
) -> Iterator[FileContents]:
    """Which articles some files hold; for `workers` see `read_files`."""
    tasks = (
        _ListContents(files[start : start + _CHUNK], fields)
        for start in range(0, len(files), _CHUNK)
    )
    yield from run_in_order(tasks, _worth(files, workers))


def _worth(files: list[SourceFile], workers: int | None) -> int:
    """How many workers to start: as many as were asked for, or one a core where they are worth it."""
    if workers is not None:
        return workers
    many = len(files) >= _WORTH_WORKERS or any(
        holds_records(file.path) and _size(file) > 1 << 20 for file in files
    )
    return (os.cpu_count() or 1) if many else 0


def stamp(file: SourceFile) -> str:
    """The file's state now; empty when it cannot be seen."""
    try:
        return stamp_of(os.stat(file.origin))
    except OSError:
        return ""


def _size(file: SourceFile) -> int:
    try:
        return os.path.getsize(file.origin)
    except OSError:
        return 0
