"""A dossier as CSV, JSON Lines, RIS and a report in Markdown; and a dossier back from its CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import rispy

from indexer.article import Article, article_fields
from indexer.language.cleaning import clean_text, json_text
from indexer.moments import (
    Moment,
    first_moment,
    in_vietnam,
    moment_from_json,
    moment_to_json,
    timestamp,
)
from indexer.parsing.dates import parse_moment
from indexer.parsing.identity import make_id
from search.desk.dossiers import DossierError, DossierHead, Entry, split_tags
from search.presentation.exports import cell
from search.presentation.references import Unnumbered, one_line, ris_entry
from search.typed_tables import TableError, read_table

COLUMNS = (
    "dossier", "dossier_note", "id", "title", "url", "published", "source", "section", "author", "note",
    "tags", "added",
)  # fmt: skip
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")
_MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Filed:
    """An entry of a dossier as it is given out.

    Attributes:
        article: as the archive has it now; None where it holds it no more.
        address: of its page; None where it has none.
    """

    entry: Entry
    article: Article | None
    address: str | None

    @property
    def shown(self) -> Article:
        """The article, or what is left to cite of it."""
        if self.article is not None:
            return self.article
        one = self.entry
        return Article(
            id=one.article,
            title=one.title,
            url=one.url,
            published=one.published,
            source=one.source,
            section=one.section,
            author=one.author,
        )


def as_csv(head: DossierHead, filed: Sequence[Filed]) -> str:
    """Lines of CSV from which `from_csv` makes the same dossier; a dossier without articles is a line too."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    empty = ("",) * (len(COLUMNS) - 2)
    for values in [_values(one.entry) for one in filed] or [empty]:
        writer.writerow([_cell(value) for value in (head.name, head.note, *values)])
    return "\ufeff" + text.getvalue()


def _values(one: Entry) -> tuple[str, ...]:
    return (
        one.article,
        one.title,
        one.url or "",
        moment_to_json(one.published) or "",
        one.source or "",
        one.section or "",
        one.author or "",
        one.note,
        "; ".join(one.tags),
        one.added.isoformat(),
    )


def _cell(value: str) -> str:
    """`cell`, so that it can be undone: what begins with an apostrophe gets another."""
    return f"'{value}" if value.startswith("'") else cell(value)


def _uncell(value: str) -> str:
    """Inverse of `_cell`; a cell that somebody has typed stays as it is."""
    rest = value[1:]
    return rest if value.startswith("'") and (rest.startswith("'") or cell(rest) != rest) else value


@dataclass(frozen=True, slots=True)
class ReadDossier:
    """A dossier as a file has it.

    Attributes:
        name: empty where the file tells none.
    """

    name: str
    note: str
    entries: tuple[Entry, ...]


def from_csv(data: bytes, now: datetime) -> ReadDossier:
    """A dossier from CSV: that of `as_csv`, or any table with a column "id" or "title".

    Columns are separated by commas, semicolons or tabs, as spreadsheets write them.

    Args:
        now: when an article was added whose line does not say it.

    Raises:
        DossierError: it is no such table; the first line at fault is named.
    """
    try:
        rows = read_table(data).rows
    except TableError as error:
        raise _unread(error.line, error.fault) from error
    columns = [one.strip().lower() for one in rows[0][1]] if rows else []
    if "id" not in columns and "title" not in columns:
        raise _unread(1, 'it needs a column "id" or "title"')
    found: list[Entry] = []
    name = note = ""
    for number, row in rows[1:]:
        line = {key: _uncell(value) for key, value in zip(columns, row, strict=False)}
        name, note = name or line.get("dossier", ""), note or line.get("dossier_note", "")
        if line.get("id", "").strip() or line.get("title", "").strip():
            found.append(_entry(line, number, now))
        if len(found) > _MOST_ROWS:
            raise _unread(number, f"it has more than {_MOST_ROWS} lines")
    return ReadDossier(clean_text(name), clean_text(note), tuple(found))


