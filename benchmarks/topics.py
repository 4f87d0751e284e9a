"""Topics: how good the first ten articles are for queries as people ask them.

    python -m benchmarks.topics --articles FILE --topics FILE [--judged FILE]... [--archive DIR] [--detail]
    python -m benchmarks.topics --articles FILE --stories FILE

Topics are JSON Lines with `n`, `query` and `grades` (id -> 3 exactly this, 2 about it, 1 touches it, 0
not). nDCG@10 has the gain 2^grade - 1; an article that nobody has judged counts 0, and is counted
beside. P@3 is the share of the first three with grade 2 or more. `p` is of a paired permutation test
against the line before it. Stories are dated articles with `story` and `topic`, a person's name for the
story that is the query; they are mixed with the first 20,000 articles.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

import click
import numpy as np

from benchmarks.options import ARTICLES
from benchmarks.relevance import DEPTH, parts, read_lines
from indexer.engine_factory import open_engine
from indexer.language.normalise import nfc
from indexer.meanings.vector_store import has_vectors
from indexer.pipeline import index_sources
from search.archive import Archive
from search.ranking.planning import Ranking
from search.requests import Meaning, SearchRequest

Grades = Mapping[str, int]
Search = Callable[[str], Sequence[str]]
"""Query -> the ids of the first ten articles."""
_OWN_GRADES = Path(__file__).with_name("topic_grades.jsonl")
"""Grades of articles that only these rankings found, given by reading title and lead."""
_FIELD_WEIGHTS = (6.0, 3.0, 1.0)
_FLIPS = 20_000
_OTHERS = 20_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A query and the grades of the articles that were judged for it."""

    query: str
    grades: Grades


def read_topics(path: Path, more: Sequence[Path] = ()) -> list[Topic]:
    """Topics, with the grades that other files of the same form give for the same queries."""
    grades: dict[str, dict[str, int]] = {}
    for file in (path, *more):
        for one in read_lines(file):
            grades.setdefault(nfc(one["query"]), {}).update(one["grades"])
    return [Topic(nfc(one["query"]), grades[nfc(one["query"])]) for one in read_lines(path)]


@dataclass(frozen=True, slots=True)
class Judged:
    """How good the first ten articles for a topic are."""

    gain: float
    precise: float
    unjudged: int


def judge(topic: Topic, ids: Sequence[str]) -> Judged:
    """nDCG@10, P@3 and how many of the ten are unjudged.

    Source: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, 2002; with the
    gains of Burges et al., Learning to rank using gradient descent, 2005.
    """
    best = sorted(topic.grades.values(), reverse=True)[:DEPTH]
    found = [topic.grades.get(id, 0) for id in ids[:DEPTH]]
    return Judged(
        _gain(found) / max(_gain(best), 1e-9),
        sum(grade >= 2 for grade in found[:3]) / 3,
        sum(id not in topic.grades for id in ids[:DEPTH]),
    )


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def significance(ones: Sequence[float], others: Sequence[float]) -> float:
    """The chance that a mean difference so large comes about when signs are drawn; two-sided."""
    differences = np.array(ones) - np.array(others)
    signs = np.random.default_rng(28).choice((-1, 1), size=(_FLIPS, len(differences)))
    means = np.abs((signs * differences).mean(axis=1))
    return float((1 + (means >= abs(differences.mean()) - 1e-12).sum()) / (_FLIPS + 1))


def by_sqlite(records: Sequence[Mapping[str, Any]]) -> Search:
    """SQLite FTS5: BM25 with the weights 6, 3, 1 for title, lead and body; any of the words."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE a USING fts5(id UNINDEXED, title, lead, body,"
        " tokenize = 'unicode61 remove_diacritics 0')"
    )
    database.executemany(
        "INSERT INTO a VALUES (?, ?, ?, ?)",
        (
            [one["id"], *(nfc(one[name] or "") for name in ("title", "lead", "body"))]
            for one in records
        ),
    )

    def search(query: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
        weights = ", ".join(map(str, _FIELD_WEIGHTS))
        rows = database.execute(
            f"SELECT id FROM a WHERE a MATCH ? ORDER BY bm25(a, 0, {weights}) LIMIT {DEPTH}",
            [words],
        )
        return [id for (id,) in rows]

    return search


def by_archive(archive: Archive, meaning: Meaning = Meaning.OFF) -> Search:
    """An archive's search, copies folded as on its pages."""

    def search(query: str) -> list[str]:
        asked = SearchRequest(query, per_page=DEPTH, meaning=meaning)
        return [hit.id for hit in archive.search(asked).hits]

    return search


