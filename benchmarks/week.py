"""A week of a newsroom: many small commits with searches between; nothing may grow but the archive.

    python -m benchmarks.week --articles FILE --queries FILE [--commits N] [--each N] [--plot FILE.svg]

One process writes, as `khobao index --watch` does: a file of articles, then a run that looks at it. Another
serves: it follows the newest commit and answers searches, completions and related stories between two
commits. Of both there are memory that is not mapped files, and open files. Needs the extra `bench` to plot.
"""

from __future__ import annotations

import gc
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import click

from benchmarks.more_articles import more_articles
from benchmarks.options import ARTICLES, QUERIES
from benchmarks.relevance import read_lines, read_queries
from benchmarks.speed import resident
from indexer.memory import give_back
from indexer.pipeline import KnownCatalog, index_sources
from search.archive import Archive
from search.requests import SearchRequest
from webapp.state import FACETS

_BETWEEN = 5
"""Searches, completions and related stories between two commits."""
_ANSWERS = 500
_PATIENCE = 30.0
_LOOK = 0.2
"""Seconds between two looks for a new commit; a server looks every second."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What was seen after a commit.

    Attributes:
        writer_mb, reader_mb: memory of the processes that is not mapped files.
        writer_files, reader_files: files that they have open.
        commit_s: seconds that the run took.
        seen_s: seconds from the end of the run until the reader served the commit.
        search_ms: median of the searches after it.
    """

    articles: int
    segments: int
    files: int
    writer_mb: int
    reader_mb: int
    writer_files: int
    reader_files: int
    commit_s: float
    seen_s: float
    search_ms: float


def open_files() -> int:
    """How many files this process has open (Linux), 0 where that cannot be known."""
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return 0


def prepare(articles: Path, commits: int, each: int, folder: Path) -> None:
    """A file for each commit."""
    more = more_articles(list(read_lines(articles)), (commits + 1) * each)
    for number in range(commits + 1):
        with (folder / f"{number:05d}.jsonl").open("w", encoding="utf-8") as stream:
            for record in islice(more, each):
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def write(folder: Path, asked: Connection) -> None:
    """The writer: a file that appears, and a run, each time that it is asked."""
    source, known = folder / "in", KnownCatalog()
    for number in iter(asked.recv, None):
        file = source / f"{number:05d}.jsonl"
        (folder / "ready" / file.name).rename(file)
        started = time.perf_counter()
        index_sources(folder / "archive", [source], workers=0, only=[file], memory_of_runs=known)
        seconds = time.perf_counter() - started
        give_back()
        asked.send((seconds, resident("RssAnon"), open_files()))


class Reader:
    """The process that serves."""

    def __init__(self, archive: Archive, headlines: Sequence[str]) -> None:
        self._archive = archive
        self._headlines = headlines
        self._draw = random.Random(30)

    def wait_for(self, articles: int) -> float:
        """Seconds until so many articles are served."""
        started = time.perf_counter()
        while self._archive.count() < articles:
            if time.perf_counter() - started > _PATIENCE:
                raise click.ClickException(f"{articles} articles are not served")
            time.sleep(0.01)
        return time.perf_counter() - started

    def use(self) -> float:
        """Some searches, completions and related stories; the median of the searches in milliseconds."""
        times = []
        for _ in range(_BETWEEN):
            headline = self._draw.choice(self._headlines)
            started = time.perf_counter()
            found = self._archive.search(SearchRequest(headline, facets=FACETS))
            times.append((time.perf_counter() - started) * 1000)
            self._archive.suggest(headline[:12])
            if found.hits:
                self._archive.related(found.hits[0].id)
        return median(times)


def moments(
    folder: Path, articles: Path, headlines: Sequence[str], commits: int, each: int
) -> Iterator[Moment]:
    """What is seen after each commit."""
    (folder / "in").mkdir()
    (folder / "ready").mkdir()
    context = get_context("spawn")
    with context.Pool(1) as pool:
        pool.apply(prepare, (articles, commits, each, folder / "ready"))
    here, there = context.Pipe()
    writer = context.Process(target=write, args=(folder, there), daemon=True)
    writer.start()
    here.send(0)
    here.recv()
    index = folder / "archive" / "index"
    with Archive.open(folder / "archive") as archive, archive.kept_warm(FACETS, seconds=_LOOK):
        reader = Reader(archive, headlines)
        for number in range(1, commits + 1):
            here.send(number)
            commit_s, writer_mb, writer_files = here.recv()
            seen_s = reader.wait_for((number + 1) * each)
            search_ms = reader.use()
            gc.collect()
            yield Moment(
                (number + 1) * each,
                len(list(index.glob("*.kpo"))),
                len(list(index.iterdir())),
                writer_mb,
                resident("RssAnon"),
                writer_files,
                open_files(),
                round(commit_s, 3),
                round(seen_s, 3),
                round(search_ms, 1),
            )
    here.send(None)
    writer.join()


def open_anew(archive: Path, headlines: Sequence[str]) -> int:
    """The memory of a reader that has seen one commit alone, in MB."""
    with Archive.open(archive) as opened, opened.kept_warm(FACETS):
        reader = Reader(opened, headlines)
        for _ in range(_ANSWERS // _BETWEEN):
            reader.use()
        gc.collect()
        give_back()
        return resident("RssAnon")


def draw(seen: Sequence[Moment], file: Path) -> None:
    """Plot memory, files and segments over the commits."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "khobao"
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
    shown = (
        ("memory without mapped files, MB", ("writer_mb", "reader_mb")),
        ("open files, segments", ("writer_files", "reader_files", "segments")),
        ("seconds of a commit, until it is served", ("commit_s", "seen_s")),
    )
    for axis, (title, names) in zip(axes, shown, strict=True):
        for name in names:
            axis.plot([getattr(one, name) for one in seen], label=name, linewidth=0.8)
        axis.set(xlabel="commits", title=title, ylim=(0, None))
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    figure.savefig(file, metadata={"Date": None})


@click.command()
@ARTICLES
@QUERIES
@click.option("--commits", type=click.IntRange(min=10), default=2000, show_default=True)
@click.option("--each", type=click.IntRange(min=1), default=20, show_default=True)
@click.option("--plot", type=click.Path(path_type=Path), help="An SVG file.")
def main(articles: Path, queries: Path, commits: int, each: int, plot: Path | None) -> None:
    """Print a row for each tenth of the commits: medians of what was seen in it."""
    headlines = [one.text for one in read_queries(queries) if one.task == "headline"]
    names = list(Moment.__dataclass_fields__)
    click.echo(f"| {' | '.join(names)} |\n|{' ---: |' * len(names)}")
    seen: list[Moment] = []
    with tempfile.TemporaryDirectory() as folder:
        for one in moments(Path(folder), articles, headlines, commits, each):
            seen.append(one)
            if len(seen) % (commits // 10) == 0:
                block = [asdict(each_one) for each_one in seen[-(commits // 10) :]]
                values = [median(row[name] for row in block) for name in names]
                click.echo(f"| {' | '.join(f'{value:g}' for value in values)} |")
        context = get_context("spawn")
        with context.Pool(1) as pool:
            fresh = pool.apply(open_anew, (Path(folder) / "archive", headlines))
        click.echo(
            f"\nA reader that is started now and has answered as many kinds of requests: {fresh} MB."
        )
    if plot is not None:
        draw(seen, plot)


if __name__ == "__main__":
    main()
