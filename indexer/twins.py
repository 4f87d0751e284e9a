"""Articles that share an id, and which of them keeps it when a run has read all files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.article import Article
from indexer.article_catalog import ArticleCatalog
from indexer.copies.finder import CopyFinder
from indexer.documents import make_document
from indexer.engines.base import EngineWriter
from indexer.parsing import FieldMap, parse_file
from indexer.reporting import IndexReport
from indexer.sources import SourceFile


@dataclass(frozen=True, slots=True)
class _Twin:
    """An article that has the id of another one.

    Attributes:
        file: the file that holds it.
        stored_as: the id under which it was stored; None where it is equal to the other article and
            was not stored.
    """

    file: SourceFile
    stored_as: str | None


class Twins:
    """Articles whose id belonged to another article, in a file that the run had not read yet.

    When that file turns out not to hold its article any more, the record has moved: the twin takes the
    id over. So an article keeps its address, and never vanishes until the next run.
    """

    def __init__(self) -> None:
        self._twins: dict[str, _Twin] = {}

    def __contains__(self, id: str) -> bool:
        return id in self._twins

    def note(self, id: str, file: SourceFile, stored_as: str | None) -> None:
        """Remember a twin of the article with an id; for `stored_as` see `_Twin`."""
        self._twins.setdefault(id, _Twin(file, stored_as))

    def take_over(
        self,
        ids: Iterable[str],
        writer: EngineWriter,
        catalog: ArticleCatalog,
        report: IndexReport,
        fields: FieldMap,
        copies: CopyFinder,
    ) -> None:
        """Store the twins of some articles, which no file holds any more, under their ids."""
        by_file: dict[SourceFile, dict[str, str | None]] = {}
        for id in ids:
            twin = self._twins[id]
            by_file.setdefault(twin.file, {})[id] = twin.stored_as
        for file, wanted in by_file.items():
            for parsed in parse_file(file.path, fields):
                if not isinstance(parsed, Article) or parsed.id not in wanted:
                    continue
                stored_as = wanted.pop(parsed.id)
                if stored_as is None:
                    report.duplicates -= 1
                    report.unchanged += 1
                else:
                    writer.delete(stored_as)
                    catalog.remove(stored_as)
                    report.added -= 1
                    report.changed += 1
                document = make_document(parsed, file.origin)
                writer.put(copies.grouped(document))
                catalog.put(parsed.id, document.digest, file.origin)
