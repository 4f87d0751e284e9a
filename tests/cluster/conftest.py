"""A cluster of three nodes and an archive in it, for the tests of this folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.engine_factory import OPENSEARCH, EngineChoice
from indexer.engines.opensearch import ClusterAddress
from indexer.pipeline import index_sources
from tests.cluster.cluster import HOW_TO_GET_IT, Cluster, is_possible


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if not is_possible():
        if os.environ.get("CI") == "true":
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    yield running
    running.stop()


@pytest.fixture
def choice(cluster: Cluster) -> Iterator[EngineChoice]:
    """A new archive in the cluster, which is empty again after the test.

    After a node is lost the copies of all indices come back a few at a time: a test that loses one must
    not wait for those of others.
    """
    yield EngineChoice(OPENSEARCH, ClusterAddress.of(list(cluster.hosts)))
    cluster.clear()


def write(folder: Path, *titles: str) -> Path:
    for number, title in enumerate(titles):
        (folder / f"{number}.txt").write_text(
            f"---\nngày: 20{10 + number}-05-01\n---\n{title}\n\nNước dâng.\n", "utf-8"
        )
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "bai").mkdir()
    return write(tmp_path / "bai", "Lũ về", "Hạn hán")


@pytest.fixture
def archive(tmp_path: Path, source: Path, choice: EngineChoice) -> Path:
    index_sources(tmp_path / "kho", [source], choice=choice)
    return tmp_path / "kho"
