"""Texts and dates of a record that are in no field of its article: they are named, never dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from indexer.article import Article
from indexer.language.cleaning import clean_text
from indexer.language.normalise import bare
from indexer.moments import Moment
from indexer.parsing.markup import text_of_markup
from indexer.parsing.records.values import read_moment

LONG = 200
"""Characters from which a text that is in no field is too much to leave out without a word."""
_DATE_KEY = re.compile(r"date|time|ngay|gio|publish|created|posted|_at$|At$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unread:
    """A key whose value is in no field of the article.

    Attributes:
        key: as the record has it, with what stands above it.
        kind: ``long text`` or ``date``.
    """

    key: str
    kind: str


def find_unread(left: Iterable[tuple[str, Any]], article: Article) -> Iterator[Unread]:
    """The keys with a long text or a date that no field of the article has.

    Args:
        left: keys, with what stands above them, that were not read, and their values.
    """
    texts = bare("\n".join((article.title, article.lead, article.body, *article.captions)))
    days = {_day(moment) for moment in (article.published, article.updated) if moment is not None}
    for place, value in left:
        if isinstance(value, str | int | float) and _is_date(place, value):
            moment = read_moment(value)
            if moment is not None and _day(moment) not in days:
                yield Unread(place, "date")
            continue
        long = max(_long_texts(value), key=len, default="")
        if long and not _is_known(long, texts):
            yield Unread(place, "long text")


def _is_known(text: str, texts: str) -> bool:
    """Whether most of a text is in the article: by its beginning, its middle and its end."""
    known = bare(text_of_markup(clean_text(text)))
    if len(known) < LONG:
        return True
    pieces = [known[at : at + 40] for at in (5, len(known) // 2, len(known) - 60)]
    return sum(piece in texts for piece in pieces) >= 2


def _long_texts(value: object) -> Iterator[str]:
    """The long texts in a value."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            if len(one) >= LONG and not one.startswith(("http", "data:")) and " " in one:
                yield one
        elif isinstance(one, list):
            joined = "\n".join(part for part in one if isinstance(part, str))
            stack.extend(part for part in one if not isinstance(part, str))
            if joined:
                stack.append(joined)
        elif isinstance(one, dict):
            stack.extend(one.values())


def _is_date(place: str, value: str | float) -> bool:
    key = place.rpartition(".")[2]
    if isinstance(value, str):
        return (
            6 <= len(value) <= 40
            and any(char.isdigit() for char in value)
            and (bool(_DATE_KEY.search(key)) or bool(re.match(r"\d{4}-\d{2}-\d{2}", value)))
        )
    return not isinstance(value, bool) and bool(_DATE_KEY.search(key)) and value > 1e8


def _day(moment: Moment) -> str:
    return moment.isoformat()[:10]
