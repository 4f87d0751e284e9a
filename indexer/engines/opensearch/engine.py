"""The engine of an archive in an OpenSearch cluster: for more articles or readers than one machine serves.

The archive's folder holds where the cluster is (`cluster.json`); everything else is in the cluster.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from uuid import uuid4

from indexer.engines.opensearch.cluster_file import (
    forget_cluster,
    holds_cluster,
    read_cluster_file,
    write_cluster_file,
)
from indexer.engines.opensearch.commits import Commits, StoredState
from indexer.engines.opensearch.compaction import join_segments
from indexer.engines.opensearch.connection import (
    LEAST_VERSION,
    METADATA,
    ClusterAddress,
    Connection,
)
from indexer.engines.opensearch.dictionary import DictionaryStore
from indexer.engines.opensearch.heartbeat import Heartbeat
from indexer.engines.opensearch.layout import (
    ClusterFields,
    Names,
    difference,
    mappings,
    small_index,
    template,
)
from indexer.engines.opensearch.point_in_time import Views, open_point_in_time
from indexer.engines.opensearch.searcher import OpenSearchSearcher
from indexer.engines.opensearch.view import delete_doomed, delete_transactions, forget_doomed
from indexer.engines.opensearch.writer import DocumentOf, OpenSearchWriter
from indexer.errors import ArchiveError, archive_errors
from indexer.locks import Waiting, held_by_run

_LOG = logging.getLogger(__name__)
_OPENING = 5.0
"""Seconds in which a cluster that does not answer is asked again, when it is opened."""
_KEPT_ABORTED = 50
"""Transactions for which one that was given up is remembered: a late request of it may still come."""


class OpenSearchEngine:
    """`Engine` in a cluster.

    Args:
        folder: the archive's folder for its engine.
        address: the cluster.
        names: of the archive's indices.
        fields: that documents may have.
        document_of: the document of a stored record; its terms are counted off when it is removed.
    """

    def __init__(
        self,
        folder: Path,
        address: ClusterAddress,
        names: Names,
        fields: ClusterFields,
        document_of: DocumentOf,
    ) -> None:
        self.folder = folder
        self._names = names
        self._fields = fields
        self._document_of = document_of
        self._connection = Connection(address)
        self._commits = Commits(self._connection, names)
        self._views = Views(self._connection, names)
        self._dictionary = DictionaryStore(self._connection, names)
        self._lock = Lock()
        self._searcher: OpenSearchSearcher | None = None

    @classmethod
    def create(
        cls, folder: Path, address: ClusterAddress, fields: ClusterFields, document_of: DocumentOf
    ) -> OpenSearchEngine:
        """Make an empty archive in a cluster.

        Args:
            folder: remembers where the cluster is; it exists.

        Raises:
            ArchiveError: the cluster does not answer, is too old, or refuses; nothing is left then.
        """
        names = Names(uuid4().hex[:12])
        engine = cls(folder, address, names, fields, document_of)
        engine._check_version()
        request = engine._connection.request
        try:
            # Whoever is stopped from here on leaves nothing in the cluster that nobody remembers.
            with archive_errors(folder):
                write_cluster_file(folder, address, names)
            request(
                "PUT", f"/_index_template/{names.template}", template(names, fields), **METADATA
            )
            for index in (names.state, names.dictionary):
                request("PUT", f"/{index}", small_index(), **METADATA)
            engine._commits.create()
        except BaseException:
            with suppress(ArchiveError):
                engine.remove()
                forget_cluster(folder)
            raise
        return engine

    @classmethod
    def open(cls, folder: Path, fields: ClusterFields, document_of: DocumentOf) -> OpenSearchEngine:
        """The archive that a folder remembers.

        Raises:
            DamageError: the folder's file is missing or damaged.
            ArchiveError: the cluster does not answer, is too old, or does not hold the archive.
        """
        address, names = read_cluster_file(folder)
        engine = cls(folder, address, names, fields, document_of)
        engine._check_version()
        engine._commits.read()
        engine._check_mappings()
        return engine

    def _check_version(self) -> None:
        found = self._connection.request("GET", "/", patience=_OPENING)
        hosts = ", ".join(self._connection.address.hosts)
        version = found.get("version", {}) if isinstance(found, dict) else {}
        number = str(version.get("number", "unknown"))
        if version.get("distribution") != "opensearch":
            raise ArchiveError(f"{hosts}: this is no OpenSearch cluster (version {number})")
        parts = tuple(
            int(one) for one in number.split("-", maxsplit=1)[0].split(".")[:2] if one.isdigit()
        )
        if parts < LEAST_VERSION:
            least = ".".join(map(str, LEAST_VERSION))
            raise ArchiveError(
                f"{hosts}: OpenSearch {number} is too old; it must be {least} or newer"
            )

    def _check_mappings(self) -> None:
        """Make sure that nobody has changed how articles are indexed; raises ArchiveError."""
        found = self._connection.request(
            "GET", f"/{self._names.alias}/_mapping", missing=True, **METADATA
        )
        wanted = mappings(self._fields)
        for index, its in sorted((found or {}).items()):
            changed = difference(wanted, its["mappings"])
            if changed:
                raise ArchiveError(
                    f"{index}: somebody changed its mapping ({changed}), so searches would be wrong;"
                    " restore the index from a snapshot, or index the articles into a new archive"
                )

    def searcher(self) -> OpenSearchSearcher:
        """The view of the newest commit; threads that meet a new one open it once.

        Raises:
            UnavailableError: the cluster does not answer, or changes too fast.
            ArchiveError: the archive cannot be read.
        """
        if not holds_cluster(self.folder):
            raise ArchiveError(f"{self.folder}: the index is gone; bring it back or index anew")
        state = self._commits.read().state
        current = self._searcher
        if current is not None and current.commit == state.name:
            return current
        with self._lock:
            current = self._searcher
            if current is None or current.commit != state.name:
                current = self._searcher = self._newest()
            return current

    def _newest(self) -> OpenSearchSearcher:
        view = open_point_in_time(self._connection, self._names, self._commits, self._views)
        dictionary = self._dictionary.load(view.state.dictionary)
        return OpenSearchSearcher(view.state, view, dictionary, self._fields)

    @contextmanager
    def writer(self, *, timeout: float = 5.0) -> Iterator[OpenSearchWriter]:
        """One commit at the end, which becomes visible whole; nothing of it on an exception.

        Args:
            timeout: seconds to wait for another process that writes.

        Raises:
            ArchiveError: another process writes, or the cluster does not take the changes.
        """
        self._check_mappings()
        stored = self._begin(timeout)
        heartbeat = Heartbeat(self._commits, stored)
        writer = OpenSearchWriter(
            self._connection,
            self._names,
            self._fields,
            stored.state,
            self._dictionary,
            self._document_of,
        )
        try:
            yield writer
            state = writer.prepare_commit()
            stored = heartbeat.stop()
            if state is None:
                self._commits.replace(stored, replace(stored.state, holder=None))
                return
            stored = self._commits.replace(stored, state)
        except BaseException:
            writer.close()
            self._give_up(writer, heartbeat.stop())
            raise
        finally:
            writer.close()
        self._finish(stored)

    def _begin(self, timeout: float) -> StoredState:
        """Begin a transaction; where it cannot, nobody has to wait for it. Raises ArchiveError."""
        begun = self._commits.begin(timeout)
        try:
            return self._clear(begun)
        except BaseException:
            with suppress(ArchiveError):
                self._commits.let_go(begun.state.last)
            raise

    def _clear(self, stored: StoredState) -> StoredState:
        """Finish what an earlier transaction has left; raises ArchiveError."""
        state = stored.state
        if not state.doomed and not state.aborted:
            return stored
        delete_doomed(self._connection, self._names, state)
        delete_transactions(self._connection, self._names, state.aborted)
        kept = tuple(one for one in state.aborted if one > state.last - _KEPT_ABORTED)
        cleared = self._commits.replace(stored, replace(state, doomed=(), aborted=kept))
        forget_doomed(self._connection, self._names, state)
        return cleared

    def _give_up(self, writer: OpenSearchWriter, stored: StoredState) -> None:
        """Take back what a transaction has written; what cannot be is passed over by all readers."""
        state = stored.state
        if state.holder is None:
            return
        with suppress(ArchiveError):
            given_up = replace(state, holder=None, aborted=(*state.aborted, state.holder.number))
            self._commits.replace(stored, given_up)
            writer.withdraw_all()

    def _finish(self, stored: StoredState) -> None:
        """Delete what a commit has replaced; what is left over the next transaction deletes."""
        state = stored.state
        try:
            if state.doomed:
                delete_doomed(self._connection, self._names, state)
                self._commits.replace(stored, replace(state, doomed=()))
                forget_doomed(self._connection, self._names, state)
            self._dictionary.clean(state.dictionary)
        except ArchiveError as error:
            _LOG.warning("%s; replaced articles are cleared away at the next commit", error)

    @contextmanager
    def exclusive_run(self, waiting: Waiting | None) -> Iterator[None]:
        """A run that no other run of this folder meets; see `capabilities.HasRunLock`."""
        with archive_errors(self.folder), held_by_run(self.folder, "RUNLOCK", waiting):
            yield

    def compact(self) -> None:
        """Join the segments of each index: searches are faster, and what is only kept for lost nodes goes."""
        if self.indices():
            searcher = self._searcher
            if searcher is not None:
                # Its view holds the segments as they were: they would stay beside the joined ones.
                searcher.release()
            join_segments(self._connection, self._names)

    def indices(self) -> list[str]:
        """The indices of articles that there are."""
        found = self._connection.request("GET", f"/_alias/{self._names.alias}", missing=True)
        return sorted(found or ())

    def bytes(self) -> int:
        """Bytes of one copy of everything in the cluster."""
        path = f"/{self._names.alias},{self._names.dictionary},{self._names.state}/_stats/store"
        found = self._connection.request("GET", path)
        return int(found["_all"]["primaries"]["store"]["size_in_bytes"])

    @classmethod
    def discard(cls, folder: Path, fields: ClusterFields, document_of: DocumentOf) -> None:
        """Delete all that is left of an archive, and its folder; raises ArchiveError."""
        address, names = read_cluster_file(folder)
        cls(folder, address, names, fields, document_of).remove()
        forget_cluster(folder)

    def remove(self) -> None:
        """Delete the archive's indices from the cluster, its state first; raises ArchiveError."""
        request = self._connection.request
        request("DELETE", f"/{self._names.state}", missing=True, **METADATA)
        found = request("GET", f"/_cat/indices/{self._names.alias}*", format="json")
        for one in found:
            request("DELETE", f"/{one['index']}", missing=True, **METADATA)
        request("DELETE", f"/_index_template/{self._names.template}", missing=True, **METADATA)
        self.close()

    def close(self) -> None:
        """Release connections."""
        searcher, self._searcher = self._searcher, None
        if searcher is not None:
            searcher.close()
        self._connection.close()
