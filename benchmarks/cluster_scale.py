"""Cost as an archive grows: the embedded engine, a cluster of one and three nodes, plain OpenSearch.

    python -m benchmarks.cluster_scale --articles FILE --queries FILE --out FILE.json [--size N ...] [--step NAME ...]

Each figure is added to the file when it is measured; a run that was stopped goes on where it was.
`python -m benchmarks.cluster_report FILE.json` prints the tables and draws the plots. Beyond the articles
given there are copies with sentences shuffled and names changed (`more_articles.py`). Needs the extra
`bench`, Java 17 and Maven.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import click

from benchmarks.more_articles import more_articles
from benchmarks.options import ARTICLES, QUERIES
from benchmarks.plain_opensearch import PlainOpenSearch
from benchmarks.relevance import TASKS, Query, build, hide_copy, read_lines, read_queries
from benchmarks.speed import resident, syllables, timed
from indexer.article import Article
from indexer.engine_factory import (
    OPENSEARCH,
    WHOOSH,
    EngineChoice,
    open_engine,
    set_default_engine,
)
from indexer.engines.opensearch import ClusterAddress, OpenSearchEngine
from indexer.language.normalise import fold
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from tests.cluster.cluster import Cluster
from webapp.state import FACETS

_TIMED = 100
_RELEVANCE = 20_000
_HEAP = 1024
STEPS = ("embedded", "cluster-1", "cluster-3", "plain-1", "plain-3")

Figures = dict[str, Any]


def warmed_up(measured: Callable[[list[str]], Figures], headlines: list[str]) -> Figures:
    """What a measurement gives when the same kinds of other searches came before.

    A Java machine compiles what it has run some thousand times; the first searches take three times as
    long.
    """
    for start in range(2 * _TIMED, len(headlines), 2 * _TIMED):
        measured(headlines[start : start + 2 * _TIMED])
    return measured(headlines[: 2 * _TIMED])


def searches(archive: Archive, ids: list[str], headlines: list[str]) -> dict[str, str]:
    """Times of what a page asks, facets and snippets included, as p50/p95 in milliseconds."""

    def ask(query: str) -> object:
        return archive.search(SearchRequest(query, facets=FACETS))

    four = [" ".join(syllables(one)[:4]) for one in headlines]
    three = [" ".join(syllables(one)[:3]) for one in headlines]
    return {
        "whole headline": timed(ask, headlines),
        "whole headline, typed without accents": timed(ask, list(map(fold, headlines))),
        "4 words": timed(ask, four),
        "1 word": timed(ask, [one.split()[0] for one in four]),
        "phrase of 3 words": timed(ask, [f'"{one}"' for one in three]),
        "4 words, from 2016 on": timed(ask, [f"{one} từ:2016" for one in four]),
        "completion": timed(
            archive.suggest, [one[: 4 + at % 20] for at, one in enumerate(headlines)]
        ),
        "related stories": timed(archive.related, ids),
    }


def plain_searches(plain: PlainOpenSearch, headlines: list[str]) -> dict[str, str]:
    """The same of plain OpenSearch, as far as it can."""
    four = [" ".join(syllables(one)[:4]) for one in headlines]
    return {
        "whole headline": timed(plain.search, headlines),
        "whole headline, typed without accents": timed(plain.search, list(map(fold, headlines))),
        "4 words": timed(plain.search, four),
        "1 word": timed(plain.search, [one.split()[0] for one in four]),
        "phrase of 3 words": timed(plain.phrase, [" ".join(one.split()[:3]) for one in four]),
        "4 words, from 2016 on": timed(plain.from_2016, four),
    }


@contextmanager
def cluster_of(nodes: int) -> Iterator[Cluster]:
    """A new cluster on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder), nodes, memory=_HEAP)
        try:
            yield cluster
        finally:
            cluster.stop()


def node_memory(cluster: Cluster, nodes: int) -> int:
    """Megabytes that the nodes hold."""
    total = 0
    for number in range(1, nodes + 1):
        status = Path(f"/proc/{cluster.process(number)}/status").read_text("utf-8")
        match = re.search(r"VmRSS:\s+(\d+) kB", status)
        total += int(match[1]) // 1024 if match else 0
    return total


