"""Related stories: printed links, the articles that cite one, its story in time, and similar ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from indexer.article import VIETNAM_TIME, Article, Moment, PartialDate, RelatedLink
from indexer.engines.base import Engine, Order, Plan, Term
from indexer.language.analysis import BIGRAMS, WORDS, searched_text
from indexer.language.normalise import fold, lower, normalise
from indexer.store import KEYS, LINKS, decode_record, link_keys, timestamp
from search.results import LinkedStory, RelatedStories, RelatedStory
from search.similar import Telling, find_similar

MOST = 10
"""Stories of each kind."""
STORY_DAYS = 10
STORY_SHARE = 0.35
"""One story: published so many days apart at most, and holding so much of the telling terms."""
_NEAR, _HALF_LIFE = 1.0, 30
"""What it is worth to be published on the same day, and after how many days half of that."""
_CANDIDATES = 3 * MOST
_LEAST_SHARE = 0.18
"""What holds less of the article is not called similar to it."""
_SHOWN = 4
"""Terms that are shown as the reason."""


def find_related(engine: Engine, article: Article) -> RelatedStories:
    """What an archive holds that is related to one of its articles; each story in one group only."""
    links = find_links(engine, article)
    seen = {article.id, *(link.id for link in links if link.id)}
    citing = _new(_citing(engine, article), seen)
    similar = _similar(engine, article)
    story = _new((one for one in similar if _is_same_story(one)), seen)
    others = _new(similar, seen)
    # Oldest first: a story is read as it happened.
    story.sort(key=lambda one: (timestamp(one.published) or 0, one.id))
    return RelatedStories(links, tuple(citing), tuple(story), tuple(others))


def _new(stories: Iterable[RelatedStory], seen: set[str]) -> list[RelatedStory]:
    found: list[RelatedStory] = []
    for story in stories:
        if story.id not in seen and len(found) < MOST:
            seen.add(story.id)
            found.append(story)
    return found


def find_links(engine: Engine, article: Article) -> tuple[LinkedStory, ...]:
    """The related links that an article printed, with the archive's copy where it has one."""
    return tuple(
        LinkedStory(link, _find_copy(engine, link, article.id)) for link in article.related_links
    )


def _find_copy(engine: Engine, link: RelatedLink, linking_id: str) -> str | None:
    for key in link_keys(link.title, link.url):
        plan = Plan(required=(Term(KEYS, (key,)),), order=Order.NEWEST, limit=2)
        found = [hit.id for hit in engine.search(plan).hits if hit.id != linking_id]
        if found:
            return found[0]
    return None


def _citing(engine: Engine, article: Article) -> Iterator[RelatedStory]:
    """The articles that print a link to one, newest first."""
    plan = Plan(
        required=(Term(LINKS, link_keys(article.title, article.url)),),
        order=Order.NEWEST,
        limit=MOST + 1,
        with_records=True,
    )
    for hit in engine.search(plan).hits:
        if hit.stored:
            other = decode_record(hit.stored.record)
            yield _story(other, article, 0.0, ())


def _similar(engine: Engine, article: Article) -> list[RelatedStory]:
    """Similar articles, most similar first; what is near in time counts as more similar."""
    found = []
    spelling = _Spelling(article)
    for one in find_similar(engine, article, _CANDIDATES):
        if one.share < _LEAST_SHARE:
            continue
        other = decode_record(one.stored.record)
        story = _story(other, article, one.share, spelling.reasons(one.held))
        near = math.exp2(-abs(story.days) / _HALF_LIFE) if story.days is not None else 0.0
        found.append((one.score + _NEAR * near, story))
    found.sort(key=lambda item: -item[0])
    return [story for _, story in found]


def _story(other: Article, article: Article, share: float, shared: tuple[str, ...]) -> RelatedStory:
    one, two = _day(article.published), _day(other.published)
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
    """How an article spells its terms."""

    def __init__(self, article: Article) -> None:
        self._text = searched_text(article)
        self._normal = normalise(self._text)
        self._folded = fold(self._normal)
        self._known: dict[Telling, str] = {}

    def reasons(self, held: Sequence[Telling]) -> tuple[str, ...]:
        """The most telling of some terms that read as words or names."""
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

    def _spell(self, one: Telling) -> str:
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


def _day(moment: Moment | None) -> date | None:
    """The day in Việt Nam; None where only the month or year is known."""
    if isinstance(moment, PartialDate):
        return None
    return moment.astimezone(VIETNAM_TIME).date() if isinstance(moment, datetime) else moment
