"""One commit of an archive in a cluster: searched by the cluster, terms counted from the dictionary."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from operator import itemgetter
from threading import Lock
from typing import Any

import numpy as np

from indexer.engines.base import EngineHit, EngineResult, Interval, Origin, Plan
from indexer.engines.capabilities import PairCounts, TermPart, TokenArrays, TokenHashes
from indexer.engines.conditions import Condition, Term
from indexer.engines.opensearch.columns import (
    DIGEST,
    GROUP,
    GROUP_NAME,
    HASHES,
    ID,
    ORIGIN,
    RECORD,
    SKETCH,
    STARTS,
    WHOLE_ID,
    bytes_of,
    group_of,
    hashes_of,
    id_of,
    text_of,
)
from indexer.engines.opensearch.commits import State
from indexer.engines.opensearch.dictionary import PAIRS, Dictionary
from indexer.engines.opensearch.escaping import value_out
from indexer.engines.opensearch.layout import ClusterFields
from indexer.engines.opensearch.point_in_time import PointInTime
from indexer.engines.opensearch.queries import matching
from indexer.engines.opensearch.search import Search
from indexer.engines.opensearch.stored_document import sketch_value
from indexer.engines.token_hashes import unpack_starts

_KEPT_TOTALS = 10_000
_KEPT_ARTICLES = 500
_BLOCK = 1000
_SKETCHES = 32
"""Sketches that are looked up at once: as many as a query may have terms for."""


class _Kept(OrderedDict[str, Any]):
    """The articles that were fetched last."""

    def add(self, id: str, value: Any) -> None:
        self[id] = value
        while len(self) > _KEPT_ARTICLES:
            self.popitem(last=False)


class OpenSearchSearcher:
    """`Searcher` over one commit; threads may share it."""

    def __init__(
        self, state: State, view: PointInTime, dictionary: Dictionary, fields: ClusterFields
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
            return EngineResult(0, 0, 0, 0, (0,) * len(plan.clauses), (), nothing, interval, {})
        return Search(plan, self._view, self, self._fields.tokens).result()

    def dictionary_memory(self) -> int:
        """Bytes of memory that the term dictionary takes."""
        return self._dictionary.memory()

    def release(self) -> None:
        """Hold nothing in the cluster until the next search."""
        self._view.release()

    def close(self) -> None:
        """Let the cluster forget the view."""
        self._view.close()

    def hits_behind(self, plan: Plan, id: str) -> Iterator[EngineHit]:
        """The hits of a plan behind the one with an id; see `capabilities.CanContinue`."""
        if not self.count():
            raise LookupError(id)
        return Search(plan, self._view, self, self._fields.tokens).hits_behind(id)

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

    def term_parts(self) -> Sequence[TermPart]:
        """The parts that the writer keeps beside the articles."""
        return self._dictionary.parts

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, sorted, and how many documents hold each."""
        return self._dictionary.terms(field, prefix)

    def frequent_terms(self, field: str, prefix: str) -> list[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, the most frequent first, then as sorted."""
        return sorted(self.terms(field, prefix), key=itemgetter(1), reverse=True)

    def pair_counts(self, firsts: Sequence[str], seconds: Sequence[str]) -> PairCounts:
        """How many documents hold each token of `firsts` right before each of `seconds`."""
        pairs = [f"{one} {other}" for one in firsts for other in seconds]
        counts = np.array(self._dictionary.frequencies(PAIRS, pairs), dtype=np.float64)
        return counts.reshape(len(firsts), len(seconds))

    def records(self, ids: Sequence[str]) -> list[bytes | None]:
        """The records of documents in the order of `ids`; None where there is no such document."""
        # A page that shows articles marks their words as well.
        found = self._fetch(ids, [HASHES, STARTS, RECORD])
        return [bytes_of(found[id], RECORD) if id in found else None for id in ids]

    def token_hashes(self, ids: Sequence[str]) -> list[TokenHashes | None]:
        """The token hashes of documents in the order of `ids`; None where there is no such document."""
        found = self._fetch(ids, [HASHES])
        return [hashes_of(found[id]) if id in found else None for id in ids]

    def token_arrays(self, ids: Sequence[str]) -> list[TokenArrays | None]:
        """The tokens of documents in the order of `ids`; None where there is no such document."""
        found = self._fetch(ids, [HASHES, STARTS])
        return [_arrays(found[id]) if id in found else None for id in ids]

    def _fetch(self, ids: Sequence[str], columns: list[str]) -> dict[str, Any]:
        """Hits with some columns by their ids."""
        with self._lock:
            kept = {id: self._fetched[id] for id in ids if id in self._fetched}
        found = {
            id: hit for id, hit in kept.items() if all(one in hit["fields"] for one in columns)
        }
        missing = [id for id in dict.fromkeys(ids) if id not in found]
        for start in range(0, len(missing) if self.count() else 0, _BLOCK):
            block = missing[start : start + _BLOCK]
            by_value = {value_out(id): id for id in block}
            answer = self._view.search(
                {"filter": [{"terms": {"id": list(by_value)}}]},
                {
                    "size": len(block),
                    "docvalue_fields": [ID, *columns],
                    "track_total_hits": False,
                },
            )
            for hit in answer["hits"]["hits"]:
                found[by_value[hit["fields"][ID][0]]] = hit
        with self._lock:
            for id in missing:
                if id in found:
                    self._fetched.add(id, found[id])
        return found

    def keep(self, hits: Sequence[Any]) -> None:
        """Remember hits with their tokens, which are asked for next."""
        with self._lock:
            for hit in hits:
                if HASHES in hit["fields"]:
                    self._fetched.add(id_of(hit), hit)

    def samples(self, term: Term, count: int) -> list[TokenHashes]:
        """Token hashes of some documents that hold a term, spread evenly over all that do."""
        if not self.count():
            return []
        random = {"random_score": {"seed": 0, "field": "added"}, "query": matching(term)}
        answer = self._view.search(
            {"must": [{"function_score": {**random, "boost_mode": "replace"}}]},
            {
                "size": count,
                "docvalue_fields": [HASHES],
                "track_total_hits": False,
            },
        )
        return [hashes_of(hit) for hit in answer["hits"]["hits"]]

    def origins(self) -> Iterator[Origin]:
        """Where every document came from."""
        for hit in self._all({}, [DIGEST, ORIGIN]):
            yield Origin(id_of(hit), text_of(hit, DIGEST), text_of(hit, ORIGIN))

    def groups(self, ids: Sequence[str]) -> list[str | None]:
        """The name of each document's group; None where there is no such document."""
        found: dict[str, str] = {}
        for start in range(0, len(ids), _BLOCK):
            values = list(map(value_out, ids[start : start + _BLOCK]))
            for hit in self._all({"filter": [{"terms": {ID: values}}]}, [GROUP_NAME]):
                found[id_of(hit)] = group_of(hit)
        return [found.get(id) for id in ids]

    def members(self, groups: Sequence[str]) -> list[tuple[str, ...]]:
        """The ids of the documents that were put into each group."""
        found: dict[str, list[str]] = {name: [] for name in groups}
        for start in range(0, len(groups), _BLOCK):
            values = list(map(value_out, groups[start : start + _BLOCK]))
            for hit in self._all({"filter": [{"terms": {GROUP: values}}]}, [GROUP, GROUP_NAME]):
                if (name := group_of(hit)) != id_of(hit) and name in found:
                    found[name].append(id_of(hit))
        return [tuple(found[name]) for name in groups]

    def sharing(self, sketches: Sequence[Sequence[int]], least: int, most: int) -> list[list[str]]:
        """For each sketch the documents that share numbers with it, those that share most first."""
        found: list[list[str]] = []
        for start in range(0, len(sketches), _SKETCHES):
            block = [set(map(sketch_value, one)) for one in sketches[start : start + _SKETCHES]]
            hits = self._holding(sorted(set().union(*block)), least)
            held = [(id_of(hit), set(hit["fields"][SKETCH])) for hit in hits]
            for sketch in block:
                shared = [(len(sketch & its), id) for id, its in held]
                best = sorted((one for one in shared if one[0] >= least), reverse=True)
                found.append([id for _, id in best[:most]])
        return found

    def _holding(self, numbers: Sequence[str], least: int) -> Sequence[Any]:
        """Hits with several of some numbers of sketches."""
        if not numbers or not self.count():
            return []
        held = [{"term": {SKETCH: number}} for number in numbers]
        answer = self._view.search(
            {"should": held, "minimum_should_match": least},
            {
                "size": _BLOCK,
                "docvalue_fields": [ID, WHOLE_ID, SKETCH],
                "track_total_hits": False,
            },
        )
        hits: Sequence[Any] = answer["hits"]["hits"]
        return hits

    def _all(self, query: dict[str, Any], columns: Sequence[str]) -> Iterator[Any]:
        """All hits of a query with some columns, in the order in which they were added."""
        after: list[Any] = []
        while self.count():
            answer = self._view.search(
                query,
                {
                    "size": _BLOCK,
                    "docvalue_fields": [ID, WHOLE_ID, *columns],
                    "sort": [{"added": "asc"}],
                    "track_total_hits": False,
                    **({"search_after": after} if after else {}),
                },
            )
            hits = answer["hits"]["hits"]
            yield from hits
            if len(hits) < _BLOCK:
                return
            after = hits[-1]["sort"]


def _arrays(hit: Any) -> TokenArrays:
    hashes = hashes_of(hit)
    return TokenArrays(hashes, unpack_starts(bytes_of(hit, STARTS), len(hashes)))
