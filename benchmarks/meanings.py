"""Searching by meaning: paraphrases, English queries and names of stories, and how long it takes.

    python -m benchmarks.meanings --articles FILE --stories FILE [--archive DIR] [--limit 20000]
    python -m benchmarks.meanings --articles FILE --queries FILE [--known 1000]
    python -m benchmarks.meanings --speed

Stories are dated articles with `story` and `topic`, mixed with other articles. The queries are in
`meaning_queries.tsv`: for each story one that says it in other words, and one in English. They were
written from the stories' names and headlines before any search was run. Recall@10 is the share of the articles of
a query's story that are among the first ten. An archive that is given is kept, with its vectors.

With `--queries` the known items of `benchmarks.relevance` are looked for among the first articles, as
many as `--known` says: who finds an article by its words must not lose it.

`--speed` finds the nearest of random vectors around two thousand topics, and prints how long that takes.
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import Any

import click
import numpy as np

from benchmarks.relevance import TASKS, build, measure, read_lines, read_queries
from benchmarks.topics import index_records
from indexer.language.normalise import nfc
from indexer.meanings.embedder import DIMENSIONS, E5Embedder, Vectors
from indexer.meanings.embedding import embed_archive
from indexer.meanings.vector_graph import GRAPH_FROM, VectorGraph
from indexer.meanings.vector_store import VectorStore
from indexer.meanings.vector_table import Rows, VectorTable, quantised
from search.archive import Archive
from search.requests import Meaning, SearchRequest

_QUERIES = Path(__file__).with_name("meaning_queries.tsv")
_TEN = 10
_SIZES = (20_000, 50_000, 150_000, 300_000, 1_000_000)
_TOPICS, _COMMON = 2000, 2.0
_LOOKS = 30
_WAYS = {"words": Meaning.OFF, "unasked": Meaning.AUTO, "both": Meaning.ON}
"""Words alone; both orders where few articles hold every word; both orders always."""


@click.command()
@click.option("--articles", type=click.Path(exists=True, path_type=Path))
@click.option("--stories", type=click.Path(exists=True, path_type=Path))
@click.option("--archive", type=click.Path(path_type=Path), help="Where the archive is kept.")
@click.option("--limit", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option("--queries", type=click.Path(exists=True, path_type=Path))
@click.option("--known", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--speed", is_flag=True, help="How long random vectors take.")
def main(
    articles: Path | None,
    stories: Path | None,
    archive: Path | None,
    limit: int,
    queries: Path | None,
    known: int,
    *,
    speed: bool,
) -> None:
    """Print recall and reciprocal ranks, a line a set of queries and way of searching."""
    if speed:
        _print_speed()
    if articles is not None and queries is not None:
        _print_known(list(islice(read_lines(articles), known)), queries)
    if articles is None or stories is None:
        return
    told = list(read_lines(stories))
    right: dict[str, set[str]] = {}
    for one in told:
        right.setdefault(str(one["story"]), set()).add(one["id"])
    names = {nfc(one["topic"]): str(one["story"]) for one in told}
    with ExitStack() as opened:
        if archive is None:
            archive = Path(opened.enter_context(tempfile.TemporaryDirectory()), "archive")
        if not archive.exists():
            index_records([*told, *islice(read_lines(articles), limit)], archive)
        embedder = E5Embedder()
        embed_archive(archive, embedder)
        searched = opened.enter_context(Archive.open(archive))
        click.echo(
            f"| {searched.count()} articles, {len(right)} stories | | recall@10 | MRR@10 | ms |"
        )
        click.echo("| --- | --- | ---: | ---: | ---: |")
        for name, its in {"names": names, **_own_queries()}.items():
            for way, meaning in _WAYS.items():
                _print_line(searched, name, its, right, way, meaning)
        store = VectorStore(archive, embedder.model)
        _print_missed(
            store.table(), [one for its in _own_queries().values() for one in its], embedder
        )
        store.close()


def _own_queries() -> dict[str, dict[str, str]]:
    """The sets of own queries: query -> story."""
    with _QUERIES.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {
        "paraphrases": {nfc(row["paraphrase"]): row["story"] for row in rows},
        "English": {row["english"]: row["story"] for row in rows},
    }


def _print_line(
    archive: Archive,
    name: str,
    queries: Mapping[str, str],
    right: Mapping[str, set[str]],
    way: str,
    meaning: Meaning,
) -> None:
    recalls, ranks, times = [], [], []
    for query, story in queries.items():
        found = archive.search(SearchRequest(query, per_page=_TEN, meaning=meaning))
        times.append(found.took_ms)
        ids = [hit.id for hit in found.hits]
        recalls.append(len(right[story].intersection(ids)) / len(right[story]))
        rank = next((at for at, id in enumerate(ids, 1) if id in right[story]), None)
        ranks.append(1 / rank if rank else 0.0)
    click.echo(
        f"| {len(queries)} {name} | {way} | {fmean(recalls):.3f} | {fmean(ranks):.3f}"
        f" | {median(times):.0f} |"
    )


def _print_known(records: list[dict[str, Any]], queries: Path) -> None:
    """Print MRR@10 of known items, a line a task."""
    wanted = read_queries(queries, {record["id"] for record in records})
    click.echo(f"| known items among {len(records)} | queries | {' | '.join(_WAYS)} |")
    click.echo("| --- | ---: | ---: | ---: | ---: |")
    for kind in ("headline", "lead"):
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, "archive")
            build(archive, records, kind)
            embed_archive(archive, E5Embedder())
            with Archive.open(archive) as searched:
                for task in (task for task in TASKS if task.startswith(kind)):
                    its = [query for query in wanted if query.task == task]
                    found = [measure(searched, its, meaning=one) for one in _WAYS.values()]
                    scores = " | ".join(f"{one.reciprocal:.4f}" for one in found)
                    click.echo(f"| {task} | {len(its)} | {scores} |")


def _print_speed() -> None:
    click.echo(
        "| vectors | ms of all their numbers | ms by signs first | of the hundred nearest"
        " | ms by a graph | of the ten nearest | of the hundred | s to make it |"
    )
    click.echo("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in _SIZES:
        click.echo(_speed_of(size))


def _speed_of(size: int) -> str:
    """The line of so many vectors."""
    vectors, asked, rows = _drawn(size), _drawn(_LOOKS), np.arange(size)
    table = VectorTable.of(np.arange(size, dtype=np.uint64), *quantised(vectors))
    exact, whole = _timed(asked, lambda one: np.argpartition(-(vectors @ one), 100)[:100])
    by_signs, signs = _timed(asked, lambda one: table.nearest(one, rows, 100)[0])
    line = f"| {size:,} | {whole:.1f} | {signs:.1f} | {_shared(exact, by_signs):.3f} |"
    if size < GRAPH_FROM:
        return f"{line} | | | |"
    ten = [
        its[np.argsort(-(vectors[its] @ one))[:10]] for one, its in zip(asked, exact, strict=True)
    ]
    started = time.perf_counter()
    graph = VectorGraph.made(table.center)
    graph.add(table.keys, table.blocks(rows), 1)
    seconds = time.perf_counter() - started
    led = table.with_graph(graph)
    by_graph, ms = _timed(asked, lambda one: led.nearest(one, rows, 100)[0])
    of_ten = _shared(ten, [its[:10] for its in by_graph])
    return f"{line} {ms:.1f} | {of_ten:.3f} | {_shared(exact, by_graph):.3f} | {seconds:.0f} |"


def _drawn(size: int) -> Vectors:
    """Vectors as articles have them: near some of many topics, and with much in common."""
    topics = np.random.default_rng(1).normal(size=(_TOPICS, DIMENSIONS)).astype(np.float32)
    chance = np.random.default_rng(size)
    vectors = chance.normal(size=(size, DIMENSIONS)).astype(np.float32)
    vectors += topics[chance.integers(_TOPICS, size=size)] + _COMMON
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _timed(asked: Vectors, search: Callable[[Vectors], Rows]) -> tuple[list[Rows], float]:
    """What is found for each, and the milliseconds of the median."""
    found, times = [], []
    for one in asked:
        started = time.perf_counter()
        found.append(search(one))
        times.append(1000 * (time.perf_counter() - started))
    return found, median(times)


def _shared(ones: Sequence[Rows], others: Sequence[Rows]) -> float:
    return fmean(
        len(np.intersect1d(one, other)) / len(one) for one, other in zip(ones, others, strict=True)
    )


def _print_missed(table: VectorTable, queries: Sequence[str], embedder: E5Embedder) -> None:
    """Print how many of the ten nearest the signs miss, beside all numbers of all vectors."""
    rows = np.arange(len(table.keys))
    shared = 0
    for query in queries:
        vector = embedder.query(query)
        cosines = (table.numbers.astype(np.float32) @ vector) * table.scales
        exact = np.argpartition(-cosines, _TEN)[:_TEN]
        places, _ = table.nearest(vector, rows, _TEN)
        shared += len(set(places.tolist()).intersection(exact.tolist()))
    of_ten = shared / _TEN / len(queries)
    click.echo(f"\nOf the ten nearest by all numbers, {of_ten:.4f} are found by signs first.")


if __name__ == "__main__":
    main()
