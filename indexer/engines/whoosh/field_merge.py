"""How the postings of one field in several places become one field of a postings file."""

from __future__ import annotations

import tempfile
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.files import FileWriter
from indexer.engines.whoosh.packed_ranges import pack
from indexer.engines.whoosh.packing import levels_of, sizes_of
from indexer.engines.whoosh.postings import (
    BLOCK,
    PLACED,
    Counts,
    FieldPostings,
    Numbers,
    find,
    starts_of,
)

_STEP_POSTINGS = 1 << 19
_STEP_TERMS = 1 << 16


@dataclass(frozen=True, slots=True)
class Source:
    """Postings to be merged; `numbers` gives each document its new number, or -1 when it is deleted.

    Sources are in the order of their new numbers.
    """

    postings: FieldPostings
    numbers: NDArray[np.int64] | None = None


def write_field(
    file: FileWriter, name: str, sources: Sequence[Source], documents: int, folder: Path
) -> dict[str, int]:
    """Merge sources into one field of a postings file, a range of terms at a time.

    Memory stays bounded by the ranges, by twenty bytes a term, and by the postings of the most
    frequent term.

    Args:
        documents: how many documents the file is about.
        folder: where temporary files may lie.

    Returns:
        The field's facts: number of terms and of postings, and how wide its numbers are.
    """
    lengths = array("I")
    frequencies = array("I")
    sizes = array("I")
    with tempfile.TemporaryFile(dir=folder) as terms, tempfile.TemporaryFile(dir=folder) as levels:
        file.begin(f"{name}/postings")
        for ranges in _ranges([source.postings for source in sources]):
            merged = _merge(sources, ranges)
            if merged is None:
                continue
            words, found, numbers, counts = merged
            terms.write(b"".join(words))
            lengths.extend(map(len, words))
            frequencies.frombytes(found.astype(np.uint32).tobytes())
            its = levels_of(counts, found)
            levels.write(its.tobytes())
            sizes.frombytes(sizes_of(found, its, documents)[1].astype(np.uint32).tobytes())
            file.write(pack(numbers, counts, found, its, documents).data)
        file.copy(f"{name}/levels", levels)
        file.copy(f"{name}/terms", terms)
    offsets = starts_of(np.frombuffer(lengths, dtype=np.uint32))
    blocks = offsets[::BLOCK]
    within = offsets - np.repeat(blocks, BLOCK)[: len(offsets)]
    starts = starts_of(np.frombuffer(frequencies, dtype=np.uint32))
    places = starts_of(np.frombuffer(sizes, dtype=np.uint32))[::PLACED]
    return {
        "terms": len(lengths),
        "postings": int(starts[-1]),
        "documents": documents,
        "offset bytes": _write(file, f"{name}/offsets", within),
        "block bytes": _write(file, f"{name}/blocks", blocks),
        "start bytes": _write(file, f"{name}/starts", starts),
        "place bytes": _write(file, f"{name}/places", places),
    }


def _write(file: FileWriter, section: str, values: NDArray[np.uint64]) -> int:
    """Write numbers in as few bytes as they need; returns how many each takes."""
    most = int(values.max())
    width = 2 if most < 1 << 16 else 4 if most < 1 << 32 else 8
    file.begin(section)
    file.write(values.astype(f"<u{width}").data)
    return width


def _ranges(fields: Sequence[FieldPostings]) -> Iterator[list[tuple[int, int]]]:
    """Ranges of terms of every field, all between the same two terms, none with too many postings."""
    # All ranges of a step are in memory together.
    most_postings = max(1, _STEP_POSTINGS // len(fields))
    most_terms = max(1, _STEP_TERMS // len(fields))
    at = [0] * len(fields)
    ends = [len(field.starts) - 1 for field in fields]
    while any(first < end for first, end in zip(at, ends, strict=True)):
        pivots = []
        for field, first, end in zip(fields, at, ends, strict=True):
            limit = int(field.starts[first]) + most_postings
            stop = min(bisect_right(field.starts, limit), first + most_terms)
            stop = max(stop, first + 1)
            if stop < end:
                pivots.append(field.term(stop))
        if pivots:
            pivot = min(pivots)
            following = [find(field, pivot) for field in fields]
        else:
            following = ends
        yield list(zip(at, following, strict=True))
        at = following


def _merge(
    sources: Sequence[Source], ranges: list[tuple[int, int]]
) -> tuple[list[bytes], NDArray[np.int64], Numbers, Counts] | None:
    """One range of terms of all sources: terms, their frequencies, documents, counts."""
    lists = [source.postings.terms(*bounds) for source, bounds in zip(sources, ranges, strict=True)]
    words = lists[0] if len(lists) == 1 else sorted(set().union(*lists))
    rank: Callable[[bytes], int] = {word: number for number, word in enumerate(words)}.__getitem__
    total = np.zeros(len(words), dtype=np.int64)
    parts = []
    for source, (first, end), own in zip(sources, ranges, lists, strict=True):
        documents, counts = source.postings.slice(first, end)
        bounds = source.postings.starts[first : end + 1].astype(np.int64)
        sizes: NDArray[np.int64] = bounds[1:] - bounds[:-1]
        ranks = np.fromiter(map(rank, own), dtype=np.int64, count=len(own))
        of_term = np.repeat(ranks, sizes)
        if source.numbers is not None:
            renumbered = source.numbers[documents]
            kept = renumbered >= 0
            documents, counts, of_term = (
                renumbered[kept].astype(np.uint32),
                counts[kept],
                of_term[kept],
            )
        found = np.bincount(of_term, minlength=len(words))
        parts.append((documents, counts, of_term, found))
        total += found
    if not total.any():
        return None
    starts = starts_of(total).astype(np.int64)
    out_documents = np.empty(int(starts[-1]), dtype=np.uint32)
    out_counts = np.empty(int(starts[-1]), dtype=np.uint8)
    room = starts[:-1].copy()
    for documents, counts, of_term, found in parts:
        # Within a source postings are sorted by term, so a posting's place among those of its term
        # is its own place less that of the term's first.
        within = np.arange(len(of_term)) - (np.cumsum(found) - found)[of_term]
        places = room[of_term] + within
        out_documents[places] = documents
        out_counts[places] = counts
        room += found
    present = total > 0
    if not present.all():
        words = [word for word, there in zip(words, present, strict=True) if there]
    return words, total[present], out_documents, out_counts
