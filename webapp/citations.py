"""One article as a line of a list of references, and as linked data."""

from __future__ import annotations

from typing import Any

from indexer.article import Article
from indexer.moments import moment_to_json
from search.presentation.references import one_line
from webapp import formatting, wording


def as_text(article: Article, address: str, language: str) -> str:
    """One line as in a list of references."""
    when = formatting.moment(article.published, language) if article.published else None
    parts = [
        ", ".join(article.authors),
        f"“{one_line(article.title)}”",
        article.source or "",
        when or wording.text("undated", language),
        article.url or address,
    ]
    return ". ".join(part for part in parts if part)


def as_linked_data(article: Article, address: str) -> dict[str, Any]:
    """The article as schema.org describes a ``NewsArticle``, for JSON-LD."""
    item: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.lead,
        "datePublished": moment_to_json(article.published),
        "dateModified": moment_to_json(article.updated),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": article.source} if article.source else None,
        "articleSection": article.section,
        "keywords": list(article.tags),
        "inLanguage": "vi",
        "url": address,
        "isBasedOn": formatting.safe_url(article.url),
    }
    return {name: value for name, value in item.items() if value}
