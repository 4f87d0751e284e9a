"""Watches: how long it takes to find which of many searches match a commit of new articles.

    python -m benchmarks.alerts --articles FILE --archive DIR [--watches 1000] [--new 2000] [--rounds 5]

The archive is copied first. The new articles are the first of the file under other ids, each with its
sentences shuffled. Queries are names out of articles with up to three syllables behind the first; one in
four is a phrase.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median

import click

from benchmarks.more_articles import more_articles
from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from benchmarks.topics import index_records
from search.archive import Archive
from search.desk.alerts import look
from search.desk.database import FILE
from search.desk.watches import Every
from search.requests import SearchRequest

_NAME = re.compile(r"(?<=[a-zà-ỹ,] )[A-ZĐÀ-Ỹ]\w+(?: \w+){1,3}")
_BASE = 20_000
"""Articles that new ones are made out of."""


@click.command()
@ARTICLES
@click.option("--archive", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--watches", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--new", type=click.IntRange(min=1), default=2000, show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True)
def main(articles: Path, archive: Path, watches: int, new: int, rounds: int) -> None:
    """Print the seconds of a look, a line a round, and their median."""
    chance = random.Random(29)
    records = list(islice(read_lines(articles), _BASE))
    changed = islice(more_articles(records, _BASE + rounds * new), _BASE, None)
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(archive, Path(folder, "archive"))
        (copy / FILE).unlink(missing_ok=True)
        with Archive.open(copy) as opened:
            desk = opened.desk
            if desk is None:
                raise click.ClickException(f"{archive}: it has no folder of its own")
            look(desk, opened.reader())
            for number in range(watches):
                query = _query(chance, chance.choice(records)["body"])
                desk.watches.create(f"w{number}", SearchRequest(query), Every.NOW)
            click.echo(
                f"| {opened.count():,} articles, {watches:,} watches | new | matches | seconds |"
            )
            click.echo("| --- | ---: | ---: | ---: |")
            times = []
            for at in range(rounds):
                index_records(
                    [{**one, "id": f"n{at}-{one['id']}"} for one in islice(changed, new)], copy
                )
                reader = opened.reader()
                started = time.perf_counter()
                arrived, matches = look(desk, reader)
                times.append(time.perf_counter() - started)
                click.echo(f"| round {at + 1} | {arrived:,} | {matches:,} | {times[-1]:.2f} |")
            click.echo(f"| median | | | {median(times):.2f} |")


def _query(chance: random.Random, body: str) -> str:
    """Names, as people watch them: capitals inside a sentence and what follows; a phrase one time in four."""
    names = _NAME.findall(body) or [" ".join(body.split()[:4])]
    text = chance.choice(names)
    return f'"{text}"' if chance.random() < 0.25 else text


if __name__ == "__main__":
    main()
