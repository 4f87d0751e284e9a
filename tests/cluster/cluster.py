"""A real OpenSearch cluster on this machine, each node a process of its own.

    python -m tests.cluster.cluster --nodes 3

starts one in a temporary folder, prints its addresses, and stops it at Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

HERE = Path(__file__).resolve().parent
CLASSPATH = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
HOW_TO_GET_IT = (
    "no cluster: install Java 17 and Maven (Debian: apt install openjdk-17-jdk-headless maven)"
)
_STARTED = 240.0
_HELP = 20.0
"""Seconds after which shards that are not ready get help, each time more of it."""
_USUAL = ("cluster.routing.allocation.disk.threshold_enabled=false",)


def is_possible() -> bool:
    """Whether this machine has what a cluster needs."""
    return bool(shutil.which("java") and shutil.which("mvn"))


class Cluster:
    """A cluster that is running.

    Args:
        folder: for the data and logs of its nodes.
        nodes: how many.
        memory: megabytes of heap for each node.
        settings: of each node, as name=value.
    """

    def __init__(
        self, folder: Path, nodes: int = 3, *, memory: int = 512, settings: tuple[str, ...] = _USUAL
    ) -> None:
        self._folder = folder
        self._memory = memory
        self._settings = settings
        self._classpath = _classpath()
        ports = _free_ports(2 * nodes)
        self._ports, self._transports = ports[:nodes], ports[nodes:]
        self._nodes: dict[int, subprocess.Popen[bytes]] = {}
        try:
            for number in range(1, nodes + 1):
                self.start(number)
            self.wait_for(nodes)
        except BaseException:
            self.stop()
            raise

    @property
    def hosts(self) -> tuple[str, ...]:
        """The addresses of all nodes."""
        return tuple(f"http://127.0.0.1:{port}" for port in self._ports)

    def process(self, number: int) -> int:
        """The process of a node; nodes are counted from 1."""
        return self._nodes[number].pid

    def start(self, number: int) -> None:
        """Start a node on the data that it has."""
        folder = self._folder / f"node{number}"
        folder.mkdir(parents=True, exist_ok=True)
        heap = [f"-Xms{self._memory}m", f"-Xmx{self._memory}m"]
        java = ["java", *heap, "-cp", self._classpath, str(HERE / "Node.java")]
        place = [
            str(folder),
            f"node{number}",
            self._ports[number - 1],
            self._transports[number - 1],
        ]
        seeds = ",".join(map(str, self._transports))
        with (folder / "output.log").open("ab") as log:
            self._nodes[number] = subprocess.Popen(
                [*java, *map(str, place), seeds, *self._settings],
                stdout=log,
                stderr=log,
                # The node ends when this pipe does: with the test run, however that ends.
                stdin=subprocess.PIPE,
            )

    def kill(self, number: int) -> None:
        """End a node as a power cut does."""
        os.kill(self.process(number), signal.SIGKILL)
        self._nodes.pop(number).wait()

    def freeze(self, number: int, *, frozen: bool = True) -> None:
        """Let a node answer nothing any more, or go on."""
        os.kill(self.process(number), signal.SIGSTOP if frozen else signal.SIGCONT)

    def wait_for(self, nodes: int, status: str = "green") -> None:
        """Wait until so many nodes are there and the cluster has a status."""
        wanted = {"green"} if status == "green" else {"green", "yellow"}

        def is_there() -> bool:
            health = self.ask("GET", "/_cluster/health")
            return health["number_of_nodes"] == nodes and health["status"] in wanted

        ends = time.monotonic() + _STARTED
        helped, times = time.monotonic(), 0
        while not _succeeds(is_there):
            if time.monotonic() > helped + _HELP:
                times += 1
                _succeeds(partial(self._help_shards, times))
                helped = time.monotonic()
            for number, process in self._nodes.items():
                if process.poll() is not None:
                    log = self._folder / f"node{number}" / "output.log"
                    raise RuntimeError(log.read_text("utf-8", "replace")[-2000:])
            if time.monotonic() > ends:
                late = f"{nodes} nodes are not {status} after {_STARTED:.0f} s"
                raise TimeoutError(f"{late}: {self._unready()}")
            time.sleep(0.2)

    def _unready(self) -> str:
        """What the cluster says of itself while it is not ready."""
        said = [self.ask("GET", "/_cluster/health")]
        shards = self.ask("GET", "/_cat/shards?format=json")
        said += [one for one in shards if one["state"] != "STARTED"]
        said.append(self.ask("GET", "/_recovery?active_only=true"))
        with suppress(OSError):
            said.append(self.ask("GET", "/_cluster/allocation/explain"))
        return json.dumps(said, indent=1)

    def _help_shards(self, times: int) -> bool:
        """Do for shards that OpenSearch leaves alone what docs/cluster.md tells an operator to do."""
        self.ask("POST", "/_cluster/reroute?retry_failed=true")
        if times < 2:
            return True
        self.end_views()
        shards = self.ask("GET", "/_cat/shards?format=json")
        waiting = {one["index"] for one in shards if one["state"] == "INITIALIZING"}
        for one in shards:
            if one["prirep"] == "p" and one["state"] == "STARTED" and one["index"] in waiting:
                place = {"index": one["index"], "shard": int(one["shard"]), "node": one["node"]}
                again = {"cancel": {**place, "allow_primary": True}}
                self.ask("POST", "/_cluster/reroute", {"commands": [again]})
        return True

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of a running node to a request."""
        port = self._ports[min(self._nodes) - 1]
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def clear(self) -> None:
        """Remove all archives."""
        self.ask("DELETE", "/khobao-*")
        for template in self.ask("GET", "/_index_template")["index_templates"]:
            if template["name"].startswith("khobao-"):
                self.ask("DELETE", f"/_index_template/{template['name']}")

    def views(self) -> int:
        """How many views there are; asked again while nodes answer 500, as a node may that is closing one."""
        ends = time.monotonic() + 30
        while True:
            try:
                return len(self.ask("GET", "/_search/point_in_time/_all")["pits"])
            except HTTPError as error:
                if error.code == 404:
                    return 0
                if error.code != 500 or time.monotonic() > ends:
                    raise
            time.sleep(0.3)

    def end_views(self) -> None:
        """End all views."""
        with suppress(HTTPError):
            self.ask("DELETE", "/_search/point_in_time/_all")

    def stop(self) -> None:
        """End all nodes."""
        for process in self._nodes.values():
            process.kill()
        for process in self._nodes.values():
            process.wait()
        self._nodes.clear()


def _succeeds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except OSError:
        return False


def _classpath() -> str:
    with tempfile.NamedTemporaryFile("r") as file:
        subprocess.run(
            [
                "mvn",
                "-q",
                "-B",
                "-f",
                str(HERE / "pom.xml"),
                CLASSPATH,
                f"-Dmdep.outputFile={file.name}",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return Path(file.name).read_text("utf-8")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--memory", type=int, default=512, help="megabytes of heap a node")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder), options.nodes, memory=options.memory)
        print(",".join(cluster.hosts), flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            cluster.stop()


if __name__ == "__main__":
    main()
