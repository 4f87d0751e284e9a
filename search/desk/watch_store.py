"""Watches, what they have found, and what they have told, in the newsroom's file."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from indexer.article import Article
from indexer.moments import moment_from_json, moment_to_json, utc_now
from search.desk.database import Connection, DeskDatabase
from search.desk.dossiers import DossierError, clean_name
from search.desk.watches import (
    Channel,
    Delivery,
    Every,
    Match,
    Watch,
    request_of,
    request_text,
)
from search.requests import SearchRequest

KEPT = 5000
"""Matches of a watch that are kept; the oldest go first, but none that has not been told."""
_WATCHES = (
    "SELECT watches.*,"
    " (SELECT COUNT(*) FROM matches WHERE watch = watches.number) AS total,"
    " (SELECT COUNT(*) FROM matches WHERE watch = watches.number AND number > seen) AS new,"
    " COALESCE((SELECT error FROM deliveries WHERE watch = watches.number AND sent IS NULL AND error <> ''"
    " ORDER BY made LIMIT 1), '') AS error FROM watches"
)

_DUE = (
    "(webhook <> '' OR mail <> '')"
    " AND EXISTS (SELECT 1 FROM matches WHERE watch = watches.number AND matches.number > told)"
)
_CHANGE = (
    "UPDATE watches SET name = ?, every = ?, told = CASE WHEN webhook = '' AND mail = ''"
    " THEN (SELECT COALESCE(MAX(number), 0) FROM matches WHERE watch = watches.number) ELSE told END,"
    " webhook = ?, mail = ? WHERE number = ?"
)


def key_of_id(id: str) -> int:
    """63 bits that stand for an article's id."""
    digest = hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


