"""Files -> analysed documents, in order, in worker processes where that is worth their start."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context

from indexer.article import Article
from indexer.engines.base import Document
from indexer.errors import KhobaoError, ParseError
from indexer.manifest import stamp_of
from indexer.parsing import FieldMap, Parsed, UnreadKeys, holds_records, parse_file
from indexer.sources import SourceFile
from indexer.store import make_document

_CHUNK = 32
"""Articles that travel between processes at once."""
_WORTH_WORKERS = 150
"""Fewer files are read in this process: a worker takes seconds to start."""
_AHEAD = 8
"""Chunks that wait for each worker: bounds memory when writing is slower than reading."""

Read = Document | Article | ParseError | UnreadKeys
"""An analysed article, one that need not be analysed, or what could not be read."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of what a file holds.

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
    is_known: Callable[[Article, str], bool],
    fields: FieldMap,
) -> Iterator[Part]:
    """Read and analyse files.

    Args:
        workers: processes; None for one a core where that is worth it, 0 to use this one alone.
        is_known: whether an article of a file (its origin) need not be analysed; asked for files
            of records only, where one change must not cost the analysis of all the others.
        fields: which keys of records are which fields.
    """
    if workers is None:
        many = len(files) >= _WORTH_WORKERS or any(
            holds_records(file.path) and _size(file) > 1 << 20 for file in files
        )
        workers = (os.cpu_count() or 1) if many else 0
    if workers == 0:
        yield from _in_order(None, 1, _tasks(files, is_known, fields))
        return
    # Spawned, not forked: this process may have threads, such as a progress bar's.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from _in_order(pool, workers * _AHEAD, _tasks(files, is_known, fields))


@dataclass(frozen=True, slots=True)
class _ReadWhole:
    """Read and analyse several files."""

    files: list[SourceFile]
    fields: FieldMap

    def __call__(self) -> list[Part]:
        return [
            Part(
                file,
                stamp(file),
                [_analyse(one, file) for one in parse_file(file.path, self.fields)],
                True,
            )
            for file in self.files
        ]


@dataclass(frozen=True, slots=True)
class _AnalyseRecords:
    """Analyse some records of a file that the main process reads."""

    file: SourceFile
    stamp: str
    parsed: list[tuple[Parsed, bool]]
    last: bool

    def __call__(self) -> list[Part]:
        items = [one if known else _analyse(one, self.file) for one, known in self.parsed]
        return [Part(self.file, self.stamp, items, self.last)]


def _analyse(parsed: Parsed, file: SourceFile) -> Read:
    return make_document(parsed, file.origin) if isinstance(parsed, Article) else parsed


def _tasks(
    files: list[SourceFile], is_known: Callable[[Article, str], bool], fields: FieldMap
) -> Iterator[_ReadWhole | _AnalyseRecords]:
    waiting: list[SourceFile] = []
    for file in files:
        if holds_records(file.path):
            if waiting:
                yield _ReadWhole(waiting, fields)
                waiting = []
            yield from _record_tasks(file, is_known, fields)
        else:
            waiting.append(file)
            if len(waiting) == _CHUNK:
                yield _ReadWhole(waiting, fields)
                waiting = []
    if waiting:
        yield _ReadWhole(waiting, fields)


def _record_tasks(
    file: SourceFile, is_known: Callable[[Article, str], bool], fields: FieldMap
) -> Iterator[_AnalyseRecords]:
    before = stamp(file)
    parsed = (
        (one, isinstance(one, Article) and is_known(one, file.origin))
        for one in parse_file(file.path, fields)
    )
    chunk = list(islice(parsed, _CHUNK))
    while True:
        following = list(islice(parsed, _CHUNK))
        yield _AnalyseRecords(file, before, chunk, last=not following)
        if not following:
            return
        chunk = following


def _in_order(
    pool: Executor | None, ahead: int, tasks: Iterable[_ReadWhole | _AnalyseRecords]
) -> Iterator[Part]:
    if pool is None:
        for task in tasks:
            yield from task()
        return
    pending: deque[Future[list[Part]]] = deque()
    try:
        for task in tasks:
            pending.append(pool.submit(task))
            if len(pending) > ahead:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    except BrokenProcessPool as error:
        raise KhobaoError(
            "a worker process was killed, perhaps for want of memory;"
            " what was committed stays: run again with --workers 0"
        ) from error
    finally:
        for future in pending:
            future.cancel()


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
