"""Articles that an engine refuses: each is a failure in the report, and the others are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.article_catalog import ArticleCatalog, KnownContent
from indexer.engines.base import EngineWriter
from indexer.engines.capabilities import CanRefuse, capability
from indexer.errors import ParseError
from indexer.manifest import FileState
from indexer.reporting import IndexReport

Counted = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class _Sent:
    """An article on its way.

    Attributes:
        origin: its file.
        counted: what the report counts it as.
        before: what the archive held under its id; None for a new article.
    """

    origin: str
    counted: Counted
    before: KnownContent | None


class Refusals:
    """Takes back what a run has noted of articles that turn out to be refused.

    A new article that is refused is not in the archive. One that was there stays as it was.
    """

    def __init__(self, catalog: ArticleCatalog, report: IndexReport) -> None:
        self._catalog = catalog
        self._report = report
        self._sent: dict[str, list[_Sent]] | None = None
        self._origins: set[str] = set()

    def watch(self, writer: EngineWriter) -> None:
        """Begin a batch."""
        refusing = capability(writer, CanRefuse)
        self._sent = None if refusing is None else {}
        if refusing is not None:
            refusing.tell_refusals(self._refused)

    def sending(self, id: str, origin: str, counted: Counted) -> None:
        """Note an article that is about to be put, before the catalog knows of it."""
        if self._sent is not None:
            sent = _Sent(origin, counted, self._catalog.known(id))
            self._sent.setdefault(id, []).append(sent)

    def read_whole(self, states: list[FileState]) -> list[FileState]:
        """The files of which nothing was refused; the others are read again at the next run."""
        return [state for state in states if state.origin not in self._origins]

    def _refused(self, id: str, reason: str) -> None:
        # An article that was put twice takes both back; the second refusal tells nothing new.
        sent = (self._sent or {}).pop(id, [])
        for one in sent:
            setattr(self._report, one.counted, getattr(self._report, one.counted) - 1)
        for one in sent[:1]:
            before, left = one.before, "it is not in the archive"
            if before is None:
                self._catalog.remove(id)
            else:
                self._catalog.restore(id, before)
                self._report.unchanged += 1
                left = "the archive keeps it as it was"
            fault = f"the engine refuses article {id}, so {left}: {reason}"
            self._report.failures.append(ParseError(sent[-1].origin, fault))
            self._origins.update(each.origin for each in sent)
