"""Articles as references: RIS, BibTeX, CSL-JSON.

Sources: RIS as Zotero and EndNote read it (type NEWS), biblatex's ``@article`` with ``entrysubtype``
newspaper, CSL-JSON 1.0.2 type ``article-newspaper``.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import rispy

from indexer.article import Article
from indexer.moments import Moment, PartialDate, in_vietnam

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


def date_parts(moment: Moment) -> tuple[int, ...]:
    """Year, month and day in Việt Nam, as many of them as are known."""
    if isinstance(moment, PartialDate):
        return (moment.year,) if moment.month is None else (moment.year, moment.month)
    if isinstance(moment, datetime):
        moment = in_vietnam(moment)
    return moment.year, moment.month, moment.day


class Unnumbered(rispy.RisWriter):  # type: ignore[misc]
    """Records without the number that the library puts before each."""

    def set_header(self, count: int) -> str:  # noqa: ARG002
        """Nothing."""
        return ""


def as_ris(articles: list[Article]) -> str:
    """RIS records."""
    text: str = rispy.dumps([ris_entry(one) for one in articles], implementation=Unnumbered)
    return text


def ris_entry(article: Article) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type_of_reference": "NEWS",
        "id": article.id,
        "title": one_line(article.title),
        "authors": list(article.authors),
        "secondary_title": one_line(article.source or ""),
        "abstract": one_line(article.lead),
        "keywords": [one_line(tag) for tag in article.tags],
        "urls": [one_line(article.url)] if article.url else [],
        "language": "vi",
    }
    if article.published:
        parts = [f"{part:02}" for part in date_parts(article.published)]
        entry |= {"year": parts[0], "date": "/".join(parts)}
    return {name: value for name, value in entry.items() if value}


def as_bibtex(article: Article) -> str:
    """A biblatex entry in UTF-8."""
    fields = {
        "entrysubtype": "newspaper",
        "title": f"{{{one_line(article.title).translate(_TEX)}}}",
        "author": " and ".join(f"{{{name.translate(_TEX)}}}" for name in article.authors),
        "journaltitle": (article.source or "").translate(_TEX),
        "date": "-".join(f"{part:02}" for part in date_parts(article.published))
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
        item["issued"] = {"date-parts": [list(date_parts(article.published))]}
    return {name: value for name, value in item.items() if value}


def one_line(text: str) -> str:
    return " ".join(text.split())
