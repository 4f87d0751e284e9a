"""Trends: how long five searches over time take.

    python -m benchmarks.trends --articles FILE [--limit 50000] [--rounds 100]

Articles without a date are given one, drawn from ten years. Queries are two neighbouring words of an article each;
the page's own work is left out.
"""

from __future__ import annotations

import random
import tempfile
import time
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from benchmarks.topics import index_records
from search.archive import Archive
from search.requests import SearchRequest
from search.trends import MOST_QUERIES

_FIRST, _DAYS = date(2009, 1, 1), 3652


@click.command()
@ARTICLES
@click.option("--archive", type=click.Path(path_type=Path), help="Where the archive is kept.")
@click.option("--limit", type=click.IntRange(min=1), default=50_000, show_default=True)
@click.option("--rounds", type=click.IntRange(min=2), default=100, show_default=True)
def main(articles: Path, archive: Path | None, limit: int, rounds: int) -> None:
    """Print the milliseconds of trends, a line a kind."""
    records = list(islice(read_lines(articles), limit))
    chance = random.Random(29)
    for one in records:
        if not one.get("published"):
            one["published"] = str(_FIRST + timedelta(days=chance.randrange(_DAYS)))
    with tempfile.TemporaryDirectory() as folder:
        archive = archive or Path(folder, "archive")
        if not archive.exists():
            index_records(records, archive)
        with Archive.open(archive) as opened:
            reader = opened.reader()
            reader.search(SearchRequest("tin"))
            click.echo(f"| {reader.count():,} articles, {MOST_QUERIES} queries | p50 | p95 |")
            click.echo("| --- | ---: | ---: |")
            for name, facet in {"over time": None, "divided by source": "source"}.items():
                times = []
                for _ in range(rounds):
                    asked = [
                        SearchRequest(_query(chance, chance.choice(records)["body"]))
                        for _ in range(MOST_QUERIES)
                    ]
                    started = time.perf_counter()
                    reader.trends(asked, facet=facet)
                    times.append(1000 * (time.perf_counter() - started))
                click.echo(f"| {name} | {median(times):.1f} | {quantiles(times, n=20)[-1]:.1f} |")


def _query(chance: random.Random, body: str) -> str:
    words = [word for word in body.split() if word.isalpha()] or ["tin"]
    at = chance.randrange(max(1, len(words) - 2))
    return " ".join(words[at : at + 2])


if __name__ == "__main__":
    main()
