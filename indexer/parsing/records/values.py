"""The values of a record's keys: texts in whatever holds them, lists written as text, dates of every kind."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any

from indexer.language.cleaning import clean_text
from indexer.moments import Moment
from indexer.parsing.dates import moment_of_number, parse_moment
from indexer.parsing.records.shapes import text_in

_PICTURE = frozenset({"image", "img", "photo", "picture", "gallery", "video", "figure", "media"})
_INNER = (
    "text",
    "content",
    "value",
    "html",
    "body",
    "paragraph",
    "data",
    "items",
    "children",
    "blocks",
)


def parts(value: object) -> Iterator[str]:
    """The texts of a body: a text, markup, a list of paragraphs or of blocks of an editor."""
    if isinstance(value, str):
        listed = literal_list(value)
        if listed is None:
            yield value
        else:
            yield from parts(listed)
    elif isinstance(value, list):
        for one in value:
            yield from parts(one)
    elif isinstance(value, dict):
        if str(value.get("type", "")).lower() in _PICTURE:
            return
        inner = text_in(value)
        if inner is not None:
            yield inner
            return
        keys = [key for key in _INNER if value.get(key)]
        if not keys:
            raise ValueError('"body" is not text')
        for key in keys:
            yield from parts(value[key])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def literal_list(text: str) -> list[Any] | None:
    """The list that a table's cell or a field holds as text: ``['một', 'hai']``."""
    start = text.lstrip()[:2]
    if start not in ("['", '["') or not text.rstrip().endswith("]"):
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return value if isinstance(value, list) else None
    return None


def read_moment(value: object) -> Moment | None:
    """A date as text, as a number, in an object or a list."""
    if isinstance(value, str):
        return parse_moment(clean_text(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return moment_of_number(value)
    if isinstance(value, list):
        return next((moment for one in value if (moment := read_moment(one)) is not None), None)
    if isinstance(value, dict):
        keys = ("$date", "date", "iso", "value", "seconds", "_seconds", "$numberLong", "timestamp")
        inner = next((value[key] for key in keys if key in value), None)
        return read_moment(inner) if not isinstance(inner, dict) or "$numberLong" in inner else None
    return None
