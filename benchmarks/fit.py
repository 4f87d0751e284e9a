"""Fits the weights of ranking on articles that no test query was made from.

    python -m benchmarks.fit --articles FILE [--first N] [--last N] [--queries N]

From articles `first` to `last` queries are made as those of `benchmarks.relevance` were: the headline,
a window of five syllables of it, a window of six of the lead, and each without diacritics. One weight
after the other is moved up and down for as long as that raises the mean MRR@10 of the six tasks.
"""

from __future__ import annotations

import random
import tempfile
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import fields, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

from benchmarks.relevance import DEPTH, OPERATORS, TASKS, Query, build, read_lines
from indexer.language.normalise import fold, nfc
from indexer.store import open_engine
from search.query import parse_query
from search.ranking import interpret
from search.reranking import WEIGHTS, Weights
from search.results import SearchRequest
from search.vocabulary import EngineVocabulary

STEPS = (0.5, 0.8, 1.25, 2.0)
_SEED = 13


def window(text: str, length: int, draw: random.Random) -> str:
    """So many words of a text in a row, from a place that is drawn."""
    words = text.split()
    start = draw.randint(0, max(0, len(words) - length))
    return " ".join(words[start : start + length])


def make_queries(records: list[dict[str, Any]], count: int) -> list[Query]:
    """Queries of all tasks from `count` articles that are drawn."""
    draw = random.Random(_SEED)
    queries = []
    for record in draw.sample(records, min(count, len(records))):
        title, lead = (OPERATORS.sub(" ", nfc(record[name])) for name in ("title", "lead"))
        texts = {
            "headline": title,
            "headline-5": window(title, 5, draw),
            "lead-6": window(lead, 6, draw),
        }
        for task, text in texts.items():
            queries.append(Query(task, text, record["id"]))
            queries.append(Query(f"{task}-plain", fold(text), record["id"]))
    return queries


def score(archive: Path, queries: list[Query], weights: Weights) -> dict[str, float]:
    """MRR@10 by task; without the snippets and counts of a whole search."""
    engine = open_engine(archive)
    vocabulary = EngineVocabulary(engine)
    totals: dict[str, list[float]] = {}
    for query in queries:
        request = SearchRequest(query.text, per_page=DEPTH)
        plan = interpret(parse_query(query.text), request, vocabulary, weights).plan
        ids = [hit.id for hit in engine.search(plan).hits]
        earned = 1 / (ids.index(query.relevant) + 1) if query.relevant in ids else 0.0
        totals.setdefault(query.task, []).append(earned)
    engine.close()
    return {task: sum(values) / len(values) for task, values in totals.items()}


def score_all(
    pool: Executor, folder: Path, queries: list[Query], weights: Weights
) -> dict[str, float]:
    """MRR@10 of all tasks."""
    parts = [
        pool.submit(
            score, folder / kind, [one for one in queries if one.task.startswith(kind)], weights
        )
        for kind in ("headline", "lead")
    ]
    return {task: value for part in parts for task, value in part.result().items()}


def climb(pool: Executor, folder: Path, queries: list[Query]) -> Weights:
    """Move one weight after the other while the mean rises; prints each step that does."""

    def mean(weights: Weights) -> float:
        return sum(score_all(pool, folder, queries, weights).values()) / len(TASKS)

    best, height = WEIGHTS, mean(WEIGHTS)
    click.echo(f"{height:.4f} {best}")
    moved = True
    while moved:
        moved = False
        for name in (field.name for field in fields(Weights)):
            for step in STEPS:
                tried = replace(best, **{name: round(getattr(best, name) * step, 3)})
                reached = mean(tried)
                # Less than this is noise of the queries that were drawn.
                if reached > height + 2e-4:
                    best, height, moved = tried, reached, True
                    click.echo(f"{height:.4f} {best}")
    return best


@click.command()
@click.option("--articles", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--first", type=int, default=20_000, show_default=True)
@click.option("--last", type=int, default=40_000, show_default=True)
@click.option("--queries", "count", type=int, default=500, show_default=True)
def main(articles: Path, first: int, last: int, count: int) -> None:
    """Print the weights that fit best."""
    records = list(islice(read_lines(articles), first, last))
    queries = make_queries(records, count)
    with tempfile.TemporaryDirectory() as name:
        for kind in ("headline", "lead"):
            build(Path(name, kind), records, kind)
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            best = climb(pool, Path(name), queries)
            for task, value in score_all(pool, Path(name), queries, best).items():
                click.echo(f"{task}: {value:.3f}")


if __name__ == "__main__":
    main()
