"""Known-item search with queries in other words than the article's: what synonyms are worth.

    python -m benchmarks.synonyms --articles FILE --queries FILE [--limit N]

Articles and queries are those of `benchmarks.relevance`, of its tasks with diacritics. In each query that
holds a form of a group (an abbreviation, a loan word, a number, a date) it is replaced by another one.
"""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click

from benchmarks.options import ARTICLES, QUERIES
from benchmarks.relevance import Query, build, measure, read_lines, read_queries
from indexer.engine_factory import open_engine
from indexer.language.analysis import tokenise
from indexer.language.normalise import nfc
from search.archive import Archive
from search.understanding.synonyms import Synonyms, load_synonyms

TASKS = ("headline", "headline-5", "lead-6")
_SEED = 5


def in_other_words(text: str, synonyms: Synonyms, draw: random.Random) -> str | None:
    """A query with another form in place of each that there is; None where there is none."""
    text = nfc(text)
    tokens = tokenise(text)
    found = synonyms.find([token.text for token in tokens])
    for one in reversed(found):
        form = " ".join(draw.choice(one.others))
        text = text[: tokens[one.start].start] + form + text[tokens[one.end - 1].end :]
    return text if found else None


@click.command()
@ARTICLES
@QUERIES
@click.option("--limit", type=click.IntRange(min=1), default=20_000, show_default=True)
def main(articles: Path, queries: Path, limit: int) -> None:
    """Print MRR@10/recall@10, without synonyms and with them."""
    records = list(islice(read_lines(articles), limit))
    wanted = read_queries(queries, {record["id"] for record in records})
    synonyms = load_synonyms()
    draw = random.Random(_SEED)
    pairs: dict[str, list[tuple[Query, Query]]] = {task: [] for task in TASKS}
    for query in wanted:
        if query.task in pairs and (text := in_other_words(query.text, synonyms, draw)):
            pairs[query.task].append((query, replace(query, text=text)))
    rows: dict[str, list[str]] = {"as it is": [], "in other words": []}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("headline", "lead"):
            build(Path(folder, kind), records, kind)
        for task in TASKS:
            archive = Path(folder, task.split("-")[0])
            with (
                Archive(open_engine(archive), synonyms=Synonyms([])) as without,
                Archive(open_engine(archive), synonyms=synonyms) as with_synonyms,
            ):
                for at, name in enumerate(rows):
                    typed = [pair[at] for pair in pairs[task]]
                    cells = [str(measure(one, typed)) for one in (without, with_synonyms)]
                    rows[name].append(" -> ".join(cells))
    click.echo("| MRR@10/recall@10, without -> with synonyms | " + " | ".join(TASKS) + " |")
    click.echo("| --- |" + " --- |" * len(TASKS))
    for name, cells in rows.items():
        click.echo(f"| {name} | " + " | ".join(cells) + " |")
    click.echo("| queries | " + " | ".join(str(len(pairs[task])) for task in TASKS) + " |")


if __name__ == "__main__":
    main()
