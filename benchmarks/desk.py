"""The desk: how long days, samples, the first page and lists of names take.

    python -m benchmarks.desk --archive DIR --articles FILE [--names 500]

The archive should have dates; that of `benchmarks.trends` has. Names are runs of capitalised words out of the
articles. Times are of the server's own work on one page, after the commit was warmed.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from search.archive import Archive
from search.requests import SearchRequest
from webapp import create_app
from webapp.operations import Settings

_NAME = re.compile(r"(?<=[a-zà-ỹ,] )[A-ZĐÀ-Ỹ][a-zà-ỹ]+(?: [A-ZĐÀ-Ỹ][a-zà-ỹ]+){1,3}")
_FIRST = date(2009, 1, 1)
_ROUNDS = 60


@click.command()
@ARTICLES
@click.option("--archive", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--names", type=click.IntRange(min=1), default=500, show_default=True)
def main(articles: Path, archive: Path, names: int) -> None:
    """Print the milliseconds of each page, and the seconds of a list."""
    chance = random.Random(29)
    bodies = [one["body"] for one in islice(read_lines(articles), 3000)]
    found = sorted({name for body in bodies for name in _NAME.findall(body)})
    chosen = chance.sample(found, min(names, len(found)))
    with Archive.open(archive) as opened:
        opened.warm()
        client = create_app(opened, Settings(rate_limit="")).test_client()
        click.echo(f"| {opened.count():,} articles | p50 | p95 |")
        click.echo("| --- | ---: | ---: |")
        days = [_FIRST + timedelta(days=chance.randrange(3652)) for _ in range(_ROUNDS)]
        _time("first page", lambda _: client.get("/"))
        _time("papers of a day", lambda at: client.get(f"/day/{days[at]}"))
        _time("this day in earlier years", lambda at: client.get(f"/today?on={days[at]:%d/%m}"))
        _time("sample of ten", lambda at: client.get(f"/sample?q=giá&words=all&seed={at}"))
        started = time.perf_counter()
        count = len(list(opened.reader().newsroom.batch(chosen, SearchRequest(""))))
        click.echo(f"| list of {count} names, seconds | {time.perf_counter() - started:.2f} | |")


def _time(name: str, ask: Callable[[int], object]) -> None:
    times = []
    for at in range(_ROUNDS):
        started = time.perf_counter()
        ask(at)
        times.append((time.perf_counter() - started) * 1000)
    click.echo(f"| {name} | {median(times):.1f} | {quantiles(times, n=20)[18]:.1f} |")


if __name__ == "__main__":
    main()