class WatchStore:
    """The watches of an archive; threads and processes may share it. Raises as `DossierStore` does.

    Args:
        now: the clock, for tests.
    """

    def __init__(self, database: DeskDatabase, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self.now = now

    def watches(self) -> list[Watch]:
        """All watches, those with the newest matches first."""
        with self._database.reading() as database:
            if database is None:
                return []
            newest = "(SELECT MAX(number) FROM matches WHERE watch = watches.number)"
            rows = database.execute(f"{_WATCHES} ORDER BY {newest} DESC, number DESC")
            return [_watch(row) for row in rows]

    def searches(self) -> dict[int, SearchRequest]:
        """What is watched, by the numbers of the watches."""
        with self._database.reading() as database:
            if database is None:
                return {}
            rows = database.execute("SELECT number, request FROM watches")
            return {number: request_of(text) for number, text in rows}

    def watch(self, number: int) -> Watch:
        """A watch by its number; raises DossierError when there is none."""
        return self._one("number", number)

    def by_token(self, token: str) -> Watch:
        """A watch by the secret of its feed; raises DossierError when there is none."""
        return self._one("token", token)

    def _one(self, column: str, value: object) -> Watch:
        with self._database.reading() as database:
            row = None
            if database is not None:
                question = f"{_WATCHES} WHERE {column} = ?"
                row = database.execute(question, (value,)).fetchone()
            if row is None:
                raise _missing(value)
            return _watch(row)

    def create(
        self, name: str, request: SearchRequest, every: Every, webhook: str = "", mail: str = ""
    ) -> Watch:
        """A new watch; what the archive holds by now is not new to it."""
        name = clean_name(name)
        with self._database.writing() as database:
            database.execute(
                "INSERT INTO watches (token, name, request, every, webhook, mail, created, seen, told)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)",
                (
                    secrets.token_urlsafe(24),
                    name,
                    request_text(request),
                    every,
                    webhook,
                    mail,
                    moment_to_json(self.now()),
                ),
            )
            row = database.execute(f"{_WATCHES} WHERE number = last_insert_rowid()").fetchone()
            return _watch(row)

    def change(self, number: int, name: str, every: Every, webhook: str, mail: str) -> None:
        """Another name, pause, webhook or mail address; the first of these is told what comes from now on."""
        name = clean_name(name)
        with self._database.writing() as database:
            changed = database.execute(
                _CHANGE,
                (name, every, webhook, mail, number),
            ).rowcount
            if not changed:
                raise _missing(number)

    def delete(self, number: int) -> None:
        """Forget a watch, its matches and what it has not told yet."""
        with self._database.writing() as database:
            if not database.execute("DELETE FROM watches WHERE number = ?", (number,)).rowcount:
                raise _missing(number)

    def see(self, number: int) -> int:
        """Note that the matches until now were looked at; the number of the last one seen before."""
        before = self.watch(number).seen
        with self._database.writing() as database:
            database.execute(
                "UPDATE watches SET seen = (SELECT COALESCE(MAX(number), seen) FROM matches"
                " WHERE watch = watches.number) WHERE number = ?",
                (number,),
            )
        return before

    def matches(self, number: int, *, after: int = 0, most: int = KEPT) -> list[Match]:
        """The matches of a watch after a number, the newest first."""
        with self._database.reading() as database:
            if database is None:
                return []
            rows = database.execute(
                "SELECT * FROM matches WHERE watch = ? AND number > ? ORDER BY number DESC LIMIT ?",
                (number, after, most),
            )
            return [_match(row) for row in rows]

    def state(self) -> tuple[str, set[int]]:
        """The commit that was looked at last, and the keys of all articles that were there until then."""
        with self._database.reading() as database:
            if database is None:
                return "", set()
            (state,) = database.execute("SELECT state FROM looked").fetchone()
            return state, {key for (key,) in database.execute("SELECT key FROM known")}

    def note(self, commit: str, ids: Iterable[str], found: Mapping[int, Sequence[Article]]) -> int:
        """Note new articles and the watches that they match, all at once; returns how many matches are new.

        An article is a match of a watch once, however often it is noted.
        """
        now = moment_to_json(self.now())
        added = 0
        with self._database.writing() as database:
            keys = ((key_of_id(id),) for id in ids)
            database.executemany("INSERT OR IGNORE INTO known VALUES (?)", keys)
            database.execute("UPDATE looked SET state = ?", (commit,))
            there = {number for (number,) in database.execute("SELECT number FROM watches")}
            for watch in there.intersection(found):
                added += database.executemany(
                    "INSERT OR IGNORE INTO matches (watch, article, title, url, source, published, found)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [
                        (
                            watch,
                            one.id,
                            one.title,
                            one.url,
                            one.source,
                            moment_to_json(one.published),
                            now,
                        )
                        for one in found[watch]
                    ],
                ).rowcount
                _forget_old(database, watch)
        return added

    def make_deliveries(self) -> None:
        """Write down the messages that are due: each match in one message of each channel, once."""
        now = self.now()
        with self._database.writing() as database:
            rows = database.execute(f"{_WATCHES} WHERE {_DUE}").fetchall()
            for row in rows:
                told_at = row["told_at"]
                pause = Every(row["every"]).pause
                if told_at and now - datetime.fromisoformat(told_at) < pause:
                    continue
                (upto,) = database.execute(
                    "SELECT MAX(number) FROM matches WHERE watch = ?", (row["number"],)
                ).fetchone()
                for channel in Channel:
                    if row[channel.value]:
                        database.execute(
                            "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, 0, '', NULL)",
                            (
                                secrets.token_hex(16),
                                row["number"],
                                channel,
                                row["told"],
                                upto,
                                moment_to_json(now),
                            ),
                        )
                database.execute(
                    "UPDATE watches SET told = ?, told_at = ? WHERE number = ?",
                    (upto, moment_to_json(now), row["number"]),
                )

    def waiting(self) -> list[Delivery]:
        """The messages that have not been sent, the oldest first."""
        with self._database.reading() as database:
            if database is None:
                return []
            rows = database.execute(
                "SELECT * FROM deliveries WHERE sent IS NULL ORDER BY made, id"
            ).fetchall()
            found = []
            for row in rows:
                question = f"{_WATCHES} WHERE number = ?"
                watch = _watch(database.execute(question, (row["watch"],)).fetchone())
                matches = database.execute(
                    "SELECT * FROM matches WHERE watch = ? AND number > ? AND number <= ?"
                    " ORDER BY number",
                    (row["watch"], row["after"], row["upto"]),
                )
                its = tuple(_match(one) for one in matches)
                found.append(Delivery(row["id"], watch, Channel(row["channel"]), its))
            return found

    def note_sent(self, id: str, error: str = "") -> None:
        """Note that a message was sent, or why not."""
        with self._database.writing() as database:
            database.execute(
                "UPDATE deliveries SET tries = tries + 1, error = ?, sent = ? WHERE id = ?",
                (error, None if error else moment_to_json(self.now()), id),
            )


def _forget_old(database: Connection, watch: int) -> None:
    """Drop the oldest of too many matches, except those of messages that are still to be made or sent."""
    database.execute(
        "DELETE FROM matches WHERE watch = :watch AND number <= (SELECT number FROM matches"
        " WHERE watch = :watch ORDER BY number DESC LIMIT 1 OFFSET :kept)"
        " AND number <= (SELECT CASE WHEN webhook = '' AND mail = '' THEN matches.number ELSE told END FROM watches"
        " WHERE watches.number = :watch)"
        " AND number <= COALESCE((SELECT MIN(after) FROM deliveries WHERE watch = :watch AND sent IS NULL),"
        " number)",
        {"watch": watch, "kept": KEPT},
    )


def _missing(name: object) -> DossierError:
    return DossierError("no_watch", f"{name}: there is no such watch")


def _watch(row: sqlite3.Row) -> Watch:
    return Watch(
        row["number"],
        row["token"],
        row["name"],
        request_of(row["request"]),
        Every(row["every"]),
        row["webhook"],
        row["mail"],
        datetime.fromisoformat(row["created"]),
        row["seen"],
        row["total"],
        row["new"],
        row["error"],
    )


def _match(row: sqlite3.Row) -> Match:
    return Match(
        row["number"],
        row["article"],
        row["title"],
        row["url"],
        row["source"],
        moment_from_json(row["published"]),
        datetime.fromisoformat(row["found"]),
    )
