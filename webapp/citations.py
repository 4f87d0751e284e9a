"""Articles as references: plain text, RIS, BibTeX, CSL-JSON.

Sources: RIS as Zotero and EndNote read it (type NEWS), biblatex's ``@article`` with ``entrysubtype``
newspaper, CSL-JSON 1.0.2 type ``article-newspaper``.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import rispy

from indexer.article import VIETNAM_TIME, Article, Moment, PartialDate, moment_to_json
from webapp import formatting, wording

_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "$": r"\$",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def day_of(moment: Moment) -> tuple[int, ...]:
    """Year, month and day in Việt Nam, as many of them as are known."""
    if isinstance(moment, PartialDate):
        return (moment.year,) if moment.month is None else (moment.year, moment.month)
    if isinstance(moment, datetime):
        moment = moment.astimezone(VIETNAM_TIME)
    return moment.year, moment.month, moment.day


def as_text(article: Article, address: str, language: str) -> str:
    """One line as in a list of references."""
    when = formatting.moment(article.published, language) if article.published else None
    parts = [
        ", ".join(article.authors),
        f"“{_line(article.title)}”",
        article.source or "",
        when or wording.text("undated", language),
        article.url or address,
    ]
    return ". ".join(part for part in parts if part)


class _Unnumbered(rispy.RisWriter):  # type: ignore[misc]
    """Records without the number that the library puts before each."""

    def set_header(self, count: int) -> str:  # noqa: ARG002
        """Nothing."""
        return ""


def as_ris(articles: list[Article]) -> str:
    """RIS records."""
    text: str = rispy.dumps([_ris_entry(one) for one in articles], implementation=_Unnumbered)
    return text


def _ris_entry(article: Article) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type_of_reference": "NEWS",
        "id": article.id,
        "title": _line(article.title),
        "authors": list(article.authors),
        "secondary_title": _line(article.source or ""),
        "abstract": _line(article.lead),
        "keywords": [_line(tag) for tag in article.tags],
        "urls": [_line(article.url)] if article.url else [],
        "language": "vi",
    }
    if article.published:
        parts = [f"{part:02}" for part in day_of(article.published)]
        entry |= {"year": parts[0], "date": "/".join(parts)}
    return {name: value for name, value in entry.items() if value}


def as_bibtex(article: Article) -> str:
    """A biblatex entry in UTF-8."""
    fields = {
        "entrysubtype": "newspaper",
        "title": f"{{{_line(article.title).translate(_TEX)}}}",
        "author": " and ".join(f"{{{name.translate(_TEX)}}}" for name in article.authors),
        "journaltitle": (article.source or "").translate(_TEX),
        "date": "-".join(f"{part:02}" for part in day_of(article.published))
        if article.published
        else "",
        "url": re.sub(r"[{}\\\s]", lambda match: f"%{ord(match[0]):02X}", article.url or ""),
        "langid": "vietnamese",
    }
    key = re.sub(r"[^\w.-]", "-", article.id, flags=re.ASCII) or "khobao"
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@article{{{key},", *lines, "}", ""])


def as_csl(article: Article) -> dict[str, Any]:
    """A CSL-JSON item."""
    item: dict[str, Any] = {
        "id": article.id,
        "type": "article-newspaper",
        "title": article.title,
        "author": [{"literal": name} for name in article.authors],
        "container-title": article.source,
        "section": article.section,
        "abstract": article.lead,
        "URL": article.url,
        "language": "vi",
    }
    if article.published:
        item["issued"] = {"date-parts": [list(day_of(article.published))]}
    return {name: value for name, value in item.items() if value}


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


def _line(text: str) -> str:
    return " ".join(text.split())
