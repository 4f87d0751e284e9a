"""Articles as CSV, JSON Lines, RIS and BibTeX, written while they are read."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from indexer.article import Article, article_to_json
from indexer.language.cleaning import visible
from indexer.moments import moment_to_json
from search.presentation import references

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
        write: some articles -> text; called for block after block.
        head: what comes before all.
    """

    content_type: str
    write: Callable[[list[Article]], str]
    head: str = ""


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


FORMATS = {
    # Excel reads UTF-8 only with a byte order mark.
    "csv": ExportFormat("text/csv; charset=utf-8", _as_csv, "\ufeff" + rows([_COLUMNS])),
    "jsonl": ExportFormat("application/x-ndjson; charset=utf-8", _as_json_lines),
    "ris": ExportFormat("application/x-research-info-systems; charset=utf-8", references.as_ris),
    "bib": ExportFormat(
        "application/x-bibtex; charset=utf-8",
        lambda articles: "\n".join(references.as_bibtex(one) for one in articles) + "\n",
    ),
}


PUBLIC_FORMATS = {
    **FORMATS,
    "jsonl": ExportFormat(FORMATS["jsonl"].content_type, _as_public_json_lines),
}
"""What is written for readers on the network."""


def encode_text(text: str) -> bytes:
    """Text as UTF-8, without characters that no file of text may hold."""
    return visible(text).encode("utf-8", "replace")


def written(form: ExportFormat, articles: Iterable[Article]) -> Iterator[bytes]:
    """Articles as UTF-8, a block after the other."""
    yield form.head.encode("utf-8")
    block: list[Article] = []
    for article in articles:
        block.append(article)
        if len(block) == _BLOCK:
            yield encode_text(form.write(block))
            block = []
    if block:
        yield encode_text(form.write(block))
