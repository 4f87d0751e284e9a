"""What the formats of agencies cannot hold of an article: values beside them, under names of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from indexer.article import Article, article_digest, article_fields
from indexer.language.cleaning import json_text
from indexer.moments import Moment, PartialDate, first_moment

PREFIX = "khobao:"
"""Before the names of values that are ours alone."""
_TEXTS = ("id", "url", "published", "updated", "captured")
_STRUCTURES = ("credit", "related_links", "scan")


def own_values(article: Article) -> dict[str, str]:
    """Name -> value of what no field of the format says exactly, empty ones left out.

    The digest is among them: a record that has one is read as plain text, without looking for bylines.
    """
    fields = article_fields(article)
    values = {name: fields[name] for name in _TEXTS if fields[name]}
    values |= {name: json_text(fields[name]) for name in _STRUCTURES if fields[name]}
    return {f"{PREFIX}{name}": value for name, value in values.items()} | {
        f"{PREFIX}digest": article_digest(article)
    }


def read_own_values(values: Mapping[str, str]) -> dict[str, Any]:
    """Inverse of `own_values`, as keys of a record; empty for a record of somebody else.

    Raises:
        ValueError: a value was changed into something that cannot be read.
    """
    own: dict[str, Any] = {
        name.removeprefix(PREFIX): value
        for name, value in values.items()
        if name.startswith(PREFIX)
    }
    if "digest" not in own:
        return {}
    for name in _STRUCTURES:
        try:
            own[name] = json.loads(own[name]) if name in own else None
        except json.JSONDecodeError:
            raise ValueError(f'"{PREFIX}{name}" is damaged') from None
    return {name: own.get(name) for name in (*_TEXTS, *_STRUCTURES, "digest")}


def uri_of(article: Article) -> str:
    """The address of an article, or a name for it."""
    return article.url or f"urn:khobao:{quote(article.id, safe='')}"


def date_time(moment: Moment | None) -> str | None:
    """A date and time as RFC 3339 has them; a day begins in Việt Nam, a month or a year is no moment."""
    if moment is None or isinstance(moment, PartialDate):
        return None
    return (moment if isinstance(moment, datetime) else first_moment(moment)).isoformat()
