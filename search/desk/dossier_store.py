"""Dossiers in the newsroom's file: each change is one transaction and is on the disk when it returns."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from indexer.moments import moment_from_json, moment_to_json, timestamp, utc_now
from search.desk.database import Connection, DeskDatabase
from search.desk.dossiers import (
    MOST_ENTRIES,
    Dossier,
    DossierError,
    DossierHead,
    Entry,
    clean_name,
    clean_note,
    clean_tags,
    loose_key,
    name_key,
)

_HEADS = (
    "SELECT dossiers.*, (SELECT COUNT(*) FROM entries WHERE dossier = dossiers.number) AS count"
    " FROM dossiers"
)
_ENTRY = (
    "INSERT INTO entries (dossier, place, article, title, url, published, source, section, author,"
    " note, tags, added) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class DossierStore:
    """The dossiers of an archive; threads and processes may share it.

    Every method raises `DeskError` when the file cannot be read or written, and those that change a
    dossier raise `DossierError` when there is none with the number, or the change cannot be done.

    Args:
        now: the clock, for tests.
    """

    def __init__(self, database: DeskDatabase, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def heads(self) -> list[DossierHead]:
        """All dossiers, the one changed last first."""
        with self._database.reading() as database:
            if database is None:
                return []
            rows = database.execute(f"{_HEADS} ORDER BY changed DESC, number DESC")
            return [_head(row) for row in rows]

    def named(self, name: str) -> DossierHead | None:
        """The dossier with a name, however it is written; without diacritics only where one fits."""
        key = name_key(name)
        heads = self.heads()
        exact = [one for one in heads if name_key(one.name) == key]
        loose = [one for one in heads if loose_key(name_key(one.name)) == key]
        found = exact or loose
        return found[0] if len(found) == 1 else None

    def dossier(self, number: int) -> Dossier:
        """A dossier; raises DossierError when there is none with this number."""
        with self._database.reading() as database:
            head = None if database is None else _find(database, "number", number)
            if database is None or head is None:
                raise _missing(number)
            return Dossier(head, _entries(database, number))

    def shared(self, token: str) -> Dossier:
        """The dossier that an address shares; raises DossierError when it shares none."""
        with self._database.reading() as database:
            head = None if database is None else _find(database, "share", token)
            if database is None or head is None:
                raise _missing(token)
            return Dossier(head, _entries(database, head.number))

    def create(self, name: str, note: str = "", entries: Sequence[Entry] = ()) -> DossierHead:
        """A new dossier; raises DossierError when another has the name."""
        name, note = clean_name(name), clean_note(note)
        now = moment_to_json(self._now())
        with self._database.writing() as database:
            try:
                database.execute(
                    "INSERT INTO dossiers (name, key, note, created, changed, version)"
                    " VALUES (?, ?, ?, ?, ?, 1)",
                    (name, name_key(name), note, now, now),
                )
            except sqlite3.IntegrityError as error:
                raise _taken(name) from error
            (number,) = database.execute("SELECT last_insert_rowid()").fetchone()
            _insert(database, number, entries)
            return _of(database, number)

    def rename(self, number: int, name: str, note: str) -> None:
        """Another name and note; raises DossierError when another dossier has the name."""
        name, note = clean_name(name), clean_note(note)
        with self._changing(number) as database:
            try:
                database.execute(
                    "UPDATE dossiers SET name = ?, key = ?, note = ? WHERE number = ?",
                    (name, name_key(name), note, number),
                )
            except sqlite3.IntegrityError as error:
                raise _taken(name) from error

    def delete(self, number: int) -> None:
        """Forget a dossier and its entries."""
        with self._changing(number) as database:
            database.execute("DELETE FROM dossiers WHERE number = ?", (number,))

    def add(self, number: int, entries: Sequence[Entry]) -> int:
        """Add articles at the end; those that are there stay as they are. Returns how many are new.

        Raises:
            DossierError: it would hold more than `MOST_ENTRIES`; nothing is added then.
        """
        with self._changing(number) as database:
            return _insert(database, number, entries)

    def remove(self, number: int, articles: Sequence[str]) -> int:
        """Take articles out; returns how many."""
        with self._changing(number) as database:
            return sum(
                database.execute(
                    "DELETE FROM entries WHERE dossier = ? AND article = ?", (number, article)
                ).rowcount
                for article in articles
            )

    def annotate(self, number: int, article: str, note: str, tags: Sequence[str]) -> None:
        """Another note and other tags for an article of a dossier."""
        note, tags = clean_note(note), clean_tags(tags)
        with self._changing(number) as database:
            changed = database.execute(
                "UPDATE entries SET note = ?, tags = ? WHERE dossier = ? AND article = ?",
                (note, "\n".join(tags), number, article),
            ).rowcount
            if not changed:
                raise DossierError("not_in_dossier", f"{article}: is not in the dossier")

    def move(self, number: int, article: str, place: int) -> None:
        """Put an article at another place, counted from 1; a place past the end is the last."""
        with self._changing(number) as database:
            ids = [one.article for one in _entries(database, number)]
            if article not in ids:
                raise DossierError("not_in_dossier", f"{article}: is not in the dossier")
            ids.remove(article)
            ids.insert(max(0, place - 1), article)
            self._order(database, number, ids)

    def sort(self, number: int, *, newest_first: bool) -> None:
        """Put the articles in the order of their dates; those without one come last."""
        with self._changing(number) as database:
            entries = _entries(database, number)
            dated = [one for one in entries if one.published]
            dated.sort(key=lambda one: timestamp(one.published) or 0, reverse=newest_first)
            rest = [one for one in entries if not one.published]
            self._order(database, number, [one.article for one in (*dated, *rest)])

    def _order(self, database: Connection, number: int, ids: Sequence[str]) -> None:
        database.executemany(
            "UPDATE entries SET place = ? WHERE dossier = ? AND article = ?",
            ((place, number, id) for place, id in enumerate(ids, 1)),
        )

    def share(self, number: int, *, is_shared: bool) -> None:
        """Let an address show the dossier to whoever has it, or no longer; each time it is a new one."""
        token = secrets.token_urlsafe(24) if is_shared else None
        with self._changing(number) as database:
            if not is_shared or _of(database, number).share is None:
                database.execute("UPDATE dossiers SET share = ? WHERE number = ?", (token, number))

    @contextmanager
    def _changing(self, number: int) -> Iterator[Connection]:
        """A transaction on a dossier that is there."""
        with self._database.writing() as database:
            touched = database.execute(
                "UPDATE dossiers SET changed = ?, version = version + 1 WHERE number = ?",
                (moment_to_json(self._now()), number),
            ).rowcount
            if not touched:
                raise _missing(number)
            yield database


def _missing(name: object) -> DossierError:
    return DossierError("no_dossier", f"{name}: there is no such dossier")


def _taken(name: str) -> DossierError:
    return DossierError("name_taken", f"{name}: another dossier has this name", called=name)


def _find(database: Connection, column: str, value: object) -> DossierHead | None:
    row = database.execute(f"{_HEADS} WHERE {column} = ?", (value,)).fetchone()
    return None if row is None else _head(row)


def _of(database: Connection, number: int) -> DossierHead:
    found = _find(database, "number", number)
    if found is None:
        raise _missing(number)
    return found


def _head(row: sqlite3.Row) -> DossierHead:
    return DossierHead(
        row["number"],
        row["name"],
        row["note"],
        row["count"],
        row["share"],
        _moment(row["created"]),
        _moment(row["changed"]),
        row["version"],
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _entries(database: Connection, number: int) -> tuple[Entry, ...]:
    rows = database.execute(
        "SELECT * FROM entries WHERE dossier = ? ORDER BY place, number", (number,)
    )
    return tuple(
        Entry(
            row["article"],
            row["title"],
            _moment(row["added"]),
            row["url"],
            moment_from_json(row["published"]),
            row["source"],
            row["section"],
            row["author"],
            row["note"],
            tuple(filter(None, row["tags"].split("\n"))),
        )
        for row in rows
    )


def _insert(database: Connection, number: int, entries: Sequence[Entry]) -> int:
    found = database.execute(
        "SELECT article, place FROM entries WHERE dossier = ?", (number,)
    ).fetchall()
    there = {row["article"] for row in found}
    last = max((row["place"] for row in found), default=0)
    # The first of two entries of one article stays.
    new = {one.article: one for one in reversed(entries) if one.article not in there}
    ordered = [one for one in dict.fromkeys(one.article for one in entries) if one in new]
    if len(there) + len(new) > MOST_ENTRIES:
        raise DossierError(
            "dossier_full",
            f"a dossier holds {MOST_ENTRIES} articles at most; nothing was added",
            most=MOST_ENTRIES,
        )
    database.executemany(
        _ENTRY, (_row(number, last + at, new[id]) for at, id in enumerate(ordered, 1))
    )
    return len(new)


def _row(number: int, place: int, one: Entry) -> tuple[object, ...]:
    return (
        number,
        place,
        one.article,
        one.title,
        one.url,
        moment_to_json(one.published),
        one.source,
        one.section,
        one.author,
        clean_note(one.note),
        "\n".join(clean_tags(one.tags)),
        moment_to_json(one.added),
    )
