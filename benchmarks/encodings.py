"""Sentences in every old encoding: how many are read right, and how many articles are converted wrongly.

    python -m benchmarks.encodings --articles FILE

Each sentence is a file of its own that declares iso-8859-1. Letters that an encoding cannot hold are left
out; capitals of TCVN3, which are a matter of fonts, are small. The last row decodes every article as UTF-8.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from benchmarks.options import ARTICLES
from benchmarks.relevance import read_lines
from indexer.language.normalise import nfc
from indexer.parsing.encodings import decoded
from indexer.parsing.legacy import characters

_TONES = {"\u0301": "'", "\u0300": "`", "\u0309": "?", "\u0303": "~", "\u0323": "."}
_SHAPES = {"\u0302": "^", "\u0306": "(", "\u031b": "+"}
Encoder = Callable[[str], tuple[bytes, str]]
"""A sentence -> its bytes, and what of it the encoding holds."""


def _table(name: str) -> Encoder:
    letters = {letter: code for code, letter in characters(name).items()}

    def encode(sentence: str) -> tuple[bytes, str]:
        kept = []
        for letter in sentence:
            small = name == "tcvn3" and letter not in letters and letter.lower() in letters
            held = letter.lower() if small else letter
            if ord(letters.get(held, held)[0]) < 256:
                kept.append(held)
        text = "".join(letters.get(letter, letter) for letter in kept)
        return text.encode("latin-1"), "".join(kept)

    return encode


def _windows_1258(sentence: str) -> tuple[bytes, str]:
    found, kept = b"", []
    for letter in sentence:
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
        spelt = base + "".join(part for part in parts if part in _TONES)
        for form in (letter, spelt):
            try:
                found += form.encode("cp1258")
            except UnicodeError:
                continue
            kept.append(letter)
            break
    return found, "".join(kept)


def _viqr(sentence: str) -> tuple[bytes, str]:
    found, kept = "", []
    for letter in sentence:
        parts = unicodedata.normalize("NFD", letter)
        # VIQR has no sign for the marks of other languages.
        marks = "".join(_SHAPES.get(part) or _TONES.get(part) or part for part in parts[1:])
        spelt = {"đ": "dd", "Đ": "DD"}.get(letter, parts[0] + marks)
        if spelt.isascii():
            found += spelt
            kept.append(letter)
    return found.encode("ascii"), "".join(kept)


def _twice(sentence: str) -> tuple[bytes, str]:
    return sentence.encode("utf-8").decode("latin-1").encode("utf-8"), sentence


ENCODERS: dict[str, Encoder] = {
    **{name: _table(name) for name in ("tcvn3", "vni", "viscii", "vps")},
    "windows-1258": _windows_1258,
    "viqr": _viqr,
    "utf-8 twice": _twice,
    "utf-16-le without mark": lambda sentence: (sentence.encode("utf-16-le"), sentence),
    "utf-16-be without mark": lambda sentence: (sentence.encode("utf-16-be"), sentence),
}


def _sentences(articles: Path, count: int) -> Iterator[str]:
    chosen = random.Random(7)
    for number, record in enumerate(read_lines(articles)):
        if number % 20 == 0 and count > 0:
            parts = [
                one for one in re.split(r"(?<=[.!?])\s+", record["body"]) if 40 < len(one) < 300
            ]
            if parts:
                count -= 1
                yield nfc(" ".join(chosen.choice(parts).split()))


@click.command()
@ARTICLES
@click.option("--count", type=click.IntRange(min=1), default=2000, show_default=True)
def main(articles: Path, count: int) -> None:
    """Print the table."""
    sentences = list(_sentences(articles, count))
    click.echo(f"{len(sentences)} sentences\n| encoding | read right |\n| --- | --- |")
    for name, encode in ENCODERS.items():
        right = 0
        for sentence in sentences:
            data, kept = encode(sentence)
            right += nfc(decoded(data, name, declared="iso-8859-1").text) == nfc(kept)
        click.echo(f"| {name} | {right / len(sentences):.2%} |")
    wrong = whole = 0
    for record in read_lines(articles):
        data = "\n".join((record["title"], record["lead"], record["body"])).encode()
        whole += 1
        wrong += any(
            decoded(data, "", markup=markup).encoding != "utf-8" for markup in (False, True)
        )
    click.echo(f"| UTF-8: articles converted, of {whole} | {wrong} |")


if __name__ == "__main__":
    main()
