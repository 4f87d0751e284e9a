"""The copies of articles: the same report in other papers, or again in one."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.engines.base import Searcher
from indexer.moments import in_time
from indexer.records import decode_heading
from search.results import ArticleCopy


def copies_of(searcher: Searcher, ids: Sequence[str]) -> list[tuple[ArticleCopy, ...]]:
    """The other articles of each article's group: the oldest first, undated ones at the end."""
    groups = [name or id for id, name in zip(ids, searcher.groups(ids), strict=True)]
    others = [
        [one for one in dict.fromkeys((name, *members)) if one != id]
        for id, name, members in zip(ids, groups, searcher.members(groups), strict=True)
    ]
    wanted = list(dict.fromkeys(one for its in others for one in its))
    # A name may be no id, or that of an article that is gone or in another group by now.
    named = dict(zip(wanted, searcher.groups(wanted), strict=True)) if wanted else {}
    wanted = [one for one in wanted if named[one] in groups]
    records = zip(wanted, searcher.records(wanted) if wanted else [], strict=True)
    found = {id: _copy(id, record) for id, record in records if record is not None}
    return [
        tuple(
            sorted(
                (found[one] for one in its if one in found and named[one] == name),
                key=lambda one: (in_time(one.published), one.id),
            )
        )
        for its, name in zip(others, groups, strict=True)
    ]


def _copy(id: str, record: bytes) -> ArticleCopy:
    article = decode_heading(record)
    return ArticleCopy(id, article.title, article.url, article.published, article.source)
