"""Very many requests while a writer indexes: errors, times, and whether the server grows.

    python -m benchmarks.endurance --archive DIR --articles FILE --queries FILE [--requests 200000]

The archive is copied; articles of the file come into the copy, some in each commit, as fast as a paper's never
do. Users ask as those of `benchmarks.load`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import click

from benchmarks.attacks import served
from benchmarks.load import Record, drive
from benchmarks.more_articles import more_articles
from benchmarks.options import ARTICLES, QUERIES
from benchmarks.relevance import read_lines, read_queries
from indexer.pipeline import index_sources
from search.archive import Archive

_EACH = 20
"""Articles of a commit."""
_ROUND = 60
"""Seconds between two looks at the server."""


def write(archive: Path, articles: Path, pause: float) -> None:
    """Index some more articles again and again."""
    more = more_articles(list(read_lines(articles)), 1 << 20)
    with TemporaryDirectory() as folder:
        for number in range(1 << 20):
            file = Path(folder, f"{number:06d}.jsonl")
            lines = (
                json.dumps({**record, "id": f"them-{number}-{record['id']}"}, ensure_ascii=False)
                for record in islice(more, _EACH)
            )
            file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
            index_sources(archive, [Path(folder)], workers=0, only=[file])
            time.sleep(pause)


@contextmanager
def writing(archive: Path, articles: Path, pause: float) -> Iterator[subprocess.Popen[bytes]]:
    """A process that indexes meanwhile."""
    command = [sys.executable, "-m", "benchmarks.endurance", "--archive", str(archive)]
    more = [
        "--articles",
        str(articles),
        "--queries",
        str(articles),
        "--pause",
        str(pause),
        "--write",
    ]
    process = subprocess.Popen([*command, *more])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def servers_of(process: int) -> list[int]:
    """A server's process and those that it has started (Linux)."""
    started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(one for child in started for one in servers_of(int(child)))]


def memory_of(process: int) -> int:
    """Megabytes of a process that are not mapped files (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) >> 10
    return 0


def row(record: Record, process: int, archive: Path, seconds: float) -> str:
    """What the users have met since the last look, and what the server takes."""
    results = record.seconds["results"]
    parts = quantiles(results, n=100)
    with Archive.open(archive) as opened:
        articles = opened.count()
    total = sum(map(len, record.seconds.values()))
    servers = servers_of(process)
    memory = " + ".join(str(memory_of(one)) for one in servers)
    files = " + ".join(str(len(os.listdir(f"/proc/{one}/fd"))) for one in servers)
    return (
        f"| {seconds / 60:.0f} | {articles:,} | {total:,} | {len(record.errors)} | {parts[49] * 1000:.0f} |"
        f" {parts[94] * 1000:.0f} | {parts[98] * 1000:.0f} | {memory} | {files} |"
    )


@click.command()
@click.option("--archive", required=True, type=click.Path(exists=True, path_type=Path))
@ARTICLES
@QUERIES
@click.option("--requests", default=200_000, show_default=True)
@click.option("--users", default=16, show_default=True)
@click.option("--pause", default=5.0, show_default=True, help="Seconds between two commits.")
@click.option("--processes", default=1, show_default=True, help="Of the server.")
@click.option("--write", "writes", is_flag=True, hidden=True)
def main(
    archive: Path,
    articles: Path,
    queries: Path,
    requests: int,
    users: int,
    pause: float,
    processes: int,
    writes: bool,
) -> None:
    """Ask while articles come."""
    if writes:
        write(archive, articles, pause)
        return
    asked = [one.text for one in read_queries(queries)]
    click.echo(
        "| minutes | articles | requests | errors | results p50, ms | p95 | p99 | server, MB | its files |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    done = errors = 0
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(archive, Path(folder, "archive")))
        server = served(copy, "--processes", str(processes))
        with server as (port, process), writing(copy, articles, pause) as writer:
            begun = time.monotonic()
            while done < requests:
                record = drive(port, asked, users, _ROUND)
                if writer.poll() is not None:
                    raise click.ClickException("the writer has ended")
                done += sum(map(len, record.seconds.values()))
                errors += len(record.errors)
                click.echo(row(record, process, copy, time.monotonic() - begun))
                for error in sorted(set(record.errors))[:5]:
                    click.echo(error, err=True)
    click.echo(f"\n{done:,} requests, {errors} errors", err=True)


if __name__ == "__main__":
    main()
