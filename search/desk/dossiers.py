"""Dossiers: articles that somebody has put together, with notes, tags and an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from indexer.article import Article
from indexer.errors import KhobaoError
from indexer.language.analysis import syllables
from indexer.language.cleaning import clean_text
from indexer.language.normalise import fold, nfc
from indexer.moments import Moment

MOST_ENTRIES = 10_000
"""Articles of a dossier."""
LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 120, 20_000, 60, 40


class DossierError(KhobaoError):
    """What was asked of a dossier cannot be done.

    Attributes:
        reason: a word for it that the web app has a text for.
        values: what the text names.
    """

    def __init__(self, reason: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a dossier, with what it takes to cite it when the archive holds it no more.

    Attributes:
        article: the id that it had when it was added.
        tags: of the newsroom, not of the paper.
        added: when.
    """

    article: str
    title: str
    added: datetime
    url: str | None = None
    published: Moment | None = None
    source: str | None = None
    section: str | None = None
    author: str | None = None
    note: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DossierHead:
    """A dossier without its articles.

    Attributes:
        number: names it in addresses; never given again.
        count: of its articles.
        share: the secret part of the address that shows it to others; None while it is not shared.
        version: raised by every change.
    """

    number: int
    name: str
    note: str
    count: int
    share: str | None
    created: datetime
    changed: datetime
    version: int

    @property
    def query(self) -> str:
        """The query that finds its articles."""
        return f'hồ_sơ:"{" ".join(syllables(nfc(self.name)))}"'


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier with its articles in their order."""

    head: DossierHead
    entries: tuple[Entry, ...]


def entry_of(article: Article, added: datetime) -> Entry:
    """An article as an entry."""
    return Entry(
        article.id,
        article.title,
        added,
        article.url,
        article.published,
        article.source,
        article.section,
        article.author,
    )


def name_key(name: str) -> str:
    """What two ways to write a dossier's name share: case, signs and spaces count for nothing."""
    return " ".join(syllables(nfc(name.replace("_", " "))))


def loose_key(key: str) -> str:
    """A key without diacritics."""
    return fold(key)


def clean_name(name: str) -> str:
    """A name as it is kept.

    Raises:
        DossierError: it is empty or too long.
    """
    name = " ".join(clean_text(name).split())
    if not name_key(name):
        raise DossierError("bad_name", f"{name!r}: a dossier's name needs letters or digits")
    if len(name) > LONGEST_NAME:
        raise DossierError(
            "long_name",
            f"a dossier's name has {LONGEST_NAME} characters at most",
            most=LONGEST_NAME,
        )
    return name


def clean_note(note: str) -> str:
    """A note as it is kept.

    Raises:
        DossierError: it is too long.
    """
    note = clean_text(note).strip()
    if len(note) > LONGEST_NOTE:
        raise DossierError(
            "long_note", f"a note has {LONGEST_NOTE} characters at most", most=LONGEST_NOTE
        )
    return note


def clean_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Tags as they are kept: each once, whatever its case.

    Raises:
        DossierError: there are too many, or one is too long.
    """
    found: dict[str, str] = {}
    for tag in tags:
        if text := " ".join(clean_text(tag).replace(",", " ").replace(";", " ").split()):
            found.setdefault(nfc(text).lower(), text)
    if len(found) > MOST_TAGS or any(len(one) > LONGEST_TAG for one in found.values()):
        raise DossierError(
            "bad_tags",
            f"an article has {MOST_TAGS} tags at most, of {LONGEST_TAG} characters",
            most=MOST_TAGS,
            longest=LONGEST_TAG,
        )
    return tuple(found.values())


def split_tags(text: str) -> tuple[str, ...]:
    """Tags as they are typed, with commas or semicolons between them; raises as `clean_tags`."""
    return clean_tags(text.replace(";", ",").replace("\n", ",").split(","))
