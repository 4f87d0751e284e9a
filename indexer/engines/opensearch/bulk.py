"""Many changes in one request: repeated where the cluster was busy, and each refusal told by itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from indexer.engines.opensearch.connection import ClusterRefusalError, Connection
from indexer.errors import UnavailableError
from indexer.language.cleaning import printable

_BUSY = frozenset({429, 502, 503, 504})
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
    """A change that the cluster refused for good, and why, in one line."""

    change: Change
    reason: str


def send(connection: Connection, changes: Sequence[Change]) -> list[Rejected]:
    """Make changes; those that are refused for good are returned.

    Raises:
        UnavailableError: the cluster did not take some of them in a minute and a half.
        ClusterRefusalError: it refuses the whole request.
    """
    rejected: list[Rejected] = []
    left = list(changes)
    give_up = time.monotonic() + _PATIENCE
    pause = 0.2
    while left:
        again: list[Change] = []
        reason = ""
        for change, status, fault in _send_once(connection, left):
            if status in _BUSY:
                again.append(change)
                reason = fault
            elif status >= 300 and not (change.content is None and status == 404):
                rejected.append(Rejected(change, fault))
        left = again
        if left:
            if time.monotonic() + pause > give_up:
                raise UnavailableError(
                    f"{', '.join(connection.address.hosts)}: the cluster takes no more changes at"
                    f" the moment: {reason}; nothing was committed; run this again"
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    return rejected


def _send_once(connection: Connection, changes: Sequence[Change]) -> list[tuple[Change, int, str]]:
    """Each change with the status and the reason of its answer."""
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
        if error.status == 413 and len(changes) > 1:
            middle = len(changes) // 2
            return [
                *_send_once(connection, changes[:middle]),
                *_send_once(connection, changes[middle:]),
            ]
        raise
    found = [next(iter(item.values())) for item in answer["items"]]
    return [
        (change, one["status"], _reason(one.get("error")))
        for change, one in zip(changes, found, strict=True)
    ]


def _reason(error: Any) -> str:
    if not isinstance(error, dict):
        return printable(str(error or ""))
    cause = error.get("caused_by") or {}
    reasons = [str(one.get("reason", "")) for one in (error, cause) if one.get("reason")]
    return printable(": ".join(reasons) or str(error.get("type", "")))[:300]
