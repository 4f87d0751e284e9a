"""Writing to a cluster: a transaction becomes visible whole, and can be repeated at any point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from hashlib import blake2b
from itertools import pairwise
from uuid import uuid4

from indexer.engines.base import Document
from indexer.engines.opensearch.bulk import Change, Rejected, send
from indexer.engines.opensearch.columns import (
    RECORD,
    bytes_of,
)
from indexer.engines.opensearch.commits import State
from indexer.engines.opensearch.connection import (
    DOCUMENT,
    METADATA,
    ClusterRefusalError,
    Connection,
)
from indexer.engines.opensearch.dictionary import PAIRS, DictionaryStore
from indexer.engines.opensearch.escaping import (
    value_out,
)
from indexer.engines.opensearch.layout import (
    ClusterFields,
    Names,
    index_of_articles,
)
from indexer.engines.opensearch.stored_document import mean_lengths, stored
from indexer.engines.opensearch.view import delete_transactions, view_filter
from indexer.errors import ArchiveError

_BLOCK_BYTES = 4 << 20
"""About how large a bulk request is."""
_AT_ONCE = 2
"""Bulk requests that are on their way at once."""
_FIRST = 64 << 20
"""Bytes of the first articles of an archive that are held back until their mean length is known."""
_LOOKED_UP = 500
_DOOMED = 20_000
"""Articles in one list of those that go."""
_TOLD = 3
"""Refused articles whose reason is in an error's line."""

DocumentOf = Callable[[bytes], Document]
"""The document of a stored record, with its terms and tokens as they were when it was put."""


def _size(document: Document) -> int:
    """About how many bytes of a request a document takes."""
    return len(document.record) + 8 * len(document.tokens) + 2000


