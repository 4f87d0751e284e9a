"""One commit of an archive in a cluster, held open: what is written meanwhile does not change it."""

from __future__ import annotations

import time
import weakref
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

from indexer.engines.opensearch.commits import Commits, State
from indexer.engines.opensearch.connection import ClusterRefusalError, Connection
from indexer.engines.opensearch.layout import Names
from indexer.engines.opensearch.view import Query, doomed_articles, view_filter
from indexer.errors import ArchiveError, KhobaoError, UnavailableError

_KEPT = "5m"
"""How long the cluster keeps a view that nobody uses; each search renews it."""
_PATIENCE = 20.0
"""Seconds in which a search is repeated while a node is lost."""
_ATTEMPTS = 50
_PAUSE = 0.3


class CommitGoneError(KhobaoError):
    """The commit that is asked for is not the newest any more."""


class PointInTime:
    """The articles of one commit, as searches see them; threads may share it.

    The view is lost with a node that held a part of it. It is opened anew then, as long as its commit
    is the newest.

    Args:
        state: the commit.
    """

    def __init__(
        self, connection: Connection, names: Names, commits: Commits, state: State
    ) -> None:
        self._connection = connection
        self._names = names
        self._commits = commits
        self.state = state
        self._lock = Lock()
        self._id = ""
        self._ids: list[str] = []
        # What hides articles that are no part of the commit; mostly there are none.
        self._conditions: list[Query] = []
        self._open()
        self.close = weakref.finalize(self, _close, connection, self._ids)
        """Lets the cluster forget the view."""

    def _open(self) -> None:
        """Open the view and make sure that it holds all articles of the commit.

        Raises:
            CommitGoneError: there is a newer commit.
            ArchiveError: articles are missing.
        """
        state = self.state
        if not state.articles:
            return
        doomed = doomed_articles(self._connection, self._names, state) or []
        answer = self._connection.request(
            "POST",
            f"/{self._names.alias}/_search/point_in_time",
            keep_alive=_KEPT,
            allow_partial_pit_creation=False,
        )
        self._id = answer["pit_id"]
        self._ids[:] = [self._id]
        conditions = view_filter(state, [key for _, key in doomed])
        counted = {"visible": {"filter": {"bool": {"filter": conditions}}}}
        found = self._send({"size": 0, "track_total_hits": True, "aggs": counted})
        # Only now: a commit that came meanwhile may have deleted some of its articles.
        newest = self._commits.read().state
        if newest.name != state.name:
            raise CommitGoneError(state.name)
        visible = found["aggregations"]["visible"]["doc_count"]
        if visible != state.articles:
            raise ArchiveError(
                f"{self._names.alias}: the cluster holds {visible} of {state.articles} articles;"
                " somebody deleted or added some: restore the indices, or index anew"
            )
        self._conditions = [] if visible == found["hits"]["total"]["value"] else conditions

    def _send(self, body: Mapping[str, Any], **params: Any) -> Any:
        return self._connection.request(
            "POST",
            "/_search",
            {"pit": {"id": self._id, "keep_alive": _KEPT}, **body},
            allow_partial_search_results=False,
            patience=0,
            **params,
        )

    def search(self, query: Query, body: Mapping[str, Any], **params: Any) -> Any:
        """Search the commit's articles; repeated while a node is lost.

        Args:
            query: the clauses of a bool query.
            body: everything else of the search.

        Raises:
            UnavailableError: the cluster cannot answer, or the commit is gone.
            ArchiveError: it refuses the search.
        """
        give_up = time.monotonic() + _PATIENCE
        while True:
            used = self._id
            try:
                # Without any condition each article would have a score of 1.
                hiding = [*query.get("filter", ()), *self._conditions] or [{"match_all": {}}]
                return self._send(
                    {**body, "query": {"bool": {**query, "filter": hiding}}}, **params
                )
            except (ClusterRefusalError, UnavailableError) as error:
                if not _is_lost(error):
                    raise
                if time.monotonic() > give_up:
                    raise UnavailableError(str(error)) from error
            time.sleep(_PAUSE)
            self._reopen(used)

    def release(self) -> None:
        """Let the cluster forget the view until the next search, which opens it anew."""
        with self._lock:
            _close(self._connection, self._ids)

    def _reopen(self, used: str) -> None:
        """Open the view anew, unless another thread has done so."""
        with self._lock:
            if self._id != used:
                return
            # Parts of the lost view hold shards on their nodes, which may not open again before it goes.
            _close(self._connection, self._ids)
            try:
                with suppress(UnavailableError):
                    self._open()
            except CommitGoneError as error:
                raise UnavailableError(
                    "the archive has changed since this search began; try again"
                ) from error


def open_point_in_time(connection: Connection, names: Names, commits: Commits) -> PointInTime:
    """A view of the newest commit.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    for _ in range(_ATTEMPTS):
        state = commits.read().state
        with suppress(CommitGoneError):
            return PointInTime(connection, names, commits, state)
    raise UnavailableError("the archive changes too fast to be read; try again")


def _is_lost(error: ClusterRefusalError | UnavailableError) -> bool:
    """Whether a view is gone with a node, or with a shard that was closed under it.

    A node keeps the view of a shard that moved away or failed, and says that its parts "are closed".
    """
    return isinstance(error, UnavailableError) or error.status == 404 or error.is_closed


def _close(connection: Connection, ids: list[str]) -> None:
    """Let the cluster forget a view; without it, it does so later."""
    for id in ids:
        with suppress(Exception):
            connection.request("DELETE", "/_search/point_in_time", {"pit_id": [id]}, patience=0)
