"""XML documents of any size, element by element: only one of those that are asked for is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from indexer.errors import ParseError
from indexer.parsing.opening import open_stream
from indexer.parsing.resource import Resource

Element: TypeAlias = Any
"""An element of lxml, which has no types of its own."""


def local_name(element: Element) -> str:
    """The name of an element without its namespace, in lower case; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def elements(resource: Resource, names: frozenset[str]) -> Iterator[Element | ParseError]:
    """The elements of some local names, when they are complete, and what is wrong with the document.

    An element is emptied when the next one is asked for. What an element's ancestors said before it is
    still there. Nothing outside the document is read: no entities, no document type.
    """
    with open_stream(resource) as stream:
        parser = etree.iterparse(
            stream,
            events=("end",),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        found = False
        try:
            for _, element in parser:
                if local_name(element) in names:
                    found = True
                    yield element
                    _forget(element)
        except etree.XMLSyntaxError as error:
            yield _fault(resource, str(error.msg), error.lineno)
            return
    faults = [one for one in parser.error_log if one.level >= etree.ErrorLevels.ERROR]
    if faults:
        yield _fault(resource, faults[0].message, faults[0].line)
    elif not found:
        yield ParseError(resource.address, f"it holds no {' or '.join(sorted(names))}")


def _forget(element: Element) -> None:
    """Free an element, and those of its kind before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        if local_name(before) != local_name(element):
            break
        parent.remove(before)


def _fault(resource: Resource, message: str, line: int | None) -> ParseError:
    reason = (
        f"the XML is damaged or cut off ({' '.join(message.split())[:120]}); what is there was read"
    )
    return ParseError(resource.address, reason, line=line)


def text_of(element: Element | None) -> str:
    """The text of an element and all in it, with single spaces."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def first(element: Element, *path: str) -> Element | None:
    """The first element inside under local names, each inside the one before, at any depth."""
    found: Element | None = element
    for name in path:
        found = (
            next((one for one in found.iterdescendants() if local_name(one) == name), None)
            if found is not None
            else None
        )
    return found


def all_of(element: Element, name: str) -> list[Element]:
    """All elements inside with a local name, at any depth."""
    return [one for one in element.iterdescendants() if local_name(one) == name]
