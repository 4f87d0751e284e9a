"""Parts of the cluster's engine that need no cluster; the rest is tested against a real one in `tests/cluster/`."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexer.engines.opensearch.counting as counting_module
import indexer.engines.opensearch.dictionary as dictionary_module
from indexer.engines.base import Interval, Plan
from indexer.engines.conditions import AllOf, AnyOf, Condition, Not, Phrase, Term
from indexer.engines.opensearch.connection import ClusterAddress, Connection
from indexer.engines.opensearch.counting import counts, facet_aggregations, timeline_aggregations
from indexer.engines.opensearch.dictionary import PAIRS, Dictionary, Part, join
from indexer.engines.opensearch.escaping import term_out, text_in, text_out, value_out
from indexer.engines.opensearch.layout import Names, difference, stored_count
from indexer.engines.opensearch.point_in_time import Views
from indexer.engines.opensearch.queries import matching, terms_in
from indexer.engines.opensearch.token_matching import matches
from indexer.engines.scoring import K1
from indexer.engines.token_hashes import hash_tokens
from indexer.errors import ArchiveError, UnavailableError

TEXTS = st.text(max_size=40) | st.text(alphabet="a |\\\n\u2028\udc80ế", max_size=10)


@given(TEXTS)
def test_any_text_goes_out_as_utf_8_and_comes_back(text: str) -> None:
    assert isinstance(text_out(text).encode(), bytes)
    if not any("\U000fd800" <= one <= "\U000fdfff" for one in text):
        assert text_in(text_out(text)) == text


@given(st.lists(TEXTS, min_size=2, max_size=2, unique=True))
def test_terms_are_one_token_each_and_differ(texts: list[str]) -> None:
    one, other = map(term_out, texts)
    assert one != other
    assert one.split() == [one]
    assert "|" not in one
    # No term can be taken for one of the engine's own.
    assert not one.startswith("\\n")


def test_long_values_are_cut_and_told_apart_by_their_hash() -> None:
    one, other = "ế" * 5000 + "1", "ế" * 5000 + "2"
    assert value_out(one) != value_out(other)
    assert len(term_out(one).encode()) <= 512
    assert value_out("ế" * 100) == "ế" * 100


TERMS = st.dictionaries(st.text(max_size=4), st.integers(-2, 5).filter(bool), max_size=20)


@given(st.lists(TERMS, min_size=1, max_size=4), st.text(max_size=2))
def test_a_dictionary_adds_its_parts_up(found: list[dict[str, int]], prefix: str) -> None:
    parts = [Part.from_bytes(Part.of({"f": its}).to_bytes()) for its in found]
    sums: Counter[str] = Counter()
    for its in found:
        sums.update(its)
    wanted = sorted(
        ((term, count) for term, count in sums.items() if count > 0 and term.startswith(prefix)),
        key=lambda item: item[0].encode("utf-8", "surrogatepass"),
    )
    for dictionary in (Dictionary(parts), Dictionary([join(parts)])):
        assert list(dictionary.terms("f", prefix)) == wanted
        assert dictionary.frequencies("f", [*sums, "?none?"]) == [
            *(max(0, count) for count in sums.values()),
            0,
        ]
    assert list(Dictionary(parts).terms("g")) == []
    for part, its in zip(parts, found, strict=True):
        assert part.counts("f", [*sums, "?none?"]) == [*(its.get(term, 0) for term in sums), 0]
        assert part.counts("g", ["a"]) == [0]


def test_rare_pairs_are_left_out_of_large_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionary_module, "_MANY", 2)
    part = Part.of({PAIRS: {"lào cai": 2, "lao cái": 1}, "words": {"a": 1}})
    joined = Dictionary([join([part])])
    assert list(joined.terms(PAIRS)) == [("lào cai", 2)]
    assert list(joined.terms("words")) == [("a", 1)]


def test_a_damaged_part_is_no_part() -> None:
    data = Part.of({"f": {"a": 1}}).to_bytes()
    with pytest.raises((ValueError, zlib.error)):
        Part.from_bytes(data[:-3])


@given(st.integers(1, 255), st.integers(1, 5000))
def test_a_stored_count_gives_what_bm25_gives(count: int, length: int) -> None:
    norm = 0.25 + 0.75 * length / 700
    stored = stored_count(count, norm)
    exact = count / (count + K1 * norm)
    assert stored / (stored + K1 * 1024) == pytest.approx(exact, rel=5e-3)


class Shards:
    """Shards that count as a cluster does: each names its most frequent values."""

    def __init__(self, shards: list[dict[str, int]]) -> None:
        self.shards = shards
        self.asked = 0

    def answer(self, aggregations: Mapping[str, Any]) -> dict[str, Any]:
        self.asked += 1
        return {name: self.count(its["terms"]) for name, its in aggregations.items()}

    def count(self, asked: dict[str, Any]) -> dict[str, Any]:
        sums: Counter[str] = Counter()
        cut: list[tuple[int, dict[str, int]]] = []
        for shard in self.shards:
            least = asked.get("shard_min_doc_count", 1)
            wanted = asked.get("include", shard)
            values = {one: n for one, n in shard.items() if n >= least and one in wanted}
            named = sorted(values.items(), key=lambda item: (-item[1], item[0]))
            if len(named) > asked["shard_size"]:
                named = named[: asked["shard_size"]]
                cut.append((named[-1][1], dict(named)))
            sums.update(dict(named))
        found = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[: asked["size"]]
        buckets = [
            {
                "key": value,
                "doc_count": count,
                "doc_count_error_upper_bound": sum(n for n, named in cut if value not in named),
            }
            for value, count in found
        ]
        return {"buckets": buckets, "doc_count_error_upper_bound": sum(n for n, _ in cut)}


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([f"v{n:02}" for n in range(30)]), st.integers(1, 40), max_size=30
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(1, 6),
    st.integers(1, 12),
    st.integers(0, 6),
)
def test_facets_are_exact_whatever_shards_leave_out(
    shards: list[dict[str, int]], most: int, named: int, more: int
) -> None:
    plan = Plan(facets={"f": most}, interval=Interval.YEAR)
    cluster = Shards(shards)
    with patch.object(counting_module, "_asked", lambda most: most + more):
        asked = facet_aggregations(plan)
        asked["facet f"]["terms"] |= {"shard_size": named}
        found = counts(plan, cluster.answer(asked), len(shards), cluster.answer)
    sums: Counter[str] = Counter()
    for shard in shards:
        sums.update(shard)
    exact = dict(sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:most])
    assert list(found.facets["f"].items()) == list(exact.items())
    assert cluster.asked <= 3
    assert timeline_aggregations(plan) == found.timeline == {}
    assert timeline_aggregations(replace(plan, has_timeline=True)).keys() == {"timeline"}


def test_facets_of_shards_with_few_values_are_asked_for_once() -> None:
    shards = [{f"v{(n * 7 + k) % 900}": 1 + k % 5 for k in range(400)} for n in range(20)]
    plan = Plan(facets={"f": 10}, interval=Interval.YEAR)
    cluster = Shards(shards)
    found = counts(plan, cluster.answer(facet_aggregations(plan)), 20, cluster.answer)
    assert len(found.facets["f"]) == 10
    assert cluster.asked == 1


WORDS = st.sampled_from(["a", "b", "c", "d"])
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(lambda terms: Term("s", tuple(terms)), st.lists(WORDS, max_size=2)),
    st.builds(lambda one, two: Phrase("s", ((one,), (two, "c"))), WORDS, WORDS),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: AllOf(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=5,
)


def holds(condition: Condition, tokens: list[str]) -> bool:
    match condition:
        case Term(_, terms):
            return any(one in tokens for one in terms)
        case Phrase(_, positions):
            return any(
                tokens[at] in positions[0] and tokens[at + 1] in positions[1]
                for at in range(len(tokens) - 1)
            )
        case AllOf(parts):
            return all(holds(one, tokens) for one in parts)
        case AnyOf(parts):
            return any(holds(one, tokens) for one in parts)
        case Not(part):
            return not holds(part, tokens)
    raise ValueError(condition)


@given(CONDITIONS, st.lists(st.lists(WORDS | st.just(""), max_size=6), min_size=1, max_size=4))
def test_tokens_decide_what_a_cluster_would(condition: Condition, texts: list[list[str]]) -> None:
    arrays = [np.asarray(hash_tokens(text)) for text in texts]
    assert matches(condition, arrays).tolist() == [holds(condition, text) for text in texts]
    assert terms_in(matching(condition)) >= 0


@pytest.mark.parametrize(
    ("published", "index"),
    [
        (None, "khobao-x-undated"),
        (0, "khobao-x-y1970"),
        (-1, "khobao-x-y1969"),
        (-62135596800, "khobao-x-y0001"),
    ],
)
def test_an_article_is_in_the_index_of_its_year(published: int | None, index: str) -> None:
    assert Names("x").of(published) == index


def test_a_changed_mapping_is_named() -> None:
    wanted = {"dynamic": "strict", "properties": {"a": {"type": "text", "norms": False}}}
    same = {"dynamic": "strict", "properties": {"a": {"type": "text", "norms": "false"}, "b": {}}}
    assert difference(wanted, same) is None
    assert difference(wanted, {**same, "dynamic": "true"}) == "dynamic"
    assert difference(wanted, {"dynamic": "strict", "properties": {}}) == "properties.a"


@pytest.mark.parametrize(
    ("given", "hosts", "user"),
    [
        ("localhost", ("http://localhost:9200",), ""),
        ("https://a:1, https://b", ("https://a:1", "https://b:9200"), ""),
        ("http://bao@[::1]:9201/", ("http://[::1]:9201",), "bao"),
    ],
)
def test_addresses_as_people_write_them(given: str, hosts: tuple[str, ...], user: str) -> None:
    address = ClusterAddress.of(given)
    assert (address.hosts, address.user) == (hosts, user)


@pytest.mark.parametrize(
    "given", ["", ",", "ftp://a", "http://", "http://u:p@a", "http://a,https://b"]
)
def test_addresses_that_are_none(given: str) -> None:
    with pytest.raises(ArchiveError):
        ClusterAddress.of(given)


class HalfDeaf:
    """A cluster that opens views and, while a node does not answer, cannot close them."""

    def __init__(self) -> None:
        self.views: list[str] = []
        self.opened = 0
        self.hears: bool | None = True

    def request(self, method: str, _path: str, body: Any = None, **_params: Any) -> Any:
        if method == "POST":
            self.opened += 1
            self.views.append(str(self.opened))
            return {"pit_id": self.views[-1]}
        if self.hears is None:
            raise UnavailableError("no node of the cluster answers")
        closed = [id for id in body["pit_id"] if self.hears and id in self.views]
        self.views = [id for id in self.views if id not in closed]
        return {"pits": [{"pit_id": id, "successful": bool(self.hears)} for id in body["pit_id"]]}


@pytest.mark.parametrize("hears", [None, False])
def test_a_view_that_a_node_could_not_close_is_closed_with_the_next(hears: bool | None) -> None:
    cluster = HalfDeaf()
    views = Views(cast(Connection, cluster), Names("a"))
    ids = [views.open(), views.open()]
    cluster.hears = hears
    views.close(ids)
    assert (ids, cluster.views) == ([], ["1", "2"])
    assert views.open() == "3"
    assert cluster.views == ["1", "2", "3"]
    cluster.hears = True
    assert views.open() == "4"
    assert cluster.views == ["3", "4"]


def test_views_that_can_never_be_closed_are_no_burden() -> None:
    cluster = HalfDeaf()
    views = Views(cast(Connection, cluster), Names("a"))
    cluster.hears = False
    for _ in range(50):
        views.close([views.open()])
    cluster.hears = True
    views.close([])
    # The cluster forgets the others by itself.
    assert len(cluster.views) == 42
