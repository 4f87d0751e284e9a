"""A view of an archive holds shards on their nodes as they were: none stays open that nobody uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.engine_factory import EngineChoice, open_engine
from indexer.errors import ArchiveError
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import write
from tests.cluster.test_faults import index_of, wait_until


@pytest.fixture(autouse=True)
def without_views(cluster: Cluster) -> None:
    """Views of other tests, whose processes were killed, stay for some minutes."""
    cluster.end_views()


def test_a_view_that_cannot_be_opened_holds_nothing(archive: Path, cluster: Cluster) -> None:
    cluster.ask("DELETE", f"/{index_of(archive)}-y2010")
    engine = open_engine(archive)
    for _ in range(3):
        with pytest.raises(ArchiveError, match="holds 1 of 2 articles"):
            engine.searcher()
    assert cluster.views() == 0
    engine.close()


def test_a_site_holds_the_newest_commit_alone(
    archive: Path, source: Path, choice: EngineChoice, cluster: Cluster
) -> None:
    with Archive.open(archive) as opened, opened.kept_warm():
        for number in range(2, 6):
            write(source, *(["Lũ về"] * (number + 1)))
            index_sources(archive, [source], choice=choice)
            wait_until(lambda: opened.search(SearchRequest("lũ")).total == number + 1)  # noqa: B023
        wait_until(lambda: cluster.views() == 1)
    wait_until(lambda: cluster.views() == 0)
