"""The end of a run: articles that no file holds any more, and those that a redirect joins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from indexer.article import Article
from indexer.documents import make_document
from indexer.listings import completed
from indexer.placement import Placed
from indexer.records import decode_record
from indexer.removals import check_loss
from indexer.run_state import RunState
from indexer.sources import absolute, is_gone, lies_in, lies_under


class RunEnd:
    """What is decided when all files are read."""

    def __init__(self, state: RunState) -> None:
        self._state = state

    def remove_missing(self, sources: Sequence[Path], looked_at: Sequence[Path]) -> None:
        """Remove the articles that no file holds any more; decided when all files are read.

        Args:
            looked_at: the sources, or files and folders in them: what else is gone is not seen.

        An article that moved to a file which was read before its old one takes the old one's place.
        """
        roots = set(map(absolute, looked_at))
        gone = [
            origin
            for origin in self._state.catalog.origins()
            if lies_in(origin, roots) and is_gone(origin) and self._state.catalog.missed(origin)
        ]
        missed = [
            id
            for origin in (*gone, *self._state.finished)
            for id in self._state.catalog.missed(origin)
        ]
        taken_over = [id for id in missed if id in self._state.twins]
        older = {id: self._held_elsewhere(id) for id in missed if id not in self._state.twins}
        removed = [id for id, placed in older.items() if placed is None]
        if not self._state.options.remove_missing:
            self._check_loss(sources, removed)
        if missed:
            with self._state.engine.writer() as writer:
                for placed in older.values():
                    if placed and placed.document:
                        writer.put(self._state.copies.grouped(placed.document))
                        self._state.catalog.put(placed.id, placed.document.digest, placed.origin)
                        self._state.placement.left[placed.origin] -= 1
                        self._state.report.changed += 1
                self._state.twins.take_over(
                    taken_over,
                    writer,
                    self._state.catalog,
                    self._state.report,
                    self._state.options.fields,
                    self._state.copies,
                )
                for id in removed:
                    writer.delete(id)
                    self._state.catalog.remove(id)
                self._state.put_regrouped(writer)
            self._state.report.removed += len(removed)
            self._state.note_read([])
            self._begin()
        failed = [
            origin
            for origin in self._state.known_failures()
            if lies_in(origin, roots) and is_gone(origin)
        ]
        if gone or failed:
            self._state.forget([*gone, *failed])

    def _begin(self) -> None:
        """Look the addresses up anew in what was committed."""
        if not self._state.options.dry:
            self._state.placement.book.begin()
            self._state.copies.begin()

    def _held_elsewhere(self, id: str) -> Placed | None:
        """The newest version of an article, whose file is gone, that another file still holds."""
        met = self._state.placement.met
        gone = {origin for origin in self._state.finished if (id, origin) not in met}
        return self._state.placement.without_file(id, gone)

    def join_redirected(self) -> None:
        """Two stored articles, of which one address leads to the other's, become versions of one."""
        pairs = list(self._state.placement.book.redirected())
        for id, other in pairs:
            placed = self._state.placement.merged(id, other)
            if placed is None or placed.document is None:
                continue
            with self._state.engine.writer() as writer:
                writer.put(self._state.copies.grouped(placed.document))
                writer.delete(other)
                self._state.put_regrouped(writer)
            for one in (id, other):
                self._state.placement.left[self._state.catalog.origin(one) or ""] += 1
            self._state.placement.left[placed.origin] -= 1
            self._state.catalog.remove(other)
            self._state.catalog.put(placed.id, placed.document.digest, placed.origin)
            self._state.report.added -= 1
            self._state.report.older_versions += 1
            self._state.note_read([])
            self._begin()

    def complete_listed(self) -> None:
        """Complete stored articles by what this run's sitemaps list of them."""
        state = self._state
        incomplete = self._incomplete()
        while block := list(islice(incomplete, state.options.batch)):
            with state.engine.writer() as writer:
                for id, article in block:
                    document = make_document(article, state.catalog.origin(id) or "")
                    writer.put(state.copies.grouped(document))
                    state.catalog.put(id, document.digest, document.origin)
                state.put_regrouped(writer)
            state.report.changed += len(block)
            if not state.options.dry:
                state.copies.begin()
        state.note_read([])
        self._begin()

    def _incomplete(self) -> Iterator[tuple[str, Article]]:
        """The stored articles that lack what a sitemap lists, each with its id, as they should be."""
        book, noted = self._state.placement.book, self._state.listings.noted
        for key in book.held(noted):
            id = book.holder(key)
            record = None if id is None else book.record(id)
            if id is None or record is None:
                continue
            article = decode_record(record)
            whole = completed(article, noted[key])
            if whole != article:
                yield id, whole

    def _check_loss(self, sources: Sequence[Path], removed: list[str]) -> None:
        counts = self._state.catalog.counts() if removed else {}
        for source in sources if removed else ():
            held = [one for one in self._state.catalog.origins() if lies_under(one, [source])]
            total = sum(map(self._state.catalog.held, held))
            lost = sum(lies_under(self._state.catalog.origin(id) or "", [source]) for id in removed)
            now = sum(count for origin, count in counts.items() if lies_under(origin, [source]))
            check_loss(source, total, lost, total - (now - lost), "nothing was removed")
