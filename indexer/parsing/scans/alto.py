"""Pages in ALTO: blocks, lines and words with their confidence.

Source: Library of Congress, ALTO 4.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.identity import first_words, make_id
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.resource import PassedOver, Resource
from indexer.parsing.scans.mets import is_page_of_issue
from indexer.parsing.scans.pages import page_of
from indexer.parsing.scans.words import scan_of


def read_alto(resource: Resource, _: FieldMap) -> Iterator[Article | ParseError | PassedOver]:
    """A page that belongs to no issue, as one article; what belongs to one is read with the issue.

    Raises:
        ParseError: the page holds no text.
    """
    if is_page_of_issue(resource):
        yield PassedOver(resource.address, "alto of an issue")
        return
    page = page_of(resource)
    yield from page.faults
    blocks = [block for block in page.blocks.values() if block.text]
    if not blocks:
        raise ParseError(resource.address, "the page holds no text")
    texts = [block.text for block in blocks]
    title = first_words(texts)
    yield Article(
        id=make_id(title, resource.name.name),
        title=title,
        body="\n".join(texts),
        path=resource.address,
        scan=scan_of(blocks),
    )
