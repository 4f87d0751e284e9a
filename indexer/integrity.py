"""Whether an archive is whole: every file as it was written, every article readable and found by its id."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from indexer.article import Article, article_digest
from indexer.engine_factory import ENGINES, WHOOSH, engine_kind
from indexer.engines.base import Engine, Origin, Searcher
from indexer.engines.capabilities import CanVerify, HasTokenArrays, TokenArrays, capability
from indexer.engines.token_hashes import hash_tokens
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import ArchiveError, DamageError
from indexer.language.analysis import article_tokens
from indexer.manifest import manifest_fault
from indexer.records import decode_record

_BLOCK = 200
"""Articles that are read at once."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of a check.

    Attributes:
        articles: how many articles the archive holds; 0 where that cannot be known.
        problems: one line for each damaged file or article; none when all is well.
        notes: one line each on what the user should know, though nothing is damaged.
    """

    articles: int
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def check_archive(archive: Path) -> CheckReport:
    """Read everything once; all damage is reported, not only the first.

    Raises:
        ArchiveError: there is no archive, or another version wrote it.
    """
    problems: list[str] = []
    kind = WHOOSH
    try:
        kind = engine_kind(archive)
    except DamageError as error:
        problems.append(str(error))
    index = archive / ENGINES[kind].folder
    if not index.is_dir():
        missing = DamageError(index, "the folder of the index is missing")
        return CheckReport(0, (*problems, str(missing)))
    articles = 0
    try:
        # The embedded engine can say what is damaged also when it cannot be opened.
        engine: Engine = WhooshEngine(index) if kind == WHOOSH else ENGINES[kind].open(index)
        if verifying := capability(engine, CanVerify):
            problems += map(str, verifying.damage())
        searcher = engine.searcher()
        articles = searcher.count()
        problems += _article_problems(searcher)
        engine.close()
    except ArchiveError as error:
        if not problems:
            problems.append(str(error))
    notes = [line for line in (manifest_fault(archive),) if line]
    notes += [
        f"{archive / other.folder}: left over from a move that was stopped; run the move again, or"
        " delete this folder"
        for name, other in ENGINES.items()
        if name != kind and other.holds_index(archive / other.folder)
    ]
    return CheckReport(articles, tuple(problems), tuple(notes))


def _article_problems(searcher: Searcher) -> Iterator[str]:
    """The fault of each article; damaged files are reported elsewhere."""
    seen: set[str] = set()
    origins = iter(searcher.origins())
    while block := list(islice(origins, _BLOCK)):
        for origin, fault in _faults_of(searcher, block):
            found = "two articles have this id" if origin.id in seen else fault
            if found:
                yield f"{origin.id}: {found}"
            seen.add(origin.id)


def _faults_of(
    searcher: Searcher, origins: Sequence[Origin]
) -> Iterator[tuple[Origin, str | None]]:
    """Articles, read together where nothing is damaged, and what is wrong with each."""
    ids = [one.id for one in origins]
    store = capability(searcher, HasTokenArrays)
    try:
        records = searcher.records(ids)
        arrays = store.token_arrays(ids) if store else [None] * len(ids)
    except DamageError:
        if len(origins) > 1:
            for one in origins:
                yield from _faults_of(searcher, [one])
        return
    for origin, record, tokens in zip(origins, records, arrays, strict=True):
        yield origin, _fault_of(origin, record, tokens, has_tokens=store is not None)


def _fault_of(
    origin: Origin, record: bytes | None, stored: TokenArrays | None, *, has_tokens: bool
) -> str | None:
    if record is None:
        return "not found by its id"
    try:
        article = decode_record(record)
    except (zlib.error, json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        return "its record is damaged"
    if article.id != origin.id:
        return f"its record is that of {article.id}"
    if article_digest(article) != origin.digest:
        return "its text is not what was stored"
    if has_tokens and (stored is None or not _are_tokens_of(article, stored)):
        return "its token arrays are not those of its text"
    return None


def _are_tokens_of(article: Article, stored: TokenArrays) -> bool:
    tokens, offsets = article_tokens(article)
    return np.array_equal(hash_tokens(tokens), stored.token_hashes) and np.array_equal(
        np.array(offsets, dtype=np.uint32), stored.token_offsets
    )
