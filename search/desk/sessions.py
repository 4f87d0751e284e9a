"""Who is signed in, which programs may ask, and who has tried too often."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from indexer.errors import KhobaoError
from indexer.language.cleaning import clean_text
from search.desk.account_store import AccountStore, account_of
from search.desk.accounts import LONGEST_NAME, MOST_TOKENS, Account, Token, account_key
from search.desk.database import Connection, DeskDatabase, DeskError
from search.desk.dossiers import DossierError

IDLE = 12 * 3600.0
"""Seconds after which a session ends that nobody uses,"""
LONGEST = 7 * 24 * 3600.0
"""and after which every session ends. Source: OWASP, Session Management Cheat Sheet."""
_NOTED = 300.0
"""Seconds between two notes that a session or a token is used: not every request writes."""
WINDOW = 15 * 60.0
"""Seconds in which failures count."""
MOST_FAILURES = {"both": 5, "name": 30, "address": 30}
"""Failures of one address with one name; of a name from anywhere; of an address with any names.

The owner of a name can still sign in while somebody tries it from a few other addresses.
"""
_TOKEN = "kb_"  # noqa: S105


class TooManyFailuresError(KhobaoError):
    """Somebody has tried too often to sign in.

    Attributes:
        retry_after: seconds after which the next attempt is looked at.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many attempts to sign in; wait some minutes")
        self.retry_after = retry_after


class SessionStore:
    """Sessions and tokens of an archive's accounts; threads and processes may share it.

    What a browser or a program keeps is not in the file, only its digest. Every method raises `DeskError`
    when the file cannot be read or written.

    Args:
        now: the clock, in seconds since 1970, for tests.
    """

    def __init__(
        self,
        database: DeskDatabase,
        accounts: AccountStore,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._now = now

    def sign_in(self, name: str, password: str, address: str) -> str | None:
        """The secret of a new session; None where name or password are wrong.

        Args:
            address: of who asks, for the limits.

        Raises:
            TooManyFailuresError: there were too many failures; the password is not looked at.
        """
        self._check_failures(name, address)
        account = self._accounts.checked(name, password)
        now = self._now()
        with self._database.writing() as database:
            if account is None:
                _note_failures(database, name, address, now)
                return None
            database.execute("DELETE FROM failures WHERE whose = ?", (_both(name, address),))
            database.execute("DELETE FROM sessions WHERE used < ? OR begun < ?", _ended(now))
            secret = secrets.token_urlsafe(32)
            database.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)",
                (_digest(secret), account.number, now, now),
            )
        return secret

    def _check_failures(self, name: str, address: str) -> None:
        now = self._now()
        since = now - WINDOW
        with self._database.reading() as database:
            for kind, whose in _whose(name, address).items():
                found = (
                    database.execute(
                        "SELECT at FROM failures WHERE whose = ? AND at > ? AND at <= ?"
                        " ORDER BY at DESC LIMIT 1 OFFSET ?",
                        (whose, since, now, MOST_FAILURES[kind] - 1),
                    ).fetchone()
                    if database
                    else None
                )
                if found:
                    raise TooManyFailuresError(max(1, int(found[0] - since)))

    def session(self, secret: str) -> Account | None:
        """The account of a session that goes on."""
        now = self._now()
        with self._database.reading() as database:
            row = (
                database
                and database.execute(
                    "SELECT accounts.*, used FROM sessions JOIN accounts ON number = account"
                    " WHERE digest = ? AND used >= ? AND begun >= ?",
                    (_digest(secret), *_ended(now)),
                ).fetchone()
            )
        if not row:
            return None
        self._note_use("sessions", secret, row["used"], now)
        return account_of(row)

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self._database.writing() as database:
            database.execute("DELETE FROM sessions WHERE digest = ?", (_digest(secret),))

    def sign_out_everywhere(self, number: int) -> None:
        """End all sessions of an account."""
        with self._database.writing() as database:
            database.execute("DELETE FROM sessions WHERE account = ?", (number,))

    def make_token(self, number: int, name: str) -> str:
        """A new token of an account, which is told this once; raises DossierError for too many."""
        name = " ".join(clean_text(name).split())[:LONGEST_NAME]
        secret = _TOKEN + secrets.token_urlsafe(32)
        with self._database.writing() as database:
            (count,) = database.execute(
                "SELECT COUNT(*) FROM tokens WHERE account = ?", (number,)
            ).fetchone()
            if count >= MOST_TOKENS:
                raise DossierError(
                    "too_many_tokens",
                    f"an account has {MOST_TOKENS} tokens at most",
                    most=MOST_TOKENS,
                )
            database.execute(
                "INSERT INTO tokens (account, name, digest, made) VALUES (?, ?, ?, ?)",
                (number, name, _digest(secret), self._now()),
            )
        return secret

    def tokens(self, number: int) -> list[Token]:
        """The tokens of an account, the newest first."""
        with self._database.reading() as database:
            rows = (
                database.execute(
                    "SELECT * FROM tokens WHERE account = ? ORDER BY number DESC", (number,)
                ).fetchall()
                if database
                else []
            )
        return [_token(row) for row in rows]

    def drop_token(self, number: int, token: int) -> None:
        """Make a token of an account worthless."""
        with self._database.writing() as database:
            database.execute("DELETE FROM tokens WHERE account = ? AND number = ?", (number, token))

    def of_token(self, secret: str) -> Account | None:
        """The account in whose name a program asks."""
        if not secret.startswith(_TOKEN):
            return None
        with self._database.reading() as database:
            row = (
                database
                and database.execute(
                    "SELECT accounts.*, used FROM tokens JOIN accounts ON accounts.number = account"
                    " WHERE digest = ?",
                    (_digest(secret),),
                ).fetchone()
            )
        if not row:
            return None
        self._note_use("tokens", secret, row["used"], self._now())
        return account_of(row)

    def _note_use(self, table: str, secret: str, used: float | None, now: float) -> None:
        # A clock that was set back must not keep a session alive.
        if used is not None and 0 <= now - used < _NOTED:
            return
        # Where the folder cannot be written a session ends earlier; nobody is refused for that.
        with suppress(DeskError), self._database.writing() as database:
            database.execute(
                f"UPDATE {table} SET used = ? WHERE digest = ?",  # noqa: S608
                (now, _digest(secret)),
            )


def _note_failures(database: Connection, name: str, address: str, now: float) -> None:
    database.execute("DELETE FROM failures WHERE at < ?", (now - WINDOW,))
    for whose in _whose(name, address).values():
        database.execute("INSERT INTO failures VALUES (?, ?)", (whose, now))


def _whose(name: str, address: str) -> dict[str, str]:
    return {
        "both": _both(name, address),
        "name": f"name {account_key(name)[:LONGEST_NAME]}",
        "address": f"address {address}",
    }


def _both(name: str, address: str) -> str:
    return f"both {address} {account_key(name)[:LONGEST_NAME]}"


def _ended(now: float) -> tuple[float, float]:
    return now - IDLE, now - LONGEST


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _token(row: sqlite3.Row) -> Token:
    made = datetime.fromtimestamp(row["made"], UTC)
    used = None if row["used"] is None else datetime.fromtimestamp(row["used"], UTC)
    return Token(row["number"], row["name"], made, used)
