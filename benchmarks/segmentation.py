"""Segmentation beside pyvi itself: the same words, and how fast.

python -m benchmarks.segmentation --articles FILE [--limit N]
"""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from indexer.language.normalise import nfc
from indexer.language.pyvi_model import load_model
from indexer.language.segmenter import Joiner, join_by_pyvi, segment_placed
from indexer.language.tones import place_tones
from indexer.language.word_joiner import FastJoiner


def segmented(text: str, join: Joiner) -> tuple[list[tuple[int, int]], float]:
    """Words of a text and the seconds that finding them took."""
    started = time.perf_counter()
    words = segment_placed(text, join)
    return words, time.perf_counter() - started


@click.command()
@ARTICLES
@click.option("--limit", type=click.IntRange(min=1), default=2000, show_default=True)
def main(articles: Path, limit: int) -> None:
    """Print the number of articles segmented otherwise than by pyvi, and both speeds."""
    started = time.perf_counter()
    fast = FastJoiner(load_model())
    loading = time.perf_counter() - started
    join_by_pyvi(["a", "b"])
    count = words = different = 0
    own = theirs = 0.0
    for record in islice(read_lines(articles), limit):
        text = place_tones(nfc("\n".join((record["title"], record["lead"], record["body"]))))
        found, taken = segmented(text, fast)
        expected, needed = segmented(text, join_by_pyvi)
        count += 1
        words += len(found)
        different += found != expected
        own += taken
        theirs += needed
    click.echo(f"{count} articles, {words} words, {different} articles segmented otherwise")
    click.echo(f"{count / own:.0f} articles a second, loaded in {loading:.2f} s")
    click.echo(f"{count / theirs:.0f} with pyvi's own labels: {theirs / own:.1f} times slower")


if __name__ == "__main__":
    main()
