"""Copies: how many planted ones are found, what else is folded, and what finding them costs.

    python -m benchmarks.copies --articles FILE [--limit N] [--count N] [--show]

Of `--count` articles three copies each are planted, with 5, 10 and 20 % of their words changed into
words of other articles, a paragraph dropped, and headline and lead of another article. All articles
are indexed in a random order. A pair of articles in one group is right when both come from one
article, or when the real articles that they come from have one body. MinHash with locality-sensitive
hashing (datasketch) finds copies beside it, at the best threshold of its Jaccard similarity.
"""

from __future__ import annotations

import json
import pkgutil
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations, islice
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from indexer.copies import likeness
from indexer.engine_factory import open_engine
from indexer.language.analysis import syllables
from indexer.language.normalise import nfc
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import Copies, SearchRequest

RATES = (0.05, 0.1, 0.2)
_PERMUTATIONS = 128
_THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.4)
_PAGES = 200

Groups = Mapping[str, str]
"""Id -> the group of an article."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Articles and copies of some of them, in a random order.

    Attributes:
        root: id -> the article that it is, or is a copy of; of articles with one body the first.
        copies: rate of words changed -> (copy, original).
    """

    records: list[dict[str, Any]]
    root: dict[str, str]
    copies: dict[float, list[tuple[str, str]]]


def plant(records: Sequence[dict[str, Any]], count: int) -> Planted:
    """Add copies of `count` articles, the same at every call."""
    chance = random.Random(27)
    by_body: dict[str, str] = {}
    root = {one["id"]: by_body.setdefault(one["body"], one["id"]) for one in records}
    words = [word for one in records[:2000] for word in one["body"].split()]
    planted, copies = list(records), defaultdict(list)
    for original in chance.sample(list(records), count):
        for rate in RATES:
            other = chance.choice(records)
            paragraphs = original["body"].split("\n")
            if len(paragraphs) > 1:
                paragraphs.pop(chance.randrange(len(paragraphs)))
            body = "\n".join(
                " ".join(
                    chance.choice(words) if chance.random() < rate else word
                    for word in paragraph.split()
                )
                for paragraph in paragraphs
            )
            id = f"{original['id']}-{rate}"
            planted.append({"id": id, "title": other["title"], "lead": other["lead"], "body": body})
            root[id] = root[original["id"]]
            copies[rate].append((id, original["id"]))
    chance.shuffle(planted)
    return Planted(planted, root, dict(copies))


@dataclass(frozen=True, slots=True)
class Found:
    """How well groups fit what was planted."""

    recall: dict[float, float]
    right: int
    wrong: list[tuple[str, str]]

    @property
    def precision(self) -> float:
        """The share of right pairs among all pairs in one group."""
        return self.right / max(1, self.right + len(self.wrong))

    def __str__(self) -> str:
        recall = " ".join(f"{self.recall[rate]:.3f}" for rate in RATES)
        return f"{recall}   {self.precision:.4f} ({len(self.wrong)} of {self.right + len(self.wrong)} wrong)"


def judge(planted: Planted, groups: Groups) -> Found:
    """Recall of each rate, and the pairs in one group."""
    members: dict[str, list[str]] = defaultdict(list)
    for id, group in groups.items():
        members[group].append(id)
    pairs = [pair for its in members.values() for pair in combinations(sorted(its), 2)]
    wrong = [pair for pair in pairs if planted.root[pair[0]] != planted.root[pair[1]]]
    recall = {
        rate: sum(groups[one] == groups[other] for one, other in copies) / len(copies)
        for rate, copies in planted.copies.items()
    }
    return Found(recall, len(pairs) - len(wrong), wrong)


