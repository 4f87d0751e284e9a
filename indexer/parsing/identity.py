"""Identifiers of articles: stable over runs and machines, safe as one segment of a URL path."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from indexer.language.normalise import fold, lower, nfc

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,119}")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SLUG_LENGTH = 60
_LONGEST_TITLE = 100


def slug(text: str) -> str:
    """``Đường sắt Lào Cai`` gives ``duong-sat-lao-cai``: at most 60 characters, cut between words."""
    whole = _NOT_WORD.sub("-", fold(lower(nfc(text)))).strip("-")
    if len(whole) <= _SLUG_LENGTH:
        return whole
    return whole[: _SLUG_LENGTH + 1].rpartition("-")[0] or whole[:_SLUG_LENGTH]


def make_id(title: str, key: str) -> str:
    """A readable id: the title's slug and eight hexadecimal digits of SHA-256 of `title` and `key`.

    Args:
        title: the headline, for people.
        key: what tells articles with the same title apart: the canonical URL, else the file's name.
    """
    digest = hashlib.sha256(f"{title}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{readable}-{digest}" if (readable := slug(title)) else digest


def given_id(value: str) -> str:
    """An id that a file states, kept as it is where that is safe in a URL."""
    value = value.strip()
    return value if _SAFE.fullmatch(value) else make_id(value, "id")


def first_words(texts: Iterable[str]) -> str:
    """The first words of a text, in the place of a headline that is missing."""
    words = " ".join(texts).split()
    title = ""
    for number, word in enumerate(words):
        if len(title) + len(word) > _LONGEST_TITLE:
            return f"{title}…"
        title = f"{title} {word}" if number else word
    return title
