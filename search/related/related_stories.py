"""Related stories: printed links, the articles that cite one, its story in time, and similar ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from indexer.article import Article, RelatedLink
from indexer.documents import KEYS, LINKS
from indexer.engines.base import Order, Plan, Searcher
from indexer.engines.conditions import Term
from indexer.language.analysis import BIGRAMS, WORDS, searched_text
from indexer.language.normalise import fold, lower, normalise
from indexer.link_keys import link_keys
from indexer.moments import timestamp, vietnam_day
from search.article_results import LinkedStory, RelatedStories, RelatedStory
from search.articles import fetch_articles
from search.copies import copies_of
from search.related.more_like_this import Likeness, SignificantTerm, find_similar
from search.related.reuse import find_shared_passages

MOST = 10
"""Stories of each kind."""
STORY_DAYS = 10
STORY_SHARE = 0.35
"""Articles of one story: at most this many days apart, with at least this share of the significant terms."""
_NEAR, _HALF_LIFE = 1.0, 30
"""Bonus for the same day of publication, and the days after which it falls to half."""
_CANDIDATES = 3 * MOST
_LEAST_SHARE = 0.18
"""Articles with a smaller share are not called similar."""
_COMPARED = 20_000
"""Characters of a body that are compared: eight times the length of a usual article."""
_SHOWN = 4
"""Terms that are shown as the reason."""


def find_related(
    searcher: Searcher, article: Article, likeness: Likeness | None = None
) -> RelatedStories:
    """The stories that are related to an article; each story is in one group only.

    Args:
        likeness: of articles' meanings to that of this one; None where there are no vectors.
    """
    links = find_links(searcher, article)
    compared = replace(article, body=article.body[:_COMPARED])
    (copies,) = copies_of(searcher, [article.id])
    copied = [one.id for one in copies]
    seen = {article.id, *copied, *(link.id for link in links if link.id)}
    citing = _new(_citing(searcher, article), seen)
    similar = _similar(searcher, compared, likeness)
    story = _new((one for one in similar if _is_same_story(one)), seen)
    others = _new(_one_of_each_report(searcher, similar), seen)
    # Oldest first: a story is read as it happened.
    story.sort(key=lambda one: (timestamp(one.published) or 0, one.id))
    return RelatedStories(
        links,
        tuple(citing),
        tuple(story),
        tuple(others),
        copies,
        find_shared_passages(searcher, article, copied),
    )


def _new(stories: Iterable[RelatedStory], seen: set[str]) -> list[RelatedStory]:
    found: list[RelatedStory] = []
    for story in stories:
        if story.id not in seen and len(found) < MOST:
            seen.add(story.id)
            found.append(story)
    return found


def _one_of_each_report(
    searcher: Searcher, stories: Sequence[RelatedStory]
) -> Iterator[RelatedStory]:
    """Stories without the copies of those before."""
    met: set[str | None] = set()
    for story, group in zip(stories, searcher.groups([one.id for one in stories]), strict=True):
        if group not in met:
            met.add(group)
            yield story


def find_links(searcher: Searcher, article: Article) -> tuple[LinkedStory, ...]:
    """The related links that an article printed, with the archive's copy where it has one."""
    return tuple(
        LinkedStory(link, _find_copy(searcher, link, article.id)) for link in article.related_links
    )


def _find_copy(searcher: Searcher, link: RelatedLink, linking_id: str) -> str | None:
    for key in link_keys(link.title, link.url):
        plan = Plan(required=(Term(KEYS, (key,)),), order=Order.NEWEST, limit=2)
        found = [hit.id for hit in searcher.search(plan).hits if hit.id != linking_id]
        if found:
            return found[0]
    return None


def _citing(searcher: Searcher, article: Article) -> Iterator[RelatedStory]:
    """The articles that print a link to one, newest first."""
    plan = Plan(
        required=(Term(LINKS, link_keys(article.title, article.url)),),
        order=Order.NEWEST,
        limit=MOST + 1,
    )
    ids = [hit.id for hit in searcher.search(plan).hits]
    for other in fetch_articles(searcher, ids):
        if other is not None:
            yield _story(other, article, 0.0, ())


def _similar(searcher: Searcher, article: Article, likeness: Likeness | None) -> list[RelatedStory]:
    """Similar articles, the most similar first; articles near in time count as more similar."""
    scored = []
    spelling = _Spelling(article)
    found = find_similar(searcher, article, _CANDIDATES, likeness)
    similar = [one for one in found if one.share >= _LEAST_SHARE]
    others = fetch_articles(searcher, [one.id for one in similar])
    for one, other in zip(similar, others, strict=True):
        if other is None:
            continue
        story = _story(other, article, one.share, spelling.reasons(one.held))
        near = math.exp2(-abs(story.days) / _HALF_LIFE) if story.days is not None else 0.0
        scored.append((one.score + _NEAR * near, story))
    scored.sort(key=lambda item: -item[0])
    return [story for _, story in scored]


def _story(other: Article, article: Article, share: float, shared: tuple[str, ...]) -> RelatedStory:
    one, two = vietnam_day(article.published), vietnam_day(other.published)
    return RelatedStory(
        id=other.id,
        title=other.title,
        published=other.published,
        source=other.source,
        share=share,
        shared=shared,
        days=(two - one).days if one and two else None,
    )


class _Spelling:
    """How an article writes its terms, with its capitals."""

    def __init__(self, article: Article) -> None:
        self._text = searched_text(article)
        self._normal = normalise(self._text)
        self._folded = fold(self._normal)
        self._known: dict[SignificantTerm, str] = {}

    def reasons(self, held: Sequence[SignificantTerm]) -> tuple[str, ...]:
        """The most significant of some terms that read as words or names."""
        found: list[str] = []
        taken: set[str] = set()
        for one in held:
            if one not in self._known:
                self._known[one] = self._spell(one)
            spelt = self._known[one]
            words = set(lower(spelt).split())
            if spelt and not words & taken:
                taken |= words
                found.append(spelt)
            if len(found) == _SHOWN:
                break
        return tuple(found)

    def _spell(self, one: SignificantTerm) -> str:
        """A term as it stands in the article; empty where it is neither a word nor a name."""
        words = one.term.replace("_", " ")
        at = (self._folded if one.kind == BIGRAMS else self._normal).find(words)
        if at < 0:
            return ""
        spelt = self._text[at : at + len(words)]
        if one.kind == WORDS:
            return spelt
        # Two neighbours, or a syllable alone, are a name with capitals inside a sentence.
        is_name = all(word[0].isupper() for word in spelt.split())
        inside = self._text[max(0, at - 2) : max(0, at - 1)].isalnum()
        return spelt if is_name and (inside or one.kind == BIGRAMS) else ""


def _is_same_story(story: RelatedStory) -> bool:
    return story.days is not None and abs(story.days) <= STORY_DAYS and story.share >= STORY_SHARE
