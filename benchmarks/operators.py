"""Operators on places: what they cost beside a phrase, and whether they find what reading finds.

    python -m benchmarks.operators --articles FILE [--archive DIR] [--limit 50000] [--queries 1000]

Queries are made of the archive's own articles: two words, or a word and a phrase, that stand near each
other in an article; in one sentence or paragraph; a word or phrase said up to six times; a phrase with
a wildcard; and phrases of two and three words beside them. Each is asked once, in an order that is
drawn, so that nothing of it is kept. `tests/search/query/test_operators.py` compares what they find
with reading every article.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from benchmarks.topics import index_records
from indexer.language.analysis import syllables
from indexer.language.normalise import nfc
from search.archive import Archive
from search.requests import SearchRequest

Maker = Callable[[random.Random, list[str]], str]
_APART = 12
"""Words of an article of which two are taken."""


def _near(chance: random.Random, words: list[str]) -> tuple[str, str]:
    at = chance.randrange(max(1, len(words) - _APART))
    taken = words[at : at + _APART]
    one, other = chance.choice(taken), chance.choice(taken)
    if chance.random() < 0.4:
        other = f'"{_phrase(chance, taken)}"'
    return one, other


def _phrase(chance: random.Random, words: list[str]) -> str:
    size = chance.randint(2, 3)
    at = chance.randrange(max(1, len(words) - size))
    return " ".join(words[at : at + size])


def _wild(chance: random.Random, words: list[str]) -> str:
    *before, last = _phrase(chance, words).split()
    return f'"{" ".join(before)} {last[: max(2, len(last) - 1)]}*"'


def _often(chance: random.Random, words: list[str]) -> str:
    what = chance.choice(words) if chance.random() < 0.7 else f'"{_phrase(chance, words)}"'
    return f"lần:{chance.randint(2, 6)} {what}"


MAKERS: Mapping[str, Maker] = {
    "phrase": lambda chance, words: f'"{_phrase(chance, words)}"',
    "NEAR/5": lambda chance, words: " NEAR/5 ".join(_near(chance, words)),
    "one sentence": lambda chance, words: " TRONG CÂU ".join(_near(chance, words)),
    "one paragraph": lambda chance, words: " TRONG ĐOẠN ".join(_near(chance, words)),
    "so many times": _often,
    "phrase with *": _wild,
}


def queries(texts: list[list[str]], count: int) -> Iterator[tuple[str, str]]:
    """Kinds and queries, as many of each kind, in an order that is drawn."""
    chance = random.Random(29)
    made = [
        (kind, make(chance, chance.choice(texts)))
        for kind, make in MAKERS.items()
        for _ in range(count)
    ]
    chance.shuffle(made)
    yield from made


@click.command()
@ARTICLES
@click.option("--archive", type=click.Path(path_type=Path), help="Where the archive is kept.")
@click.option("--limit", type=click.IntRange(min=1), default=50_000, show_default=True)
@click.option("--queries", "count", type=click.IntRange(min=1), default=1000, show_default=True)
def main(articles: Path, archive: Path | None, limit: int, count: int) -> None:
    """Print the milliseconds of a whole search without facets, a line a kind of query."""
    records = list(islice(read_lines(articles), limit))
    texts = [syllables(nfc(f"{one['title']} {one['lead']} {one['body']}")) for one in records]
    texts = [words for words in texts if len(words) > _APART]
    times: dict[str, list[float]] = {kind: [] for kind in MAKERS}
    found: dict[str, list[int]] = {kind: [] for kind in MAKERS}
    with ExitStack() as opened:
        if archive is None:
            archive = Path(opened.enter_context(tempfile.TemporaryDirectory()), "archive")
        if not archive.exists():
            index_records(records, archive)
        searched = opened.enter_context(Archive.open(archive))
        # What common words need is read once.
        for query in ("tin của và", "của TRONG CÂU và"):
            searched.search(SearchRequest(query))
        for kind, query in queries(texts, count):
            result = searched.search(SearchRequest(query, facets=()))
            times[kind].append(result.took_ms)
            found[kind].append(result.total)
    click.echo("| query | articles, median | p50 | p95 | p95 / phrase |")
    click.echo("| --- | ---: | ---: | ---: | ---: |")
    usual = _p95(times["phrase"])
    for kind, its in times.items():
        click.echo(
            f"| {kind} | {median(found[kind]):.0f} | {median(its):.1f} | {_p95(its):.1f}"
            f" | {_p95(its) / usual:.2f} |"
        )


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
