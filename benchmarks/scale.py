"""What grows with an archive, up to a million articles, beside Tantivy in the same run.

    python -m benchmarks.scale --articles FILE --queries FILE --folder DIR --out FILE.json [--size N ...]

For each size: seconds, bytes and memory of writing; opening; searches, each in turn with Tantivy's, up to
150,000 articles also SQLite FTS5's; then a commit of 2,000 articles while others search. Archives stay in
DIR. Figures are added to the file as they come, and a run that was stopped goes on. Beyond the articles given
there are changed copies (`more_articles.py`). Needs the extra `bench`, and 10 GB of disk for a million
articles.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any

import click

from benchmarks.more_articles import more_articles
from benchmarks.options import ARTICLES, QUERIES
from benchmarks.relevance import read_lines, read_queries
from benchmarks.speed import (
    fts5,
    index,
    serve,
    syllables,
    tantivy,
    timed,
    timed_in_turn,
    whole_text,
)
from search.archive import Archive
from search.requests import SearchRequest
from webapp.state import FACETS

ARTICLES_MADE = "a.jsonl"
_TIMED = 200
_COMMITTED = 2000
_SIZES = (50_000, 150_000, 500_000, 1_000_000)
FTS5 = "headline, SQLite FTS5 ms"
_MOST_FTS5, _TIMED_FTS5 = 150_000, 20
_RESTED = 3.0
"""Seconds of searches before a commit, with which those during it are compared."""

Records = Callable[[], Iterator[dict[str, Any]]]


def in_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run something in a process of its own, so that its memory is told from others'."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def made(base: Sequence[dict[str, Any]], size: int, path: Path) -> Records:
    """As many articles as wanted, in a file that is written once: to make them takes as long as Tantivy."""
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("w", encoding="utf-8") as stream:
            for record in more_articles(base, size):
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
        unfinished.rename(path)
    return partial(read_lines, path)


def written(records: Records, folder: Path) -> dict[str, Any]:
    """Index the articles of a folder; what it cost."""
    characters = sum(len(whole_text(record)) for record in records())
    seconds, most = in_process(index, str(folder / ARTICLES_MADE), str(folder / "archive"))
    sizes = {False: 0, True: 0}
    for file in (folder / "archive" / "index").iterdir():
        sizes[file.name.endswith(".record.col")] += file.stat().st_size
    return {
        "indexing s": round(seconds),
        "writer MB without mapped files": most,
        "bytes a character, without the stored text": round(sizes[False] / characters, 2),
        "bytes a character, the stored text": round(sizes[True] / characters, 2),
    }


def asked(archive: Archive, ids: Sequence[str], headlines: list[str]) -> dict[str, str]:
    """The searches that have nothing beside them, p50/p95 in milliseconds."""

    def search(**more: Any) -> Callable[[str], object]:
        return lambda query: archive.search(SearchRequest(query, **more))

    four = [" ".join(syllables(one)[:4]) for one in headlines]
    three = [" ".join(syllables(one)[:3]) for one in headlines]
    return {
        "headline with facets": timed(search(facets=FACETS), headlines),
        "4 words": timed(search(), four),
        "4 words, in a source": timed(search(filters={"source": "a"}), four),
        "4 words, from 2016 on": timed(search(), [f"{one} từ:2016" for one in four]),
        "1 word": timed(search(), [one.split()[0] for one in four]),
        "phrase of 3 words": timed(search(), [f'"{one}"' for one in three]),
        "completion": timed(
            archive.suggest, [one[: 4 + at % 20] for at, one in enumerate(headlines)]
        ),
        "related stories": timed(archive.related, ids),
    }


def beside_tantivy(records: Records, folder: Path, headlines: list[str]) -> dict[str, Any]:
    """Opening, and searches in turn with Tantivy's."""
    shutil.rmtree(folder / "tantivy", ignore_errors=True)
    started = time.perf_counter()
    _, with_snippets = tantivy(records(), folder / "tantivy")
    found: dict[str, Any] = {"Tantivy, indexing s": round(time.perf_counter() - started)}
    every = max(1, sum(1 for _ in records()) // (2 * _TIMED))
    ids = [record["id"] for record in islice(records(), 0, None, every)][: 2 * _TIMED]
    started = time.perf_counter()
    with Archive.open(folder / "archive") as archive:
        archive.count()
        found["opening ms"] = round((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        archive.warm(FACETS)
        found["warming s"] = round(time.perf_counter() - started, 1)
        four = [" ".join(syllables(one)[:4]) for one in headlines]
        for name, queries in (("headline", headlines), ("4 words", four)):
            own, theirs = timed_in_turn(
                [lambda query: archive.search(SearchRequest(query)), with_snippets], queries
            )
            found[f"{name} ms"], found[f"{name}, Tantivy with snippets ms"] = own, theirs
        found |= {f"{name} ms": its for name, its in asked(archive, ids, headlines).items()}
    return found


def beside_fts5(records: Records, folder: Path, headlines: list[str]) -> dict[str, str]:
    """The time of SQLite's search, which grows too slow for more articles."""
    (folder / "fts5").unlink(missing_ok=True)
    return {FTS5: timed(fts5(list(records()), folder / "fts5"), headlines[:_TIMED_FTS5])}


def commit_while_served(records: Records, folder: Path, headlines: list[str]) -> dict[str, Any]:
    """A commit of new articles while others search: when it is seen, and what it costs them."""
    new = folder / "new.jsonl"
    with new.open("w", encoding="utf-8") as stream:
        for number, record in enumerate(islice(records(), _COMMITTED)):
            other = {**record, "id": f"new-{number}", "title": f"{record['title']} {number}"}
            stream.write(json.dumps(other, ensure_ascii=False) + "\n")
    times: list[tuple[float, float]] = []
    done = Event()
    with Archive.open(folder / "archive") as archive, archive.kept_warm(FACETS):
        archive.warm(FACETS)
        before = archive.count()

        def search() -> None:
            for query in iter(lambda: headlines[len(times) % len(headlines)], None):
                started = time.perf_counter()
                archive.search(SearchRequest(query))
                times.append((started, (time.perf_counter() - started) * 1000))
                if done.is_set():
                    return

        reader = Thread(target=search)
        reader.start()
        time.sleep(_RESTED)
        begun = time.perf_counter()
        seconds, _ = in_process(index, str(new), str(folder / "archive"))
        ended = time.perf_counter()
        while archive.count() == before and time.perf_counter() - ended < 120:
            time.sleep(0.01)
        seen = time.perf_counter()
        done.set()
        reader.join()
    rested = median(ms for at, ms in times if at < begun)
    busy = median([ms for at, ms in times if begun <= at < seen] or [0.0])
    return {
        "commit of 2,000: run s": round(seconds, 1),
        "commit of 2,000: seen after its end s": round(seen - ended, 2),
        "headline before and during it ms": f"{rested:.1f}/{busy:.1f}",
    }


@click.command()
@ARTICLES
@QUERIES
@click.option("--folder", type=click.Path(path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--size", "sizes", multiple=True, type=int, default=_SIZES, show_default=True)
def main(articles: Path, queries: Path, folder: Path, out: Path, sizes: tuple[int, ...]) -> None:
    """Measure what is not in the file yet, and print all of it as one table."""
    known: dict[str, dict[str, Any]] = json.loads(out.read_text("utf-8")) if out.exists() else {}
    headlines = [one.text for one in read_queries(queries) if one.task == "headline"][: 2 * _TIMED]
    base = list(read_lines(articles))
    for size in sizes:
        its = known.setdefault(str(size), {})
        place = folder / str(size)
        place.mkdir(parents=True, exist_ok=True)
        records = made(base, size, place / ARTICLES_MADE)
        steps: list[tuple[str, Callable[[], dict[str, Any]]]] = [
            ("indexing s", partial(written, records, place)),
            ("opening ms", partial(beside_tantivy, records, place, headlines)),
            ("server MB", partial(_served, place, headlines)),
            *([(FTS5, partial(beside_fts5, records, place, headlines))] * (size <= _MOST_FTS5)),
            ("commit of 2,000: run s", partial(commit_while_served, records, place, headlines)),
        ]
        for name, step in steps:
            if name not in its:
                its |= step()
                out.write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
    names = dict.fromkeys(name for its in known.values() for name in its)
    click.echo(f"| | {' | '.join(f'{int(size):,}' for size in known)} |")
    click.echo(f"| --- |{' ---: |' * len(known)}")
    for name in names:
        click.echo(f"| {name} | {' | '.join(str(its.get(name, '')) for its in known.values())} |")


def _served(folder: Path, headlines: list[str]) -> dict[str, Any]:
    everything, own = in_process(serve, str(folder / "archive"), headlines)
    return {"server MB": everything, "server MB without mapped files": own}


if __name__ == "__main__":
    main()