def _entry(line: dict[str, str], number: int, now: datetime) -> Entry:
    published, added = (_moment(line.get(name, ""), number) for name in ("published", "added"))
    one_of = {
        name: clean_text(line.get(name, "")) or None
        for name in ("url", "source", "section", "author")
    }
    title = clean_text(line.get("title", ""))
    return Entry(
        article=clean_text(line.get("id", "")).strip(),
        title=title,
        added=now if added is None else first_moment(added),
        published=published,
        note=clean_text(line.get("note", "")),
        tags=split_tags(line.get("tags", "")),
        **one_of,
    )


def _moment(text: str, number: int) -> Moment | None:
    """A moment as `as_csv` writes it, or as a spreadsheet has changed it: 18/09/2024."""
    text = text.strip()
    if not text:
        return None
    try:
        found = moment_from_json(text)
        # A month that there is not.
        timestamp(found)
    except (ValueError, TypeError):
        found = parse_moment(text)
    if found is None:
        raise _unread(number, "a date has to be like 2024-09-18 or 18/9/2024")
    return found


def _unread(line: int, reason: str) -> DossierError:
    return DossierError("bad_csv", f"line {line}: {reason}", line=line, fault=reason)


def as_json_lines(filed: Iterable[Filed]) -> Iterator[str]:
    """A line an article: as an export has it, with note, tags and when it was added."""
    for one in filed:
        fields: dict[str, Any] = article_fields(one.shown)
        del fields["path"]
        entry = one.entry
        fields |= {
            "note": entry.note,
            "dossier_tags": list(entry.tags),
            "added": entry.added.isoformat(),
            "in_archive": one.article is not None,
        }
        yield f"{json_text(fields)}\n"


def as_ris(filed: Iterable[Filed]) -> str:
    """RIS records with notes (N1), tags as keywords and the day of access (Y2)."""
    entries = []
    for one in filed:
        found, entry = ris_entry(one.shown), one.entry
        found["keywords"] = [*found.get("keywords", []), *map(one_line, entry.tags)]
        found["notes"] = [one_line(entry.note)] if entry.note else []
        found["access_date"] = in_vietnam(entry.added).strftime("%Y/%m/%d")
        entries.append({name: value for name, value in found.items() if value})
    text: str = rispy.dumps(entries, implementation=Unnumbered)
    return text


def as_markdown(
    head: DossierHead,
    filed: Sequence[Filed],
    cite: Callable[[Filed], str],
    note_of: Callable[[str], str],
) -> str:
    """A report: the note, then a numbered list of citations with the notes on each.

    Args:
        cite: a citation in plain text, with the day of access.
        note_of: a text of the user interface by its name: "dossier_tags" and "gone".
    """
    lines = [f"# {_escaped(head.name)}", ""]
    if head.note:
        lines += [*(_escaped(line) for line in head.note.split("\n")), ""]
    for number, one in enumerate(filed, 1):
        lines.append(f"{number}. {_escaped(one_line(cite(one)))}")
        if one.article is None:
            lines += ["", f"   *{note_of('gone')}*"]
        if one.entry.tags:
            tags = ", ".join(map(_escaped, one.entry.tags))
            lines += ["", f"   {note_of('dossier_tags')}: {tags}"]
        if one.entry.note:
            lines += ["", *(f"   > {_escaped(line)}" for line in one.entry.note.split("\n"))]
        lines.append("")
    return "\n".join(lines)


def _escaped(text: str) -> str:
    """Text in which no sign means anything to Markdown; addresses stay as they are."""
    parts = re.split(r"(https?://\S+)", text)
    for at in range(0, len(parts), 2):
        parts[at] = _MARKDOWN.sub(r"\\\1", parts[at])
    whole = "".join(parts)
    return re.sub(r"^(\s*)([-+]|\d+[.)])(\s)", r"\1\\\2\3", whole)


def with_ids(read: ReadDossier, ids: Sequence[str | None]) -> ReadDossier:
    """Entries without an id get that of the article that they were found to be, else one of their own."""
    entries = [
        one if one.article else replace(one, article=id or make_id(one.title, one.url or ""))
        for one, id in zip(read.entries, ids, strict=True)
    ]
    return replace(read, entries=tuple(entries))
