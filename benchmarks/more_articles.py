"""As many articles as a benchmark wants, out of fewer: sentences shuffled, names changed, dates spread."""

from __future__ import annotations

import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

_NAME = re.compile(
    r"(?<![.!?…:\"“”] )(?<!^)\b([A-ZĐÀ-Ỹ][a-zà-ỹ]+(?: [A-ZĐÀ-Ỹ][a-zà-ỹ]+)+)", re.MULTILINE
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_FIRST_YEAR, _YEARS = 2005, 20
_POOL = 20_000


def dated(record: dict[str, Any]) -> dict[str, Any]:
    """An article with a date and a source, always the same for its id."""
    number = zlib.crc32(record["id"].encode())
    year = _FIRST_YEAR + number % _YEARS
    day = f"{year}-{1 + number // 20 % 12:02d}-{1 + number // 240 % 28:02d}"
    return {**record, "date": day, "source": "abcd"[number % 4]}


def more_articles(records: Sequence[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """`count` articles: those given, then changed copies of them, time after time."""
    names = _names(records)
    return islice(_copies(records, names), count)


def _copies(
    records: Sequence[dict[str, Any]], names: dict[int, list[str]]
) -> Iterator[dict[str, Any]]:
    yield from map(dated, records)
    copy = 1
    while True:
        for record in records:
            yield dated(_changed(record, copy, names))
        copy += 1


def _names(records: Sequence[dict[str, Any]]) -> dict[int, list[str]]:
    """Names of the articles by how many syllables they have."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for record in records[:_POOL]:
        for name in _NAME.findall(record["body"]):
            found[name.count(" ")][name] = None
    return {size: list(its) for size, its in found.items()}


def _changed(record: dict[str, Any], copy: int, names: dict[int, list[str]]) -> dict[str, Any]:
    """A copy whose names are others, the same ones throughout it, and whose sentences are shuffled."""
    draw = random.Random(f"{record['id']} {copy}")
    chosen: dict[str, str] = {}

    def other(found: re.Match[str]) -> str:
        name = found[1]
        if name not in chosen:
            chosen[name] = draw.choice(names.get(name.count(" "), [name]))
        return chosen[name]

    texts = {part: _NAME.sub(other, record[part] or "") for part in ("title", "lead", "body")}
    sentences = _SENTENCE.split(texts["body"])
    draw.shuffle(sentences)
    return {
        "id": f"{record['id']}-{copy}",
        "title": texts["title"],
        "lead": texts["lead"],
        "body": "\n".join(sentences),
    }
