"""The text of PDF files, one article a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.office.laid_out import (
    Line,
    article_of,
    headline,
    paragraphs,
    without_furniture,
)
from indexer.parsing.opening import read_bytes
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.resource import Resource

_LARGEST = 500 << 20
_MOST_PAGES = 2000
_LEAST = 20
"""Letters without which a file has no text of its own."""


def read_pdf(resource: Resource, _: FieldMap) -> Iterator[Article]:
    """The article of a file.

    Raises:
        ParseError: it is encrypted or damaged, has no text, or the extra is not installed.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise ParseError(
            resource.address, "to read PDF files install: pip install 'khobao[office]'"
        ) from error
    data = read_bytes(resource, _LARGEST)
    try:
        with pypdfium2.PdfDocument(data) as document:
            pages = [_lines(document, at) for at in range(min(len(document), _MOST_PAGES))]
            created = _day(document.get_metadata_dict().get("CreationDate", ""))
    except pypdfium2.PdfiumError as error:
        reason = "the file is damaged or cut off"
        if "password" in str(error).lower():
            reason = "the file is encrypted; save it without a password"
        raise ParseError(resource.address, reason) from error
    if sum(len(line.text.strip()) for page in pages for line in page) < _LEAST:
        raise ParseError(
            resource.address,
            "it holds pictures of pages and no text; recognise its text (OCR) first",
        )
    lines = [line for page in without_furniture(pages) for line in page]
    title, first, end = headline(lines)
    texts = paragraphs([*lines[:first], *lines[end:]])
    yield article_of(title, texts, resource.address, created)


def _lines(document: Any, number: int) -> list[Line]:
    """The lines of a page with the size of their first letter."""
    page = document[number]
    text = page.get_textpage()
    try:
        whole = text.get_text_range()
        found, at = [], 0
        for line in whole.split("\n"):
            stripped = line.strip()
            if stripped:
                place = at + len(line) - len(line.lstrip())
                found.append(Line(stripped, _height(text, place)))
            at += len(line) + 1
        return found
    finally:
        text.close()
        page.close()


def _height(text: Any, place: int) -> float:
    """The height of the line that a letter stands in, in points."""
    _, bottom, _, top = text.get_charbox(place, loose=True)
    return float(top - bottom)


def _day(stated: str) -> date | None:
    """The day of a date as PDF writes it: ``D:20080621184428+07'00'``."""
    digits = stated.removeprefix("D:")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