def measure_archive(
    records: Callable[[], Iterator[dict[str, Any]]], choice: EngineChoice, headlines: list[str]
) -> Figures:
    """Index and ask one archive."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "a.jsonl").open("w", encoding="utf-8") as stream:
            for record in records():
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
        started = time.perf_counter()
        report = index_sources(folder / "archive", [folder / "a.jsonl"], choice=choice)
        figures: Figures = {"index s": round(time.perf_counter() - started, 1)}
        figures["articles"] = report.added
        figures |= _space_of(folder / "archive")
        ids = [
            record["id"]
            for record in islice(records(), 0, None, max(1, report.added // (2 * _TIMED)))
        ]
        with Archive.open(folder / "archive") as archive, archive.kept_warm(FACETS):
            figures["ms"] = warmed_up(partial(searches, archive, ids[: 2 * _TIMED]), headlines)
            figures["server MB"] = resident()
        return figures


def _space_of(archive: Path) -> Figures:
    engine = open_engine(archive)
    try:
        if isinstance(engine, OpenSearchEngine):
            dictionary = engine.searcher().dictionary_memory()
            return {"bytes": engine.bytes(), "dictionary bytes": dictionary}
        return {"bytes": sum(file.stat().st_size for file in (archive / "index").iterdir())}
    finally:
        engine.close()


def measure_plain(
    records: Callable[[], Iterator[dict[str, Any]]], cluster: Cluster, headlines: list[str]
) -> Figures:
    """Index and ask plain OpenSearch."""
    plain = PlainOpenSearch(cluster.hosts)
    started = time.perf_counter()
    plain.index(records())
    return {
        "index s": round(time.perf_counter() - started, 1),
        "bytes": plain.bytes(),
        "ms": warmed_up(partial(plain_searches, plain), headlines),
    }


def measure_step(
    step: str, records: Callable[[], Iterator[dict[str, Any]]], headlines: list[str]
) -> Figures:
    """One engine with one number of articles."""
    if step == "embedded":
        return measure_archive(records, EngineChoice(WHOOSH), headlines)
    kind, _, count = step.partition("-")
    nodes = int(count)
    with cluster_of(nodes) as cluster:
        if kind == "plain":
            figures = measure_plain(records, cluster, headlines)
        else:
            address = ClusterAddress.of(list(cluster.hosts))
            figures = measure_archive(records, EngineChoice(OPENSEARCH, address), headlines)
        return {**figures, "nodes MB": node_memory(cluster, nodes)}


def measure_relevance(step: str, articles: Path, queries: Path) -> Figures:
    """MRR@10/recall@10 of the six tasks on 20,000 articles."""
    records = list(islice(read_lines(articles), _RELEVANCE))
    wanted = read_queries(queries, {record["id"] for record in records})
    if step == "embedded":
        set_default_engine(EngineChoice(WHOOSH))
        return _relevance(records, wanted, None)
    with cluster_of(int(step[-1])) as cluster:
        if step.startswith("plain"):
            return _relevance(records, wanted, PlainOpenSearch(cluster.hosts))
        address = ClusterAddress.of(list(cluster.hosts))
        set_default_engine(EngineChoice(OPENSEARCH, address))
        return _relevance(records, wanted, None)


def _relevance(
    records: list[dict[str, Any]], wanted: list[Query], plain: PlainOpenSearch | None
) -> Figures:
    found: Figures = {}
    for kind in ("headline", "lead"):
        tasks = [task for task in TASKS if task.startswith(kind)]
        if plain is not None:
            plain.index(map(partial(_hidden, kind=kind), records))
            for task in tasks:
                found[task] = _scores(plain.search, [one for one in wanted if one.task == task])
            continue
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder, "archive"), records, kind)
            with Archive.open(Path(folder, "archive")) as archive:
                archive.warm()
                ask = partial(_best_ten, archive)
                for task in tasks:
                    found[task] = _scores(ask, [one for one in wanted if one.task == task])
    return found


def _hidden(record: dict[str, Any], kind: str) -> dict[str, Any]:
    article: Article = hide_copy(record, kind)
    return {"id": article.id, "title": article.title, "lead": article.lead, "body": article.body}


def _best_ten(archive: Archive, query: str) -> list[str]:
    return [hit.id for hit in archive.search(SearchRequest(query)).hits]


def _scores(ask: Callable[[str], list[str]], queries: Sequence[Query]) -> str:
    ranks = []
    for query in queries:
        ids = ask(query.text)
        ranks.append(1 / (ids.index(query.relevant) + 1) if query.relevant in ids else 0.0)
    count = max(1, len(ranks))
    return f"{sum(ranks) / count:.3f}/{sum(map(bool, ranks)) / count:.3f}".replace("0.", ".")


@click.command()
@ARTICLES
@QUERIES
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option(
    "--size", "sizes", multiple=True, type=int, default=(10_000, 50_000, 150_000), show_default=True
)
@click.option("--step", "steps", multiple=True, type=click.Choice(STEPS), default=STEPS)
@click.option("--relevance/--no-relevance", default=True)
def main(
    articles: Path,
    queries: Path,
    out: Path,
    sizes: tuple[int, ...],
    steps: tuple[str, ...],
    relevance: bool,
) -> None:
    """Measure what is not in the file yet."""
    known: Figures = json.loads(out.read_text("utf-8")) if out.exists() else {}
    headlines = [one.text for one in read_queries(queries) if one.task == "headline"][: 4 * _TIMED]
    base = list(read_lines(articles))

    def note(name: str, figures: Figures) -> None:
        known[name] = {**figures, "on": datetime.now(UTC).date().isoformat()}
        out.write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
        click.echo(f"{name}: {json.dumps(figures, ensure_ascii=False)}")

    for size in sizes:
        for step in steps:
            name = f"{step} {size}"
            if name not in known:
                records = partial(more_articles, base, size)
                note(name, measure_step(step, records, headlines))
    for step in steps if relevance else ():
        name = f"{step} relevance"
        if name not in known and step != "plain-3":
            note(name, measure_relevance(step, articles, queries))


if __name__ == "__main__":
    main()
