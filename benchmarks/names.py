"""Names: how long their pages, the map and searches in what people say take.

    python -m benchmarks.names --archive DIR

Times are of the server's own work, after the commit was warmed; each name and query is asked once. The words
sought in quotations are words of quotations of the archive.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

import click

from indexer.language.analysis import syllables
from search.archive import Archive
from search.requests import SearchRequest
from webapp import create_app
from webapp.operations import Settings

_ROUNDS = 100
_AMONG = 2000
"""The most frequent names of each kind, of which some are asked for."""


@click.command()
@click.option("--archive", type=click.Path(path_type=Path, exists=True), required=True)
def main(archive: Path) -> None:
    """Print the milliseconds of each kind of page and query."""
    chance = random.Random(29)
    with Archive.open(archive) as opened:
        opened.warm()
        client = create_app(opened, Settings(rate_limit="")).test_client()
        reader = opened.reader()
        known = reader.newsroom.names().names
        click.echo(f"| {opened.count():,} articles | p50 | p95 |")
        click.echo("| --- | ---: | ---: |")
        for path, facet in (
            ("people", "person"), ("places", "place"), ("organisations", "organisation"),
        ):  # fmt: skip
            names = list(known[facet])
            some = names[:10] + chance.sample(names[:_AMONG], min(_ROUNDS, len(names)) - 10)
            _time(
                f"page of one of the {path}", [f"/{path}/{quote(one)}" for one in some], client.get
            )
        _time("list of names", ["/names"] * _ROUNDS, client.get)
        words = [syllables(one)[0] for one in list(known["organisation"])[:_ROUNDS]]
        _time("map of a search", [f"/provinces?q={quote(one)}" for one in words], client.get)
        people = list(known["person"])[:200]
        said = _said(opened, people)
        quoted = [chance.choice(said) for _ in range(_ROUNDS)]
        pairs = [(name, " ".join(chance.sample(its, min(2, len(its))))) for name, its in quoted]

        def ask(query: str) -> object:
            return reader.search(SearchRequest(query))

        _time("somebody said two words", [f'nói:"{name}" {two}' for name, two in pairs], ask)
        _time("anybody said two words", [f"nói:* {two}" for _, two in pairs], ask)
        _time("the two words as a phrase", [f'"{two}"' for _, two in pairs], ask)


def _said(opened: Archive, people: Sequence[str]) -> list[tuple[str, list[str]]]:
    """People with the syllables of one of their quotations."""
    found = []
    for name in people:
        page = opened.reader().newsroom.name("person", name)
        found += [(name, syllables(one.text)) for one in page.said[:1]]
    return found


def _time(name: str, asked: Sequence[str], ask: Callable[[str], object]) -> None:
    times = []
    for one in asked:
        started = time.perf_counter()
        ask(one)
        times.append((time.perf_counter() - started) * 1000)
    click.echo(f"| {name} | {median(times):.1f} | {quantiles(times, n=20)[18]:.1f} |")


if __name__ == "__main__":
    main()
