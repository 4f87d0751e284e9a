"""Articles as CSV, JSON Lines, ninjs, NITF, RIS and BibTeX, written while they are read."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from indexer.article import Article, article_to_json
from indexer.language.cleaning import visible
from indexer.moments import moment_to_json
from search.presentation import agencies, references

_BLOCK = 50
_FORMULA = frozenset("=+-@\t\r\n|%\u2212")
"""Signs that a formula begins with, or a line that a spreadsheet may part here."""
_LOOKED_THROUGH = frozenset({"Cc", "Cf", "Cn", "Co", "Mn", "Zl", "Zp", "Zs"})
"""Categories of characters that are not seen at the beginning of a cell."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffd")
_COLUMNS = (
    "id",
    "title",
    "lead",
    "body",
    "published",
    "author",
    "source",
    "credit",
    "section",
    "tags",
    "url",
)


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """How articles are written.

    Attributes:
        write: articles -> bytes, a part after the other.
        suffix: of the file that holds them.
    """

    content_type: str
    write: Callable[[Iterable[Article]], Iterator[bytes]]
    suffix: str


def cell(value: str) -> str:
    """A value that no spreadsheet takes for a formula: an apostrophe goes before one that looks like it.

    Invisible characters and spaces at its beginning are looked through, and other forms of the signs,
    such as the full-width equals sign, count as the signs. Sources: OWASP, CSV Injection; Unicode
    Standard Annex 15 (compatibility forms).
    """
    for char in value:
        if char in _FORMULA or unicodedata.normalize("NFKC", char)[:1] in _FORMULA:
            return f"'{value}"
        if unicodedata.category(char) not in _LOOKED_THROUGH and char not in _BLANK:
            break
    return value


def rows(articles: Iterable[Iterable[str]]) -> str:
    """Lines of CSV as RFC 4180 has them."""
    text = io.StringIO()
    csv.writer(text).writerows([cell(value) for value in one] for one in articles)
    return text.getvalue()


def _as_csv(articles: list[Article]) -> str:
    return rows(
        (
            one.id,
            one.title,
            one.lead,
            one.body,
            moment_to_json(one.published) or "",
            one.author or "",
            one.source or "",
            "; ".join(one.credit),
            one.section or "",
            "; ".join(one.tags),
            one.url or "",
        )
        for one in articles
    )


def _as_json_lines(articles: list[Article]) -> str:
    return "".join(f"{article_to_json(one)}\n" for one in articles)


def _as_public_json_lines(articles: list[Article]) -> str:
    """Without the files' paths: where a file lies is nobody's business on the network."""
    return "".join(f"{article_to_json(one, with_path=False)}\n" for one in articles)


def _in_blocks(
    write: Callable[[list[Article]], str], head: str = ""
) -> Callable[[Iterable[Article]], Iterator[bytes]]:
    """Articles as UTF-8, a block after the other, behind a head."""

    def blocks(articles: Iterable[Article]) -> Iterator[bytes]:
        yield head.encode("utf-8")
        source = iter(articles)
        while block := list(islice(source, _BLOCK)):
            yield encode_text(write(block))

    return blocks


def _as_ninjs(articles: Iterable[Article]) -> Iterator[bytes]:
    return map(encode_text, agencies.as_ninjs(articles))


FORMATS = {
    # Excel reads UTF-8 only with a byte order mark.
    "csv": ExportFormat(
        "text/csv; charset=utf-8", _in_blocks(_as_csv, "\ufeff" + rows([_COLUMNS])), "csv"
    ),
    "jsonl": ExportFormat(
        "application/x-ndjson; charset=utf-8", _in_blocks(_as_json_lines), "jsonl"
    ),
    "ninjs": ExportFormat("application/json", _as_ninjs, "ninjs.json"),
    "nitf": ExportFormat("application/zip", agencies.as_nitf, "nitf.zip"),
    "ris": ExportFormat(
        "application/x-research-info-systems; charset=utf-8", _in_blocks(references.as_ris), "ris"
    ),
    "bib": ExportFormat(
        "application/x-bibtex; charset=utf-8",
        _in_blocks(lambda articles: "\n".join(map(references.as_bibtex, articles)) + "\n"),
        "bib",
    ),
}


PUBLIC_FORMATS = {
    **FORMATS,
    "jsonl": replace(FORMATS["jsonl"], write=_in_blocks(_as_public_json_lines)),
}
"""What is written for readers on the network."""


def encode_text(text: str) -> bytes:
    """Text as UTF-8, without characters that no file of text may hold."""
    return visible(text).encode("utf-8", "replace")
