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
from indexer.parsing.scans.loose_pages import date_in_name, number_in_name, pages_of_issue
from indexer.parsing.scans.mets import is_page_of_issue
from indexer.parsing.scans.pages import page_of
from indexer.parsing.scans.words import Block, scan_of


def read_alto(resource: Resource, _: FieldMap) -> Iterator[Article | ParseError | PassedOver]:
    """The pages of an issue that no METS file names, as one article, when the first of them is met.

    A page of an issue in METS is read with that.

    Raises:
        ParseError: the pages hold no text.
    """
    if is_page_of_issue(resource):
        yield PassedOver(resource.address, "alto of an issue")
        return
    pages = pages_of_issue(resource)
    if pages[0].name != resource.name:
        yield PassedOver(resource.address, f"alto, read with {pages[0].name.name}")
        return
    blocks: list[Block] = []
    for one in pages:
        page = page_of(one, number_in_name(one) if len(pages) > 1 else "")
        yield from page.faults
        blocks += [block for block in page.blocks.values() if block.text]
    if not blocks:
        raise ParseError(resource.address, "the page holds no text")
    texts = [block.text for block in blocks]
    title = first_words(texts)
    yield Article(
        id=make_id(title, resource.name.name),
        title=title,
        body="\n".join(texts),
        published=date_in_name(resource),
        path=resource.address,
        scan=scan_of(blocks),
    )
