"""Queries find what a person finds who reads every article: made together with what they mean, by no parser."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import pytest

from indexer.article import Article
from indexer.language.analysis import syllables
from indexer.language.normalise import fold, has_diacritics
from indexer.moments import vietnam_day
from search.archive import Archive
from search.requests import Copies, SearchRequest
from tests.search.query.conftest import Ids

ASKED = 100


@dataclass(frozen=True)
class Read:
    """An article as its reader has it: the syllables of its title, standfirst and body, one part after the other."""

    article: Article
    title: list[str]
    parts: tuple[list[str], ...]

    @classmethod
    def of(cls, article: Article, *, folded: bool) -> Read:
        """An article, read."""
        title, lead, body = (
            [fold(one) if folded else one for one in syllables(part)]
            for part in (article.title, article.lead, article.body)
        )
        return cls(article, title, (title, lead, body))

    def places(self, words: Sequence[str]) -> list[tuple[int, int, int]]:
        """Where words stand side by side: the part, the first syllable and the one behind the last."""
        size = len(words)
        return [
            (number, at, at + size)
            for number, part in enumerate(self.parts)
            for at in range(len(part) - size + 1)
            if part[at : at + size] == list(words)
        ]


Holds = Callable[[Read], bool]


@dataclass(frozen=True)
class Asked:
    """A part of a query, and which articles have it."""

    text: str
    holds: Holds


class Asker:
    """Makes parts of queries about what articles say."""

    def __init__(self, articles: Sequence[Read], seed: int, usable: Callable[[str], bool]) -> None:
        self.chance = random.Random(seed)
        self.articles = articles
        self.usable = usable

    def some(self, least: int, most: int) -> list[str]:
        """Usable words that stand side by side somewhere."""
        while True:
            part = self.chance.choice(self.chance.choice(self.articles).parts)
            size = self.chance.randint(least, most)
            at = self.chance.randrange(max(1, len(part) - size))
            words = part[at : at + size]
            if len(words) == size and all(map(self.usable, words)):
                return words

    def word(self) -> Asked:
        (word,) = self.some(1, 1)
        return Asked(word, lambda read: bool(read.places([word])))

    def phrase(self) -> Asked:
        words = self.some(2, 4)
        return Asked(f'"{" ".join(words)}"', lambda read: bool(read.places(words)))

    def prefix(self) -> Asked:
        word = self.some(1, 1)[0]
        begins = [word[:end] for end in range(2, len(word) + 1) if self.usable(word[:end])]
        if not begins:
            return self.word()
        begin = self.chance.choice(begins)

        def holds(read: Read) -> bool:
            return any(one.startswith(begin) for part in read.parts for one in part)

        return Asked(f"{begin}*", holds)

    def title(self) -> Asked:
        title = self.chance.choice(self.articles).title
        size = self.chance.randint(1, 4)
        at = self.chance.randrange(max(1, len(title) - size))
        words = title[at : at + size]
        if len(words) < size or not all(map(self.usable, words)):
            words = self.some(1, 1)
        last = words[-1]
        ends = [end for end in range(2, len(last)) if self.usable(last[:end])]
        is_cut = bool(ends) and self.chance.random() < 0.3
        if is_cut:
            words = [*words[:-1], last[: self.chance.choice(ends)]]

        def fits(word: str, sought: str) -> bool:
            return word.startswith(sought) if is_cut and sought is words[-1] else word == sought

        def holds(read: Read) -> bool:
            starts = range(len(read.title) - len(words) + 1)
            return any(all(map(fits, read.title[one:], words)) for one in starts)

        text = " ".join(words) + ("*" if is_cut else "")
        return Asked(f'tiêu_đề:"{text}"' if len(words) > 1 else f"tiêu_đề:{text}", holds)

    def titled(self) -> Asked:
        """Several parts in parentheses behind the field."""
        words = self.chance.choice(self.articles).title
        one, other = self.chance.choice(words), self.chance.choice([*words, *self.some(1, 1)])
        if not (self.usable(one) and self.usable(other)):
            return self.word()
        has_either = self.chance.random() < 0.5

        def holds(read: Read) -> bool:
            found = one in read.title, other in read.title
            return any(found) if has_either else all(found)

        return Asked(f"tiêu_đề:({one}{' OR' if has_either else ''} {other})", holds)

    def near(self) -> Asked:
        left, right = self.some(1, 2), self.some(1, 2)
        while set(left) & set(right):
            right = self.some(1, 2)
        near, most = (
            self.chance.choice(("NEAR", "GẦN", "gần")),
            self.chance.choice((0, 1, 5, 20, 60)),
        )

        def holds(read: Read) -> bool:
            return any(
                one[0] == other[0] and max(one[1], other[1]) - min(one[2], other[2]) <= most
                for one, other in product(read.places(left), read.places(right))
            )

        return Asked(f"{quoted(left)} {near}/{most} {quoted(right)}", holds)

    def often(self) -> Asked:
        word, least = self.some(1, 1), self.chance.randint(1, 4)
        return Asked(f"lần:{least} {word[0]}", lambda read: len(read.places(word)) >= least)

    def printed(self) -> Asked:
        source = self.chance.choice(self.articles).article.source
        return Asked(f'nguồn:"{source}"', lambda read: read.article.source == source)

    def dated(self) -> Asked:
        day = vietnam_day(self.chance.choice(self.articles).article.published)
        if day is None:
            return self.word()
        since = self.chance.random() < 0.5

        def holds(read: Read) -> bool:
            its = vietnam_day(read.article.published)
            return its is not None and (its >= day if since else its <= day)

        return Asked(f"{'từ' if since else 'đến'}:{day}", holds)

    def either(self, depth: int) -> Asked:
        parts = [self.part(depth - 1) for _ in range(self.chance.randint(2, 3))]
        text = self.chance.choice((" OR ", " HOẶC ", " | ")).join(map(grouped, parts))
        return Asked(f"({text})", lambda read: any(one.holds(read) for one in parts))

    def every(self, depth: int) -> Asked:
        parts = [self.part(depth - 1) for _ in range(self.chance.randint(2, 3))]
        text = self.chance.choice((" AND ", " VÀ ")).join(map(grouped, parts))
        return Asked(f"({text})", lambda read: all(one.holds(read) for one in parts))

    def part(self, depth: int) -> Asked:
        """A part; of others where `depth` allows."""
        simple = (
            *(self.word, self.word, self.phrase, self.prefix, self.title, self.titled),
            *(self.near, self.often, self.printed, self.dated),
        )
        if depth and self.chance.random() < 0.4:
            return self.chance.choice((self.either, self.every))(depth)
        return self.chance.choice(simple)()

    def query(self) -> Asked:
        """Parts that all have to be there, and some that must not."""
        wanted = [self.part(2) for _ in range(self.chance.randint(2, 3))]
        unwanted = [self.part(1) for _ in range(self.chance.choice((0, 0, 1, 2)))]
        text = " AND ".join(map(grouped, wanted))
        without = self.chance.choice((" AND NOT ", " VÀ KHÔNG ", " NOT "))
        text += "".join(f"{without}{grouped(one)}" for one in unwanted)
        return Asked(
            text,
            lambda read: (
                all(one.holds(read) for one in wanted)
                and not any(one.holds(read) for one in unwanted)
            ),
        )


def quoted(words: Sequence[str]) -> str:
    return f'"{" ".join(words)}"' if len(words) > 1 else words[0]


def grouped(part: Asked) -> str:
    """A part that stands beside operators: what has some of its own is in parentheses."""
    is_joined = "/" in part.text or part.text.startswith("lần:")
    return f"({part.text})" if is_joined and part.text[0] != "(" else part.text


def bare(query: str) -> str:
    """A query with its fields' names without diacritics as well."""
    return (
        query.replace("tiêu_đề:", "tieu_de:")
        .replace("từ:", "tu:")
        .replace("đến:", "den:")
        .replace("lần:", "lan:")
        .replace("nguồn:", "nguon:")
    )


def is_marked(word: str) -> bool:
    return word.isalpha() and has_diacritics(word)


@pytest.mark.parametrize("seed", range(3))
def test_queries_find_what_a_reader_finds(archive: Archive, ids: Ids, seed: int) -> None:
    articles = archive.results(SearchRequest("", copies=Copies.ALL))
    read = [Read.of(one, folded=False) for one in articles]
    agree(Asker(read, seed, is_marked), ids)


@pytest.mark.parametrize("seed", range(3))
def test_queries_without_diacritics_find_all_spellings(
    archive: Archive, ids: Ids, seed: int
) -> None:
    articles = archive.results(SearchRequest("", copies=Copies.ALL))
    read = [Read.of(one, folded=True) for one in articles]
    agree(Asker(read, seed, str.isalpha), lambda query: ids(bare(query)))


def agree(asker: Asker, ids: Ids) -> None:
    """Compare the answers to many queries with what the reader finds."""
    some = 0
    for _ in range(ASKED):
        asked = asker.query()
        expected = {read.article.id for read in asker.articles if asked.holds(read)}
        assert ids(asked.text) == expected, asked.text
        some += bool(expected)
    assert some > ASKED / 10
