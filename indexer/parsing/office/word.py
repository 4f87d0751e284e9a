"""The text of Word documents (DOCX), one article a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.containers.members import bomb
from indexer.parsing.containers.zip_files import ZIP_DAMAGE, opened_zip
from indexer.parsing.legacy import tables
from indexer.parsing.office.laid_out import article_of
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.resource import Resource

_DAMAGE = (*ZIP_DAMAGE, KeyError, ValueError, TypeError, AttributeError, SyntaxError)
_OLD_FONTS = {".vn": "tcvn3", "vni-": "vni"}
"""How the names of fonts begin whose letters are those of an old encoding."""


def read_word(resource: Resource, _: FieldMap) -> Iterator[Article]:
    """The article of a document.

    Raises:
        ParseError: it is damaged, has no text, or the extra is not installed.
    """
    try:
        import docx
        from docx.opc.exceptions import OpcError
        from lxml.etree import LxmlError  # type: ignore[import-untyped]
    except ImportError as error:
        raise ParseError(
            resource.address, "to read Word documents install: pip install 'khobao[office]'"
        ) from error
    with opened_zip(resource) as (stream, file):
        for member in file.infolist():
            if fault := bomb(member.compress_size, member.file_size):
                raise ParseError(resource.address_of(member.filename), fault)
        try:
            document = docx.Document(stream)
            paragraphs = [(_style(one), _text(one)) for one in document.paragraphs]
            properties = document.core_properties
            created = properties.created.date() if properties.created else None
        except (*_DAMAGE, OpcError, LxmlError) as error:
            raise ParseError(
                resource.address, "the document is damaged, or protected by a password"
            ) from error
    written = [(style, text) for style, text in paragraphs if text]
    if not written:
        raise ParseError(resource.address, "the document holds no text")
    title = next((text for style, text in written if style in ("title", "heading 1")), "")
    texts = [text for _, text in written]
    if title:
        texts.remove(title)
    yield article_of(title, texts, resource.address, created)


def _style(paragraph: Any) -> str:
    return str(paragraph.style.name or "").lower() if paragraph.style is not None else ""


def _text(paragraph: Any) -> str:
    """The text of a paragraph; what is set in an old font is converted."""
    default = paragraph.style.font.name if paragraph.style is not None else None
    parts = [_converted(run.text, run.font.name or default or "") for run in paragraph.runs]
    # Links and fields are no runs of their own.
    whole = "".join(parts)
    return " ".join((whole if len(whole) >= len(paragraph.text) // 2 else paragraph.text).split())


def _converted(text: str, font: str) -> str:
    name = font.lower()
    for begins, encoding in _OLD_FONTS.items():
        if name.startswith(begins):
            found = tables()[encoding](text)
            # Fonts named so have capitals in the places of small letters.
            return found.upper() if begins == ".vn" and name.endswith("h") else found
    return text
