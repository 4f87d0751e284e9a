"""Questions: how soon the article that answers one is found, with and without the words that only ask.

    python -m benchmarks.questions --articles FILE [--archive DIR] [--detail]

The questions are in `questions.tsv`, each with the id of an article that answers it. They were written by
reading that article's headline and lead; the articles were drawn by chance. A copy of the article counts
as the article. `p` is of a paired permutation test.
"""

from __future__ import annotations

import csv
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean
from unittest.mock import patch

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import DEPTH, read_lines
from benchmarks.topics import index_records, significance
from indexer.language.normalise import nfc
from search.archive import Archive
from search.requests import Meaning, SearchRequest

_QUESTIONS = Path(__file__).with_name("questions.tsv")
_ASKING = "search.understanding.understood_query.asking_words"


@click.command()
@ARTICLES
@click.option("--archive", type=click.Path(path_type=Path), help="Where the archive is kept.")
@click.option("--detail", is_flag=True, help="The questions whose answer is not the first hit.")
def main(articles: Path, archive: Path | None, *, detail: bool) -> None:
    """Print reciprocal ranks, a line with the words that ask and one without."""
    with _QUESTIONS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    answers = {nfc(row["question"]): row["id"] for row in rows}
    with ExitStack() as opened:
        if archive is None:
            archive = Path(opened.enter_context(tempfile.TemporaryDirectory()), "archive")
        if not archive.exists():
            index_records(list(read_lines(articles)), archive)
        searched = opened.enter_context(Archive.open(archive))
        with patch(_ASKING, return_value=frozenset()):
            kept = [_rank(searched, question, id) for question, id in answers.items()]
        left_out = [_rank(searched, question, id) for question, id in answers.items()]
    click.echo(f"| {len(answers)} questions | MRR@10 | first | in the ten | p |")
    click.echo("| --- | ---: | ---: | ---: | ---: |")
    click.echo(_line("words that ask count as any", kept, ""))
    click.echo(_line("they are left out", left_out, f"{significance(kept, left_out):.2f}"))
    for question, score in zip(answers, left_out, strict=True):
        if detail and score < 1:
            click.echo(f"{score:.2f} {question}")


def _rank(archive: Archive, question: str, id: str) -> float:
    """The reciprocal rank of an answer among the first ten; 0 where it is not there."""
    found = archive.search(SearchRequest(question, per_page=DEPTH, meaning=Meaning.OFF))
    for rank, hit in enumerate(found.hits, 1):
        if id in (hit.id, *(copy.id for copy in hit.copies)):
            return 1 / rank
    return 0.0


def _line(name: str, scores: list[float], p: str) -> str:
    first, there = sum(one == 1 for one in scores), sum(one > 0 for one in scores)
    return f"| {name} | {fmean(scores):.3f} | {first} | {there} | {p} |"


if __name__ == "__main__":
    main()
