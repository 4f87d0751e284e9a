"""Pages in hOCR: a page of HTML whose classes say what was recognised.

Source: hOCR 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.bylines import split_author
from indexer.parsing.dates import parse_moment
from indexer.parsing.encodings import decode_raw
from indexer.parsing.identity import first_words, make_id
from indexer.parsing.opening import read_bytes
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.resource import Resource
from indexer.parsing.scans.words import Block, Word, scan_of
from indexer.parsing.xml.elements import Element, local_name

_LINES = frozenset({"ocr_line", "ocrx_line", "ocr_header", "ocr_textfloat", "ocr_caption"})
_PARAGRAPHS = frozenset({"ocr_par"})
_WORDS = frozenset({"ocrx_word", "ocr_word"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CONFIDENCE = re.compile(r"x_wconf\s+(\d+(?:\.\d+)?)")
_PAGE = re.compile(r"ppageno\s+(\d+)")
_FOLIO = re.compile(r"^\d{1,4}\s+(?=\D)")


def read_hocr(resource: Resource, _: FieldMap) -> Iterator[Article]:
    """The pages of a file as one article.

    Raises:
        ParseError: there is no text.
    """
    text = decode_raw(read_bytes(resource), resource.address)
    root = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8", huge_tree=False))
    blocks = [block for block in _blocks(root) if block.text] if root is not None else []
    if not blocks:
        raise ParseError(resource.address, "the page holds no recognised text")
    heading = next((block for block in blocks if block.is_heading), None)
    body = [block.text for block in blocks if block is not heading]
    title = _FOLIO.sub("", heading.text) if heading else first_words(body)
    stated = _metadata(root)
    yield Article(
        id=make_id(title, resource.name.name),
        title=title,
        body="\n".join(body),
        published=parse_moment(stated.get("dc.date", "")),
        author=split_author([stated["dc.creator"]]).author if "dc.creator" in stated else None,
        path=resource.address,
        scan=scan_of(blocks),
    )


def _blocks(root: Element) -> Iterator[Block]:
    """Paragraphs, headings, and lines that stand in neither, joined."""
    lines: list[Element] = [one for one in root.iter() if _classes(one) & _LINES]
    before: Element | None = None
    gathered: list[Element] = []
    for line in lines:
        holder = _holder(line)
        if gathered and holder is not before:
            yield _block(before, gathered)
            gathered = []
        gathered.append(line)
        before = holder
    if gathered:
        yield _block(before, gathered)


def _holder(line: Element) -> Element:
    """The paragraph, heading or page that a line stands in."""
    for one in line.iterancestors():
        if _classes(one) & {*_PARAGRAPHS, "ocr_page"} or local_name(one) in _HEADINGS:
            return one
    return line.getroottree().getroot()


def _block(holder: Element, lines: list[Element]) -> Block:
    page = next(
        (one for one in (holder, *holder.iterancestors()) if "ocr_page" in _classes(one)), None
    )
    number = _PAGE.search(page.get("title") or "") if page is not None else None
    return Block(
        holder.get("id") or "",
        str(int(number[1]) + 1) if number else "",
        tuple(_words(line) for line in lines),
        is_heading=local_name(holder) in _HEADINGS,
    )


def _words(line: Element) -> tuple[Word, ...]:
    words = [one for one in line.iter() if _classes(one) & _WORDS]
    if not words:
        return tuple(Word(text) for text in "".join(line.itertext()).split())
    return tuple(Word(" ".join("".join(one.itertext()).split()), _confidence(one)) for one in words)


def _confidence(word: Element) -> float | None:
    match = _CONFIDENCE.search(word.get("title") or "")
    return min(1.0, float(match[1]) / 100) if match else None


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").split()) if local_name(element) else frozenset()


def _metadata(root: Element) -> dict[str, str]:
    """What the head states, by names in lower case."""
    return {
        (one.get("name") or "").lower(): " ".join((one.get("content") or "").split())
        for one in root.iter("meta")
    }
