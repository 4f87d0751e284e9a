"""Known-item search with queries typed as people type them, with and without what is done about it.

    python -m benchmarks.typing --articles FILE --queries FILE [--limit N]

Articles and queries are those of `benchmarks.relevance`, of its tasks with diacritics. Each query is
typed five more ways: half its syllables without diacritics, as Telex and as VNI keystrokes that no
keyboard turned into letters, and with one letter left out or two exchanged.
"""

from __future__ import annotations

import random
import string
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click

from benchmarks.options import ARTICLES, QUERIES
from benchmarks.relevance import build, measure, read_lines, read_queries
from indexer.engine_factory import open_engine
from indexer.language.analysis import fold_term, syllables
from indexer.language.normalise import fold, has_diacritics, lower, nfc
from search.archive import Archive
from search.reader import ArchiveReader
from search.snapshot import Snapshot
from search.understanding.restoration import restore
from search.understanding.synonyms import load_synonyms
from search.understanding.vocabulary import SearcherVocabulary

TASKS = ("headline", "headline-5", "lead-6")
_TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_VNI_MARKS = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
_SEED = 5


def keystrokes(word: str, *, vni: bool, late: bool = False) -> str:
    """What is typed for a word, its tone last.

    Args:
        late: all marks are typed after all letters, one key for both letters of ``ươ``.
    """
    typed = after = tone = ""
    composed = lower(unicodedata.normalize("NFC", word))
    letters = composed.rstrip(string.punctuation)
    for letter in letters:
        base, *marks = list(unicodedata.normalize("NFD", letter))
        own = ""
        if letter == "đ":
            base, own = "d", "9" if vni else "d"
        for mark in marks:
            if mark in _TELEX_TONES:
                tone = (_VNI_TONES if vni else _TELEX_TONES)[mark]
            elif vni:
                own += _VNI_MARKS.get(mark, "")
            else:
                own += base if mark == "\u0302" else "w"
        typed += base if late else base + own
        after += own if late else ""
    return typed + after.replace("ww", "w").replace("77", "7") + tone + composed[len(letters) :]


def misspell(text: str, draw: random.Random) -> str:
    """A text with one letter less, or two exchanged, in one of its longer words."""
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if long:
        at = draw.choice(long)
        word = words[at]
        place = draw.randrange(1, len(word) - 1)
        left_out = word[:place] + word[place + 1 :]
        exchanged = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        words[at] = draw.choice((left_out, exchanged))
    return " ".join(words)


def ways(draw: random.Random) -> dict[str, Callable[[str], str]]:
    """Ways of typing a query."""

    def each(change: Callable[[str], str]) -> Callable[[str], str]:
        return lambda text: " ".join(map(change, text.split()))

    return {
        "as it is": str,
        "half without diacritics": each(
            lambda word: fold(word) if has_diacritics(word) and draw.random() < 0.5 else word
        ),
        "Telex keystrokes": each(lambda word: keystrokes(word, vni=False)),
        "VNI keystrokes": each(lambda word: keystrokes(word, vni=True)),
        "one letter wrong": lambda text: misspell(text, draw),
    }


class LiteralVocabulary(SearcherVocabulary):
    """Takes every word as it is typed."""

    def is_bare(self, syllable: str) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def decode(self, word: str) -> str | None:  # noqa: ARG002
        """None."""
        return None

    def near(self, word: str, most: int, *, folded: bool) -> list[tuple[str, int]]:  # noqa: ARG002
        """None."""
        return []


@click.command()
@ARTICLES
@QUERIES
@click.option("--limit", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option("--count", type=click.IntRange(min=1), default=500, show_default=True)
def main(articles: Path, queries: Path, limit: int, count: int) -> None:
    """Print MRR@10/recall@10, taken literally and as understood."""
    records = list(islice(read_lines(articles), limit))
    ids = {record["id"] for record in records}
    wanted = read_queries(queries, ids)
    click.echo("| MRR@10/recall@10, literal -> understood | " + " | ".join(TASKS) + " |")
    click.echo("| --- |" + " --- |" * len(TASKS))
    table: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("headline", "lead"):
            build(Path(folder, kind), records, kind)
        for task in TASKS:
            chosen = [query for query in wanted if query.task == task][:count]
            engine = open_engine(Path(folder, task.split("-")[0]))
            snapshot = Snapshot(engine.searcher(), load_synonyms())
            understood = snapshot.vocabulary
            literal = LiteralVocabulary(engine.searcher(), load_synonyms())
            for name, way in ways(random.Random(_SEED)).items():
                typed = [replace(query, text=way(query.text)) for query in chosen]
                cells = []
                for vocabulary in (literal, understood):
                    snapshot.vocabulary = vocabulary
                    cells.append(str(measure(ArchiveReader(snapshot), typed)))
                table.setdefault(name, []).append(" -> ".join(cells))
            engine.close()
        held_aside = islice(read_lines(articles), limit, limit + 2 * count)
        right, words = restored(Path(folder, "lead"), [record["title"] for record in held_aside])
        titles = [nfc(record["title"]) for record in records[:: max(1, len(records) // count)]]
        completions = {n: completed(Path(folder, "lead"), titles, n) for n in (2, 3, 4, 5)}
    for name, cells in table.items():
        click.echo(f"| {name} | " + " | ".join(cells) + " |")
    click.echo(
        "\n| words typed, then a letter | title | next word | title, plain | next word, plain |"
    )
    click.echo("| --- | ---: | ---: | ---: | ---: |")
    for typed_words, shares in completions.items():
        click.echo(f"| {typed_words} | " + " | ".join(f"{share:.2f}" for share in shares) + " |")
    click.echo(f"diacritics restored in headlines held aside: {right} of {words} syllables")


def completed(archive: Path, titles: list[str], words: int) -> list[float]:
    """How often a title that is typed as far as a letter after some words is completed.

    Returns:
        Shares of the titles: the title itself is suggested, a phrase with the next word is, and both
        for what is typed without diacritics.
    """
    found = [0, 0, 0, 0]
    long = [title for title in titles if len(syllables(title)) > words]
    with Archive.open(archive) as opened:
        for title in long:
            spelt = syllables(title)
            phrase = " ".join(spelt[: words + 1])
            for at, typed in ((0, phrase), (2, fold(phrase))):
                beginning = typed[: len(" ".join(spelt[:words])) + 2]
                suggested = [(one.text.text, one.id) for one in opened.suggest(beginning)]
                found[at] += any(text == title for text, id in suggested if id)
                found[at + 1] += any(text.startswith(phrase) for text, id in suggested if not id)
    return [count / max(1, len(long)) for count in found]


def restored(archive: Path, headlines: list[str]) -> tuple[int, int]:
    """How many syllables of headlines get back the diacritics that they had, and how many there are."""
    engine = open_engine(archive)
    vocabulary = SearcherVocabulary(engine.searcher(), load_synonyms())
    right = words = 0
    for headline in headlines:
        spelt = syllables(nfc(headline))
        found = restore(list(map(fold_term, spelt)), vocabulary)
        right += sum(one == other for one, other in zip(spelt, found, strict=True))
        words += len(spelt)
    engine.close()
    return right, words


if __name__ == "__main__":
    main()
