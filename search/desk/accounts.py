"""Accounts: who may see private sources, who may use the newsroom's desk, and who may give accounts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from indexer.engines.fields import source_key
from indexer.language.cleaning import clean_text
from search.desk.dossiers import DossierError

LEAST_PASSWORD = 12
"""Characters of a password. Source: NIST SP 800-63B-4 asks for 15 where it is all there is, 8 at least."""
LONGEST_PASSWORD = 200
LONGEST_NAME = 60
MOST_TOKENS = 20
"""Tokens of an account."""
_NAME = re.compile(r"[\w][\w .@+-]*")


class Role(StrEnum):
    """What an account may do; each role may do what those before it may."""

    READER = "reader"
    """Sees the private sources that the account names."""
    EDITOR = "editor"
    """Uses dossiers and watches."""
    ADMINISTRATOR = "administrator"
    """Sees all sources, and gives accounts."""

    @property
    def rank(self) -> int:
        """Higher for a role that may do more."""
        return list(Role).index(self)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Attributes:
        number: never given again.
        sources: the private sources that the account may see, as `source_key` gives them.
        sees_all: whether it may see all of them, those too that come later.
    """

    number: int
    name: str
    role: Role
    sources: frozenset[str]
    sees_all: bool
    created: datetime

    def may(self, role: Role) -> bool:
        """Whether the account may do what a role may."""
        return self.role.rank >= role.rank

    @property
    def shown(self) -> frozenset[str] | None:
        """The private sources that the account sees; None for all."""
        return None if self.sees_all or self.may(Role.ADMINISTRATOR) else self.sources


@dataclass(frozen=True, slots=True)
class Token:
    """What lets a program ask in an account's name, without what it is sent with.

    Attributes:
        name: what the account's owner calls it.
        used: when it was last used, about; None where never.
    """

    number: int
    name: str
    made: datetime
    used: datetime | None


def account_key(name: str) -> str:
    """An account's name for comparing: letter case and the encoding of diacritics do not count."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def clean_account_name(name: str) -> str:
    """A name as an account keeps it; raises DossierError where it is none."""
    name = unicodedata.normalize("NFC", clean_text(name)).strip()
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise DossierError(
            "bad_account_name",
            f"{name[:LONGEST_NAME]!r}: the name of an account is of letters, digits, spaces and . @ + - _,"
            f" {LONGEST_NAME} at most",
            most=LONGEST_NAME,
        )
    return name


def check_password(password: str, name: str) -> None:
    """Raise DossierError where a password is too short, too long, or can be guessed from the name."""
    if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise DossierError(
            "bad_password",
            f"a password has {LEAST_PASSWORD} to {LONGEST_PASSWORD} characters; take several words",
            least=LEAST_PASSWORD,
            most=LONGEST_PASSWORD,
        )
    folded = password.casefold()
    rest = folded.replace(account_key(name), "").strip(" 0123456789!.-_")
    if len(set(folded)) < 5 or not rest:
        raise DossierError(
            "weak_password", "this password is too easy to guess; take several words"
        )


def clean_sources(names: Iterable[str]) -> frozenset[str]:
    """The keys of sources' names; empty names are left out."""
    return frozenset(filter(None, map(source_key, map(clean_text, names))))