class Clock:
    """Adds up the seconds in some functions."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def run(*args: Any, **options: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **options)
            finally:
                self.seconds[name] += time.perf_counter() - started

        return run


def timed_index(archive: Path, source: Path) -> tuple[float, Clock]:
    """Index in this process alone; seconds in all, and those that sketches and comparisons took."""
    clock = Clock()
    parts = {
        "indexer.documents.make_sketch": "sketches",
        "indexer.copies.finder.CopyFinder.expect": "candidates",
        "indexer.copies.finder.CopyFinder.grouped": "comparisons",
    }
    with ExitStack() as patches:
        for path, name in parts.items():
            function = clock.timed(name, pkgutil.resolve_name(path))
            patches.enter_context(patch(path, function))
        started = time.perf_counter()
        index_sources(archive, [source], workers=0)
        return time.perf_counter() - started, clock


def by_datasketch(planted: Planted) -> Iterator[tuple[float, Found, float]]:
    """For each threshold the groups of MinHash and LSH, and milliseconds an article."""
    from datasketch import MinHash, MinHashLSH

    started = time.perf_counter()
    sketches = []
    for one in planted.records:
        tokens = syllables(nfc(one["body"]))
        length = likeness.SHINGLE
        shingles = {
            " ".join(tokens[at : at + length]).encode() for at in range(len(tokens) - length + 1)
        }
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch(shingles)
        sketches.append((one["id"], sketch))
    made = time.perf_counter() - started
    for threshold in _THRESHOLDS:
        started = time.perf_counter()
        index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
        kept = dict(sketches)
        groups: dict[str, str] = {}
        for id, sketch in sketches:
            near = [(sketch.jaccard(kept[other]), other) for other in index.query(sketch)]
            best = max((one for one in near if one[0] >= threshold), default=None)
            groups[id] = groups[best[1]] if best else id
            index.insert(id, sketch)
        took = time.perf_counter() - started + made
        yield threshold, judge(planted, groups), took / len(sketches) * 1000


def page_times(archive: Path, titles: Iterable[str]) -> tuple[float, float]:
    """Median milliseconds of a page of results, folded and not, each query asked in turn."""
    folded: list[float] = []
    single: list[float] = []
    opened = Archive.open(archive)
    for title in titles:
        for times, copies in ((single, Copies.ALL), (folded, Copies.FOLDED)) * 3:
            request = SearchRequest(" ".join(title.split()[:4]), copies=copies)
            started = time.perf_counter()
            opened.reader().search(request)
            times.append((time.perf_counter() - started) * 1000)
    opened.close()
    return median(folded), median(single)


@click.command()
@ARTICLES
@click.option("--limit", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option("--count", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--show", is_flag=True, help="Print the pairs that were folded wrongly.")
def main(articles: Path, limit: int, count: int, *, show: bool) -> None:
    """Print recall a rate of changed words, precision, and times."""
    planted = plant(list(islice(read_lines(articles), limit)), count)
    titles = {one["id"]: one["title"] for one in planted.records}
    size = len(planted.records)
    click.echo(f"{limit} articles and {size - limit} copies of {count} of them")
    click.echo("                    recall 5 % 10 % 20 %   precision of pairs")
    with tempfile.TemporaryDirectory() as folder:
        source, archive = Path(folder, "articles.jsonl"), Path(folder, "archive")
        with source.open("w", encoding="utf-8") as stream:
            for one in planted.records:
                print(json.dumps(one, ensure_ascii=False), file=stream)
        whole, clock = timed_index(archive, source)
        engine = open_engine(archive)
        searcher = engine.searcher()
        ids = [one.id for one in searcher.origins()]
        groups = {id: group or id for id, group in zip(ids, searcher.groups(ids), strict=True)}
        engine.close()
        found = judge(planted, groups)
        click.echo(f"Kho Báo             {found}")
        for pair in found.wrong if show else ():
            click.echo("    " + " | ".join(titles[id] for id in pair))
        for threshold, its, took in by_datasketch(planted):
            click.echo(f"datasketch at {threshold:<4}  {its}, {took:.2f} ms an article")
        click.echo(f"indexing {whole / size * 1000:.2f} ms an article, of that")
        for name, seconds in clock.seconds.items():
            click.echo(f"  {name} {seconds / size * 1000:.3f} ms, {seconds / whole:.1%}")
        asked = [titles[one] for one, _ in planted.copies[RATES[0]][:_PAGES]]
        folded, single = page_times(archive, asked)
        click.echo(f"a page of results: {folded:.2f} ms folded, {single:.2f} ms not")


if __name__ == "__main__":
    main()
