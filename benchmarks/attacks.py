"""How long a search takes while clients hold the server up in the ways that public reports tell of.

    python -m benchmarks.attacks --archive DIR --queries FILE [--searches N]

`khobao serve` is started as a user starts it. Attackers come from addresses of their own (127.0.0.x; Linux).
Prints for each attack the searches' milliseconds, how many were not answered, and what became of the attackers.
"""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from threading import Event, Thread
from urllib.parse import quote

import click

from benchmarks.options import QUERIES
from benchmarks.relevance import read_queries

_TIMEOUT = 120.0


class Attackers:
    """Clients that do one thing until they are told to end."""

    def __init__(self, port: int, count: int, act: Callable[[socket.socket, Event], None]) -> None:
        self._port, self._act = port, act
        self._ended = Event()
        self.cut = 0
        self._threads = [Thread(target=self._run, args=(n,), daemon=True) for n in range(count)]

    def _run(self, number: int) -> None:
        while not self._ended.is_set():
            with (
                suppress(OSError),
                socket.create_connection(
                    ("127.0.0.1", self._port), _TIMEOUT, (f"127.0.1.{number + 1}", 0)
                ) as connection,
            ):
                self._act(connection, self._ended)
            self.cut += not self._ended.is_set()

    def __enter__(self) -> Attackers:
        for one in self._threads:
            one.start()
        time.sleep(2)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()


def _ask_for_export(connection: socket.socket) -> None:
    connection.sendall(b"GET /export.jsonl?q= HTTP/1.1\r\nHost: localhost\r\n\r\n")


def no_reading(connection: socket.socket, ended: Event) -> None:
    """Ask for an export, and do not read it."""
    _ask_for_export(connection)
    while not ended.wait(1):
        # Only looks whether the server has ended the connection.
        connection.setblocking(False)
        with suppress(BlockingIOError):
            if connection.recv(1, socket.MSG_PEEK) == b"":
                return
        connection.setblocking(True)
        connection.send(b"")


def dripping(connection: socket.socket, ended: Event) -> None:
    """Send a byte of a head now and then."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    while not ended.wait(5):
        connection.sendall(b"x")


def exporting(connection: socket.socket, ended: Event) -> None:
    """Read exports as fast as they come."""
    _ask_for_export(connection)
    while not ended.is_set() and connection.recv(1 << 20):
        pass


def half_a_body(connection: socket.socket, ended: Event) -> None:
    """Promise a body that never comes."""
    connection.sendall(
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\nkey="
    )
    ended.wait()


ATTACKS: dict[str, tuple[int, Callable[[socket.socket, Event], None]]] = {
    "nobody else": (0, no_reading),
    "40 clients ask for an export and do not read it": (40, no_reading),
    "250 connections send a byte of a header every 5 s": (250, dripping),
    "250 connections promise a body": (250, half_a_body),
    "20 clients read exports as fast as they come": (20, exporting),
}


@contextmanager
def served(archive: Path, *options: str) -> Iterator[tuple[int, int]]:
    """The port of a server, and its process."""
    command = [sys.executable, "-m", "khobao", "serve", "--archive", str(archive), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--rate-limit", "", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        found = re.search(r":(\d+) ", process.stdout.readline() if process.stdout else "")
        if found is None:
            raise click.ClickException("the server has not begun")
        yield int(found[1]), process.pid
    finally:
        process.terminate()
        process.wait(60)


def searches(port: int, queries: Sequence[str]) -> tuple[list[float], int]:
    """Seconds of each search that was answered, and how many were not."""
    seconds, lost = [], 0
    for query in queries:
        started = time.perf_counter()
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
            client.request("GET", f"/search?q={quote(query)}")
            answer = client.getresponse()
            answer.read()
            lost += answer.status != 200
            client.close()
        except OSError:
            lost += 1
        seconds.append(time.perf_counter() - started)
        time.sleep(0.2)
    return seconds, lost


@click.command()
@click.option("--archive", required=True, type=click.Path(exists=True, path_type=Path))
@QUERIES
@click.option("--searches", "count", type=click.IntRange(min=10), default=100, show_default=True)
def main(archive: Path, queries: Path, count: int) -> None:
    """Print a row for each attack."""
    headlines = [one.text for one in read_queries(queries) if one.task == "headline"]
    click.echo(
        "| meanwhile | search, ms p50/p95 | slowest, s | not answered | connections cut off |\n"
        "| --- | ---: | ---: | ---: | ---: |"
    )
    for name, (number, act) in ATTACKS.items():
        with served(archive) as (port, _):
            searches(port, headlines[-10:])
            with Attackers(port, number, act) as attackers:
                seconds, lost = searches(port, headlines[:count])
                p95 = quantiles(seconds, n=20)[18]
                click.echo(
                    f"| {name} | {median(seconds) * 1000:.0f}/{p95 * 1000:.0f} |"
                    f" {max(seconds):.1f} | {lost} | {attackers.cut} |"
                )


if __name__ == "__main__":
    main()
