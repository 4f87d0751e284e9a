"""The web server under load: what a results page costs beside its search, and many users at once.

    python -m benchmarks.load --archive DIR --queries FILE [--server NAME ...] [--processes N ...]

Queries are those of `benchmarks.relevance`. Every user asks for a page as soon as the one before has come:
results, then an article of them, its completion, an export of one article; over real connections.
The users' own work is done in a process of its own. Other servers need the extra `bench`.
"""

from __future__ import annotations

import gc
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
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
_WARM_SECONDS = 5
_PATIENCE = 120
_KINDS = ("results", "completion", "article", "export")
SERVERS = ("waitress", "gunicorn", "granian")


@dataclass(slots=True)
class Record:
    """What the users have met: seconds by kind of page, and what went wrong; the server's CPU seconds."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    processor: float = 0.0


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


def command_of(server: str, archive: Path, port: int, processes: int) -> list[str]:
    """How a server is started; each process has eight threads."""
    python = [sys.executable, "-m"]
    match server:
        case "waitress":
            its = ["khobao", "serve", "--archive", str(archive), "--port", str(port)]
            return [*python, *its, "--processes", str(processes), "--rate-limit", ""]
        case "gunicorn":
            its = ["gunicorn", "-b", f"127.0.0.1:{port}", "-w", str(processes), "--threads", "8"]
            return [*python, *its, "benchmarks.load_app:app"]
        case _:
            its = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
            its += [
                "--workers",
                str(processes),
                "--blocking-threads",
                "8",
                "--log-level",
                "warning",
            ]
            return [*python, *its, "benchmarks.load_app:app"]


def processor_seconds(process: int) -> float:
    """Seconds of all processors that a process and those it has started have used (Linux)."""
    total = 0.0
    for one in Path("/proc").glob("[0-9]*"):
        try:
            facts = (one / "stat").read_text().rpartition(")")[2].split()
            group = os.getpgid(int(one.name))
        except OSError:
            continue
        if group == process:
            total += (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")
    return total


def answers(port: int) -> str:
    """The state that a server tells; empty while it does not answer."""
    try:
        health = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        health.request("GET", "/healthz")
        return str(json.loads(health.getresponse().read())["status"])
    except (OSError, http.client.HTTPException):
        return ""


def load(
    command: list[str], port: int, archive: Path, queries: list[str], users: int, seconds: int
) -> Record:
    """What so many users at once meet.

    Raises:
        click.ClickException: the server does not answer within two minutes.
    """
    environment = {**os.environ, "KHOBAO_ARCHIVE": str(archive)}
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, cwd=_ROOT, env=environment, start_new_session=True
    )
    try:
        begun = time.monotonic()
        while not answers(port):
            if server.poll() is not None or time.monotonic() - begun > _PATIENCE:
                raise click.ClickException(f"it does not answer: {' '.join(command)}")
            time.sleep(0.2)
        drive(port, queries, users, _WARM_SECONDS)
        before = processor_seconds(server.pid)
        record = drive(port, queries, users, seconds)
        record.processor = processor_seconds(server.pid) - before
        if answers(port) != "ok":
            record.errors.append("the server is not well afterwards")
        return record
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def drive(port: int, queries: list[str], users: int, seconds: int) -> Record:
    """The users, for so many seconds, in a process of their own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(_drive, port, queries, users, seconds).result()


def _drive(port: int, queries: list[str], users: int, seconds: int) -> Record:
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
    return record


def tell(name: str, record: Record, seconds: int) -> None:
    """Print a row."""
    total = sum(map(len, record.seconds.values()))
    kinds = " | ".join(p50_p95(record.seconds[kind]) for kind in _KINDS)
    each = 1000 * record.processor / max(1, total)
    click.echo(f"| {name} | {total / seconds:.0f} | {each:.1f} | {kinds} | {len(record.errors)} |")
    for error in sorted(set(record.errors))[:5]:
        click.echo(error, err=True)


@click.command()
@click.option("--archive", required=True, type=click.Path(exists=True, path_type=Path))
@QUERIES
@click.option("--users", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--seconds", type=click.IntRange(min=1), default=60, show_default=True)
@click.option("--server", "servers", multiple=True, type=click.Choice(SERVERS), default=SERVERS[:1])
@click.option("--processes", "counts", multiple=True, type=click.IntRange(min=1), default=(1, 2))
@click.option("--rounds", type=click.IntRange(min=1), default=1, show_default=True)
def main(
    archive: Path,
    queries: Path,
    users: int,
    seconds: int,
    servers: tuple[str, ...],
    counts: tuple[int, ...],
    rounds: int,
) -> None:
    """Print both."""
    asked = read_queries(queries)
    headlines = [query.text for query in asked if query.task == "headline"]
    page_beside_search(archive, headlines[: 200 + _WARM])
    click.echo(f"{users} users for {seconds} s")
    click.echo(
        f"| server | answers a second | its CPU ms an answer | {', ms | '.join(_KINDS)}, ms | errors |"
    )
    click.echo(f"| --- | ---: | ---: |{' ---: |' * len(_KINDS)} ---: |")
    for _ in range(rounds):
        for server in servers:
            for count in counts:
                with socket.socket() as free:
                    free.bind(("127.0.0.1", 0))
                    port = free.getsockname()[1]
                command = command_of(server, archive, port, count)
                texts = [query.text for query in asked]
                record = load(command, port, archive, texts, users, seconds)
                tell(f"{server}, {count} process{'es' if count > 1 else ''}", record, seconds)


if __name__ == "__main__":
    main()
