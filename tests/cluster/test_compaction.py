"""After a first run the indices of a cluster are as small and as fast as they can be."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import indexer.engines.opensearch.compaction as compaction_module
from indexer.engine_factory import EngineChoice, open_engine
from indexer.engines.opensearch import OpenSearchEngine
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from tests.cluster.cluster import Cluster
from tests.cluster.test_faults import index_of, wait_until


def test_segments_are_joined_and_requests_forgotten(
    tmp_path: Path, cluster: Cluster, choice: EngineChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.wait_for(3)
    monkeypatch.setattr(compaction_module, "_WORTH_WAITING", 0)
    chance = random.Random(1)
    words = ["lũ", "nước", "đê", "mưa", "ruộng", "cầu", "xã", "huyện", "sông", "người"]
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(300):
            body = " ".join(f"{chance.choice(words)} {chance.randrange(5000)}" for _ in range(300))
            record = {
                "id": f"{number}",
                "title": f"Lũ {number}",
                "body": body,
                "date": "2020-05-01",
            }
            stream.write(json.dumps(record) + "\n")

    def size() -> int:
        """Bytes of all copies of the articles; the cluster measures them every ten seconds."""
        found = cluster.ask("GET", f"/{index_of(tmp_path / 'kho')}/_stats/store")
        return int(found["_all"]["total"]["store"]["size_in_bytes"])

    sizes = []
    joined = OpenSearchEngine.compact

    def compact(engine: OpenSearchEngine) -> None:
        sizes.append(size())
        # A view of the run itself must not hold what is joined.
        held = engine.searcher()
        joined(engine)
        wait_until(lambda: size() < 0.75 * sizes[0], 30)
        assert held.count() == 300

    monkeypatch.setattr(OpenSearchEngine, "compact", compact)
    index_sources(tmp_path / "kho", [tmp_path / "a.jsonl"], batch=50, workers=0, choice=choice)
    assert len(sizes) == 1, "a first run joins segments once"
    found = cluster.ask("GET", f"/{index_of(tmp_path / 'kho')}/_segments")["indices"]
    copies = [copy for its in found.values() for copy in its["shards"]["0"]]
    assert [len([*filter(None, copy["segments"])]) for copy in copies] == [1, 1]
    with Archive.open(tmp_path / "kho") as opened:
        assert opened.search(SearchRequest("lũ")).total == 300
    assert open_engine(tmp_path / "kho").searcher().count() == 300
