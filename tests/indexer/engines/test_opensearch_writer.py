"""What the cluster's writer makes of slow, busy and refusing clusters: answers that a real one gives rarely."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

import pytest

import indexer.engines.opensearch.bulk as bulk_module
from indexer.engine_factory import CLUSTER_FIELDS
from indexer.engines.base import Document
from indexer.engines.opensearch.bulk import Change, send
from indexer.engines.opensearch.commits import State
from indexer.engines.opensearch.connection import (
    ClusterAddress,
    ClusterRefusalError,
    Connection,
)
from indexer.engines.opensearch.dictionary import DictionaryStore
from indexer.engines.opensearch.layout import Names
from indexer.engines.opensearch.writer import OpenSearchWriter
from indexer.errors import ArchiveError, UnavailableError

Answer = Callable[[str, int], tuple[int, str, str]]
"""Status, kind and reason for the document of an id at the nth request."""


def _taken(*_: object) -> tuple[int, str, str]:
    return 201, "", ""


class StubConnection:
    """Takes bulk requests as a cluster does, and answers as a test says."""

    address = ClusterAddress(("http://a:9200",))

    def __init__(self, answer: Answer = _taken) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self.requests = 0
        self._answer = answer

    def request(self, method: str, path: str, body: Any = None, **params: Any) -> Any:  # noqa: ARG002
        if path != "/_bulk":
            return {}
        self.requests += 1
        lines, items = iter(body), []
        for line in lines:
            kind, place = next(iter(line.items()))
            content = next(lines) if kind == "index" else None
            status, fault, reason = self._answer(place["_id"], self.requests)
            if status < 300:
                if content is None:
                    self.held.pop(place["_id"], None)
                else:
                    self.held[place["_id"]] = content
            error = {"error": {"type": fault, "reason": reason}} if fault else {}
            items.append({kind: {"status": status, **error}})
        return {"items": items}


def connection(stub: StubConnection) -> Connection:
    return cast(Connection, stub)


CHANGES = [Change("i", id, {"id": id}) for id in "abc"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, "opensearch_rejected_execution_exception"),
        (503, "unavailable_shards_exception"),
        (500, "node_disconnected_exception"),
        # A shard that is being moved; a real cluster was met that said so for a minute.
        (404, "shard_not_in_primary_mode_exception"),
        (404, "shard_not_found_exception"),
    ],
)
def test_what_passes_is_repeated(status: int, kind: str) -> None:
    stub = StubConnection(
        lambda id, at: (status, kind, "not now") if id == "b" and at < 3 else (201, "", "")
    )
    assert send(connection(stub), CHANGES) == []
    assert set(stub.held) == set("abc")
    assert stub.requests == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "mapper_parsing_exception"), (413, "too_large"), (500, "fail_processor_exception")],
)
def test_what_is_of_the_article_is_told_by_its_article(
    status: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_module, "_INTERNAL_PATIENCE", -1.0)
    stub = StubConnection(lambda id, _: (status, kind, "no") if id == "b" else (201, "", ""))
    rejected = send(connection(stub), CHANGES)
    assert [(one.change.id, one.reason) for one in rejected] == [("b", "no")]
    assert set(stub.held) == {"a", "c"}


@pytest.mark.parametrize(
    ("status", "kind"), [(403, "cluster_block_exception"), (404, "index_not_found_exception")]
)
def test_what_is_of_the_index_stops_all(status: int, kind: str) -> None:
    stub = StubConnection(lambda *_: (status, kind, "blocked by somebody"))
    with pytest.raises(ArchiveError, match="no changes of i: blocked by somebody; nothing was"):
        send(connection(stub), CHANGES)


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_module, "_PATIENCE", 0.0)
    stub = StubConnection(lambda *_: (503, "unavailable_shards_exception", "no shard"))
    with pytest.raises(UnavailableError, match="no shard; nothing was committed"):
        send(connection(stub), CHANGES)


def test_a_request_that_is_too_large_is_sent_in_halves() -> None:
    class Small(StubConnection):
        def request(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
            contents = body[1::2]
            if len(contents) > 1 or contents[0]["id"] == "c":
                raise ClusterRefusalError("a: too large", 413, "content_too_long")
            return super().request(method, path, body, **params)

    stub = Small()
    rejected = send(connection(stub), CHANGES)
    assert [one.change.id for one in rejected] == ["c"]
    assert "larger than the cluster takes" in rejected[0].reason
    assert set(stub.held) == {"a", "b"}


def document(id: str) -> Document:
    return Document(id, id, "", {"syllables": {"lũ": 1}}, ["lũ"], [0], None, {}, id.encode())


def writer(stub: StubConnection) -> OpenSearchWriter:
    names = Names("n")
    store = DictionaryStore(connection(stub), names)
    by_record = lambda record: document(record.decode())  # noqa: E731
    return OpenSearchWriter(connection(stub), names, CLUSTER_FIELDS, State("s"), store, by_record)


@pytest.mark.parametrize("again", [False, True])
def test_an_article_that_is_taken_back_does_not_come_after_all(*, again: bool) -> None:
    """Two requests are on their way at once: the one that deletes must not overtake the other."""

    class Slow(StubConnection):
        def request(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
            if path == "/_bulk" and "index" in body[0] and not self.held:
                time.sleep(0.2)
            return super().request(method, path, body, **params)

    stub = Slow()
    writing = writer(stub)
    writing.put(document("a"))
    writing._flush()
    writing.delete("a")
    if again:
        writing.put(document("a"))
    writing._flush()
    writing._wait()
    assert len(stub.held) == int(again)
    assert writing._counts["syllables"]["lũ"] == int(again)
    writing.close()


def test_a_deletion_sends_nothing_before_its_time() -> None:
    stub = StubConnection()
    writing = writer(stub)
    writing.put(document("a"))
    writing.put(document("b"))
    writing.delete("a")
    # The mean length is that of the first articles, not of the first few.
    assert not writing._lengths
    writing._flush()
    writing._wait()
    assert (stub.requests, len(stub.held)) == (1, 1)
    writing.close()


def test_refusals_are_told_and_taken_off() -> None:
    keys: dict[str, str] = {}
    stub = StubConnection(
        lambda id, _: (400, "mapper_parsing_exception", "no") if id == keys["b"] else (201, "", "")
    )
    writing = writer(stub)
    keys |= {id: writing._key(id) for id in "ab"}
    told: list[tuple[str, str]] = []
    writing.tell_refusals(lambda id, reason: told.append((id, reason)))
    for id in "ab":
        writing.put(document(id))
    writing._flush()
    writing._wait()
    assert told == [("b", "no")]
    assert set(writing._written) == {"a"}
    assert writing._counts["syllables"]["lũ"] == 1
    writing.close()
