"""Similar articles: whether the first half of an article finds the second.

    python -m benchmarks.related --articles FILE [--limit N] [--count N]
    python -m benchmarks.related --archive DIR --stories FILE

Articles are those of `benchmarks.relevance`. Of some, spread over all, only the second half of the
paragraphs is indexed, without title and lead; title, lead and first half ask for similar articles.

With `--stories`, an archive that `benchmarks.meanings` has made and kept is asked for the articles that are
similar to each of a story: how many of the story's others are among the first ten, by words alone and
with their meanings. The weight of meaning was chosen on the stories with an even number.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Any

import click

from benchmarks.relevance import DEPTH, build_from, read_lines
from indexer.article import Article
from indexer.engine_factory import open_engine
from indexer.language.normalise import nfc
from search.articles import fetch_articles
from search.meanings import Meanings
from search.related.more_like_this import find_similar

_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def halves(record: dict[str, Any]) -> tuple[str, str]:
    """The paragraphs of a body in two halves; sentences where it has one paragraph alone."""
    body = nfc(record["body"])
    parts = body.split("\n")
    if len(parts) < 2:
        parts = _SENTENCE.split(body)
    middle = len(parts) // 2
    return "\n".join(parts[:middle]), "\n".join(parts[middle:])


def to_article(record: dict[str, Any], split: frozenset[str]) -> Article:
    """A whole article, or the second half of one of those that are split."""
    if record["id"] in split:
        return Article(id=record["id"], title="", body=halves(record)[1])
    title, lead, body = (nfc(record[name]) for name in ("title", "lead", "body"))
    return Article(id=record["id"], title=title, lead=lead, body=body)


@click.command()
@click.option("--articles", type=click.Path(exists=True, path_type=Path))
@click.option("--archive", type=click.Path(exists=True, path_type=Path))
@click.option("--stories", type=click.Path(exists=True, path_type=Path))
@click.option("--limit", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option("--count", type=click.IntRange(min=1), default=1000, show_default=True)
def main(
    articles: Path | None, archive: Path | None, stories: Path | None, limit: int, count: int
) -> None:
    """Print how often the second half is the first and among the first ten, and the time."""
    if archive is not None and stories is not None:
        _print_stories(archive, list(read_lines(stories)))
    if articles is None:
        return
    records = list(islice(read_lines(articles), limit))
    asked = records[:: max(1, len(records) // count)][:count]
    split = frozenset(record["id"] for record in asked)
    first = among = 0
    times = []
    with tempfile.TemporaryDirectory() as folder:
        build_from(Path(folder, "a"), records, partial(to_article, split=split))
        engine = open_engine(Path(folder, "a"))
        searcher = engine.searcher()
        for record in asked:
            title, lead = nfc(record["title"]), nfc(record["lead"])
            half = Article(id="", title=title, lead=lead, body=halves(record)[0])
            started = time.perf_counter()
            ids = [one.id for one in find_similar(searcher, half, DEPTH)]
            times.append((time.perf_counter() - started) * 1000)
            first += ids[:1] == [record["id"]]
            among += record["id"] in ids
        engine.close()
    click.echo(f"{len(records)} articles, {len(asked)} of them in halves")
    click.echo(f"the other half comes first for {first / len(asked):.3f} of them,")
    click.echo(f"and is among the first {DEPTH} for {among / len(asked):.3f};")
    click.echo(f"{median(times):.1f} ms at the median, {quantiles(times, n=20)[-1]:.1f} ms at p95")


def _print_stories(archive: Path, told: Sequence[Mapping[str, Any]]) -> None:
    """Print the share of a story's other articles among the ten most similar to each of its articles."""
    stories: dict[str, set[str]] = {}
    for one in told:
        stories.setdefault(str(one["story"]), set()).add(one["id"])
    click.echo("| similar articles of | articles | by words | by meaning as well |")
    click.echo("| --- | ---: | ---: | ---: |")
    engine = open_engine(archive)
    searcher, meanings = engine.searcher(), Meanings(archive)
    compared = meanings.comparison(searcher)
    for name, odd in {"stories with an even number": 0, "with an odd one": 1}.items():
        words: list[float] = []
        both: list[float] = []
        for its in (ids for place, ids in enumerate(stories.values()) if place % 2 == odd):
            articles = fetch_articles(searcher, sorted(its)) if len(its) > 1 else []
            for article in (one for one in articles if one is not None):
                likeness = compared.likeness_to(article.id) if compared else None
                for found, way in ((words, None), (both, likeness)):
                    ids = {one.id for one in find_similar(searcher, article, DEPTH, way)}
                    found.append(len(ids & its) / min(DEPTH, len(its) - 1))
        click.echo(f"| {name} | {len(words):,} | {fmean(words):.3f} | {fmean(both):.3f} |")
    meanings.close()
    engine.close()


if __name__ == "__main__":
    main()
