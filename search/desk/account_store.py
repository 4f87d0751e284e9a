"""Accounts in the newsroom's file: each change is one transaction and is on the disk when it returns."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from indexer.moments import moment_to_json, utc_now
from search.desk.accounts import (
    Account,
    Role,
    account_key,
    check_password,
    clean_account_name,
    clean_sources,
)
from search.desk.database import Connection, DeskDatabase
from search.desk.dossiers import DossierError
from search.desk.passwords import hashed, is_outdated, is_right

_YOUNG = 10 * 10**9
"""Nanoseconds."""


class AccountStore:
    """The accounts of an archive; threads and processes may share it.

    Every method raises `DeskError` when the file cannot be read or written, and those that change an
    account raise `DossierError` when there is none with the number, or the change cannot be done.

    Args:
        now: the clock, for tests.
    """

    def __init__(self, database: DeskDatabase, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now
        # The state of the file, and whether it held an account then.
        self._known: tuple[tuple[int, ...], bool] = (), False

    def has_any(self) -> bool:
        """Whether there is an account: without one there is nobody to sign in."""
        stamp = self._stamp()
        if not stamp:
            return False
        # Clocks of files are coarse: two changes at once may leave one time.
        is_young = time.time_ns() - stamp[1] < _YOUNG
        if is_young or self._known[0] != stamp:
            with self._database.reading() as database:
                found = database and database.execute("SELECT 1 FROM accounts LIMIT 1").fetchone()
            self._known = stamp, bool(found)
        return self._known[1]

    def _stamp(self) -> tuple[int, ...]:
        try:
            status = os.stat(self._database.path)
        except OSError:
            return ()
        return status.st_ino, status.st_mtime_ns, status.st_size

    def accounts(self) -> list[Account]:
        """All accounts by name."""
        with self._database.reading() as database:
            if database is None:
                return []
            return list(map(account_of, database.execute("SELECT * FROM accounts ORDER BY key")))

    def account(self, number: int) -> Account:
        """The account with a number."""
        with self._database.reading() as database:
            return account_of(_row(database, number))

    def _row_named(self, name: str) -> sqlite3.Row | None:
        with self._database.reading() as database:
            if database is None:
                return None
            found: sqlite3.Row | None = database.execute(
                "SELECT * FROM accounts WHERE key = ?", (account_key(name),)
            ).fetchone()
            return found

    def named(self, name: str) -> Account:
        """The account with a name, however its letters are written."""
        row = self._row_named(name)
        if not row:
            raise DossierError("no_account", f"{name!r}: there is no such account")
        return account_of(row)

    def add(
        self,
        name: str,
        password: str,
        role: Role = Role.READER,
        sources: Iterable[str] = (),
        *,
        sees_all: bool = False,
    ) -> Account:
        """A new account; raises DossierError when another has the name, or the password is weak."""
        name = clean_account_name(name)
        check_password(password, name)
        kept, now = hashed(password), moment_to_json(self._now())
        with self._database.writing() as database:
            try:
                database.execute(
                    "INSERT INTO accounts (name, key, role, sources, sees_all, password, created)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (name, account_key(name), role, _packed(sources), sees_all, kept, now),
                )
            except sqlite3.IntegrityError as error:
                raise DossierError(
                    "taken_account",
                    f"{name!r}: there is an account of this name already",
                    called=name,
                ) from error
            (number,) = database.execute("SELECT last_insert_rowid()").fetchone()
            return account_of(_row(database, number))

    def change(
        self, number: int, role: Role, sources: Iterable[str], *, sees_all: bool = False
    ) -> None:
        """Change what an account may do and see, from its next request on."""
        with self._database.writing() as database:
            before = account_of(_row(database, number))
            database.execute(
                "UPDATE accounts SET role = ?, sources = ?, sees_all = ? WHERE number = ?",
                (role, _packed(sources), sees_all, number),
            )
            _check_administrator(database, before)

    def set_password(self, number: int, password: str) -> None:
        """Give an account another password: all its sessions end, and its tokens go on."""
        check_password(password, self.account(number).name)
        kept = hashed(password)
        with self._database.writing() as database:
            _row(database, number)
            database.execute("UPDATE accounts SET password = ? WHERE number = ?", (kept, number))
            database.execute("DELETE FROM sessions WHERE account = ?", (number,))

    def remove(self, number: int) -> None:
        """Remove an account with its sessions and tokens."""
        with self._database.writing() as database:
            before = account_of(_row(database, number))
            database.execute("DELETE FROM accounts WHERE number = ?", (number,))
            _check_administrator(database, before)

    def checked(self, name: str, password: str) -> Account | None:
        """The account of a name, if the password is right; it takes as long for a name that there is not."""
        row = self._row_named(name)
        if not is_right(password, row["password"] if row else None) or not row:
            return None
        if is_outdated(row["password"]):
            kept = hashed(password)
            with self._database.writing() as writer:
                writer.execute(
                    "UPDATE accounts SET password = ? WHERE number = ? AND password = ?",
                    (kept, row["number"], row["password"]),
                )
        return account_of(row)


def _check_administrator(database: Connection, before: Account) -> None:
    """Undo a change that leaves accounts, and nobody who gives them; `before` is what was changed."""
    if not before.may(Role.ADMINISTRATOR):
        return
    found = database.execute(
        "SELECT COUNT(*), SUM(role = ?) FROM accounts", (Role.ADMINISTRATOR,)
    ).fetchone()
    if found[0] and not found[1]:
        raise DossierError(
            "last_administrator",
            "this is the last administrator; make another account one first",
        )


def _row(database: Connection | None, number: int) -> sqlite3.Row:
    row = (
        database
        and database.execute("SELECT * FROM accounts WHERE number = ?", (number,)).fetchone()
    )
    if not row:
        raise DossierError("no_account", f"{number}: there is no such account")
    found: sqlite3.Row = row
    return found


def _packed(sources: Iterable[str]) -> str:
    return json.dumps(sorted(clean_sources(sources)), ensure_ascii=False)


def account_of(row: sqlite3.Row) -> Account:
    """The account of a row of its table."""
    return Account(
        row["number"],
        row["name"],
        Role(row["role"]),
        frozenset(json.loads(row["sources"])),
        bool(row["sees_all"]),
        datetime.fromisoformat(row["created"]),
    )
