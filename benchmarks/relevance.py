"""Known-item search: how far up `Archive.search` puts the one article that a query was made from.

    python -m benchmarks.relevance --articles FILE --queries FILE [--limit N]

Articles are JSON Lines with `id`, `title`, `lead` and `body`; queries with `task`, `query` and `relevant`, the
id of the right article. Both may be compressed with xz. For tasks whose name begins with `headline` the
bodies alone are indexed, for `lead` tasks title and body, so that no query is found by its own copy.
"""

from __future__ import annotations

import json
import lzma
import re
import tempfile
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.options import ARTICLES, QUERIES
from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_engine, open_or_create_engine
from indexer.engines.base import Document
from indexer.engines.capabilities import CanCompact, capability
from search.archive import Archive
from search.ranking.planning import Ranking, default_ranking
from search.reader import ArchiveReader
from search.requests import Meaning, SearchRequest, Sort

DEPTH = 10
# The queries are plain text, not the query language: quotation marks ask for no phrase, and a hyphen
# after a space ("S -400": spacing was restored by rule) excludes nothing.
OPERATORS = re.compile('["“”„«»*+|]|(?<= )-(?=\\w)')
TASKS = ("headline", "headline-5", "lead-6", "headline-plain", "headline-5-plain", "lead-6-plain")
# MRR@10 and recall@10 on the first 20,000 articles of the 50,000 that the design was measured on.
DESIGN = {
    "plain BM25, syllables": (
        ".775/.931",
        ".358/.544",
        ".229/.355",
        ".671/.847",
        ".240/.395",
        ".193/.300",
    ),
    "the design, first step": (
        ".819/.942",
        ".430/.626",
        ".454/.623",
        ".796/.929",
        ".397/.592",
        ".439/.603",
    ),
    "the design, reranked": (
        ".819/.941",
        ".445/.640",
        ".459/.632",
        ".801/.928",
        ".408/.598",
        ".446/.607",
    ),
}


def parts() -> dict[str, Ranking]:
    """What is measured: each adds a part to the one before."""
    return {
        "syllables": Ranking(pair=0, word=0),
        "+ pairs of syllables": Ranking(word=0),
        "+ words of pyvi": Ranking(),
        "+ the best 50 by the model: Kho Báo": default_ranking(),
    }


@dataclass(frozen=True, slots=True)
class Query:
    """One known-item query; `relevant` is the id of its article."""

    task: str
    text: str
    relevant: str


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, compressed with xz or not."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def read_queries(path: Path, ids: Container[str] | None = None) -> list[Query]:
    """The queries of a file as plain text.

    Args:
        ids: the articles that there are; None for all.
    """
    return [
        Query(line["task"], OPERATORS.sub(" ", line["query"]), line["relevant"])
        for line in read_lines(path)
        if ids is None or line["relevant"] in ids
    ]


def hide_copy(record: dict[str, Any], task: str) -> Article:
    """An article without the part that the queries of a task were taken from."""
    headline = task.startswith("headline")
    return Article(id=record["id"], title="" if headline else record["title"], body=record["body"])


def _document(record: dict[str, Any], to_article: Callable[[dict[str, Any]], Article]) -> Document:
    return make_document(to_article(record), "")


def build(folder: Path, records: list[dict[str, Any]], task: str) -> None:
    """Index articles for the tasks that begin like `task`."""
    build_from(folder, records, partial(hide_copy, task=task))


def build_from(
    folder: Path,
    records: list[dict[str, Any]],
    to_article: Callable[[dict[str, Any]], Article],
) -> None:
    """Index what a function of a module makes of each record."""
    engine = open_or_create_engine(folder)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        documents = pool.map(partial(_document, to_article=to_article), records, chunksize=32)
        while batch := list(islice(documents, 5000)):
            with engine.writer() as writer:
                for document in batch:
                    writer.put(document)
    if compacting := capability(engine, CanCompact):
        compacting.compact()
    engine.close()


@dataclass(frozen=True, slots=True)
class Measured:
    """Of each query the reciprocal rank of its article, 0 below the tenth, and its milliseconds."""

    ranks: list[float]
    times: list[float]

    @property
    def reciprocal(self) -> float:
        """MRR@10."""
        return sum(self.ranks) / len(self.ranks)

    @property
    def recall(self) -> float:
        """Recall@10."""
        return sum(map(bool, self.ranks)) / len(self.ranks)

    def __str__(self) -> str:
        """Both, as the tables give them: ``.835/.944``."""
        return f"{self.reciprocal:.3f}/{self.recall:.3f}".replace("0.", ".")


def measure(
    archive: Archive | ArchiveReader,
    queries: Sequence[Query],
    sort: Sort = Sort.RELEVANCE,
    meaning: Meaning = Meaning.OFF,
) -> Measured:
    """Run the queries of a task."""
    ranks, times = [], []
    for query in queries:
        result = archive.search(
            SearchRequest(query.text, per_page=DEPTH, sort=sort, meaning=meaning)
        )
        times.append(result.took_ms)
        ids = [hit.id for hit in result.hits]
        ranks.append(1 / (ids.index(query.relevant) + 1) if query.relevant in ids else 0.0)
    return Measured(ranks, times)


@click.command()
@ARTICLES
@QUERIES
@click.option("--limit", type=click.IntRange(min=1), default=2000, show_default=True)
def main(articles: Path, queries: Path, limit: int) -> None:
    """Print MRR@10/recall@10 a task, beside the figures of the design."""
    records = list(islice(read_lines(articles), limit))
    ids = {record["id"] for record in records}
    wanted = read_queries(queries, ids)
    measured: dict[str, dict[str, Measured]] = {name: {} for name in parts()}
    for kind in ("headline", "lead"):
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder, "archive"), records, kind)
            for task in (task for task in TASKS if task.startswith(kind)):
                chosen = [query for query in wanted if query.task == task]
                for name, ranking in parts().items():
                    with Archive(open_engine(Path(folder, "archive")), ranking) as archive:
                        archive.warm()
                        if chosen:
                            measured[name][task] = measure(archive, chosen)
    print_table(measured, len(records))


def print_table(measured: dict[str, dict[str, Measured]], count: int) -> None:
    """The result as a Markdown table."""
    click.echo("| MRR@10/recall@10 | " + " | ".join(TASKS) + " |")
    click.echo("| --- |" + " --- |" * len(TASKS))
    rows: dict[str, tuple[str, ...]] = {
        f"{name}, 20,000 articles": values for name, values in DESIGN.items()
    }
    for name, tasks in measured.items():
        here = [tasks.get(task) for task in TASKS]
        rows[f"**{name}, {count:,} articles**"] = tuple(str(one) if one else "–" for one in here)
    rows["queries"] = tuple(str(len(one.times)) if one else "0" for one in here)
    rows["search, median ms"] = tuple(f"{median(one.times):.1f}" if one else "–" for one in here)
    for name, values in rows.items():
        click.echo(f"| {name} | " + " | ".join(values) + " |")


if __name__ == "__main__":
    main()
