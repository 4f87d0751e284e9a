"""Many changes in one request: repeated where the cluster was busy, and each refusal told by itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from indexer.engines.opensearch.connection import ClusterRefusalError, Connection
from indexer.errors import ArchiveError, UnavailableError
from indexer.language.cleaning import printable

_OF_THE_ARTICLE = frozenset({400, 413})
"""Answers that say that this one article cannot be stored, now or later."""
_INTERNAL = 500
"""An error inside the cluster: a node that is being lost, or code that fails over this one article."""
_INTERNAL_PATIENCE = 10.0
"""Seconds after which it is the article."""
_PATIENCE = 90.0
"""Seconds in which changes are repeated that a busy cluster, or one that lost a node, did not take."""
_LONGEST_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a bulk request; the same change twice is the same as once.

    Attributes:
        id: of the document in the index.
        content: None to delete it.
        size: about how many bytes.
    """

    index: str
    id: str
    content: dict[str, Any] | None = None
    size: int = 100


@dataclass(frozen=True, slots=True)
class Rejected:
    """A change that the cluster refuses because of what the article holds, and why, in one line."""

    change: Change
    reason: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of a change.

    Attributes:
        status: of HTTP.
        kind: the cluster's name of the fault.
        reason: in one line.
    """

    change: Change
    status: int
    kind: str = ""
    reason: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the cluster is as the change wants it."""
        gone = self.change.content is None and self.status == 404 and not self.kind
        return gone or self.status < 300

    def is_of_the_article(self, waited: float) -> bool:
        """Whether it is the article that cannot be stored, after so many seconds of trying."""
        lasting = self.status == _INTERNAL and waited > _INTERNAL_PATIENCE
        return lasting or self.status in _OF_THE_ARTICLE

    @property
    def is_passing(self) -> bool:
        """Whether the same change may be taken later.

        A shard that is moved or not opened yet is a 404 as well, with the name of its state.
        """
        moving = self.status == 404 and self.kind != "index_not_found_exception"
        return moving or self.status == 429 or self.status >= 500


def send(connection: Connection, changes: Sequence[Change]) -> list[Rejected]:
    """Make changes; those that are refused because of what an article holds are returned.

    Raises:
        UnavailableError: the cluster did not take some of them in a minute and a half.
        ArchiveError: it refuses them for another reason, such as a block of the index.
    """
    rejected: list[Rejected] = []
    left = list(changes)
    began = time.monotonic()
    pause = 0.2
    while left:
        again: list[Change] = []
        reason = ""
        for answer in _send_once(connection, left):
            if answer.is_done:
                continue
            waited = time.monotonic() - began
            if answer.is_of_the_article(waited):
                rejected.append(Rejected(answer.change, answer.reason))
            elif answer.is_passing:
                again.append(answer.change)
                reason = answer.reason
            else:
                raise ArchiveError(
                    f"{_hosts(connection)}: the cluster takes no changes of {answer.change.index}:"
                    f" {answer.reason}; nothing was committed; mend that and run this again"
                )
        left = again
        if left:
            if time.monotonic() + pause > began + _PATIENCE:
                raise UnavailableError(
                    f"{_hosts(connection)}: the cluster takes no more changes at"
                    f" the moment: {reason}; nothing was committed; run this again"
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    return rejected


def _hosts(connection: Connection) -> str:
    return ", ".join(connection.address.hosts)


def _send_once(connection: Connection, changes: Sequence[Change]) -> list[_Answer]:
    lines: list[Any] = []
    for one in changes:
        place = {"_index": one.index, "_id": one.id}
        if one.content is None:
            lines.append({"delete": place})
        else:
            lines += [{"index": place}, one.content]
    try:
        answer = connection.request("POST", "/_bulk", lines, patience=_PATIENCE)
    except ClusterRefusalError as error:
        if error.status != 413:
            raise
        if len(changes) == 1:
            return [_Answer(changes[0], 413, error.kind, "it is larger than the cluster takes")]
        middle = len(changes) // 2
        return [
            *_send_once(connection, changes[:middle]),
            *_send_once(connection, changes[middle:]),
        ]
    found = [next(iter(item.values())) for item in answer["items"]]
    return [
        _Answer(change, one["status"], *_fault(one.get("error")))
        for change, one in zip(changes, found, strict=True)
    ]


def _fault(error: Any) -> tuple[str, str]:
    """The name and the reason of a fault."""
    if not isinstance(error, dict):
        return "", printable(str(error or ""))
    cause = error.get("caused_by") or {}
    reasons = [str(one.get("reason", "")) for one in (error, cause) if one.get("reason")]
    kind = str(error.get("type", ""))
    return kind, printable(": ".join(reasons) or kind)[:300]
