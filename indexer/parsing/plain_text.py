"""Articles as plain text: title, lead, body, byline and a block of related stories, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from indexer.article import Article
from indexer.errors import ParseError
from indexer.moments import Moment
from indexer.parsing.bylines import (
    of_others,
    parse_byline,
    parse_source_line,
    read_byline,
    split_author,
)
from indexer.parsing.dates import parse_date_line, parse_file_name
from indexer.parsing.front_matter import split_front_matter
from indexer.parsing.identity import given_id, make_id
from indexer.parsing.outlets import source_name
from indexer.parsing.related_links import is_heading, parse_related_block

_SPACES = re.compile(r"[^\S\n]+")
_TAIL = 4
"""How many lines before the related block may be byline, source or date."""
_HEAD = 3
"""How many lines from the top may be a date line."""
_WRAPPED = range(50, 101)
"""Line lengths, in characters, of a file whose paragraphs were broken by hand."""


def parse_plain_text(text: str, path: str) -> Article:
    """Read one article.

    The layout: the title on the first line, the lead, body paragraphs, a byline (a short line that
    is a person's name), then a heading such as ``Tin liên quan`` and the related stories. A date
    comes from front matter, a date line or the file's name, in this order; never from prose.

    Args:
        text: decoded, NFC, line ends as ``\\n``.
        path: the file, for its name and for errors.

    Raises:
        ParseError: the text is blank.
    """
    front, text = split_front_matter(text)
    blocks = _blocks(text)
    if not blocks and front.title is None:
        raise ParseError(path, "the file is empty")
    main, related = _split_related(blocks)
    lines = _unwrap(main)
    title = front.title or lines.pop(0)
    head_date = _take_date(lines, range(min(_HEAD, len(lines))))
    tail = _take_tail(lines)
    if front.lead is not None:
        lead = front.lead
    else:
        lead = lines.pop(0) if len(lines) > 1 else ""
    file_name = PurePath(path).name
    stated = split_author([front.author] if front.author else [])
    source = front.source or tail.source
    return Article(
        id=given_id(front.id) if front.id else make_id(title, front.url or file_name),
        title=title,
        lead=lead,
        body="\n".join(lines),
        url=front.url,
        published=front.published
        or head_date
        or tail.published
        or parse_file_name(PurePath(path).stem),
        updated=front.updated,
        author=stated.author or tail.author,
        source=source,
        credit=front.credit
        or of_others((*stated.credit, *tail.credit), source and source_name(source)),
        section=front.section,
        tags=front.tags,
        related_links=parse_related_block(related),
        path=path,
    )


def _blocks(text: str) -> list[list[str]]:
    """Non-blank lines, their spaces made single, in groups between blank lines."""
    blocks: list[list[str]] = [[]]
    for raw in text.replace("\f", "\n").replace("\ufeff", "").split("\n"):
        line = _SPACES.sub(" ", raw).strip()
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _split_related(blocks: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """The article's own blocks and those of the related stories, without the headings.

    A heading ends the article unless the byline comes after it and not before: then it stands inside
    the body (``Xem thêm`` above one title), and only that title belongs to it.
    """
    flat = [(line, number) for number, block in enumerate(blocks) for line in block]
    headings = [at for at, (line, _) in enumerate(flat) if at > 0 and is_heading(line)]
    bylines = [at for at, (line, _) in enumerate(flat) if at > 1 and parse_byline(line)]
    final = next(
        (
            at
            for at in headings
            if any(at - _TAIL <= byline < at for byline in bylines)
            or not any(byline > at for byline in bylines)
        ),
        len(flat),
    )
    inner = {at + step for at in headings if at < final for step in (0, 1)}
    main: list[list[str]] = [[] for _ in blocks]
    related: list[list[str]] = [[] for _ in blocks]
    for at, (line, number) in enumerate(flat):
        if at not in headings:
            (related if at > final or at in inner else main)[number].append(line)
    return [block for block in main if block], [block for block in related if block]


def _unwrap(blocks: list[list[str]]) -> list[str]:
    """One line a paragraph; lines of a paragraph that was wrapped by hand are joined."""
    lines = [line for block in blocks for line in block]
    broken = [line for block in blocks for line in block[:-1] if len(block) > 1]
    wrapped = (
        len(blocks) > 2
        and max(map(len, lines), default=0) < _WRAPPED.stop
        and sum(len(line) in _WRAPPED for line in broken) > 0.8 * len(broken) > 0
    )
    return [" ".join(block) for block in blocks] if wrapped else lines


def _take_date(lines: list[str], places: range) -> Moment | None:
    """Remove and read the first date line among `places`."""
    for place in places:
        if (moment := parse_date_line(lines[place])) is not None:
            del lines[place]
            return moment
    return None


@dataclass(slots=True)
class _Tail:
    """The byline and credit in the last lines of a text; the last byline counts."""

    author: str | None = None
    source: str | None = None
    published: Moment | None = None
    credit: list[str] = field(default_factory=list)

    def takes(self, line: str) -> bool:
        """Whether a line is a date, a source, a byline or a credit that was still missing."""
        if self.published is None and (found := parse_date_line(line)) is not None:
            self.published = found
        elif self.source is None and (source := parse_source_line(line)) is not None:
            self.source = source
        elif (byline := read_byline(line)) is not None and not (byline.author and self.author):
            self.author = self.author or byline.author
            self.credit[:0] = byline.credit
        else:
            return False
        return True


def _take_tail(lines: list[str]) -> _Tail:
    """Remove and read author, credit, source and date from the last lines."""
    tail = _Tail()
    for place in range(len(lines) - 1, max(0, len(lines) - _TAIL) - 1, -1):
        if tail.takes(lines[place]):
            del lines[place]
    return tail
