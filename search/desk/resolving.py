"""Which articles of the archive the entries of a dossier are by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from indexer.article import Article
from indexer.documents import KEYS, article_keys
from indexer.engines.base import Plan, Searcher
from indexer.engines.conditions import Term
from indexer.link_keys import address_link_key, id_link_key, link_keys
from indexer.moments import vietnam_day
from search.articles import fetch_articles
from search.desk.dossiers import Entry

_BLOCK = 200
_MOST_FOUND = 2000
"""Articles that are looked at for a block of entries; many may share one title."""


def current_ids(searcher: Searcher, entries: Sequence[Entry]) -> list[str | None]:
    """The id of each entry's article in a commit; None for one that the archive does not hold.

    An article keeps its id mostly. It may have got another by indexing anew under another address, or as a
    version of another article: then it is found by its former id, by its address, or else by title and day
    where these are of one article alone.
    """
    ids = [one.article for one in entries]
    groups = searcher.groups(ids)
    found: list[str | None] = [
        id if group is not None else None for id, group in zip(ids, groups, strict=True)
    ]
    lost = iter([at for at, id in enumerate(found) if id is None])
    while block := list(islice(lost, _BLOCK)):
        moved = _moved(searcher, [entries[at] for at in block])
        for at, id in zip(block, moved, strict=True):
            found[at] = id
    return found


def _moved(searcher: Searcher, entries: Sequence[Entry]) -> list[str | None]:
    keys = [list(_sure_keys(one)) for one in entries]
    titles = [link_keys(one.title, None)[0] for one in entries]
    every = tuple(dict.fromkeys([key for its in keys for key in its] + titles))
    hits = searcher.search(Plan(required=(Term(KEYS, every),), limit=_MOST_FOUND)).hits
    holders: dict[str, list[Article]] = {}
    for article in fetch_articles(searcher, [hit.id for hit in hits]):
        if article is not None:
            for key in article_keys(article):
                holders.setdefault(key, []).append(article)
    return [
        next((holders[key][0].id for key in its if key in holders), None)
        or _only(one for one in holders.get(title, ()) if _same_day(one, entry))
        for its, title, entry in zip(keys, titles, entries, strict=True)
    ]


def _sure_keys(entry: Entry) -> Iterator[str]:
    yield id_link_key(entry.article)
    if entry.url:
        yield address_link_key(entry.url)


def _same_day(article: Article, entry: Entry) -> bool:
    return vietnam_day(article.published) == vietnam_day(entry.published)


def _only(articles: Iterable[Article]) -> str | None:
    ids = {one.id for one in articles}
    return ids.pop() if len(ids) == 1 else None
