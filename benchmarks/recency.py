"""What the order "best and recent" does to known-item search, for old articles and for new ones.

    python -m benchmarks.recency --articles FILE --queries FILE [--limit N]

Articles and queries are those of `benchmarks.relevance`. As the articles have no dates, each is given a
random one within ten years, so that nothing is gained by chance: what the newest win, the others lose.
"""

from __future__ import annotations

import random
import tempfile
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import click

from benchmarks.options import ARTICLES, QUERIES
from benchmarks.relevance import (
    Query,
    build_from,
    hide_copy,
    measure,
    read_lines,
    read_queries,
)
from indexer.article import Article
from search.archive import Archive
from search.requests import Sort

_LAST = date(2024, 12, 31)
_DAYS = 3650
_NEW = 180
_TASKS = ("headline", "headline-5", "lead-6")


def age_of(id: str) -> int:
    """An age in days that is the same in every run."""
    return random.Random(id).randrange(_DAYS)


def dated(record: dict[str, Any], task: str) -> Article:
    """An article without the copy of its queries, and with a date."""
    article = hide_copy(record, task)
    published = _LAST - timedelta(days=age_of(article.id))
    return Article(id=article.id, title=article.title, body=article.body, published=published)


def mean(queries: list[Query], ranks: list[float], *, new: bool) -> str:
    """MRR@10 over the queries whose right article is new, or over the others, and their number."""
    chosen = [
        rank
        for query, rank in zip(queries, ranks, strict=True)
        if (age_of(query.relevant) < _NEW) == new
    ]
    return f"{sum(chosen) / max(1, len(chosen)):.3f} ({len(chosen)})".replace("0.", ".", 1)


@click.command()
@ARTICLES
@QUERIES
@click.option("--limit", type=click.IntRange(min=1), default=2000, show_default=True)
def main(articles: Path, queries: Path, limit: int) -> None:
    """Print MRR@10 (queries) with and without the prior."""
    records = list(islice(read_lines(articles), limit))
    ids = {record["id"] for record in records}
    wanted = read_queries(queries, ids)
    click.echo("| MRR@10 (queries) | " + " | ".join(_TASKS) + " |")
    click.echo("| --- |" + " --- |" * len(_TASKS))
    rows: dict[str, list[str]] = {}
    for task in _TASKS:
        with tempfile.TemporaryDirectory() as folder:
            build_from(Path(folder, "archive"), records, partial(dated, task=task))
            chosen = [query for query in wanted if query.task == task]
            with Archive.open(Path(folder, "archive")) as archive:
                for sort in (Sort.RELEVANCE, Sort.RECENT):
                    ranks = measure(archive, chosen, sort).ranks
                    for new, whose in ((True, "newest half year"), (False, "older articles")):
                        rows.setdefault(f"{whose}, by {sort}", []).append(
                            mean(chosen, ranks, new=new)
                        )
    for name, values in sorted(rows.items(), reverse=True):
        click.echo(f"| {name} | " + " | ".join(values) + " |")


if __name__ == "__main__":
    main()