class OpenSearchWriter:
    """`EngineWriter` over one transaction."""

    def __init__(
        self,
        connection: Connection,
        names: Names,
        fields: ClusterFields,
        state: State,
        dictionary: DictionaryStore,
        document_of: DocumentOf,
    ) -> None:
        self._connection = connection
        self._names = names
        self._fields = fields
        self._state = state
        self._dictionary = dictionary
        self._document_of = document_of
        self._number = state.last
        self._added = state.added
        self._lengths = dict(state.lengths)
        self._waiting: dict[str, Document] = {}
        self._waiting_bytes = 0
        self._written: dict[str, tuple[str, bytes]] = {}
        self._deleted: set[str] = set()
        self._known_indices: set[str] = set()
        self._counts: dict[str, Counter[str]] = {}
        self._senders = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="bulk")
        self._sending: list[Future[list[Rejected]]] = []
        self._told: Callable[[str, str], None] | None = None

    def tell_refusals(self, told: Callable[[str, str], None]) -> None:
        """See `capabilities.CanRefuse`."""
        self._told = told

    def put(self, document: Document) -> None:
        """Add a document, in place of the one with its id."""
        self._forget_waiting(document.id)
        self._waiting[document.id] = document
        self._waiting_bytes += _size(document)
        if self._waiting_bytes > (_BLOCK_BYTES if self._lengths else _FIRST):
            self._flush()

    def delete(self, id: str) -> None:
        """Remove the document with this id, if there is one."""
        self._forget_waiting(id)
        self._withdraw(id)
        self._deleted.add(id)

    def _forget_waiting(self, id: str) -> None:
        waiting = self._waiting.pop(id, None)
        if waiting is not None:
            self._waiting_bytes -= _size(waiting)

    def _withdraw(self, id: str) -> None:
        """Take back what this transaction has sent under an id."""
        if id not in self._written:
            return
        # Requests that are on their way at once may arrive in any order.
        self._wait()
        index = self._forget_written(id)
        if index is not None:
            self._send([Change(index, self._key(id))])
            self._wait()

    def _forget_written(self, id: str) -> str | None:
        """Count a document no longer as sent; returns its index, None if it was refused before."""
        index, record = self._written.pop(id, (None, b""))
        if index is not None:
            self._count(self._document_of(record), -1)
        return index

    def _key(self, id: str) -> str:
        """The same for every try: a repeated request changes nothing."""
        digest = blake2b(id.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        return f"{self._number}-{digest}"

    def _flush(self) -> None:
        documents, self._waiting, self._waiting_bytes = self._waiting, {}, 0
        if not documents:
            return
        if not self._lengths:
            self._lengths = mean_lengths(list(documents.values()), self._fields.scored)
        for id in [id for id in documents if id in self._written]:
            self._withdraw(id)
        changes = []
        for id, document in documents.items():
            self._added += 1
            index = self._names.of(document.published)
            self._prepare(index)
            content = stored(document, self._number, self._added, self._lengths)
            changes.append(Change(index, self._key(id), content))
            self._written[id] = index, document.record
            self._count(document, 1)
        self._send(changes)

    def _send(self, changes: list[Change]) -> None:
        """Send changes while the next ones are made ready."""
        while len(self._sending) >= _AT_ONCE:
            self._check(self._sending.pop(0).result())
        self._sending.append(self._senders.submit(send, self._connection, changes))

    def _wait(self) -> None:
        """Wait until all that was sent is there."""
        while self._sending:
            self._check(self._sending.pop(0).result())

    def _check(self, rejected: list[Rejected]) -> None:
        if not rejected:
            return
        ids = {self._key(id): id for id in self._written}
        refused = [(ids.get(one.change.id, ""), one.reason) for one in rejected]
        if self._told is None or not all(id for id, _ in refused):
            told = "; ".join(f"{id}: {reason}" for id, reason in refused[:_TOLD])
            more = f" and {len(refused) - _TOLD} more" if len(refused) > _TOLD else ""
            raise ArchiveError(
                f"the cluster refuses articles, so nothing was committed: {told}{more}"
            )
        for id, reason in refused:
            self._forget_written(id)
            self._told(id, reason)

    def close(self) -> None:
        """Wait for what is being sent, whatever becomes of it."""
        self._senders.shutdown(cancel_futures=True)

    def _prepare(self, index: str) -> None:
        """Make the index of a year, if it is new; not by the template alone, which somebody may delete."""
        if index in self._known_indices:
            return
        try:
            body = index_of_articles(self._names, self._fields)
            self._connection.request("PUT", f"/{index}", body, **METADATA)
        except ClusterRefusalError as error:
            if error.kind != "resource_already_exists_exception":
                raise
        self._known_indices.add(index)

    def _count(self, document: Document, step: int) -> None:
        """Add the terms of a document to the dictionary, or take them off."""
        found = {name: document.terms.get(name, {}).keys() for name in self._fields.counted}
        found[PAIRS] = dict.fromkeys(
            f"{one} {other}" for one, other in pairwise(document.tokens) if one and other
        ).keys()
        for name, terms in found.items():
            counts = self._counts.setdefault(name, Counter())
            if step > 0:
                counts.update(terms)
            else:
                counts.subtract(terms)

    def prepare_commit(self) -> State | None:
        """Write all that is left; the state that makes it visible, or None where nothing changed.

        Raises:
            ArchiveError: the cluster does not hold all that was sent.
        """
        self._flush()
        self._wait()
        replaced = list(self._replaced())
        if not self._written and not replaced:
            return None
        self._make_findable()
        for _, _, record in replaced:
            self._count(self._document_of(record), -1)
        doomed = self._store_doomed([(index, key) for index, key, _ in replaced])
        return replace(
            self._state,
            name=uuid4().hex,
            generation=self._number,
            articles=self._state.articles + len(self._written) - len(replaced),
            added=self._added,
            lengths=self._lengths,
            dictionary=self._dictionary.add(self._state.dictionary, self._counts),
            doomed=doomed,
            holder=None,
        )

    def _make_findable(self) -> None:
        """Open what was written to new searches, and count it: nothing may be lost on the way."""
        if not self._written:
            return
        touched = ",".join(sorted({index for index, _ in self._written.values()}))
        self._connection.request("POST", f"/{touched}/_refresh")
        answer = self._connection.request(
            "POST", f"/{touched}/_count", {"query": {"term": {"born": self._number}}}
        )
        if answer["count"] != len(self._written) or answer["_shards"]["failed"]:
            raise ArchiveError(
                f"the cluster holds {answer['count']} of {len(self._written)} articles that were"
                " sent; nothing was committed; run this again"
            )

    def _replaced(self) -> Iterable[tuple[str, str, bytes]]:
        """Index, key and record of the articles of the commit before that are replaced or removed."""
        gone = self._deleted.union(self._written)
        ids = sorted(gone) if self._state.articles else []
        for start in range(0, len(ids), _LOOKED_UP):
            block = [value_out(one) for one in ids[start : start + _LOOKED_UP]]
            answer = self._connection.request(
                "POST",
                f"/{self._names.alias}/_search",
                {
                    "query": {
                        "bool": {"filter": [{"terms": {"id": block}}, *view_filter(self._state)]}
                    },
                    "size": len(block),
                    "docvalue_fields": [RECORD],
                },
                allow_partial_search_results=False,
            )
            for hit in answer["hits"]["hits"]:
                yield hit["_index"], hit["_id"], bytes_of(hit, RECORD)

    def _store_doomed(self, articles: list[tuple[str, str]]) -> tuple[str, ...]:
        """Note which articles go, before they go: whoever comes next can finish that."""
        listed = []
        for start in range(0, len(articles), _DOOMED):
            id = f"doomed-{self._number}-{start}"
            content = {"articles": articles[start : start + _DOOMED]}
            self._connection.request("PUT", f"/{self._names.state}/_doc/{id}", content, **DOCUMENT)
            listed.append(id)
        return tuple(listed)

    def withdraw_all(self) -> None:
        """Delete what the transaction has written; raises ArchiveError."""
        delete_transactions(self._connection, self._names, [self._number])
