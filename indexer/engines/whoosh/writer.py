"""One transaction: a segment of what everybody may see, one for each group of private sources, and merges."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from whoosh.reading import SegmentReader

from indexer.engines.fields import SOURCE, source_key
from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.index import ArrayIndex
from indexer.engines.whoosh.segment_builder import MEMORY, SegmentBuilder

MOST_SEGMENTS = 10
_TIER = 6
"""This many segments of about one size become one."""
_MOST_DELETED = 0.3

Private = tuple[str, ...]


class ArrayWriter(SegmentBuilder):
    """The writer of a commit; the index's lock is held by the caller.

    It builds the segment of what everybody may see itself; documents of private sources go to builders
    of their own, so that a view can leave out whole segments.

    Args:
        memory: bytes that gathered postings of a segment may take.
        without: ids of segments that are dropped from the index.
        private: the private sources from this commit on; None for those of the commit before.
    """

    segments: list[ArraySegment]

    def __init__(
        self,
        index: ArrayIndex,
        *,
        memory: int = MEMORY,
        without: frozenset[str] = frozenset(),
        private: frozenset[str] | None = None,
    ) -> None:
        before = index.commit()
        index.clean(before)  # what a process left that was killed
        super().__init__(index, memory=memory)
        self._memory = memory
        self._private = before.private if private is None else private
        self._is_moved = self._private != before.private
        self._parts: dict[Private, SegmentBuilder] = {(): self}
        self.segments = [one for one in self.segments if one.segment_id() not in without]
        self._setup_doc_offsets()
        # Where a document with a given id is: among those committed, or in this transaction.
        self._committed = [
            (offset, self.codec.terms_reader(self.storage, segment))
            for offset, segment in zip(self._doc_offsets, self.segments, strict=True)
        ]
        self._added_ids: dict[str, tuple[SegmentBuilder, int]] = {}

    def put(
        self,
        id: str,
        columns: Mapping[str, Any],
        terms: Mapping[str, Mapping[str, int]],
        sources: Sequence[str] = (),
    ) -> None:
        """Add a document out of ready counts and column values."""
        part = self._part(self._private_of(sources))
        self._added_ids[id] = part, part.add(columns, terms)

    def _private_of(self, sources: Sequence[str]) -> Private:
        """The private ones among sources: who may not see all of them must not see the document."""
        if not self._private:
            return ()
        return tuple(sorted(self._private.intersection(map(source_key, sources))))

    def _part(self, private: Private) -> SegmentBuilder:
        part = self._parts.get(private)
        if part is None:
            part = SegmentBuilder(self._index, memory=self._memory, private=private)
            self._parts[private] = part
        return part

    def delete_id(self, id: str) -> None:
        """Delete the document with this id, wherever it is."""
        if (added := self._added_ids.pop(id, None)) is not None:
            part, document = added
            part.newsegment.delete_document(document)
        term = id.encode("utf-8", "surrogatepass")
        for offset, reader in self._committed:
            if found := reader.postings("t_id", term):
                for document in found[0]:
                    if not self.is_deleted(offset + int(document)):
                        self.delete_document(offset + int(document))

    def commit(
        self, mergetype: Any = None, optimize: bool | None = None, merge: bool | None = None
    ) -> None:
        """Write the segments, flush them to the disk, then name them in the table of contents."""

        def policy(_: ArrayWriter, segments: list[ArraySegment]) -> list[ArraySegment]:
            return self._merge(segments, everything=bool(optimize))

        super().commit(mergetype=mergetype or policy, optimize=optimize, merge=merge)

    def _merge(self, segments: list[ArraySegment], *, everything: bool) -> list[ArraySegment]:
        """Merge segments of the same private sources; returns those that stay as they are."""
        alike: dict[Private, list[ArraySegment]] = defaultdict(list)
        kept = []
        for segment in segments:
            if not self._is_moved or not self._move(segment):
                alike[segment.private].append(segment)
        for private, members in alike.items():
            chosen = members if everything else tiers_to_merge(members)
            for segment in members:
                if segment in chosen:
                    self._part(private).take_over(segment)
                else:
                    kept.append(segment)
        return kept

    def _move(self, segment: ArraySegment) -> bool:
        """Bring the documents of a segment to where their sources belong now; False where they are there."""
        if f"f_{SOURCE}" not in self.schema:
            return False
        reader = SegmentReader(self.storage, self.schema, segment)
        column = reader.column_reader(f"f_{SOURCE}", self.schema[f"f_{SOURCE}"].column_type)
        numbers: dict[Private, list[int]] = defaultdict(list)
        for number in reader.all_doc_ids():
            sources = column[number].decode("utf-8", "surrogatepass").split("\n")
            numbers[self._private_of(sources)].append(number)
        reader.close()
        if not numbers.keys() - {segment.private}:
            return False
        for private, wanted in numbers.items():
            others = np.setdiff1d(np.arange(segment.doc_count_all()), wanted)
            part = ArraySegment.of(segment.entry(), segment.indexname)
            for number in others.tolist():
                part.delete_document(number)
            self._part(private).take_over(part)
        return True

    def _commit_toc(self, segments: list[ArraySegment]) -> None:
        if self.newsegment in segments:
            self.seal()
        ended = [part.end() for part in self._parts.values() if part is not self]
        self._index.write_commit(segments + ended, self.generation, self._private)
        self._let_go()

    def _let_go(self) -> None:
        """Close the committed files: Whoosh's writer holds itself, and would be freed late."""
        self._committed = []

    def discard(self) -> None:
        """Give up the transaction after any failure, and remove the files it wrote."""
        self._let_go()
        for part in self._parts.values():
            part.drop()
        self._index.clean(self._index.commit())


def tiers_to_merge(segments: list[ArraySegment]) -> list[ArraySegment]:
    """The segments to be merged: never more than ten stay, and each article is merged only a few times.

    Segments are tiered by the logarithm of their size; a tier of six becomes one segment, and so
    does one in which many articles are deleted. If there are still too many, the smallest are merged.
    """
    tiers: dict[int, list[ArraySegment]] = {}
    for segment in segments:
        size = max(1, segment.doc_count())
        tiers.setdefault(int(math.log(size, _TIER)), []).append(segment)
    chosen = [
        segment
        for members in tiers.values()
        for segment in members
        if len(members) >= _TIER
        or segment.deleted_count() > _MOST_DELETED * segment.doc_count_all()
    ]
    for segment in sorted(segments, key=lambda segment: int(segment.doc_count())):
        # One more comes from what this transaction has added.
        if len(segments) - len(chosen) + 1 <= MOST_SEGMENTS:
            break
        if segment not in chosen:
            chosen.append(segment)
    return chosen
