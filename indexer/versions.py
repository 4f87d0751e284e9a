"""What an article was before: which contents are versions of one article, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import islice

from indexer.article import Article, Version, article_digest
from indexer.language.analysis import syllables
from indexer.language.normalise import bare, nfc
from indexer.moments import first_moment

_SHINGLE = 3
"""Syllables side by side that two texts are compared by."""
_SHARED = 0.2
"""The share of the shorter text's shingles that two versions of one article have in common at least."""
_LOOKED_AT = 2000
"""Syllables of a text that are compared."""


def identifies(key: str) -> bool:
    """Whether the key of an address stands for one article, not for a front page."""
    host, _, rest = key.partition("/")
    # Without a host a path may be that of any site.
    return "." in host and bool(rest or "?" in host or "#" in host)


def are_one_article(one: Article, other: Article) -> bool:
    """Whether two contents under one address are versions of one article, not two articles.

    Some sites state one address on all their pages: then neither headline nor text agree.
    """
    if bare(one.title) == bare(other.title):
        return True
    first, second = _shingles(one), _shingles(other)
    fewer = min(len(first), len(second))
    return bool(fewer) and len(first & second) >= _SHARED * fewer


def _shingles(article: Article) -> set[tuple[str, ...]]:
    found = syllables(nfc(f"{article.lead}\n{article.body}"))[:_LOOKED_AT]
    return set(zip(*(islice(found, start, None) for start in range(_SHINGLE)), strict=False))


def is_older(one: Article, other: Article) -> bool:
    """Whether a content is that of an earlier time than another; False where that is not known.

    The times are those of the captures if both have one, else those of the changes that they state.
    """
    if one.captured and other.captured:
        return first_moment(one.captured) < first_moment(other.captured)
    first, second = one.updated or one.published, other.updated or other.published
    return bool(first and second) and _moment(first) < _moment(second)


def _moment(moment: object) -> datetime:
    return first_moment(moment)  # type: ignore[arg-type]


def known_digests(article: Article) -> set[str]:
    """The digests of an article and of its versions."""
    return {article_digest(article), *(article_digest(one.article) for one in article.versions)}


def has_same_text(one: Article, other: Article) -> bool:
    """Whether two contents differ in no more than what stands around headline and text."""
    return (one.title, one.lead, one.body) == (other.title, other.lead, other.body)


def with_update(
    current: Article, origin: str, new: Article, now: datetime, new_origin: str
) -> Article:
    """An article's new content under its id; what it was is its newest version.

    Where only tags, links and the like are new, and the file is the same, there is no version of before.

    Args:
        origin: the file that the content before came from.
        now: when the archive learns of the update.
        new_origin: the file of the new content.
    """
    if origin == new_origin and has_same_text(current, new):
        return replace(new, id=current.id, versions=current.versions)
    # The id of the new content leads here as well.
    before = Version(replace(current, id=new.id, versions=()), origin, now)
    return replace(new, id=current.id, versions=(before, *current.versions))


def with_older(current: Article, old: Article, origin: str, now: datetime) -> Article:
    """An article with a content that is older than its own, at its place among the versions."""
    found = Version(old, origin, now)
    place = next(
        (at for at, one in enumerate(current.versions) if is_older(one.article, old)),
        len(current.versions),
    )
    versions = (*current.versions[:place], found, *current.versions[place:])
    return replace(current, versions=versions)
