"""The last check before an article leaves the parsers: whatever it was read from, it can be stored and shown."""

from __future__ import annotations

from dataclasses import replace

from indexer.article import Article, RelatedLink
from indexer.language.cleaning import clean_text, one_line, printable


def checked(article: Article) -> Article:
    """The article with every text cleaned (`clean_text`), on one line where it has to be.

    Its dates were checked when they were read: `parse_moment` gives none outside 1800 to 2100.
    """
    return replace(
        article,
        title=one_line(article.title),
        lead=one_line(article.lead),
        body=clean_text(article.body),
        url=_name(article.url),
        author=_name(article.author),
        source=_name(article.source),
        credit=_names(article.credit),
        section=_name(article.section),
        tags=_names(article.tags),
        captions=_names(article.captions),
        related_links=tuple(
            RelatedLink(one_line(link.title), _name(link.url), _name(link.lead))
            for link in article.related_links
        ),
        path=printable(article.path),
    )


def _name(text: str | None) -> str | None:
    return one_line(text) or None if text else None


def _names(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for text in texts if (line := one_line(text)))
