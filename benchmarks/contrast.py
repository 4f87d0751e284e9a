"""Comparing: how long it takes to set two searches beside each other.

    python -m benchmarks.contrast --archive DIR --articles FILE [--rounds 100]

Queries are two neighbouring syllables of an article each; the page's own work and its timeline are left out.
"""

from __future__ import annotations

import random
import time
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from search.archive import Archive
from search.requests import SearchRequest
from webapp.comparison import FACETS


@click.command()
@ARTICLES
@click.option("--archive", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--rounds", type=click.IntRange(min=2), default=100, show_default=True)
def main(articles: Path, archive: Path, rounds: int) -> None:
    """Print the milliseconds of a comparison."""
    chance = random.Random(29)
    records = list(islice(read_lines(articles), 5000))
    times = []
    with Archive.open(archive) as opened:
        reader = opened.reader()
        for at in range(rounds + 5):
            first, second = (
                SearchRequest(_query(chance, chance.choice(records)["body"]), facets=FACETS)
                for _ in range(2)
            )
            started = time.perf_counter()
            reader.newsroom.contrast(first, second)
            if at >= 5:
                times.append((time.perf_counter() - started) * 1000)
        click.echo(f"| {reader.count():,} articles | p50 | p95 |")
        click.echo("| --- | ---: | ---: |")
        click.echo(f"| two searches | {median(times):.1f} | {quantiles(times, n=20)[18]:.1f} |")


def _query(chance: random.Random, body: str) -> str:
    words = body.split()
    at = chance.randrange(max(1, len(words) - 2))
    return " ".join(words[at : at + 2]).strip('.,;:"“”()')


if __name__ == "__main__":
    main()