def rankings() -> dict[str, Ranking]:
    """The rankings that are compared: plain BM25 of syllables, the first step, the model."""
    plain, _, first, whole = parts().values()
    return {"BM25 of syllables": plain, "the first step": first, "Kho Báo": whole}


@click.command()
@ARTICLES
@click.option("--topics", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--judged", multiple=True, type=click.Path(exists=True, path_type=Path), help="More grades."
)
@click.option("--stories", type=click.Path(exists=True, path_type=Path))
@click.option("--archive", type=click.Path(path_type=Path), help="Where the archive is kept.")
@click.option("--limit", type=click.IntRange(min=1), default=50_000, show_default=True)
@click.option("--detail", is_flag=True, help="The first ten of each topic.")
def main(
    articles: Path,
    topics: Path | None,
    stories: Path | None,
    judged: tuple[Path, ...],
    archive: Path | None,
    limit: int,
    *,
    detail: bool,
) -> None:
    """Print nDCG@10, P@3 and the articles among the ten that nobody judged, a line a ranking."""
    if stories is not None:
        _stories(stories, list(islice(read_lines(articles), _OTHERS)))
    if topics is None:
        return
    asked = read_topics(topics, (_OWN_GRADES, *judged))
    records = list(islice(read_lines(articles), limit))
    titles = {one["id"]: one["title"] for one in records}
    with ExitStack() as opened:
        if archive is None:
            archive = Path(opened.enter_context(tempfile.TemporaryDirectory()), "archive")
        if not archive.exists():
            index_records(records, archive)
        click.echo("| | nDCG@10 | P@3 | unjudged of ten | p |")
        click.echo("| --- | ---: | ---: | ---: | ---: |")
        before = _print_line("SQLite FTS5, fields 6 3 1", asked, by_sqlite(records), None)
        for name, ranking in rankings().items():
            with Archive(open_engine(archive), ranking) as one:
                search = by_archive(one)
                before = _print_line(name, asked, search, before)
                if detail and name == "Kho Báo":
                    _print_detail(asked, search, titles)
        if has_vectors(archive):
            with Archive.open(archive) as one:
                search = by_archive(one, Meaning.ON)
                _print_line("Kho Báo, by meaning as well", asked, search, before)


def _stories(path: Path, others: Sequence[Mapping[str, Any]]) -> None:
    """Print how well the names of stories find their articles, a line a ranking."""
    told = list(read_lines(path))
    right: dict[str, set[str]] = {}
    for one in told:
        right.setdefault(nfc(one["topic"]), set()).add(one["id"])
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "archive")
        index_records([*told, *others], archive)
        click.echo(
            f"| {len(right)} stories among {len(others)} articles | MRR@10 | of a story's articles |"
        )
        click.echo("| --- | ---: | ---: |")
        for name, ranking in rankings().items():
            with Archive(open_engine(archive), ranking) as opened:
                search = by_archive(opened)
                found = [(search(query), ids) for query, ids in right.items()]
            first = fmean(_reciprocal(ids, its) for ids, its in found)
            held = fmean(len(its.intersection(ids)) / min(DEPTH, len(its)) for ids, its in found)
            click.echo(f"| {name} | {first:.3f} | {held:.3f} |")


def _reciprocal(ids: Sequence[str], right: set[str]) -> float:
    return next((1 / place for place, id in enumerate(ids, 1) if id in right), 0.0)


def index_records(records: Sequence[Mapping[str, Any]], archive: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "articles.jsonl")
        lines = (json.dumps(one, ensure_ascii=False) for one in records)
        source.write_text("\n".join(lines), "utf-8")
        index_sources(archive, [source])


def _print_line(
    name: str, topics: Sequence[Topic], search: Search, before: list[float] | None
) -> list[float]:
    found = [judge(topic, search(topic.query)) for topic in topics]
    gains = [one.gain for one in found]
    chance = "" if before is None else f"{significance(gains, before):.3f}"
    click.echo(
        f"| {name} | {fmean(gains):.3f} | {fmean(one.precise for one in found):.3f} |"
        f" {fmean(one.unjudged for one in found):.2f} | {chance} |"
    )
    return gains


def _print_detail(topics: Sequence[Topic], search: Search, titles: Mapping[str, str]) -> None:
    for topic in topics:
        ids = search(topic.query)
        click.echo(f"\n{judge(topic, ids).gain:.3f}  {topic.query}")
        for id in ids:
            click.echo(f"    {topic.grades.get(id, '-')}  {id}  {titles[id]}")
        best = [id for id, grade in topic.grades.items() if grade == 3 and id not in ids]
        for id in best[:4]:
            click.echo(f"    lacks {id}  {titles.get(id)}")


if __name__ == "__main__":
    main()
