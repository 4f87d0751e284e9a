"""A list of names or phrases -> a table: how many articles hold each, since when, until when, the best one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indexer.article import Article
from indexer.engines.base import EngineResult, Interval
from indexer.language.cleaning import clean_text
from indexer.moments import moment_to_json
from search.presentation.exports import cell
from search.query.parser import parse_query
from search.query.tree import QueryProblem, QueryWord
from search.requests import SearchRequest, Words
from search.typed_tables import TableError, read_table

_QUOTES = re.compile('["“”]')
MOST_LINES = 2000
LONGEST = 500
"""Characters of a line."""
_NAMES = ("query", "name", "phrase", "text", "tên", "từ", "cụm từ", "câu tìm")
"""How the column is called that holds what is looked for; else it is the first."""
COLUMNS = (
    "articles",
    "first",
    "last",
    "best",
    "best_id",
    "best_source",
    "best_date",
    "best_url",
    "problem",
)

Find = Callable[[SearchRequest], tuple[EngineResult, list[str], tuple[QueryProblem, ...]]]
"""A search -> its counts, the ids of its first hits, and the faults of its query."""


@dataclass(frozen=True, slots=True)
class NameList:
    """What is looked for, with the other columns of its table.

    Attributes:
        columns: the table's header; empty for a plain list.
        rows: the table's cells, each row as long as the header.
        names: of each row what is looked for.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedName:
    """One line of the answer.

    Attributes:
        name: as the list has it.
        request: the search; it finds exactly the articles that are counted.
        total: articles with every word, each report once.
        first: the day of the oldest dated one.
        last: the day of the newest dated one.
        best: the most relevant; None where there is none.
        problems: faults of the query.
    """

    name: str
    request: SearchRequest
    total: int
    first: date | None
    last: date | None
    best: Article | None
    problems: tuple[QueryProblem, ...]


def read_list(data: bytes) -> NameList:
    """A table of CSV with a header that names the column, or a plain list, a name a line.

    Raises:
        TableError: it is no text, is empty, or is too long.
    """
    table = read_table(data)
    rows = [[clean_text(one).strip() for one in row] for _, row in table.rows]
    header = [one.lower() for one in rows[0]] if rows else []
    at = next((header.index(name) for name in _NAMES if name in header), None)
    widths = {len(row) for row in rows if any(row)}
    if at is None and (len(rows) < 2 or len(widths) > 1 or widths <= {0, 1}):
        # A plain list: a comma is a part of a name, and quotation marks ask for a phrase.
        rows = [[clean_text(one).strip()] for one in table.text.splitlines()]
    columns = tuple(rows.pop(0)) if at is not None else ()
    at = at or 0
    kept = []
    for number, row in enumerate(rows, 2 if columns else 1):
        if len(row) > at and row[at]:
            if len(row[at]) > LONGEST:
                raise TableError(number, f"it has more than {LONGEST} characters")
            width = len(columns) or len(row)
            kept.append((*row[:width], *[""] * (width - len(row))))
    if not kept:
        raise TableError(1, "there is nothing to look for")
    if len(kept) > MOST_LINES:
        raise TableError(MOST_LINES + 1, f"a list has {MOST_LINES} names at most; divide it")
    return NameList(columns, tuple(kept), tuple(row[at] for row in kept))


def as_query(name: str) -> str:
    """A name as a phrase; what is written in the query language stays as it is."""
    parsed = parse_query(name)
    is_plain = all(isinstance(part, QueryWord) for part in parsed.root.parts)
    if not is_plain or len(parsed.root.parts) < 2 or parsed.problems:
        return name
    plain = _QUOTES.sub(" ", name)
    return f'"{plain}"'


def look_up(
    find: Find,
    headings: Callable[[Sequence[str]], list[Article | None]],
    names: Iterable[str],
    asked: SearchRequest,
    *,
    as_phrases: bool = True,
) -> Iterator[ListedName]:
    """Look each name up; see `ListedName`.

    Args:
        asked: whose filters and dates count for all.
        as_phrases: whether a name of plain words is looked for as a phrase.
    """
    for name in names:
        query = as_query(name) if as_phrases else name
        request = replace(asked, query=query, words=Words.ALL)
        counting = replace(request, per_page=1, page=1, facets=(), interval=Interval.DAY)
        result, ids, problems = find(counting)
        days = result.timeline
        best = headings(ids)[0] if ids else None
        yield ListedName(
            name,
            request,
            result.groups,
            min(days, default=None),
            max(days, default=None),
            best,
            problems,
        )


def as_csv(
    read: NameList, found: Iterable[ListedName], describe: Callable[[QueryProblem], str]
) -> Iterator[str]:
    """The table with the answers behind its own columns, a line after the other."""
    columns = read.columns or ("name", *("" for _ in read.rows[0][1:]))
    yield "\ufeff" + _line([*columns, *COLUMNS])
    for row, one in zip(read.rows, found, strict=True):
        best = one.best
        answer = [
            str(one.total),
            one.first.isoformat() if one.first else "",
            one.last.isoformat() if one.last else "",
            best.title if best else "",
            best.id if best else "",
            (best.source if best else "") or "",
            (moment_to_json(best.published) if best else "") or "",
            (best.url if best else "") or "",
            " ".join(map(describe, one.problems)),
        ]
        yield _line([*row, *answer])


def _line(values: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([cell(one) for one in values])
    return text.getvalue()


def as_fields(one: ListedName) -> Mapping[str, object]:
    """A line as JSON values."""
    best = one.best
    return {
        "name": one.name,
        "query": one.request.query,
        "articles": one.total,
        "first": one.first.isoformat() if one.first else None,
        "last": one.last.isoformat() if one.last else None,
        "best": None
        if best is None
        else {
            "id": best.id,
            "title": best.title,
            "source": best.source,
            "published": moment_to_json(best.published),
            "url": best.url,
        },
    }
