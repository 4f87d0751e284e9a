"""What the order "best and recent" does to known-item search, for old articles and for new ones.

    python -m benchmarks.recency --articles FILE --queries FILE [--limit N]

Articles and queries are those of `benchmarks.relevance`. As the articles have no dates, each is given a
random one within ten years, so that nothing is gained by chance: what the newest win, the others lose.
"""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import click

from benchmarks.relevance import DEPTH, OPERATORS, build_from, hide_copy, read_lines
from indexer.article import Article
from search.archive import Archive
from search.results import SearchRequest, Sort

_LAST = date(2024, 12, 31)
_DAYS = 3650
_NEW = 180
_TASKS = ("headline", "headline-5", "lead-6")


@dataclass(frozen=True, slots=True)
class _Found:
    """Reciprocal ranks of the right articles, and how old each of these is in days."""

    ranks: list[float]
    ages: list[int]

    def mean(self, *, new: bool) -> str:
        """MRR@10 over the queries whose right article is new, or over the others."""
        chosen = [
            rank for rank, age in zip(self.ranks, self.ages, strict=True) if (age < _NEW) == new
        ]
        return f"{sum(chosen) / max(1, len(chosen)):.3f} ({len(chosen)})".replace("0.", ".", 1)


def age_of(id: str) -> int:
    """An age in days that is the same in every run."""
    return random.Random(id).randrange(_DAYS)


def dated(record: dict[str, Any], task: str) -> Article:
    """An article without the copy of its queries, and with a date."""
    article = hide_copy(record, task)
    published = _LAST - timedelta(days=age_of(article.id))
    return Article(id=article.id, title=article.title, body=article.body, published=published)


def measure(archive: Archive, queries: list[dict[str, Any]], sort: Sort) -> _Found:
    """Run queries in an order."""
    ranks = []
    for query in queries:
        text = OPERATORS.sub(" ", query["query"])
        hits = archive.search(SearchRequest(text, per_page=DEPTH, sort=sort)).hits
        ids = [hit.id for hit in hits]
        right = query["relevant"]
        ranks.append(1 / (ids.index(right) + 1) if right in ids else 0.0)
    return _Found(ranks, [age_of(query["relevant"]) for query in queries])


@click.command()
@click.option("--articles", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--queries", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--limit", type=click.IntRange(min=1), default=2000, show_default=True)
def main(articles: Path, queries: Path, limit: int) -> None:
    """Print MRR@10 (queries) with and without the prior."""
    records = list(islice(read_lines(articles), limit))
    ids = {record["id"] for record in records}
    wanted = [line for line in read_lines(queries) if line["relevant"] in ids]
    click.echo("| MRR@10 (queries) | " + " | ".join(_TASKS) + " |")
    click.echo("| --- |" + " --- |" * len(_TASKS))
    rows: dict[str, list[str]] = {}
    for task in _TASKS:
        with tempfile.TemporaryDirectory() as folder:
            build_from(Path(folder, "archive"), records, partial(dated, task=task))
            chosen = [line for line in wanted if line["task"] == task]
            with Archive.open(Path(folder, "archive")) as archive:
                for sort in (Sort.RELEVANCE, Sort.RECENT):
                    found = measure(archive, chosen, sort)
                    for new, whose in ((True, "newest half year"), (False, "older articles")):
                        rows.setdefault(f"{whose}, by {sort}", []).append(found.mean(new=new))
    for name, values in sorted(rows.items(), reverse=True):
        click.echo(f"| {name} | " + " | ".join(values) + " |")


if __name__ == "__main__":
    main()
