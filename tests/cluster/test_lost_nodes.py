"""A node is killed while articles are indexed and searched: nothing is lost, nothing is there twice."""

from __future__ import annotations

import gc
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from indexer.engine_factory import EngineChoice, open_engine
from indexer.errors import ArchiveError
from indexer.integrity import check_archive
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from tests.cluster.cluster import Cluster
from tests.cluster.test_faults import index_of, wait_until
from webapp import create_app
from webapp.operations import Settings

KILLS = int(os.environ.get("KHOBAO_KILLS", "3"))
EACH = 40
"""Articles that each run adds."""


@dataclass(slots=True)
class Asked:
    """The answers of a site while nodes are lost.

    Attributes:
        statuses: of the requests.
        totals: of those that were answered.
        wrong: answers that are neither an answer nor an honest refusal.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    totals: dict[str, list[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@contextmanager
def asking(archive: Path) -> Iterator[Asked]:
    """Search a site all the time."""
    found, stop = Asked(), Event()

    def ask(opened: Archive, query: str) -> None:
        client = create_app(opened, Settings(rate_limit="")).test_client()
        while not stop.is_set():
            answer = client.get("/api/v1/search", query_string={"q": query})
            found.statuses[answer.status_code] += 1
            if answer.status_code == 200:
                found.totals.setdefault(query, []).append((answer.json or {})["total"])
            elif answer.status_code != 503 or "Retry-After" not in answer.headers:
                found.wrong.append(f"{answer.status_code} {answer.text[:300]}")
            time.sleep(0.02)

    with Archive.open(archive) as opened, opened.kept_warm():
        threads = [Thread(target=ask, args=(opened, query)) for query in ("lũ", '"lũ về"', "nước")]
        for thread in threads:
            thread.start()
        try:
            yield found
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def add_records(file: Path, number: int) -> None:
    with file.open("a", encoding="utf-8") as stream:
        for at in range(EACH):
            id = f"{number}-{at}"
            record = {
                "id": id,
                "title": f"Lũ về {id}",
                "body": "Nước dâng.",
                "date": f"{2000 + at % 3}-05-01",
            }
            stream.write(json.dumps(record) + "\n")


def index_until_done(archive: Path, file: Path, choice: EngineChoice) -> int:
    """Index until a run succeeds, as somebody does who runs it again; returns how many runs failed."""
    failed = 0
    while True:
        try:
            index_sources(archive, [file], workers=0, batch=EACH // 2, choice=choice)
            return failed
        except ArchiveError as error:
            assert "\n" not in str(error)
            failed += 1
            assert failed < 20, error


def test_a_killed_node_loses_nothing_and_nothing_is_there_twice(
    tmp_path: Path, cluster: Cluster, choice: EngineChoice
) -> None:
    file, archive = tmp_path / "a.jsonl", tmp_path / "kho"
    add_records(file, 0)
    cluster.end_views()
    index_until_done(archive, file, choice)
    cluster.wait_for(3)
    with asking(archive) as asked:
        for number in range(1, KILLS + 1):
            add_records(file, number)
            killing = Thread(target=kill_soon, args=(cluster, number % 3 + 1, 0.05 * (number % 8)))
            killing.start()
            index_until_done(archive, file, choice)
            killing.join()
            cluster.start(number % 3 + 1)
            cluster.wait_for(3)
    assert asked.wrong == []
    assert asked.statuses[200] > KILLS
    for query, totals in asked.totals.items():
        # Every article matches, and none goes.
        assert totals == sorted(totals), (query, totals)
        assert totals[0] >= EACH
    with closing(open_engine(archive)) as engine:
        found = [one.id for one in engine.searcher().origins()]
    assert len(found) == len(set(found)) == EACH * (KILLS + 1)
    report = check_archive(archive)
    assert (report.articles, report.problems) == (len(found), ())
    # Nothing holds a shard as it was: it could not open again on its node.
    gc.collect()
    wait_until(lambda: cluster.views() == 0)


def kill_soon(cluster: Cluster, number: int, seconds: float) -> None:
    time.sleep(seconds)
    cluster.kill(number)


def test_a_copy_that_moves_to_another_node_takes_no_search_with_it(
    tmp_path: Path, cluster: Cluster, choice: EngineChoice
) -> None:
    archive = tmp_path / "kho"
    add_records(tmp_path / "a.jsonl", 0)
    index_until_done(archive, tmp_path / "a.jsonl", choice)
    cluster.wait_for(3)
    with Archive.open(archive) as opened:
        index = f"{index_of(archive)}-y2000"
        # A view holds either copy: each is moved.
        for copy in "pr":
            places = places_of(index, cluster)
            free = {"node1", "node2", "node3"} - set(places.values())
            move = {"index": index, "shard": 0, "from_node": places[copy], "to_node": free.pop()}
            cluster.ask("POST", "/_cluster/reroute", {"commands": [{"move": move}]})
            wait_until(lambda: places_of(index, cluster).get(copy) == move["to_node"])  # noqa: B023
            assert opened.search(SearchRequest("lũ")).total == EACH


def places_of(index: str, cluster: Cluster) -> dict[str, str]:
    """The nodes of an index's primary and replica."""
    found = cluster.ask("GET", f"/_cat/shards/{index}?format=json&h=prirep,node,state")
    return {one["prirep"]: one["node"] for one in found if one["state"] == "STARTED"}
