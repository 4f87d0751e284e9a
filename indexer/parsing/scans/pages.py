"""The blocks of a page in ALTO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.errors import ParseError
from indexer.parsing.resource import Resource
from indexer.parsing.scans.words import Block, Word
from indexer.parsing.xml.elements import Element, elements, local_name


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        blocks: by their ids, in the order of the file.
        faults: what is wrong with the file.
    """

    blocks: Mapping[str, Block]
    faults: tuple[ParseError, ...]


def page_of(resource: Resource, number: str = "") -> Page:
    """Read a page.

    Args:
        number: of the page; the file's own is taken where it is empty.

    Raises:
        OSError: the file cannot be read.
    """
    blocks: dict[str, Block] = {}
    faults: list[ParseError] = []
    for element in elements(resource, frozenset({"textblock"})):
        if isinstance(element, ParseError):
            faults.append(element)
            continue
        block = _block(element, number or _number(element))
        blocks[block.id or f"#{len(blocks)}"] = block
    return Page(blocks, tuple(faults))


def _block(element: Element, page: str) -> Block:
    lines = [_words(line) for line in element.iterdescendants() if local_name(line) == "textline"]
    return Block(element.get("ID") or "", page, tuple(lines))


def _words(line: Element) -> tuple[Word, ...]:
    """The words of a line; of one that is parted the first part stands for all of it."""
    words: list[Word] = []
    for one in line:
        name = local_name(one)
        if name == "hyp" and words:
            # Where the whole word is known, it stands there already.
            last = words[-1]
            if not last.text.endswith("\0"):
                words[-1] = Word(last.text + "-", last.confidence)
        if name != "string" or one.get("SUBS_TYPE") == "HypPart2":
            continue
        whole = one.get("SUBS_CONTENT") if one.get("SUBS_TYPE") == "HypPart1" else None
        text = f"{whole}\0" if whole else one.get("CONTENT") or ""
        words.append(Word(text, _confidence(one.get("WC"))))
    return tuple(Word(word.text.rstrip("\0"), word.confidence) for word in words)


def _confidence(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return min(1.0, max(0.0, found)) if found == found else None


def _number(element: Element) -> str:
    page = next((one for one in element.iterancestors() if local_name(one) == "page"), None)
    if page is None:
        return ""
    return page.get("PRINTED_IMG_NR") or page.get("PHYSICAL_IMG_NR") or ""
