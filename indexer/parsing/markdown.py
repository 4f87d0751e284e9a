"""Articles in Markdown with front matter, as static sites keep them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml
from markdown_it import MarkdownIt

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.encodings import decode_raw
from indexer.parsing.opening import read_bytes
from indexer.parsing.records.fields import read_record
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.records.reader import Untitled
from indexer.parsing.resource import Resource

_FRONT = re.compile(r"\s*---[ \t]*\n(?P<front>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_HEADING = re.compile(
    r"\s*(?:#[ \t]+(?P<title>[^\n]+?)[ \t#]*|(?P<under>[^\n]+)\n=+[ \t]*)(?:\n|$)"
)
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class _Loader(yaml.SafeLoader):
    """YAML without aliases, by which a short text becomes a huge value."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def read_markdown(
    resource: Resource, fields: FieldMap
) -> Iterator[Article | ParseError | Untitled]:
    """The article of a file.

    Raises:
        ParseError: its front matter is no YAML, or it has no title.
    """
    text = decode_raw(read_bytes(resource), resource.address).lstrip("\ufeff").replace("\r\n", "\n")
    front, text = _front(resource, text)
    heading = _HEADING.match(text)
    if heading and not front.get("title"):
        front["title"] = heading["title"] or heading["under"]
    if heading and (heading["title"] or heading["under"]) == front.get("title"):
        text = text[heading.end() :]
    # What only the site's own machinery needs is no field of the article.
    record = {name: value for name, value in front.items() if name != "body"}
    try:
        found = read_record({**record, "body": _MARKDOWN.render(text)}, resource.address, fields)
    except ValueError as error:
        raise ParseError(resource.address, str(error)) from error
    yield found.article
    if found.is_untitled:
        yield Untitled(resource.address, 1)
    if found.complaint:
        yield ParseError(resource.address, found.complaint)


def _front(resource: Resource, text: str) -> tuple[dict[str, Any], str]:
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    try:
        found = yaml.load(match["front"], _Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise ParseError(
            resource.address,
            f"its front matter is not valid YAML: {' '.join(str(problem).split())[:120]}",
            line=mark.line + 2 if mark else None,
        ) from error
    if not isinstance(found, dict):
        return {}, text
    return {str(name): _plain(value) for name, value in found.items()}, text[match.end() :]


def _plain(value: Any) -> Any:
    """A value of YAML as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | set | tuple):
        return [_plain(one) for one in value]
    return value
