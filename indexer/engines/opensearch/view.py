"""Which stored articles a commit consists of, and clearing away those that no commit needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indexer.engines.opensearch.bulk import Change, send
from indexer.engines.opensearch.commits import State
from indexer.engines.opensearch.connection import DOCUMENT, Connection
from indexer.engines.opensearch.layout import Names
from indexer.errors import UnavailableError

Query = dict[str, Any]
_BLOCK = 10_000


def view_filter(state: State, doomed: Sequence[str] = ()) -> list[Query]:
    """The conditions of a stored article that belongs to a commit.

    Args:
        doomed: keys of the articles that the commit replaced or removed.
    """
    hidden: list[Query] = []
    if state.aborted:
        hidden.append({"terms": {"born": list(state.aborted)}})
    hidden += [
        {"ids": {"values": list(doomed[at : at + _BLOCK])}} for at in range(0, len(doomed), _BLOCK)
    ]
    conditions: list[Query] = [{"range": {"born": {"lte": state.generation}}}]
    if hidden:
        conditions.append({"bool": {"must_not": hidden}})
    return conditions


def doomed_articles(
    connection: Connection, names: Names, state: State
) -> list[tuple[str, str]] | None:
    """Index and key of the articles that a commit replaced or removed; None when they are cleared."""
    found: list[tuple[str, str]] = []
    for id in state.doomed:
        answer = connection.request("GET", f"/{names.state}/_doc/{id}", missing=True)
        if answer is None or not answer.get("found"):
            return None
        found += [(index, key) for index, key in answer["_source"]["articles"]]
    return found


def delete_doomed(connection: Connection, names: Names, state: State) -> None:
    """Delete the articles that a commit replaced or removed; it may be repeated.

    Raises:
        UnavailableError: some could not be deleted now.
    """
    articles = doomed_articles(connection, names, state) or []
    for start in range(0, len(articles), _BLOCK):
        block = articles[start : start + _BLOCK]
        if send(connection, [Change(index, key) for index, key in block]):
            raise UnavailableError("the cluster does not delete replaced articles now")
    touched = ",".join(sorted({index for index, _ in articles}))
    if touched:
        connection.request("POST", f"/{touched}/_refresh")


def forget_doomed(connection: Connection, names: Names, state: State) -> None:
    """Delete the lists of articles that are deleted."""
    for id in state.doomed:
        connection.request("DELETE", f"/{names.state}/_doc/{id}", missing=True, **DOCUMENT)


def delete_transactions(connection: Connection, names: Names, numbers: Sequence[int]) -> None:
    """Delete the articles of transactions that were given up; raises ArchiveError."""
    if not numbers:
        return
    if connection.request("GET", f"/_alias/{names.alias}", missing=True) is None:
        return
    connection.request("POST", f"/{names.alias}/_refresh")
    connection.request(
        "POST",
        f"/{names.alias}/_delete_by_query",
        {"query": {"terms": {"born": list(numbers)}}},
        conflicts="proceed",
        refresh=True,
    )
