"""Similar articles: whether the first half of an article finds the second.

    python -m benchmarks.related --articles FILE [--limit N] [--count N]

Articles are those of `benchmarks.relevance`. Of some, spread over all, only the second half of the
paragraphs is indexed, without title and lead; title, lead and first half ask for similar articles.
"""

from __future__ import annotations

import re
import tempfile
import time
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import DEPTH, build_from, read_lines
from indexer.article import Article
from indexer.engine_factory import open_engine
from indexer.language.normalise import nfc
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
@ARTICLES
@click.option("--limit", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option("--count", type=click.IntRange(min=1), default=1000, show_default=True)
def main(articles: Path, limit: int, count: int) -> None:
    """Print how often the second half is the first and among the first ten, and the time."""
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


if __name__ == "__main__":
    main()
