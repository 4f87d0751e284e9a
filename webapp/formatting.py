"""Values as people read them: marked text, dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from markupsafe import Markup, escape

from indexer.article import Article
from indexer.moments import Moment, PartialDate, in_time, in_vietnam
from search.article_results import RelatedStory
from search.results import ArticleCopy, Snippet
from webapp import wording

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_DAYS = 31
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def marked(snippet: Snippet) -> Markup:
    """A snippet as HTML, its hits in ``<mark>``; whatever the text holds is inert."""
    return _marked(snippet, str)


def _marked(snippet: Snippet, attributes: Callable[[], str]) -> Markup:
    # Joined as plain strings, each escaped: `Markup.format` takes ten times as long.
    parts: list[str] = []
    at = 0
    for start, end in snippet.highlights:
        inside = escape(snippet.text[start:end])
        parts += [escape(snippet.text[at:start]), f"<mark{attributes()}>{inside}</mark>"]
        at = end
    return Markup("".join([*parts, escape(snippet.text[at:])]))  # noqa: S704


class Numbered:
    """`marked` for the parts of one article: its hits have the ids ``hit-1``, ``hit-2`` and so on."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, snippet: Snippet) -> Markup:
        """A part of the article as HTML."""
        return _marked(snippet, self._next)

    def _next(self) -> str:
        self._count += 1
        return f' id="hit-{self._count}"'


def safe_url(url: str | None) -> str | None:
    """A URL that is safe as the target of a link, else None: never ``javascript:`` and the like."""
    return url if url and _WEB.match(url) else None


def moment(value: Moment, language: str) -> str:
    """A date, and a time of day in Việt Nam where there is one: 18/9/2024, 15:30; 9/1999; 1999."""
    if isinstance(value, PartialDate):
        if value.month is None:
            return str(value.year)
        month = f"{value.month}/" if language == "vi" else f"{_MONTHS[value.month - 1]} "
        return f"{month}{value.year}"
    clock = ""
    if isinstance(value, datetime):
        value = in_vietnam(value)
        clock = f", {value:%H:%M}"
    if language == "vi":
        return f"{value.day}/{value.month}/{value.year}{clock}"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}{clock}"


def apart(story: RelatedStory, language: str) -> str:
    """When a related story was published, seen from the article that it belongs to.

    Days up to a month, else its date; "undated" where it has none.
    """
    if story.published is None:
        return wording.text("undated", language)
    if story.days is None or abs(story.days) > _DAYS:
        return moment(story.published, language)
    if not story.days:
        return wording.text("same_day", language)
    name = "day_later" if story.days > 0 else "day_earlier"
    count = abs(story.days)
    if count == 1:
        return wording.text(f"one_{name}", language)
    return wording.text(name.replace("day", "days"), language, count=count)


def course(
    article: Article, stories: Sequence[RelatedStory | ArticleCopy]
) -> list[Article | RelatedStory | ArticleCopy]:
    """An article among others of its story, oldest first; those without a date come last."""
    return sorted([article, *stories], key=lambda one: in_time(one.published))
