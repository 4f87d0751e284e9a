"""Passwords as they are kept: by Argon2id. Source: RFC 9106; OWASP, Password Storage Cheat Sheet."""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_AT_ONCE = BoundedSemaphore(2)
"""Each takes 64 MiB: many who sign in at once must not take the memory of the searches."""


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(_plain(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password is the one that is kept.

    Args:
        kept: None for an account that there is not: the answer takes as long.
    """
    try:
        with _AT_ONCE:
            _HASHER.verify(kept or _nobodys(), _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a password is kept in a way that is no longer the best."""
    return _HASHER.check_needs_rehash(kept)


def _plain(password: str) -> bytes:
    # The same keys give the same password on every system.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _nobodys() -> str:
    return _HASHER.hash("of nobody")
