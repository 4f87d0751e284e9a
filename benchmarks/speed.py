"""Speed and size beside SQLite FTS5 and Tantivy, on the same articles and queries, in one run.

    python -m benchmarks.speed --articles FILE --queries FILE [--size N ...]

The articles are as in `benchmarks.relevance`; whole articles are indexed. FTS5 and Tantivy get the
syllables; Tantivy gets the folded bigrams as well, as a second field. Needs the extra `bench`.
"""

from __future__ import annotations

import gc
import json
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from threading import Event, Thread
from typing import Any

import click

from benchmarks.options import ARTICLES, QUERIES
from benchmarks.relevance import read_lines, read_queries
from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_engine, open_or_create_engine
from indexer.engines.base import Engine, Plan
from indexer.language import analysis
from indexer.language.analysis import pairs
from indexer.language.normalise import fold, nfc
from indexer.pipeline import index_sources
from search.archive import Archive
from search.query.parser import parse_query
from search.ranking.planning import plan_query
from search.requests import SearchRequest, Sort
from search.understanding.synonyms import load_synonyms
from search.understanding.understood_query import understand
from search.understanding.vocabulary import SearcherVocabulary

_TIMED = 200
"""Queries that are timed, and as many others to warm up."""
_WRITTEN = 2000
"""Articles of which the engine's own writing is timed."""


