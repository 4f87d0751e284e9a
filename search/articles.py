"""Articles of a searcher by their ids, with their tokens where these are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.article import Article
from indexer.engines.base import Plan, Searcher
from indexer.engines.capabilities import HasTokenArrays, TokenArrays, TokenHashes, capability
from indexer.engines.conditions import Term
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import article_tokens
from indexer.records import decode_heading, decode_record


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with the tokens of its title, lead and body."""

    article: Article
    tokens: TokenArrays


def fetch_articles(searcher: Searcher, ids: Sequence[str]) -> list[Article | None]:
    """Articles in the order of `ids`; None where the searcher holds none with this id."""
    return [None if record is None else decode_record(record) for record in searcher.records(ids)]


def fetch_headings(searcher: Searcher, ids: Sequence[str]) -> list[Article | None]:
    """`fetch_articles` without their bodies and versions: what a list shows of them."""
    return [None if record is None else decode_heading(record) for record in searcher.records(ids)]


def fetch_stored(searcher: Searcher, ids: Sequence[str]) -> list[StoredArticle]:
    """Articles that the searcher has just found, with their tokens."""
    articles = fetch_articles(searcher, ids)
    arrays = fetch_tokens(searcher, ids)
    return [
        StoredArticle(article, tokens)
        for article, tokens in zip(articles, arrays, strict=True)
        if article is not None and tokens is not None
    ]


def fetch_tokens(searcher: Searcher, ids: Sequence[str]) -> list[TokenArrays | None]:
    """Tokens of articles in the order of `ids`, from their texts where the searcher keeps none."""
    if store := capability(searcher, HasTokenArrays):
        return store.token_arrays(ids)
    return [
        None if article is None else _tokens_of(article)
        for article in fetch_articles(searcher, ids)
    ]


def fetch_hashes(searcher: Searcher, ids: Sequence[str]) -> list[TokenHashes]:
    """The token hashes of articles that the searcher has just found."""
    if store := capability(searcher, HasTokenArrays):
        return [one for one in store.token_hashes(ids) if one is not None]
    return [one.token_hashes for one in fetch_tokens(searcher, ids) if one is not None]


def sample_hashes(searcher: Searcher, term: Term, count: int) -> list[TokenHashes]:
    """Token hashes of some articles that hold a term."""
    if store := capability(searcher, HasTokenArrays):
        return store.samples(term, count)
    hits = searcher.search(Plan(required=(term,), limit=count)).hits
    return fetch_hashes(searcher, [hit.id for hit in hits])


def _tokens_of(article: Article) -> TokenArrays:
    tokens, offsets = article_tokens(article)
    return TokenArrays(hash_tokens(tokens), np.array(offsets, dtype=np.uint32))
