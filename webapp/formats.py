"""Articles as CSV, JSON Lines, RIS and BibTeX, written while they are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from indexer.article import Article, article_to_json, moment_to_json
from webapp import citations

_BLOCK = 50
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
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
class Format:
    """How articles are written.

    Attributes:
        write: some articles -> text; called for block after block.
        head: what comes before all.
    """

    content_type: str
    write: Callable[[list[Article]], str]
    head: str = ""


def cell(value: str) -> str:
    """A value that no spreadsheet takes for a formula: a quotation mark goes before what looks like one.

    Source: OWASP, CSV Injection.
    """
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


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


FORMATS = {
    # Excel reads UTF-8 only with a byte order mark.
    "csv": Format("text/csv; charset=utf-8", _as_csv, "\ufeff" + rows([_COLUMNS])),
    "jsonl": Format("application/x-ndjson; charset=utf-8", _as_json_lines),
    "ris": Format("application/x-research-info-systems; charset=utf-8", citations.as_ris),
    "bib": Format(
        "application/x-bibtex; charset=utf-8",
        lambda articles: "\n".join(citations.as_bibtex(one) for one in articles) + "\n",
    ),
}


def written(form: Format, articles: Iterable[Article]) -> Iterator[bytes]:
    """Articles as UTF-8, a block after the other."""
    yield form.head.encode("utf-8")
    block: list[Article] = []
    for article in articles:
        block.append(article)
        if len(block) == _BLOCK:
            yield form.write(block).encode("utf-8", "replace")
            block = []
    if block:
        yield form.write(block).encode("utf-8", "replace")
