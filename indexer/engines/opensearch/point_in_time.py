"""One commit of an archive in a cluster, held open: what is written meanwhile does not change it."""

from __future__ import annotations

import time
import weakref
from collections import deque
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
_OPENED = "1m"
"""The same before its first search: nobody knows a view whose opening was answered too late."""
_PATIENCE = 20.0
"""Seconds in which a search is repeated while a node is lost."""
_ATTEMPTS = 50
_PAUSE = 0.3
_CLOSING = 5
"""Seconds in which a node has to answer that a view is closed."""
_LEFT = 8
"""The most views that are tried again after they could not be closed."""


class CommitGoneError(KhobaoError):
    """The commit that is asked for is not the newest any more."""


class Views:
    """Opens and closes points in time of the archive in a cluster; threads may share it.

    A view holds shards on their nodes as they were. A shard that its node has closed cannot open again
    while a view holds it. So a view that cannot be closed is tried again when the next view is opened or
    closed.
    """

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._left: deque[str] = deque(maxlen=_LEFT)

    def open(self) -> str:
        """The id of a new view of all articles; raises ArchiveError."""
        self.close([])
        answer = self._connection.request(
            "POST",
            f"/{self._names.alias}/_search/point_in_time",
            keep_alive=_OPENED,
            allow_partial_pit_creation=False,
        )
        return str(answer["pit_id"])

    def close(self, ids: list[str]) -> None:
        """Let the cluster forget views; where it cannot, it does so after some minutes by itself."""
        waiting = [*ids]
        ids.clear()
        with suppress(IndexError):
            while True:
                waiting.append(self._left.popleft())
        if waiting:
            self._left.extend(self._unclosed(waiting))

    def _unclosed(self, ids: list[str]) -> list[str]:
        """Close views in one request: a node that does not answer costs its time once."""
        body = {"pit_id": ids}
        try:
            answer = self._connection.request(
                "DELETE", "/_search/point_in_time", body, patience=0, request_timeout=_CLOSING
            )
        except UnavailableError:
            return ids
        except Exception:
            # A refusal stays one, and a client that is closed cannot ask again.
            return []
        return [one["pit_id"] for one in answer["pits"] if not one["successful"]]


class PointInTime:
    """The articles of one commit, as searches see them; threads may share it.

    The view is lost with a node that held a part of it. It is opened anew then, as long as its commit
    is the newest.

    Args:
        state: the commit.
    """

    def __init__(
        self, connection: Connection, names: Names, commits: Commits, views: Views, state: State
    ) -> None:
        self._views = views
        self._connection = connection
        self._names = names
        self._commits = commits
        self.state = state
        self._lock = Lock()
        self._id = ""
        self._ids: list[str] = []
        # What hides articles that are no part of the commit; mostly there are none.
        self._conditions: list[Query] = []
        self.close = weakref.finalize(self, views.close, self._ids)
        """Lets the cluster forget the view."""
        try:
            self._open()
        except BaseException:
            self.close()
            raise

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
        self._id = self._views.open()
        self._ids.append(self._id)
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
            self._views.close(self._ids)

    def _reopen(self, used: str) -> None:
        """Open the view anew, unless another thread has done so."""
        with self._lock:
            if self._id != used:
                return
            # Parts of the lost view hold shards on their nodes, which may not open again before it goes.
            self._views.close(self._ids)
            try:
                with suppress(UnavailableError):
                    self._open()
            except CommitGoneError as error:
                raise UnavailableError(
                    "the archive has changed since this search began; try again"
                ) from error


def open_point_in_time(
    connection: Connection, names: Names, commits: Commits, views: Views
) -> PointInTime:
    """A view of the newest commit.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    for _ in range(_ATTEMPTS):
        state = commits.read().state
        with suppress(CommitGoneError):
            return PointInTime(connection, names, commits, views, state)
    raise UnavailableError("the archive changes too fast to be read; try again")


def _is_lost(error: ClusterRefusalError | UnavailableError) -> bool:
    """Whether a view is gone with a node, or with a shard that was closed under it.

    A node keeps the view of a shard that moved away or failed, and says that its parts "are closed".
    """
    return isinstance(error, UnavailableError) or error.status == 404 or error.is_closed
