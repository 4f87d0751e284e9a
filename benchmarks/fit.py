"""Fits the model of `search/reranking.py` on articles that no test query was made from.

    python -m benchmarks.fit --articles FILE [--first N] [--last N] [--queries N] > search/ranking_model.json

From articles `first` to `last` queries are made as those of `benchmarks.relevance` were: the headline,
a window of five syllables of it, a window of six of the lead, and each without diacritics. The weights
are those under which the right one among a query's candidates is the most probable, each candidate being
as probable as exp(score) (listwise softmax), with an L2 penalty; by Newton's method. The weights of
`TOPICAL` stay as they are: known items say nothing of what an article is about, for the headlines that
the queries were made from are not indexed. They were chosen by `benchmarks.topics`.
"""

from __future__ import annotations

import random
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.options import ARTICLES
from benchmarks.relevance import OPERATORS, TASKS, Query, build, read_lines
from indexer.engine_factory import open_engine
from indexer.language.normalise import fold, nfc
from search.arrays import Values
from search.articles import fetch_hashes
from search.query.parser import parse_query
from search.ranking.features import FEATURES
from search.ranking.planning import plan_query
from search.ranking.reranking import SHORT_QUERY, Candidates, RankingModel
from search.requests import SearchRequest
from search.understanding.synonyms import load_synonyms
from search.understanding.understood_query import understand
from search.understanding.vocabulary import SearcherVocabulary

PENALTY = 3e-4
TOPICAL = {"title_whole": 2.0, "title_density": 1.0}
"""Weights of features of what an article is about."""
_FITTED = np.array([place for place, name in enumerate(FEATURES) if name not in TOPICAL])
_SEED = 13
_ITERATIONS = 30


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


@dataclass(frozen=True, slots=True)
class Example:
    """A query's candidates.

    Attributes:
        table: their features.
        right: index of the right one; -1 when it is none of them.
        length: syllables of the query.
    """

    task: str
    table: Values
    right: int
    length: int


def collect(archive: Path, queries: list[Query], count: int) -> list[Example]:
    """Run the first step of queries."""
    engine = open_engine(archive)
    searcher = engine.searcher()
    vocabulary = SearcherVocabulary(searcher, load_synonyms())
    examples = []
    for query in queries:
        understood = understand(parse_query(query.text), vocabulary)
        query_plan = plan_query(understood, SearchRequest(query.text))
        sought = query_plan.sought
        if sought is None:
            continue
        found = searcher.search(replace(query_plan.plan, limit=count))
        ids = [hit.id for hit in found.hits]
        weighed = sought.weighed(searcher.count(), found.clause_totals)
        candidates = Candidates.of(weighed, found.hits, fetch_hashes(searcher, ids))
        table = candidates.measured()
        right = ids.index(query.relevant) if query.relevant in ids else -1
        examples.append(Example(query.task, table, right, len(sought.words)))
    engine.close()
    return examples


def loss(tables: list[Values], weights: Values) -> float:
    """How improbable the right candidates are, which come first in each table, and the penalty."""
    fitted = weights[_FITTED]
    total = PENALTY * len(tables) * float(fitted @ fitted) / 2
    for table in tables:
        scores = table @ weights
        total += float(np.logaddexp.reduce(scores) - scores[0])
    return total


def fit(examples: list[Example]) -> Values:
    """The weights under which the right candidates are the most probable, those of `TOPICAL` given."""
    tables = [
        np.concatenate((one.table[one.right : one.right + 1], np.delete(one.table, one.right, 0)))
        for one in examples
        if one.right >= 0
    ]
    weights = np.array([TOPICAL.get(name, 0.0) for name in FEATURES])
    height = loss(tables, weights)
    for _ in range(_ITERATIONS):
        gradient = PENALTY * len(tables) * weights[_FITTED]
        curvature = PENALTY * len(tables) * np.eye(len(_FITTED))
        for table in tables:
            scores = table @ weights
            chance = np.exp(scores - scores.max())
            chance /= chance.sum()
            columns = table[:, _FITTED]
            mean = chance @ columns
            gradient += mean - columns[0]
            curvature += (columns.T * chance) @ columns - np.outer(mean, mean)
        step = np.zeros(len(weights))
        step[_FITTED] = np.linalg.solve(curvature, gradient)
        # A whole step can lead too far while the weights are far from the best ones.
        while (reached := loss(tables, weights - step)) > height and np.abs(step).max() > 1e-4:
            step /= 2
        weights -= step
        if height - reached < 1e-6 * height:
            break
        height = reached
    return weights


def fit_model(examples: list[Example]) -> RankingModel:
    """Weights for short queries and for long ones."""
    short, long = (
        fit([one for one in examples if (one.length <= SHORT_QUERY) is is_short])
        for is_short in (True, False)
    )
    return RankingModel(tuple(short.tolist()), tuple(long.tolist()))


def mean_reciprocal_rank(examples: list[Example], model: RankingModel) -> dict[str, float]:
    """MRR@10 by task."""
    totals: dict[str, list[float]] = {}
    for one in examples:
        earned = 0.0
        if one.right >= 0:
            scores = one.table @ model.weights(one.length)
            rank = int((scores > scores[one.right]).sum()) + 1
            earned = 1 / rank if rank <= 10 else 0.0
        totals.setdefault(one.task, []).append(earned)
    return {task: sum(totals[task]) / len(totals[task]) for task in TASKS if task in totals}


def collect_all(folder: Path, queries: list[Query], count: int) -> list[Example]:
    """Examples of all tasks, from the archives `headline` and `lead` in a folder."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = [
            pool.submit(
                collect,
                folder / kind,
                [one for one in queries if one.task.startswith(kind)],
                count,
            )
            for kind in ("headline", "lead")
        ]
        return [example for part in parts for example in part.result()]


@click.command()
@ARTICLES
@click.option("--first", type=int, default=20_000, show_default=True)
@click.option("--last", type=int, default=40_000, show_default=True)
@click.option("--queries", "count", type=int, default=3000, show_default=True)
@click.option("--candidates", type=int, default=50, show_default=True)
def main(articles: Path, first: int, last: int, count: int, candidates: int) -> None:
    """Print the model; on the error stream its MRR@10 on the queries that it is fitted on."""
    records = list(islice(read_lines(articles), first, last))
    with tempfile.TemporaryDirectory() as name:
        for kind in ("headline", "lead"):
            build(Path(name, kind), records, kind)
        examples = collect_all(Path(name), make_queries(records, count), candidates)
    model = fit_model(examples)
    click.echo(model.as_json(), nl=False)
    for task, value in mean_reciprocal_rank(examples, model).items():
        click.echo(f"{task}: {value:.3f}", err=True)


if __name__ == "__main__":
    main()
