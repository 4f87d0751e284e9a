"""The web server under load: what a results page costs beside its search, and many users at once.

    python -m benchmarks.load --archive DIR --queries FILE [--users N] [--seconds S]

Queries are those of `benchmarks.relevance`. Every user asks for a page as soon as the one before has come:
results, then an article of them, its completion, an export of one article; over real connections.
"""

from __future__ import annotations

import gc
import http.client
import json
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote_plus

import click

from benchmarks.options import QUERIES
from benchmarks.relevance import read_queries
from search.archive import Archive
from search.requests import SearchRequest
from webapp import create_app
from webapp.operations import Settings

_ROOT = Path(__file__).resolve().parent.parent
_FIRST_HIT = re.compile(r'<h2><a href="(/article/[^"]+)"')
_WARM = 50


@dataclass(slots=True)
class Record:
    """What the users have met: seconds by kind of page, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def p50_p95(seconds: list[float]) -> str:
    """Milliseconds."""
    return f"{median(seconds) * 1000:.1f}/{quantiles(seconds, n=20)[18] * 1000:.1f}"


def page_beside_search(archive: Path, queries: list[str]) -> None:
    """Print the time of `/search` inside the application beside that of `Archive.search`."""
    with Archive.open(archive) as opened:
        opened.warm()
        client = create_app(opened, Settings(rate_limit="")).test_client()
        gc.collect()
        gc.freeze()
        searches: list[float] = []
        pages: list[float] = []
        for number, query in enumerate(queries):
            # In turn, whichever comes first: a repeated search finds its terms remembered.
            steps: list[tuple[list[float], Callable[[], object]]] = [
                (searches, lambda: opened.search(SearchRequest(query))),  # noqa: B023
                (pages, lambda: client.get("/search", query_string={"q": query})),  # noqa: B023
            ]
            for times, step in steps if number % 2 else reversed(steps):
                started = time.perf_counter()
                step()
                if number >= _WARM:
                    times.append(time.perf_counter() - started)
    allowed = 1.3 * median(searches) * 1000 + 5
    click.echo("| inside the server, ms p50/p95 | |\n| --- | --- |")
    click.echo(f"| `Archive.search` | {p50_p95(searches)} |")
    click.echo(f"| the page `/search` | {p50_p95(pages)} |")
    click.echo(f"| 1.3 times the one and 5 ms, at p50 | {allowed:.1f} |\n")


def use(port: int, queries: list[str], until: float, seed: int, record: Record) -> None:
    """One user."""
    chosen = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(kind: str, path: str) -> str:
        started = time.perf_counter()
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            if answer.status != 200:
                record.errors.append(f"{answer.status} {path}")
        except (OSError, http.client.HTTPException) as error:
            record.errors.append(f"{type(error).__name__} {path}")
            connection.close()
            return ""
        record.seconds.setdefault(kind, []).append(time.perf_counter() - started)
        return text

    while time.monotonic() < until:
        query = quote_plus(chosen.choice(queries))
        page = get("results", f"/search?q={query}")
        get("completion", f"/api/v1/suggest?q={query[:12].rpartition('%')[0] or 'a'}")
        if found := _FIRST_HIT.search(page):
            path = found[1].replace("&amp;", "&")
            get("article", path)
            get("export", f"/export.jsonl?id={path.partition('?')[0].removeprefix('/article/')}")


def load(archive: Path, queries: list[str], users: int, seconds: int) -> None:
    """Print what so many users at once meet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "khobao",
        "serve",
        "--archive",
        str(archive),
        "--port",
        str(port),
    ]
    server = subprocess.Popen(
        [*command, "--rate-limit", ""], stdout=subprocess.PIPE, text=True, cwd=_ROOT
    )
    try:
        assert server.stdout is not None
        server.stdout.readline()
        record = Record()
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=use, args=(port, queries, until, seed, record))
            for seed in range(users)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        health = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        health.request("GET", "/healthz")
        status = json.loads(health.getresponse().read())["status"]
    finally:
        server.terminate()
        server.wait(10)
    total = sum(map(len, record.seconds.values()))
    click.echo(
        f"| {users} users for {seconds} s, ms p50/p95 | answers | time |\n| --- | --- | --- |"
    )
    for kind, times in record.seconds.items():
        click.echo(f"| {kind} | {len(times)} | {p50_p95(times)} |")
    click.echo(
        f"| all: {total / seconds:.0f} a second; errors: {len(record.errors)}; {status} | {total} | |"
    )
    for error in sorted(set(record.errors))[:5]:
        click.echo(error, err=True)


@click.command()
@click.option("--archive", required=True, type=click.Path(exists=True, path_type=Path))
@QUERIES
@click.option("--users", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--seconds", type=click.IntRange(min=1), default=60, show_default=True)
def main(archive: Path, queries: Path, users: int, seconds: int) -> None:
    """Print both."""
    asked = read_queries(queries)
    headlines = [query.text for query in asked if query.task == "headline"]
    page_beside_search(archive, headlines[: 200 + _WARM])
    load(archive, [query.text for query in asked], users, seconds)


if __name__ == "__main__":
    main()
