"""OpenSearch as a newsroom would set it up by itself: the standard analyzer without diacritics beside them.

No words, pairs or reranking: `multi_match` over title, lead and body with the title and lead weighted,
ten hits, its own highlighter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from indexer.engines.opensearch import ClusterAddress
from indexer.engines.opensearch.connection import Connection

INDEX = "plain-articles"
_FIELDS = ["title^3", "lead^2", "body"]
_TEXT = {"type": "text", "analyzer": "folded"}
_BODY = {
    "settings": {
        "auto_expand_replicas": "0-1",
        "analysis": {
            "filter": {"plain": {"type": "asciifolding", "preserve_original": True}},
            "analyzer": {"folded": {"tokenizer": "standard", "filter": ["lowercase", "plain"]}},
        },
    },
    "mappings": {
        "properties": {
            "title": _TEXT,
            "lead": _TEXT,
            "body": _TEXT,
            "date": {"type": "date"},
            "source": {"type": "keyword"},
        }
    },
}
_BULK = 500


class PlainOpenSearch:
    """The index of a newsroom in a cluster."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._connection = Connection(ClusterAddress.of(list(hosts)))

    def index(self, records: Iterable[dict[str, Any]]) -> None:
        """Index articles anew."""
        self._connection.request("DELETE", f"/{INDEX}", missing=True)
        self._connection.request("PUT", f"/{INDEX}", _BODY)
        for lines in _blocks(records):
            answer = self._connection.request("POST", f"/{INDEX}/_bulk", lines)
            if answer["errors"]:
                raise RuntimeError(json.dumps(answer)[:500])
        self._connection.request("POST", f"/{INDEX}/_refresh")
        self._connection.request("POST", f"/{INDEX}/_flush", request_timeout=600)
        self._connection.request(
            "POST", f"/{INDEX}/_forcemerge", max_num_segments=1, request_timeout=3600
        )

    def search(self, query: str) -> list[str]:
        """The ids of the best ten, with highlighted fragments as a page shows them."""
        return self._ids({"multi_match": {"query": query, "fields": _FIELDS}})

    def phrase(self, query: str) -> list[str]:
        """The best ten that hold the words side by side."""
        return self._ids({"multi_match": {"query": query, "fields": _FIELDS, "type": "phrase"}})

    def from_2016(self, query: str) -> list[str]:
        """The best ten from 2016 on."""
        matching = {"multi_match": {"query": query, "fields": _FIELDS}}
        since = {"range": {"date": {"gte": "2016-01-01"}}}
        return self._ids({"bool": {"must": [matching], "filter": [since]}})

    def _ids(self, query: dict[str, Any]) -> list[str]:
        body = {
            "query": query,
            "size": 10,
            "track_total_hits": True,
            "highlight": {"fields": {"title": {}, "lead": {}, "body": {}}},
            "aggs": {
                "source": {"terms": {"field": "source"}},
                "year": {"date_histogram": {"field": "date", "calendar_interval": "year"}},
            },
        }
        answer = self._connection.request("POST", f"/{INDEX}/_search", body)
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def bytes(self) -> int:
        """Bytes of one copy."""
        stats = self._connection.request("GET", f"/{INDEX}/_stats/store")
        return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])


def _blocks(records: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    left = iter(records)
    while block := list(islice(left, _BULK)):
        lines: list[Any] = []
        for record in block:
            content = {
                name: record.get(name) for name in ("title", "lead", "body", "date", "source")
            }
            lines += [{"index": {"_id": record["id"]}}, content]
        yield lines
