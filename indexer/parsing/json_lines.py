"""Articles as JSON: an object a line, or one file with an object or a list of them.

The keys are those of `khobao parse --json` and the names that other systems use for them.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from indexer.article import Article, Moment, RelatedLink
from indexer.errors import ParseError
from indexer.language.cleaning import clean_text
from indexer.parsing.dates import moment_of_number, parse_moment
from indexer.parsing.encodings import declared_by_mark, decode
from indexer.parsing.identity import given_id, make_id
from indexer.parsing.markup import text_of_markup
from indexer.parsing.opening import open_stream, read_head

MAX_RECORD_BYTES = 20 * 1024 * 1024
_MAX_WHOLE_BYTES = 256 * 1024 * 1024
_ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "_id", "article_id", "guid"),
    "title": ("title", "headline", "name", "tieu_de"),
    "lead": ("lead", "sapo", "description", "summary", "abstract", "excerpt", "mo_ta"),
    "body": ("body", "content", "text", "articleBody", "article_body", "body_text", "noi_dung"),
    "url": ("url", "link", "canonical_url", "permalink", "href"),
    "published": (
        "published", "pubDate", "datePublished", "published_at", "publishedAt", "publish_date",
        "publication_date", "date", "ngay_dang",
    ),
    "updated": ("updated", "dateModified", "updated_at", "updatedAt", "modified", "last_modified"),
    "author": ("author", "authors", "creator", "byline", "tac_gia"),
    "source": ("source", "publisher", "site_name", "site", "newspaper", "nguon"),
    "section": ("section", "articleSection", "category", "categories", "chuyen_muc"),
    "tags": ("tags", "keywords", "tu_khoa"),
    "captions": ("captions", "image_captions"),
    "related_links": ("related_links", "related", "related_articles"),
}  # fmt: skip


def parse_json_file(path: Path) -> Iterator[Article | ParseError]:
    """The articles of a JSON or JSON Lines file; a bad record is yielded as an error with its line."""
    head, suffix = read_head(path)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if suffix == ".json" and (whole := _load_whole(path)) is not None:
        records = whole if isinstance(whole, list) else [whole]
        for number, record in enumerate(records, 1):
            yield from _records(record, str(path), number)
        return
    if not start:
        raise ParseError(str(path), "the file is empty")
    for number, line in _lines(path, head):
        if isinstance(line, ParseError):
            yield line
        elif line.strip():
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                fault = str(getattr(error, "msg", error)).removesuffix(" at")
                reason = f"not valid JSON ({fault}); each line is one object"
                yield ParseError(str(path), reason, line=number)
            else:
                yield from _records(record, str(path), number)


def _load_whole(path: Path) -> Any:
    """The value of a file that is one JSON text; None when it is not."""
    with open_stream(path) as stream:
        data = stream.read(_MAX_WHOLE_BYTES + 1)
    if len(data) > _MAX_WHOLE_BYTES:
        return None
    try:
        return json.loads(decode(data, str(path)))
    except (ValueError, RecursionError):
        return None


def _lines(path: Path, head: bytes) -> Iterator[tuple[int, str | ParseError]]:
    """Numbered lines of a file of any size."""
    encoding = declared_by_mark(head)
    if encoding:
        with open_stream(path) as raw:
            yield from enumerate(codecs.getreader(encoding)(raw, "replace"), 1)
        return
    with open_stream(path) as stream:
        number = 0
        while line := stream.readline(MAX_RECORD_BYTES + 1):
            number += 1
            if len(line) <= MAX_RECORD_BYTES:
                try:
                    yield number, decode(line, str(path))
                except ParseError as error:
                    yield number, ParseError(error.path, error.reason, line=number)
                continue
            limit = MAX_RECORD_BYTES >> 20
            yield number, ParseError(str(path), f"the line is longer than {limit} MB", line=number)
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_RECORD_BYTES)


def _records(record: Any, path: str, number: int) -> Iterator[Article | ParseError]:
    try:
        article, complaint = article_from_json(record, path)
    except ValueError as error:
        yield ParseError(path, str(error), line=number)
        return
    yield article
    if complaint:
        yield ParseError(path, complaint, line=number)


def article_from_json(record: Any, path: str) -> tuple[Article, str | None]:
    """An article out of one JSON object.

    Returns:
        The article, and what of it could not be understood and was left out, if anything.

    Raises:
        ValueError: the value is no object, has no title, or has something else where text belongs.
    """
    if not isinstance(record, dict):
        raise ValueError("not a JSON object with the fields of an article")
    return _Reader(record).article(path)


class _Reader:
    """The values of one record, looked up by every name that they go by."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._values = {
            name: next((record[key] for key in keys if record.get(key) not in (None, "", [])), None)
            for name, keys in _ALIASES.items()
        }
        # A record with a digest was written by `khobao parse`: its text is plain, whatever it holds.
        self._may_hold_markup = "digest" not in record
        self._complaints: list[str] = []

    def article(self, path: str) -> tuple[Article, str | None]:
        title = self._line("title")
        if not title:
            raise ValueError('the article has no title; give it a "title"')
        url = self._line("url") or None
        lead, body = self._line("lead"), self._body()
        given = self._values["id"]
        known = isinstance(given, str | int)
        article = Article(
            id=given_id(str(given)) if known else make_id(title, url or f"{lead}\n{body}"),
            title=title,
            lead=lead,
            body=body,
            url=url,
            published=self._moment("published"),
            updated=self._moment("updated"),
            author=self._name("author"),
            source=self._name("source"),
            section=self._name("section", first=True),
            tags=self._texts("tags", split=True),
            captions=self._texts("captions"),
            related_links=self._links(),
            path=path,
        )
        return article, self._complaints[0] if self._complaints else None

    def _plain(self, text: str) -> str:
        text = clean_text(text)
        return text_of_markup(text) if self._may_hold_markup else text

    def _clean(self, value: object) -> str:
        return " ".join(self._plain(str(value)).split())

    def _line(self, name: str) -> str:
        value = self._values[name]
        if isinstance(value, dict | list):
            raise ValueError(f'"{name}" is not text')
        return "" if value is None else self._clean(value)

    def _body(self) -> str:
        """Paragraphs separated by one newline, out of text, markup or a list of paragraphs."""
        value = self._values["body"]
        parts = value if isinstance(value, list) else [value] if value is not None else []
        if any(isinstance(part, dict | list) for part in parts):
            raise ValueError('"body" is not text')
        lines = "\n".join(self._plain(str(part)) for part in parts).splitlines()
        return "\n".join(line for raw in lines if (line := " ".join(raw.split())))

    def _moment(self, name: str) -> Moment | None:
        value = self._values[name]
        moment = _read_moment(value)
        if moment is None and value is not None:
            written = json.dumps(value, ensure_ascii=False)[:40]
            self._complaints.append(
                f"the date {written} is not understood; the article is kept without it"
            )
        return moment

    def _name(self, name: str, *, first: bool = False) -> str | None:
        names = self._names(self._values[name])
        return (names[0] if first else ", ".join(names)) if names else None

    def _names(self, value: object) -> list[str]:
        """Names out of text, an object with a name, or a list of these."""
        if isinstance(value, list):
            return [name for one in value for name in self._names(one)]
        if isinstance(value, dict):
            return self._names(value.get("name"))
        if not isinstance(value, str | int):
            return []
        return [name] if (name := self._clean(value)) else []

    def _texts(self, name: str, *, split: bool = False) -> tuple[str, ...]:
        value = self._values[name]
        if split and isinstance(value, str):
            value = value.split(",")
        return tuple(self._names(value))

    def _links(self) -> tuple[RelatedLink, ...]:
        links = []
        value = self._values["related_links"]
        for one in value if isinstance(value, list) else []:
            fields = one if isinstance(one, dict) else {"title": one}
            title, url, lead = (
                next(
                    (text for key in _ALIASES[name] for text in self._names(fields.get(key))), None
                )
                for name in ("title", "url", "lead")
            )
            if shown := title or url:
                links.append(RelatedLink(shown, url, lead))
        return tuple(links)


def _read_moment(value: object) -> Moment | None:
    """A date as text, or as seconds or (as JavaScript counts) milliseconds since 1970."""
    if isinstance(value, str):
        return parse_moment(clean_text(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return moment_of_number(value)
    if isinstance(value, list):
        return next((moment for one in value if (moment := _read_moment(one)) is not None), None)
    return None
