"""Which commit of an archive in a cluster is the newest, and who writes the next: one document.

Every article carries the number of the transaction that wrote it. A commit changes the one document
here, in one step and only if nobody else has changed it: from then on articles up to its number count.
Articles that the commit replaces or removes are listed in it (`doomed`) and are deleted afterwards. So
a reader sees all of a commit or nothing of it, whatever was refreshed, lost or restarted in between.
(An alias that is swapped would need a copy of whole indices for a commit of five articles.)
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import uuid4

from indexer.engines.opensearch.connection import DOCUMENT, ClusterRefusalError, Connection
from indexer.engines.opensearch.layout import VERSION, Names
from indexer.errors import ArchiveError, GoneError

LEASE = 60.0
"""Seconds after which another may write, if a writer says nothing."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The transaction that is going on.

    Attributes:
        number: of the transaction.
        host: where it runs.
        process: its process there.
        until: seconds since 1970 at which its right ends, unless it is renewed.
    """

    number: int
    host: str
    process: int
    until: float

    def is_gone(self) -> bool:
        """Whether the transaction has ended without saying so."""
        if self.host == socket.gethostname() and not _is_running(self.process):
            return True
        return time.time() > self.until


@dataclass(frozen=True, slots=True)
class State:
    """A commit, and what is going on.

    Attributes:
        name: of the commit; no other has it.
        generation: transactions up to this number count.
        last: the number of the last transaction that began.
        articles: how many articles there are.
        added: how many were ever added; orders them.
        lengths: field -> mean length by which counts are stored.
        dictionary: ids of the dictionary's parts, the largest first.
        aborted: transactions that never ended; what they wrote does not count.
        doomed: ids of the lists of articles that the newest commit replaced or removed.
        holder: who writes.
        version: of the layout.
    """

    name: str
    generation: int = 0
    last: int = 0
    articles: int = 0
    added: int = 0
    lengths: Mapping[str, float] = field(default_factory=dict)
    dictionary: tuple[str, ...] = ()
    aborted: tuple[int, ...] = ()
    doomed: tuple[str, ...] = ()
    holder: Holder | None = None
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class StoredState:
    """A state as the cluster has it; it may be replaced as long as it is the newest."""

    state: State
    sequence: int
    term: int


class Commits:
    """The document of an archive's state."""

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._path = f"/{names.state}/_doc/state"

    def create(self) -> None:
        """The state of an archive without articles; raises ArchiveError."""
        state = State(uuid4().hex)
        self._connection.request(
            "PUT", f"/{self._names.state}/_create/state", asdict(state), refresh=True, **DOCUMENT
        )

    def read(self, patience: float | None = None) -> StoredState:
        """The newest state.

        Raises:
            GoneError: the archive is not in the cluster.
            ArchiveError: the cluster does not answer.
        """
        waiting = {} if patience is None else {"patience": patience}
        answer = self._connection.request("GET", self._path, missing=True, **waiting)
        if answer is None or not answer.get("found"):
            raise GoneError(
                f"{', '.join(self._connection.address.hosts)}: the cluster holds no archive"
                f" {self._names.archive}; restore its indices {self._names.alias}* or index anew"
            )
        return StoredState(_state_of(answer["_source"]), answer["_seq_no"], answer["_primary_term"])

    def replace(self, stored: StoredState, state: State) -> StoredState:
        """Put a state in the place of the one that was read.

        Raises:
            ArchiveError: somebody else has changed it meanwhile.
        """
        try:
            answer = self._connection.request(
                "PUT",
                self._path,
                asdict(state),
                if_seq_no=stored.sequence,
                if_primary_term=stored.term,
                **DOCUMENT,
            )
        except ClusterRefusalError as error:
            if error.status != 409:
                raise
            # An answer that was lost with a node is repeated: the state may be ours.
            now = self.read()
            if now.state == state:
                return now
            raise ArchiveError(
                "another process is writing to the archive; wait until it is done"
            ) from error
        return StoredState(state, answer["_seq_no"], answer["_primary_term"])

    def begin(self, timeout: float) -> StoredState:
        """Begin a transaction; the one that was left by a process that is gone is given up.

        Args:
            timeout: seconds to wait for another one.

        Raises:
            ArchiveError: another process is still writing.
        """
        give_up = time.monotonic() + timeout
        while True:
            stored = self.read()
            state, holder = stored.state, stored.state.holder
            if holder is None or holder.is_gone():
                aborted = state.aborted if holder is None else (*state.aborted, holder.number)
                begun = replace(state, last=state.last + 1, aborted=aborted)
                return self.replace(stored, replace(begun, holder=_holder(begun.last)))
            if time.monotonic() > give_up:
                raise ArchiveError(
                    f"another process is writing to the archive ({holder.host}, process"
                    f" {holder.process}); wait until it is done"
                )
            time.sleep(0.1)

    def let_go(self, number: int) -> None:
        """End a transaction that has written nothing; raises ArchiveError."""
        stored = self.read()
        holder = stored.state.holder
        if holder is not None and holder.number == number:
            self.replace(stored, replace(stored.state, holder=None))

    def renew(self, stored: StoredState) -> StoredState:
        """Say that a transaction goes on; raises ArchiveError where another has taken its place."""
        return self.replace(stored, replace(stored.state, holder=_holder(stored.state.last)))


def _holder(number: int) -> Holder:
    return Holder(number, socket.gethostname(), os.getpid(), round(time.time() + LEASE, 3))


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _state_of(source: Mapping[str, Any]) -> State:
    if source.get("version") != VERSION:
        raise ArchiveError(
            "another version of Kho Báo wrote this archive; index the articles into a new one"
        )
    found = dict(source)
    for name in ("dictionary", "aborted", "doomed"):
        found[name] = tuple(found[name])
    found["holder"] = Holder(**found["holder"]) if found["holder"] else None
    return State(**found)