def resident(kind: str = "VmRSS") -> int:
    """Megabytes of memory that this process holds now (Linux), 0 where that cannot be known.

    Args:
        kind: `VmRSS` for all, `RssAnon` for what is not a mapped file.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    match = re.search(rf"{kind}:\s+(\d+) kB", status)
    return int(match[1]) // 1024 if match else 0


def index(source: str, archive: str) -> tuple[float, int]:
    """Run the whole pipeline; seconds and the most megabytes seen, mapped files left out."""
    started = time.perf_counter()
    most = 0
    done = Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.02):
            most = max(most, resident("RssAnon"))

    watcher = Thread(target=watch)
    watcher.start()
    index_sources(Path(archive), [Path(source)])
    done.set()
    watcher.join()
    return time.perf_counter() - started, most


def serve(archive: str, headlines: list[str]) -> tuple[int, int]:
    """Megabytes of a process that has answered searches: all, and without mapped files."""
    with open_archive(Path(archive)) as (_, opened):
        opened.warm()
        for headline in headlines:
            opened.search(SearchRequest(headline))
        return resident(), resident("RssAnon")


def write_rate(records: list[dict[str, Any]], folder: Path) -> float:
    """Articles a second that the engine alone writes and commits, analysed before."""
    documents = [
        make_document(Article(id=r["id"], title=r["title"], lead=r["lead"], body=r["body"]), "")
        for r in records[:_WRITTEN]
    ]
    engine = open_or_create_engine(folder)
    started = time.perf_counter()
    with engine.writer() as writer:
        for document in documents:
            writer.put(document)
    taken = time.perf_counter() - started
    engine.close()
    return len(documents) / taken


def timed(run: Callable[[str], object], queries: Iterable[str]) -> str:
    """Median and 95th percentile of a search, in milliseconds.

    The second half of the queries warms up; each of the first half is then run once.
    """
    return timed_in_turn([run], queries)[0]


def timed_in_turn(runs: Sequence[Callable[[str], object]], queries: Iterable[str]) -> list[str]:
    """`timed` for several searches, which are given each query one after the other."""
    queries = list(queries)
    measured = queries[: len(queries) // 2]
    for query in queries[len(measured) :]:
        for run in runs:
            run(query)
    times: list[list[float]] = [[] for _ in runs]
    for query in measured:
        for run, its_times in zip(runs, times, strict=True):
            started = time.perf_counter()
            run(query)
            its_times.append((time.perf_counter() - started) * 1000)
    return [f"{median(one):.1f}/{quantiles(one, n=20)[-1]:.1f}" for one in times]


def syllables(text: str) -> list[str]:
    """What every engine here takes for terms."""
    return analysis.syllables(nfc(text))


def whole_text(record: dict[str, Any]) -> str:
    """Title, lead and body."""
    return "\n".join((record["title"], record["lead"], record["body"]))


def fts5(records: list[dict[str, Any]], path: Path) -> Callable[[str], object]:
    """SQLite FTS5: any of the syllables, best ten by bm25 with a snippet each."""
    database = sqlite3.connect(path)
    database.execute(
        "CREATE VIRTUAL TABLE a USING fts5(t, tokenize='unicode61 remove_diacritics 0')"
    )
    database.executemany("INSERT INTO a VALUES (?)", ((nfc(whole_text(r)),) for r in records))
    database.commit()

    def run(query: str) -> object:
        terms = " OR ".join(f'"{term}"' for term in syllables(query))
        found = "SELECT rowid, snippet(a, 0, '<b>', '</b>', '…', 40) FROM a WHERE a MATCH ? ORDER BY rank LIMIT 10"
        return database.execute(found, (terms,)).fetchall()

    return run


def tantivy(
    records: Iterable[dict[str, Any]], path: Path
) -> tuple[Callable[[str], object], Callable[[str], object]]:
    """Tantivy: any of the syllables and bigrams; the best fifty, and the best ten with snippets."""
    import tantivy as library

    path.mkdir()
    builder = library.SchemaBuilder()
    builder.add_text_field("s", stored=True, tokenizer_name="whitespace")
    builder.add_text_field("b", stored=False, tokenizer_name="whitespace")
    schema = builder.build()
    built = library.Index(schema, path=str(path))
    writer = built.writer(256_000_000)
    for record in records:
        terms = syllables(whole_text(record))
        bigrams = [pair.replace(" ", "_") for pair in pairs(map(fold, terms))]
        writer.add_document(library.Document(s=" ".join(terms), b=" ".join(bigrams)))
    writer.commit()
    writer.wait_merging_threads()
    built.reload()
    searcher = built.searcher()

    def parsed(query: str) -> Any:
        terms = syllables(query)
        bigrams = [pair.replace(" ", "_") for pair in pairs(map(fold, terms))]
        words = [f's:"{term}"' for term in terms] + [f'b:"{pair}"' for pair in bigrams]
        return built.parse_query(" ".join(words), ["s", "b"])

    def bare(query: str) -> object:
        return searcher.search(parsed(query), 50).hits

    def with_snippets(query: str) -> object:
        question = parsed(query)
        generator = library.SnippetGenerator.create(searcher, question, schema, "s")
        hits = searcher.search(question, 10).hits
        return [generator.snippet_from_doc(searcher.doc(address)).to_html() for _, address in hits]

    return bare, with_snippets


@contextmanager
def open_archive(path: Path) -> Iterator[tuple[Engine, Archive]]:
    """An archive and the engine inside it."""
    engine = open_engine(path)
    with Archive(engine) as archive:
        yield engine, archive


def engine_alone(engine: Engine, queries: list[str]) -> Callable[[str], object]:
    """Only the plan, as `Archive.search` makes it, without records, reranking and snippets."""
    searcher = engine.searcher()
    vocabulary = SearcherVocabulary(searcher, load_synonyms())

    def plan(query: str) -> Plan:
        understood = understand(parse_query(query), vocabulary)
        return replace(plan_query(understood, SearchRequest(query)).plan, limit=50)

    plans = {query: plan(query) for query in queries}
    return lambda query: searcher.search(plans[query])


def searches(archive: Archive, headlines: list[str]) -> dict[str, str]:
    """Times of `Archive.search`, snippets and facets included, by kind of query."""

    def first(count: int) -> list[str]:
        return [" ".join(syllables(headline)[:count]) for headline in headlines]

    def ask(**options: Any) -> Callable[[str], object]:
        return lambda query: archive.search(SearchRequest(query, **options))

    draw = random.Random(_TIMED)

    def cut(headline: str) -> str:
        return headline[: draw.randint(1, min(40, len(headline)))]

    plain = [fold(headline) for headline in headlines]
    return {
        "whole headline, typed without accents": timed(ask(), plain),
        "4 words": timed(ask(), first(4)),
        "1 word": timed(ask(), first(1)),
        "phrase of 3 words": timed(ask(), [f'"{query}"' for query in first(3)]),
        "4 words, in a source": timed(ask(filters={"source": "a"}), first(4)),
        "4 words, from 2016 on": timed(ask(), [f"{query} từ:2016" for query in first(4)]),
        "4 words, newest first": timed(ask(sort=Sort.NEWEST), first(4)),
        "completion": timed(archive.suggest, [cut(headline) for headline in headlines]),
        "completion, typed without accents": timed(archive.suggest, [cut(one) for one in plain]),
    }


def measure(records: list[dict[str, Any]], headlines: list[str]) -> dict[str, str]:
    """All figures for some articles."""
    figures: dict[str, str] = {}
    characters = sum(len(whole_text(record)) for record in records)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "a.jsonl").open("w", encoding="utf-8") as stream:
            for number, record in enumerate(records):
                dated = {
                    **record,
                    "date": f"{2014 + number % 6}-0{1 + number % 9}-11",
                    "source": "abcd"[number % 4],
                }
                stream.write(json.dumps(dated, ensure_ascii=False) + "\n")
        # In a process of its own, so that its memory can be told from that of searching.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            seconds, most = pool.submit(
                index, str(folder / "a.jsonl"), str(folder / "archive")
            ).result()
        figures["indexed a second, whole pipeline"] = f"{len(records) / seconds:.0f}"
        figures["memory of the writing process, MB"] = str(most)
        figures["written a second, engine alone"] = f"{write_rate(records, folder / 'w'):.0f}"
        sizes: dict[bool, int] = {False: 0, True: 0}
        for file in (folder / "archive" / "index").iterdir():
            sizes[file.name.endswith(".record.col")] += file.stat().st_size
        figures["bytes a character, without the stored text"] = f"{sizes[False] / characters:.2f}"
        figures["bytes a character, the stored text"] = f"{sizes[True] / characters:.2f}"
        bare, with_snippets = tantivy(records, folder / "t")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            serving = pool.submit(serve, str(folder / "archive"), headlines).result()
        figures["memory of a searching process, MB"] = str(serving[0])
        figures["of it without mapped files, MB"] = str(serving[1])
        started = time.perf_counter()
        with open_archive(folder / "archive") as (engine, archive):
            figures["opening, ms"] = f"{(time.perf_counter() - started) * 1000:.0f}"
            archive.warm()
            # Side by side, for the machine is not always equally fast.
            whole, theirs = timed_in_turn(
                [lambda query: archive.search(SearchRequest(query)), with_snippets], headlines
            )
            figures["whole headline, ms p50/p95"] = whole
            figures["Tantivy, ten snippets: whole headline"] = theirs
            alone, theirs = timed_in_turn([engine_alone(engine, headlines), bare], headlines)
            figures["engine alone, best 50: whole headline, ms p50/p95"] = alone
            figures["Tantivy, best 50: whole headline"] = theirs
            for kind, times in searches(archive, headlines).items():
                figures[f"{kind}, ms p50/p95"] = times
            ids = [record["id"] for record in records[:: max(1, len(records) // (2 * _TIMED))]]
            figures["related stories of an article, ms p50/p95"] = timed(archive.related, ids)
        figures["SQLite FTS5: whole headline"] = timed(fts5(records, folder / "f"), headlines)
        figures["Tantivy, ten snippets: 4 words"] = timed(
            with_snippets, [" ".join(syllables(headline)[:4]) for headline in headlines]
        )
    return figures


@click.command()
@ARTICLES
@QUERIES
@click.option(
    "--size", "sizes", multiple=True, type=int, default=(10_000, 50_000), show_default=True
)
def main(articles: Path, queries: Path, sizes: tuple[int, ...]) -> None:
    """Print all figures for each number of articles, as a Markdown table."""
    found = (query.text for query in read_queries(queries) if query.task == "headline")
    headlines = list(islice(found, 2 * _TIMED))
    records = list(islice(read_lines(articles), max(sizes)))
    # The garbage collector need not look at the benchmark's own articles, which no server holds.
    gc.collect()
    gc.freeze()
    columns = [measure(records[:size], headlines) for size in sizes]
    click.echo("| articles | " + " | ".join(f"{size:,}" for size in sizes) + " |")
    click.echo("| --- |" + " ---: |" * len(sizes))
    for name in columns[0]:
        click.echo(f"| {name} | " + " | ".join(column[name] for column in columns) + " |")


if __name__ == "__main__":
    main()
