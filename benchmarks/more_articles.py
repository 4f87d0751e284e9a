"""As many articles as a benchmark wants, out of fewer: sentences shuffled, names changed, dates spread.

The vocabulary of real text grows as a power of the articles (Heaps, Information Retrieval, 1978). The
power is taken from the articles given: how many different words their first half has, and how many all have.
In each copy so many of the words that are in three articles at most are made into new ones that its
vocabulary grows by the same power. They are what makes real vocabularies grow: foreign names, numbers, misspellings.
"""

from __future__ import annotations

import random
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count as count_from
from itertools import islice
from math import log2
from typing import Any

_NAME = re.compile(
    r"(?<![.!?…:\"“”] )(?<!^)\b([A-ZĐÀ-Ỹ][a-zà-ỹ]+(?: [A-ZĐÀ-Ỹ][a-zà-ỹ]+)+)", re.MULTILINE
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_FIRST_YEAR, _YEARS = 2005, 20
_POOL = 20_000
_RUN = re.compile(r"[^\W_]+")
_RARE = 3
"""Articles that have a rare word at most."""
_CONSONANTS, _DIGITS = "bcdfghjklmnpqrstvwxz", "0123456789"


def dated(record: dict[str, Any]) -> dict[str, Any]:
    """An article with a date and a source, always the same for its id."""
    number = zlib.crc32(record["id"].encode())
    year = _FIRST_YEAR + number % _YEARS
    day = f"{year}-{1 + number // 20 % 12:02d}-{1 + number // 240 % 28:02d}"
    return {**record, "date": day, "source": "abcd"[number % 4]}


def more_articles(records: Sequence[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """`count` articles: those given, then changed copies of them, time after time."""
    return islice(_copies(records, count > len(records)), count)


def _copies(records: Sequence[dict[str, Any]], is_more: bool) -> Iterator[dict[str, Any]]:
    yield from map(dated, records)
    if not is_more:
        return
    names, vocabulary = _names(records), Vocabulary.of(records)
    for copy in count_from(1):
        for record in records:
            yield dated(_changed(record, copy, names, vocabulary))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of some articles, and how their number grows.

    Attributes:
        rare: those in `_RARE` articles at most.
        size: how many there are.
        power: of the number of articles, by which the size grows.
    """

    rare: frozenset[str]
    size: int
    power: float

    @classmethod
    def of(cls, records: Sequence[dict[str, Any]]) -> Vocabulary:
        """The vocabulary of articles."""
        holders: Counter[str] = Counter()
        half = 0
        for number, record in enumerate(records):
            if number == len(records) // 2:
                half = len(holders)
            holders.update(set(_RUN.findall(record["body"].lower())))
        rare = frozenset(word for word, its in holders.items() if its <= _RARE)
        power = log2(len(holders) / half) if half else 0.0
        return cls(rare, len(holders), power)

    def share(self, copy: int) -> float:
        """The share of the rare words that are new ones in a copy."""
        grown: float = self.size * ((copy + 1) ** self.power - copy**self.power)
        return min(1.0, grown / max(1, len(self.rare)))

    def changed(self, text: str, copy: int) -> str:
        """A text with so many of its rare words made new, each the same way throughout a copy."""
        least = self.share(copy) * (1 << 32)

        def new(found: re.Match[str]) -> str:
            word = found[0].lower()
            if word not in self.rare or zlib.crc32(f"{word} {copy}".encode()) >= least:
                return found[0]
            return _made_up(found[0], copy)

        return _RUN.sub(new, text)


def _made_up(word: str, copy: int) -> str:
    """A word with other consonants and digits."""
    draw = random.Random(f"{word.lower()} {copy}")
    letters = []
    for letter in word:
        kind = next((one for one in (_CONSONANTS, _DIGITS) if letter.lower() in one), "")
        drawn = draw.choice(kind) if kind else letter
        letters.append(drawn.upper() if letter.isupper() else drawn)
    return "".join(letters)


def _names(records: Sequence[dict[str, Any]]) -> dict[int, list[str]]:
    """Names of the articles by how many syllables they have."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for record in records[:_POOL]:
        for name in _NAME.findall(record["body"]):
            found[name.count(" ")][name] = None
    return {size: list(its) for size, its in found.items()}


def _changed(
    record: dict[str, Any], copy: int, names: dict[int, list[str]], vocabulary: Vocabulary
) -> dict[str, Any]:
    """A copy whose names are others, the same ones throughout it, and whose sentences are shuffled."""
    draw = random.Random(f"{record['id']} {copy}")
    chosen: dict[str, str] = {}

    def other(found: re.Match[str]) -> str:
        name = found[1]
        if name not in chosen:
            chosen[name] = draw.choice(names.get(name.count(" "), [name]))
        return chosen[name]

    texts = {
        part: vocabulary.changed(_NAME.sub(other, record[part] or ""), copy)
        for part in ("title", "lead", "body")
    }
    sentences = _SENTENCE.split(texts["body"])
    draw.shuffle(sentences)
    return {
        "id": f"{record['id']}-{copy}",
        "title": texts["title"],
        "lead": texts["lead"],
        "body": "\n".join(sentences),
    }
