"""One article as it is shown: its text, its versions, its copies and related stories."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from indexer.article import Article, RelatedLink
from indexer.moments import Moment
from search.results import ArticleCopy, Snippet, VersionName


class ChangeKind(StrEnum):
    """What became of a piece of text from one version of an article to the next."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of a line of an article's text, and what became of it."""

    kind: ChangeKind
    text: str


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One version of an article.

    Attributes:
        article: its content.
        digest: of the content.
        origin: the file it came from; empty for the newest version.
        replaced: when the archive learned of the next version; None for the newest.
        changes: the lines of headline, lead and text, each in pieces, as they were changed from the
            version before; empty for the oldest.
    """

    name: VersionName
    article: Article
    digest: str
    origin: str
    replaced: Moment | None
    changes: tuple[tuple[Change, ...], ...]


@dataclass(frozen=True, slots=True)
class LinkedStory:
    """A link that an article printed, and the id of the linked article's copy in the archive."""

    link: RelatedLink
    id: str | None


@dataclass(frozen=True, slots=True)
class RelatedStory:
    """An article that is related to another one.

    Attributes:
        share: how much it holds of what tells most about the other one, from 0 to 1.
        shared: some of that, as the other one spells it.
        days: from the other one's publication to its own; None where one of them has no date.
    """

    id: str
    title: str
    published: Moment | None
    source: str | None
    share: float
    shared: tuple[str, ...]
    days: int | None


@dataclass(frozen=True, slots=True)
class PassageUse:
    """An article that has a passage.

    Attributes:
        is_this: whether it is the article that was asked about.
    """

    id: str
    title: str
    published: Moment | None
    source: str | None
    is_this: bool


@dataclass(frozen=True, slots=True)
class SharedPassage:
    """A passage of an article that others have too.

    Attributes:
        text: as the article has it.
        syllables: how long it is.
        uses: all articles that have it, the oldest first; those without a date at the end.
    """

    text: str
    syllables: int
    uses: tuple[PassageUse, ...]


@dataclass(frozen=True, slots=True)
class RelatedStories:
    """The stories that are related to an article; no story is in two groups.

    Attributes:
        links: what the article itself printed.
        cited_by: articles that print a link to it, newest first.
        same_story: very similar and published within days, oldest first.
        similar: the others, most similar first, near in time before far.
        copies: the same report in other papers, or again in its own, oldest first.
        passages: what other articles have word for word, in the order of the article's text.
    """

    links: tuple[LinkedStory, ...]
    cited_by: tuple[RelatedStory, ...]
    same_story: tuple[RelatedStory, ...]
    similar: tuple[RelatedStory, ...]
    copies: tuple[ArticleCopy, ...]
    passages: tuple[SharedPassage, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article to read, with a query's hits.

    Attributes:
        article: the article itself.
        title: its headline.
        lead: its standfirst; None if there is none.
        paragraphs: its body.
        captions: of its pictures.
        hits: how many places are highlighted.
        people: named in it, the most often named first.
        places: likewise.
        organisations: likewise.
    """

    article: Article
    title: Snippet
    lead: Snippet | None
    paragraphs: tuple[Snippet, ...]
    captions: tuple[Snippet, ...]
    hits: int
    people: tuple[str, ...]
    places: tuple[str, ...]
    organisations: tuple[str, ...]
