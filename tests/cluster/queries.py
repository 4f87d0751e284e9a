"""Queries of every operator, made of an archive's own articles."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date

from indexer.article import Article
from indexer.engines.base import Interval
from indexer.language.analysis import syllables
from indexer.language.normalise import fold
from indexer.moments import vietnam_day
from search.requests import SearchRequest, Sort, Words

FACETS = ("source", "section", "author", "person", "place", "organisation")


def requests_of(articles: Sequence[Article], count: int, seed: int = 1) -> Iterator[SearchRequest]:
    """Requests; the same ones for the same articles."""
    chance = random.Random(seed)
    makers = (_plain, _headline, _folded, _phrase, _either, _without, _must, _field, _prefix,
              _dates, _grouped, _mixed, _empty, _misspelt, _of_a_time, _near, _scoped, _often, _joined, _pattern,
              _long)  # fmt: skip
    for number in range(count):
        article = chance.choice(articles)
        words = syllables(f"{article.title} {article.lead} {article.body}") or ["tin"]
        query = makers[number % len(makers)](chance, article, words)
        yield _request(chance, query, article)


def _request(chance: random.Random, query: str, article: Article) -> SearchRequest:
    filters: dict[str, str] = {}
    if article.source and chance.random() < 0.15:
        filters["source"] = article.source
    if article.section and chance.random() < 0.1:
        filters["section"] = article.section
    day = vietnam_day(article.published)
    since = date(day.year - chance.randrange(4), 1, 1) if day and chance.random() < 0.15 else None
    until = date(day.year, 12, 31) if day and chance.random() < 0.1 else None
    per_page = chance.choice((5, 10, 10, 10, 20, 50))
    return SearchRequest(
        query,
        page=chance.choice((1, 1, 1, 1, 2, 3)),
        per_page=per_page,
        sort=chance.choice((Sort.RELEVANCE,) * 5 + (Sort.RECENT, Sort.NEWEST, Sort.OLDEST)),
        filters=filters,
        since=since,
        until=until,
        words=chance.choice((Words.AUTO,) * 8 + (Words.ALL, Words.ANY)),
        facets=FACETS,
        interval=chance.choice((None, None, Interval.YEAR, Interval.MONTH, Interval.DAY)),
    )


def _of_a_time(chance: random.Random, article: Article, words: list[str]) -> str:
    day = vietnam_day(article.published) or date(2018, 5, 20)
    time = chance.choice((f"năm {day.year}", f"tháng {day.month}/{day.year}", f"{day:%d/%m/%Y}"))
    return f"{_some(chance, words, 2, 4)} {time}"


def _some(chance: random.Random, words: list[str], least: int, most: int) -> str:
    size = chance.randint(least, most)
    at = chance.randrange(max(1, len(words) - size))
    return " ".join(words[at : at + size])


def _plain(chance: random.Random, _: Article, words: list[str]) -> str:
    return _some(chance, words, 1, 5)


def _headline(_: random.Random, article: Article, __: list[str]) -> str:
    return article.title.replace('"', "")


def _folded(chance: random.Random, _: Article, words: list[str]) -> str:
    return fold(_some(chance, words, 1, 6))


def _phrase(chance: random.Random, _: Article, words: list[str]) -> str:
    quoted = _some(chance, words, 2, 3)
    return f'"{quoted if chance.random() < 0.6 else fold(quoted)}" {_some(chance, words, 1, 2)}'


def _either(chance: random.Random, _: Article, words: list[str]) -> str:
    return (
        f"{_some(chance, words, 1, 1)} OR {_some(chance, words, 1, 1)} {_some(chance, words, 0, 2)}"
    )


def _without(chance: random.Random, _: Article, words: list[str]) -> str:
    return f"{_some(chance, words, 1, 3)} -{_some(chance, words, 1, 1)}"


def _must(chance: random.Random, _: Article, words: list[str]) -> str:
    return f"{_some(chance, words, 2, 4)} +{_some(chance, words, 1, 1)}"


def _field(chance: random.Random, article: Article, words: list[str]) -> str:
    title = syllables(article.title) or ["tin"]
    options = [f"title:{chance.choice(title)}", f'title:"{_some(chance, title, 2, 2)}"']
    if article.source:
        options.append(f'source:"{article.source}"')
    if article.author:
        options.append(f"author:{chance.choice(syllables(article.author) or ['an'])}")
    return f"{_some(chance, words, 0, 2)} {chance.choice(options)}"


def _prefix(chance: random.Random, _: Article, words: list[str]) -> str:
    word = chance.choice(words)
    return f"{word[: chance.randint(1, 3)]}* {_some(chance, words, 1, 2)}"


def _dates(chance: random.Random, article: Article, words: list[str]) -> str:
    day = vietnam_day(article.published) or date(2020, 1, 1)
    return f"{_some(chance, words, 1, 2)} từ:{day.year} đến:{day.year + chance.randrange(3)}"


def _grouped(chance: random.Random, _: Article, words: list[str]) -> str:
    one, other, third = (_some(chance, words, 1, 2) for _ in range(3))
    return f'({one} {other}) OR "{third}"'


def _mixed(chance: random.Random, article: Article, words: list[str]) -> str:
    return f"{_phrase(chance, article, words)} -{chance.choice(words)} {fold(_some(chance, words, 1, 2))}"


def near_query(chance: random.Random, words: list[str]) -> str:
    """Words, or a word and a phrase, that stand near each other in an article, or nearly so."""
    at = chance.randrange(max(1, len(words) - 12))
    near = words[at : at + 12]
    one, other = chance.choice(near), chance.choice(near)
    if chance.random() < 0.4:
        other = f'"{_some(chance, near, 2, 2)}"'
    elif chance.random() < 0.2:
        other = f"({other} OR {chance.choice(words)})"
    return f"{one} NEAR/{chance.randrange(12)} {other}"


def scoped_query(chance: random.Random, words: list[str]) -> str:
    """Two or three words or phrases of one stretch of an article."""
    query = near_query(chance, words)
    operator = chance.choice(("TRONG CÂU", "/s", "TRONG ĐOẠN", "/p"))
    whole = re.sub(r"NEAR/\d+", operator, query)
    return f"{whole} {operator} {chance.choice(words)}" if chance.random() < 0.2 else whole


def often_query(chance: random.Random, words: list[str]) -> str:
    """A word or a phrase said several times."""
    what = chance.choice(words) if chance.random() < 0.7 else f'"{_some(chance, words, 2, 2)}"'
    return f"lần:{chance.randint(1, 6)} {what}"


def _near(chance: random.Random, _: Article, words: list[str]) -> str:
    return f"{near_query(chance, words)} {_some(chance, words, 0, 1)}"


def _scoped(chance: random.Random, _: Article, words: list[str]) -> str:
    return f"{scoped_query(chance, words)} {_some(chance, words, 0, 1)}"


def _often(chance: random.Random, _: Article, words: list[str]) -> str:
    return f"{often_query(chance, words)} {_some(chance, words, 0, 1)}"


def _joined(chance: random.Random, _: Article, words: list[str]) -> str:
    one, other, third = (_some(chance, words, 1, 2) for _ in range(3))
    return f"{one} {chance.choice(('AND', 'VÀ', 'NOT', 'KHÔNG', 'AND NOT'))} {other} {third}"


def _pattern(chance: random.Random, _: Article, words: list[str]) -> str:
    word = max((chance.choice(words) for _ in range(4)), key=len)
    at = chance.randrange(len(word))
    like = f"{word[:at]}{chance.choice('*?')}{word[at + 1 :]}"
    return chance.choice((like, f'"{chance.choice(words)} {like}"', f"{like} /s {words[0]}"))


def _long(chance: random.Random, _: Article, words: list[str]) -> str:
    least = chance.randrange(400)
    return (
        f"dài:{least}-{least + chance.randrange(300)} {_some(chance, words, 0, 2)} NOT có:tác_giả"
    )


def _empty(*_: object) -> str:
    return ""


def _misspelt(chance: random.Random, _: Article, words: list[str]) -> str:
    text = list(_some(chance, words, 2, 4))
    at = chance.randrange(len(text))
    text[at : at + 2] = reversed(text[at : at + 2])
    return "".join(text)
