"""Whether an archive is whole: checksums, and every article readable and found by its id."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from indexer.engines.base import Stored
from indexer.language.analysis import token_arrays
from indexer.store import decode_record, open_engine

_BATCH = 500


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        articles: how many articles the archive holds.
        problems: one line each; none when all is well.
    """

    articles: int
    problems: tuple[str, ...]


def check_archive(archive: Path) -> CheckReport:
    """Read everything once.

    Raises:
        ArchiveError: the archive cannot be opened, or a file of it is damaged.
    """
    engine = open_engine(archive)
    try:
        engine.verify()
        origins = engine.origins()
        problems = []
        seen: set[str] = set()
        rest = iter(origins)
        while batch := list(islice(rest, _BATCH)):
            found = engine.get(origin.id for origin in batch)
            for origin, stored in zip(batch, found, strict=True):
                if origin.id in seen:
                    problems.append(f"{origin.id}: two articles have this id")
                elif stored is None:
                    problems.append(f"{origin.id}: not found by its id")
                elif (fault := _fault_of(stored, origin.id, origin.digest)) is not None:
                    problems.append(f"{origin.id}: {fault}")
                seen.add(origin.id)
    finally:
        engine.close()
    return CheckReport(len(origins), tuple(problems))


def _fault_of(stored: Stored, id: str, digest: str) -> str | None:
    try:
        article = decode_record(stored.record)
    except (zlib.error, json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        return "its record is damaged"
    if article.id != id:
        return f"its record is that of {article.id}"
    if article.digest != digest:
        return "its text is not what was stored"
    tokens, starts = token_arrays(article)
    if not (np.array_equal(tokens, stored.tokens) and np.array_equal(starts, stored.starts)):
        return "its token arrays are not those of its text"
    return None
