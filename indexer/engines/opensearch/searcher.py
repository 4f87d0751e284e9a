"""One commit of an archive in a cluster: searched by the cluster, terms counted from the dictionary."""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

import numpy as np

from indexer.engines.base import Condition, EngineResult, Interval, Origin, Plan, Term
from indexer.engines.capabilities import TokenArrays, TokenHashes
from indexer.engines.opensearch.commits import State
from indexer.engines.opensearch.dictionary import Dictionary
from indexer.engines.opensearch.escaping import text_in, value_out
from indexer.engines.opensearch.layout import Fields
from indexer.engines.opensearch.point_in_time import PointInTime
from indexer.engines.opensearch.queries import matching
from indexer.engines.opensearch.search import Search
from indexer.errors import ArchiveError

_KEPT_TOTALS = 10_000
_KEPT_ARTICLES = 500
_BLOCK = 1000


class _Kept(OrderedDict[str, Any]):
    """The articles that were fetched last."""

    def add(self, id: str, value: Any) -> None:
        self[id] = value
        while len(self) > _KEPT_ARTICLES:
            self.popitem(last=False)


class OpenSearchSearcher:
    """`Searcher` over one commit; threads may share it."""

    def __init__(
        self, state: State, view: PointInTime, dictionary: Dictionary, fields: Fields
    ) -> None:
        self.commit = state.name
        self._state = state
        self._view = view
        self._dictionary = dictionary
        self._fields = fields
        self._lock = Lock()
        self._totals: dict[Condition, int] = {}
        self._fetched = _Kept()
        self._newest: int | None = None

    def count(self) -> int:
        """How many documents there are."""
        return self._state.articles

    def search(self, plan: Plan) -> EngineResult:
        """Run a plan."""
        if not self.count():
            interval = plan.interval or Interval.YEAR
            nothing: dict[str, dict[str, int]] = {name: {} for name in plan.facets}
            return EngineResult(0, 0, (0,) * len(plan.clauses), (), nothing, interval, {})
        return Search(plan, self._view, self).result()

    def close(self) -> None:
        """Let the cluster forget the view."""
        self._view.close()

    def totals(self, conditions: Sequence[Condition]) -> list[int]:
        """How many documents match each condition; counted once."""
        unknown = [one for one in dict.fromkeys(conditions) if one not in self._totals]
        asked: list[Condition] = []
        for one in unknown:
            known = self._known_total(one)
            if known is None:
                asked.append(one)
            else:
                self._totals[one] = known
        if asked:
            counted = {str(number): matching(one) for number, one in enumerate(asked)}
            answer = self._view.search(
                {}, {"size": 0, "aggs": {"totals": {"filters": {"filters": counted}}}}
            )
            buckets = answer["aggregations"]["totals"]["buckets"]
            self._totals.update(
                (one, buckets[str(number)]["doc_count"]) for number, one in enumerate(asked)
            )
        found = [self._totals[one] for one in conditions]
        if len(self._totals) > _KEPT_TOTALS:
            self._totals = {}
        return found

    def newest(self) -> int:
        """The newest moment of publication; the epoch where no document has any."""
        if self._newest is None:
            answer = self._view.search(
                {}, {"size": 0, "aggs": {"newest": {"max": {"field": "published"}}}}
            )
            self._newest = round(answer["aggregations"]["newest"]["value"] or 0) // 1000
        return self._newest

    def _known_total(self, condition: Condition) -> int | None:
        """How many documents match a condition where the dictionary says so."""
        if not isinstance(condition, Term) or condition.phrases:
            return None
        if len(condition.terms) < 2 and condition.field in self._fields.counted:
            return sum(self.frequencies(condition.field, condition.terms))
        return None

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents hold each term."""
        if field in self._fields.counted:
            return self._dictionary.frequencies(field, terms)
        return self.totals([Term(field, (one,)) for one in terms])

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, sorted, and how many documents hold each."""
        return self._dictionary.terms(field, prefix)

    def records(self, ids: Sequence[str]) -> list[bytes | None]:
        """The records of documents in the order of `ids`; None where there is no such document."""
        found = self._sources(ids)
        return [
            base64.b64decode(found[id]["_source"]["record"]) if id in found else None for id in ids
        ]

    def _sources(self, ids: Sequence[str]) -> dict[str, Any]:
        """Articles with their records and tokens by their ids."""
        return self._fetch(ids, ["record", "id", "whole_id"])

    def token_hashes(self, ids: Sequence[str]) -> list[TokenHashes | None]:
        """The token hashes of documents in the order of `ids`; None where there is no such document."""
        found = self._fetch(ids, None)
        return [_numbers(found[id], "token_hashes") if id in found else None for id in ids]

    def token_arrays(self, ids: Sequence[str]) -> list[TokenArrays | None]:
        """The tokens of documents in the order of `ids`; None where there is no such document."""
        found = self._sources(ids)
        return [
            TokenArrays(_numbers(found[id], "token_hashes"), _numbers(found[id], "token_starts"))
            if id in found
            else None
            for id in ids
        ]

    def _fetch(self, ids: Sequence[str], source: list[str] | None) -> dict[str, Any]:
        """Articles by their ids: the tokens alone, or what their source holds as well."""
        with self._lock:
            kept = {id: self._fetched[id] for id in ids if id in self._fetched}
        found = {id: hit for id, hit in kept.items() if source is None or "_source" in hit}
        missing = [id for id in dict.fromkeys(ids) if id not in found]
        for start in range(0, len(missing) if self.count() else 0, _BLOCK):
            block = missing[start : start + _BLOCK]
            by_value = {value_out(id): id for id in block}
            columns = ["id", "token_hashes", *(["token_starts"] if source else [])]
            answer = self._view.search(
                {"filter": [{"terms": {"id": list(by_value)}}]},
                {
                    "size": len(block),
                    "_source": source or False,
                    "docvalue_fields": columns,
                    "track_total_hits": False,
                },
            )
            for hit in answer["hits"]["hits"]:
                found[by_value[hit["fields"]["id"][0]]] = hit
        with self._lock:
            for id in missing:
                if id in found:
                    self._fetched.add(id, found[id])
        return found

    def samples(self, term: Term, count: int) -> list[TokenHashes]:
        """Token hashes of some documents that hold a term, spread evenly over all that do."""
        if not self.count():
            return []
        random = {"random_score": {"seed": 0, "field": "added"}, "query": matching(term)}
        answer = self._view.search(
            {"must": [{"function_score": {**random, "boost_mode": "replace"}}]},
            {
                "size": count,
                "_source": False,
                "docvalue_fields": ["token_hashes"],
                "track_total_hits": False,
            },
        )
        return [_numbers(hit, "token_hashes") for hit in answer["hits"]["hits"]]

    def origins(self) -> Iterator[Origin]:
        """Where every document came from."""
        after: list[Any] = []
        while self.count():
            answer = self._view.search(
                {},
                {
                    "size": _BLOCK,
                    "_source": ["id", "whole_id", "digest", "origin"],
                    "sort": [{"added": "asc"}],
                    "track_total_hits": False,
                    **({"search_after": after} if after else {}),
                },
            )
            hits = answer["hits"]["hits"]
            for hit in hits:
                source = hit["_source"]
                yield Origin(
                    text_in(source.get("whole_id") or source["id"]),
                    text_in(source["digest"]),
                    text_in(source["origin"]),
                )
            if len(hits) < _BLOCK:
                return
            after = hits[-1]["sort"]


def _numbers(hit: Any, column: str) -> TokenHashes:
    """A column of numbers of an article."""
    found = hit["fields"].get(column)
    if found is None:
        raise ArchiveError(
            f"{hit['_index']}: an article without its tokens; restore the index, or index anew"
        )
    # Lucene's columns come without the padding.
    data = base64.b64decode(found[0] + "=" * (-len(found[0]) % 4))
    return np.frombuffer(data, dtype="<u4").astype(np.uint32, copy=False)
