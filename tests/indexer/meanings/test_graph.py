"""The graph of the vectors of a large archive: what it leads to, its file, damage, renewal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.meanings import vector_table
from indexer.meanings.embedder import E5Embedder, Vectors
from indexer.meanings.embedding import embed_archive, update_graph
from indexer.meanings.vector_graph import VectorGraph
from indexer.meanings.vector_store import VectorStore
from indexer.meanings.vector_table import VectorTable
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Meaning, SearchRequest
from tests.indexer.meanings.test_vectors import drawn, table_of

pytestmark = pytest.mark.embedded
MODEL = "a model"


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_table, "_GRAPH_WORTH", 50)
    monkeypatch.setattr(vector_table, "_OUTSIDE", 20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    store = VectorStore(tmp_path, MODEL)
    yield store
    store.close()


def graph_of(table: VectorTable, rows: slice = slice(None)) -> VectorGraph:
    graph, wanted = VectorGraph.made(table.center), np.arange(len(table.keys))[rows]
    graph.add(table.keys[wanted], table.blocks(wanted), 1)
    return graph


def exact(vectors: Vectors, asked: Vectors, rows: np.ndarray, most: int) -> set[int]:
    return set(rows[np.argsort(-(vectors[rows] @ asked))[:most]].tolist())


def test_a_graph_leads_to_almost_all_that_are_nearest() -> None:
    vectors = drawn(6000, 1)
    table, rows = table_of(vectors), np.arange(6000)
    led, shared = table.with_graph(graph_of(table)), 0
    for asked in drawn(30, 1):
        places, cosines = led.nearest(asked, rows, 10)
        shared += len(exact(vectors, asked, rows, 10) & set(places.tolist()))
        assert cosines == pytest.approx(vectors[places] @ asked, abs=0.01)
    assert shared >= 0.95 * 300


def test_vectors_that_the_graph_does_not_hold_are_found() -> None:
    vectors = drawn(3000, 2)
    table = table_of(vectors)
    led = table.with_graph(graph_of(table, slice(0, 2900)))
    assert led.outside.tolist() == list(range(2900, 3000))
    for row in range(2900, 3000):
        places, _ = led.nearest(vectors[row], np.arange(3000), 5)
        assert places[0] == row


@pytest.mark.parametrize("left", [100, 500, 3000, 5800, 5990])
def test_a_filter_that_leaves_few_of_those_it_leads_to_is_answered_exactly(left: int) -> None:
    vectors = drawn(6000, 3)
    table = table_of(vectors)
    led, asked = table.with_graph(graph_of(table)), vectors[5]
    far = np.sort(np.argsort(vectors @ asked)[:left])
    _, cosines = led.nearest(asked, far, 10)
    assert cosines == pytest.approx(np.sort(vectors[far] @ asked)[::-1][:10], abs=0.003)


def filled(store: VectorStore, count: int, seed: int = 1) -> Vectors:
    vectors = drawn(count, seed)
    store.put([seed * 100_000 + at for at in range(count)], vectors)
    return vectors


def test_a_graph_is_made_kept_and_renewed(store: VectorStore, tmp_path: Path) -> None:
    filled(store, 300)
    update_graph(tmp_path, store, least=301)
    assert store.graph() is None
    update_graph(tmp_path, store, least=300)
    first = store.graph()
    assert first is not None
    filled(store, 3, seed=2)
    update_graph(tmp_path, store, least=300)
    assert store.graph() == first, "three of three hundred are compared beside it"
    filled(store, 60, seed=3)
    update_graph(tmp_path, store, least=300)
    second = store.graph()
    assert second is not None
    assert second.name != first.name
    opened = VectorGraph.opened(tmp_path, second)
    assert opened is not None
    assert opened.holds(store.table().keys).all()
    assert [one.name for one in tmp_path.glob("*.usearch")] == [second.name]
    store.drop([100_000 + at for at in range(100)])
    update_graph(tmp_path, store, least=100)
    third = VectorGraph.opened(tmp_path, store.graph() or second)
    assert third is not None
    assert len(third) == 263, "it is made again without those that are gone"


@pytest.mark.parametrize("place", [0, 200, -1])
def test_a_damaged_graph_is_not_used_and_made_again(
    store: VectorStore, tmp_path: Path, place: int
) -> None:
    filled(store, 300)
    update_graph(tmp_path, store, least=1)
    file = store.graph()
    assert file is not None
    content = bytearray((tmp_path / file.name).read_bytes())
    content[place] ^= 1
    (tmp_path / file.name).write_bytes(content)
    assert VectorGraph.opened(tmp_path, file) is None
    update_graph(tmp_path, store, least=1)
    again = store.graph()
    assert again is not None
    assert VectorGraph.opened(tmp_path, again) is not None
    (tmp_path / again.name).unlink()
    assert VectorGraph.opened(tmp_path, again) is None


def test_the_graph_of_another_model_is_not_used(store: VectorStore, tmp_path: Path) -> None:
    filled(store, 300)
    update_graph(tmp_path, store, least=1)
    other = VectorStore(tmp_path, "another", is_reader=True)
    assert other.graph() is None
    other.close()
    other = VectorStore(tmp_path, "another")
    assert other.graph() is None
    other.close()


def test_an_archive_answers_by_its_graph(tmp_path: Path) -> None:
    news = {
        "gao": "Giá gạo xuất khẩu tăng mạnh",
        "bong": "Đội tuyển thắng trận chung kết",
        "rung": "Cháy rừng thông kéo dài hai ngày",
    }
    filling = {f"x{at}": f"Bảng số liệu {at} của tháng {at % 12 + 1}" for at in range(100)}

    def index(records: dict[str, str]) -> None:
        lines = [json.dumps({"id": id, "title": title}) for id, title in records.items()]
        (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
        index_sources(tmp_path / "archive", [tmp_path / "a.jsonl"], workers=0)

    def ask(query: str) -> str:
        with Archive.open(tmp_path / "archive") as archive:
            return archive.search(SearchRequest(query, meaning=Meaning.ON)).hits[0].id

    index({**news, **filling})
    embedder = E5Embedder()
    embed_archive(tmp_path / "archive", embedder)
    store = VectorStore(tmp_path / "archive", embedder.model)
    update_graph(tmp_path / "archive", store, least=1)
    assert ask("a football team won") == "bong"
    index({**news, **filling, "lu": "Lũ cuốn trôi cây cầu treo"})
    embed_archive(tmp_path / "archive", embedder)
    assert ask("flood washed away a bridge") == "lu"
    file = store.graph()
    assert file is not None
    (tmp_path / "archive" / file.name).write_bytes(b"nothing")
    assert ask("forest fire") == "rung"
    store.close()
