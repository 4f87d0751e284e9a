"""The dearest query that can be typed: found by search, not by guess.

    python -m benchmarks.dearest --archive DIR [--rounds N] [--seed N]

Queries are put together out of pieces of every kind that the query language has, with common and rare words of
the archive. The dearest ones are changed again and again: pieces are added, dropped, repeated, exchanged with
other queries. What a query costs is the processor time of its page; the best of two, since the second finds
caches warm. Prints the dearest query of each kind of piece, the dearest of all, and how large its page is.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from search.archive import Archive
from webapp import create_app
from webapp.common import clean_query, cut_query
from webapp.operations import Settings
from webapp.state import FACETS

_LETTERS = "abcdeghiklmnopqrstuvxyăâđêôơư"
_KEPT = 12
_PIECES = 400

Piece = Callable[[random.Random, Sequence[str]], str]


def _letters(draw: random.Random, least: int, most: int) -> str:
    return "".join(draw.choices(_LETTERS, k=draw.randint(least, most)))


def _phrase(draw: random.Random, words: Sequence[str]) -> str:
    return " ".join(draw.choices(words, k=draw.randint(2, 8)))


PIECES: dict[str, Piece] = {
    "words": lambda draw, words: draw.choice(words),
    "unknown words": lambda draw, words: _letters(draw, 5, 9),  # noqa: ARG005
    "prefixes": lambda draw, words: _letters(draw, 1, 3) + "*",  # noqa: ARG005
    "patterns": lambda draw, words: "*" + _letters(draw, 1, 2),  # noqa: ARG005
    "phrases": lambda draw, words: f'"{_phrase(draw, words)}"',
    "near": lambda draw, words: f'"{_phrase(draw, words)}"~{draw.randint(1, 99)}',
    "excluded": lambda draw, words: "-" + draw.choice(words),
    "required": lambda draw, words: "+" + draw.choice(words),
    "alternatives": lambda draw, words: f"({' OR '.join(draw.choices(words, k=4))})",
    "in a sentence": lambda draw, words: f"{draw.choice(words)} trong câu {draw.choice(words)}",
    "in the title": lambda draw, words: f'tiêu_đề:"{_phrase(draw, words)}"',
    "names": lambda draw, words: f"người:{draw.choice(words)}",
    "said": lambda draw, words: f"nói:* {_phrase(draw, words)}",
    "versions": lambda draw, words: f"phiên_bản:tất_cả {draw.choice(words)}",
    "dates": lambda draw, words: f"từ:{draw.randint(1990, 2030)} {draw.choice(words)}",
    "marks": lambda draw, words: draw.choice(words) + "\u0301" * draw.randint(1, 9),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a query costs: seconds of the processor, and bytes of its page."""

    seconds: float
    size: int
    query: str


def _cost(ask: Callable[[str], int], pieces: Sequence[str]) -> Cost:
    query = cut_query(clean_query(" ".join(pieces)))
    seconds, size = [], 0
    for _ in range(2):
        started = time.process_time()
        size = ask(query)
        seconds.append(time.process_time() - started)
    return Cost(min(seconds), size, query)


def _changed(
    draw: random.Random, pieces: list[str], others: Sequence[list[str]], make: Callable[[], str]
) -> list[str]:
    """A query like another one."""
    found = list(pieces)
    match draw.randrange(5):
        case 0:
            found += [make() for _ in range(draw.randint(1, 40))]
        case 1:
            found = draw.sample(found, max(1, len(found) * draw.randint(1, 9) // 10))
        case 2:
            found += draw.choices(found, k=len(found))
        case 3:
            found += draw.choice(others)
        case _:
            for _ in range(draw.randint(1, 10)):
                found[draw.randrange(len(found))] = make()
    draw.shuffle(found)
    return found[:_PIECES]


@click.command()
@click.option("--archive", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--rounds", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--seed", type=int, default=31, show_default=True)
def main(archive: Path, rounds: int, seed: int) -> None:
    """Print the dearest query of each kind, and of all."""
    draw = random.Random(seed)
    with Archive.open(archive) as opened:
        opened.warm(FACETS)
        vocabulary = opened.reader()._snapshot.vocabulary
        counts = vocabulary.spellings.counts.counts
        by_frequency = sorted(counts, key=lambda one: -counts[one])
        words = by_frequency[:60] + draw.sample(by_frequency, min(200, len(by_frequency)))
        client = create_app(opened, Settings(rate_limit="", deadline=0)).test_client()

        def ask(query: str) -> int:
            return len(client.get("/search", query_string={"q": query}).data)

        click.echo("| pieces | s | page, KB | characters |\n| --- | ---: | ---: | ---: |")
        best: list[tuple[Cost, list[str]]] = []
        for name, piece in PIECES.items():
            tried = []
            for count in (1, 20, 100, 400):
                pieces = [piece(draw, words) for _ in range(count)]
                tried.append((_cost(ask, pieces), pieces))
            dearest = max(tried, key=lambda one: one[0].seconds)
            best.append(dearest)
            cost = dearest[0]
            largest = max(one.size for one, _ in tried)
            click.echo(
                f"| {name} | {cost.seconds:.2f} | {largest / 1000:.0f} | {len(cost.query)} |"
            )

        def make() -> str:
            return draw.choice(list(PIECES.values()))(draw, words)

        for _ in range(rounds):
            best.sort(key=lambda one: -one[0].seconds)
            del best[_KEPT:]
            _, pieces = draw.choice(best)
            new = _changed(draw, pieces, [one for _, one in best], make)
            best.append((_cost(ask, new), new))
        cost = max((one for one, _ in best), key=lambda one: one.seconds)
        click.echo(
            f"| all, after {rounds} rounds | {cost.seconds:.2f} | {cost.size / 1000:.0f} |"
            f" {len(cost.query)} |\n\n{cost.query}"
        )


if __name__ == "__main__":
    main()
