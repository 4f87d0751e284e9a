"""The worst that a file can hold: seconds to read and to analyse one megabyte of it, a row a kind.

    python -m benchmarks.worst_inputs [--size BYTES]

No row may take more than five seconds, from the file to the document that is stored.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from indexer.article import Article
from indexer.documents import make_document
from indexer.parsing import parse_file

LIMIT = 5.0
"""Seconds that no kind may take."""


def _many(unit: str) -> Callable[[int], str]:
    return lambda size: unit * (size // len(unit.encode()) + 1)


def _names(form: str) -> Callable[[int], str]:
    """Names that are all different."""

    def made(size: int) -> str:
        letters = "abcdefghijklmnopqrstuvwxyz"
        count = size // len(form) + 1
        return " ".join(
            form.format(letters[n % 26].upper() + letters[n // 26 % 26] + letters[n // 676 % 26])
            for n in range(count)
        )

    return made


TEXTS: dict[str, Callable[[int], str]] = {
    "capitals": _many("Nguyễn Trần Văn Hà "),
    "capitals throughout": _many("UBND TP HCM "),
    "one capital after the other": _many("A B C D "),
    "one place again and again": _many("Hà Nội "),
    "different people": _names("ông Nguyễn Văn {}."),
    "different first names": _names("bà {}."),
    "organisations with dashes": _many("Bộ A - B & "),
    "TP.": _many("TP. "),
    "one long word": _many("a"),
    "combining marks": _many("\u0301\u0323"),
    "letters with marks in the wrong order": _many("e\u0301\u0302"),
    "zero-width characters": _many("a\u200b\u200d"),
    "emoji": _many("👨‍👩‍👧 "),
    "full stops": _many("."),
    "line ends": _many("\n"),
    "a letter a line": _many("a\n"),
    "quotation marks": _many('"“'),
    "brackets": _many("(["),
    "digits": _many("1"),
    "dates": _many("18/9/2024 15:30 - "),
    "clocks": _many("15:30 "),
    "Theo": _many("Theo TTXVN, (theo "),
    "spaces": _many(" \t\u00a0"),
    "ampersands": _many("&amp;&#1234;&nbsp;"),
    "less-than signs": _many("<"),
    "VIQR marks": _many("a^'?~. "),
    "pieces of UTF-8 written twice": _many("Ã¡Âº "),
    "Thai": _many("ก้ำ"),
    "tones": _many("ọa ủy"),
}
MARKUP: dict[str, Callable[[int], str]] = {
    "deep elements": _many("<div>"),
    "elements that are not closed": _many("<b><p>a"),
    "links": _many("<a href=/x-1.html>Một bài báo về cây cầu mới</a> "),
    "headings": _many("<h1>Cầu mới ở vùng cao</h1>"),
    "headings with links": _many("<h3><a href=/x>Cầu mới ở vùng cao</a></h3>"),
    "paragraphs": _many("<p>Nước lên nhanh trong đêm, dân hai xã phải dời lên đồi.</p>"),
    "a table": _many("<tr><td>1</td><td>2</td></tr>"),
    "nested tables": _many("<table><tr><td>a"),
    "lists": _many("<ul><li>a"),
    "captions": _many("<figcaption>Ảnh: cây cầu</figcaption>"),
    "bylines": _many("<p class=author>Thu Hà</p>"),
    "dates": _many("<span class=date>18/9/2024 15:30</span>"),
    "related lists": _many("<div class=related><a href=/a>Một bài khác về cầu</a></div>"),
    "tags": _many("<div class=tags><a href=/t>cầu</a></div>"),
    "comment headings": _many("<h3>Bình luận (1)</h3><p>a</p>"),
    "classes": _many('<p class="a-b-c-d-e-f-g-h sapo author date">a'),
    "one long class": lambda size: f'<p class="{"a-" * (size // 2)}">a</p>',
    "scripts": _many("<script>document.getElementById('a').innerHTML='18/9/2024';</script>"),
    "JSON-LD": lambda size: f'<script type="application/ld+json">{"[" * (size // 2)}</script>',
    "attributes": lambda size: "<p " + " ".join(f"a{n}=1" for n in range(size // 10)) + ">a</p>",
    "entities": _many("&aacute;&#225;"),
    "line breaks": _many("a<br>"),
    "comments": _many("<!-- a -->"),
}
RECORDS: dict[str, Callable[[int], str]] = {
    "arrays": _many("["),
    "objects in objects": _many('{"data":'),
    "numbers": _many("1,"),
    "strings in lists": lambda size: json.dumps({"title": "a", "body": ["a"] * (size // 5)}),
    "keys": lambda size: json.dumps({"title": "a", **{f"k{n}": n for n in range(size // 12)}}),
    "text in unknown keys": lambda size: json.dumps(
        {"title": "a", **{f"k{n}": "một đoạn dài " * 20 for n in range(size // 300)}}
    ),
    "a list as text": lambda size: json.dumps(
        {"title": "a", "body": "[" + "'a'," * (size // 4) + "]"}
    ),
    "quotation marks": _many('"'),
    "broken objects": _many('{"a" }, '),
}
TABLES: dict[str, Callable[[int], str]] = {
    "quotation marks": _many('"'),
    "commas": _many(","),
    "columns": lambda size: "title,body\n" + "a," * (size // 2),
}


def files(size: int) -> Iterator[tuple[str, str, str]]:
    """Format, kind and content of every file."""
    for kind, make in TEXTS.items():
        yield "text", kind, f"Cầu mới\n\nDẫn.\n\n{make(size)}"
        yield "title", kind, make(size // 8).replace("\n", " ") + "\n\nDẫn.\n\nThân bài."
        yield "JSON", kind, json.dumps({"title": "Cầu mới", "body": make(size)})
        yield (
            "HTML",
            kind,
            f"<h1>Cầu mới</h1><p>Nước lên nhanh trong đêm ở hai xã.</p><p>{make(size)}</p>",
        )
        yield from _broken_off(kind, make(size // 2))
    for kind, make in MARKUP.items():
        yield "HTML", kind, f"<html><h1>Cầu mới</h1><div>{make(size)}</div></html>"
    for kind, make in RECORDS.items():
        yield "JSON", kind, make(size)
    for kind, make in TABLES.items():
        yield "CSV", kind, make(size)


_FIELDS = ("lead", "author", "credit", "source", "section", "tags", "published", "url")


def _broken_off(kind: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Files in which a run nearly ends a line, a field or an element, so that a pattern is tried in vain."""
    text += "x"
    yield "text", f"{kind}, broken off", f"Cầu mới\n\nDẫn.\n\nThân bài.\n\n{text}\n\n{text} 1"
    page = f"<title>{text}</title><h1>Cầu mới</h1><p>{text}</p><p class=author>{text}</p><p class=date>{text}</p>"
    yield "HTML", f"{kind}, broken off", page
    fields = {name: text[: len(text) // len(_FIELDS)] + "x" for name in _FIELDS}
    yield "JSON", f"{kind}, broken off", json.dumps({"title": "Cầu mới", "body": "Thân.", **fields})
    yield "JSON", f"{kind}, at the end", json.dumps({"title": "Cầu mới", "body": f"Thân.\n{text}"})


_SUFFIXES = {"text": ".txt", "title": ".txt", "JSON": ".json", "HTML": ".html", "CSV": ".csv"}


def seconds(form: str, content: str, folder: Path) -> float:
    """From the file to the documents that are stored."""
    file = folder / f"a{_SUFFIXES[form]}"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    started = time.perf_counter()
    for parsed in parse_file(file):
        if isinstance(parsed, Article):
            make_document(parsed, "")
    return time.perf_counter() - started


@click.command()
@click.option("--size", type=click.IntRange(min=1), default=1_000_000, show_default=True)
def main(size: int) -> None:
    """Print the table, the slowest first."""
    make_document(Article("x", "Việt Nam", body="Hà Nội"), "")
    with TemporaryDirectory() as folder:
        rows = [
            (seconds(form, content, Path(folder)), form, kind)
            for form, kind, content in files(size)
        ]
    rows.sort(reverse=True)
    click.echo(
        f"{len(rows)} files of {size / 1e6:g} MB\n| kind | format | seconds |\n| --- | --- | --- |"
    )
    for taken, form, kind in rows:
        click.echo(f"| {kind} | {form} | {taken:.2f} |")
    slow = sum(taken > LIMIT for taken, _, _ in rows)
    click.echo(f"{slow} of {len(rows)} took more than {LIMIT:g} seconds")


if __name__ == "__main__":
    main()
