"""What `benchmarks.fuzz` feeds, and what has to hold whatever comes."""

from __future__ import annotations

import atexit
import json
import shutil
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote, urlencode

from defusedxml import ElementTree
from flask.testing import FlaskClient

from indexer.article import Article
from indexer.errors import UNFORESEEN, ParseError
from indexer.language.analysis import analyse, tokenise
from indexer.language.cleaning import clean_text
from indexer.parsing.bylines import read_byline
from indexer.parsing.dates import parse_moment, read_date_line
from indexer.parsing.registry import parse_file
from indexer.pipeline import index_sources
from search.archive import Archive
from search.query.parser import parse_query
from search.query.values import FIELDS as QUERY_FIELDS
from search.query.values import NAMES, PARTS, SINCE
from search.reader import ArchiveReader
from search.requests import Copies, Meaning, SearchRequest, Words
from search.results import SearchResult, Snippet
from webapp import create_app

CORPUS = Path(__file__).parent.parent / "corpus"
ENDINGS = (
    "txt", "html", "json", "jsonl", "xml", "rss", "md", "csv", "tsv", "mhtml", "zip", "tar", "gz", "warc", "arc",
    "docx", "xlsx", "pdf", "hocr", "eml", "bin",
)  # fmt: skip
PATHS = (
    "/search?q&page&sort&source&section&from&to",
    "/search?q&after&copies&words&lang&also&without",
    "/?lang",
    "/article/{}?q",
    "/article/{}/versions?from&to",
    "/article/{}/related",
    "/article/{}/cite.{}",
    "/suggest?q",
    "/export.{}?q&id&sort",
    "/search.atom?q&source",
    "/search.rss?q&from",
    "/trends?q&q&interval&by&from",
    "/trends.csv?q&q",
    "/compare?q&by&a&b",
    "/coverage?source",
    "/day/{}?source",
    "/day?date",
    "/today?on",
    "/sample?q&n&seed",
    "/names?q&kind&page",
    "/people/{}",
    "/places/{}?page",
    "/organisations/{}",
    "/provinces?q&borders&from",
    "/lists?source",
    "/help?lang",
    "/{}",
    "/api/v1/search?q&limit&cursor&facets&interval",
    "/api/v1/search?q&sort&from&to&copies&counted&meaning&words",
    "/api/v1/articles/{}",
    "/api/v1/articles/{}/versions",
    "/api/v1/articles/{}/related?limit",
    "/api/v1/suggest?q&limit",
    "/api/v1/{}",
    "/opensearch.xml?lang",
    "/openapi.json",
)
"""Addresses and their arguments; libFuzzer fills in each brace and each argument."""
_FIELDS = (*QUERY_FIELDS, *NAMES, *PARTS, *SINCE)
_OPERATORS = """lần:3 |dài:>5|có:ảnh|nói:"|ý:| OR | AND | NOT | NEAR/5 | TRONG CÂU | TRONG ĐOẠN |"|(|)|*|?|-|+|~3"""
_LINES = (
    """Tác giả: |Theo |TTXVN|(GMT+7)|Thứ Hai, |18/9/2024|Ảnh: |Tin liên quan|---|title: |nguồn: """
)
_MARKUP = """<p>|</p>|<script type="application/ld+json">|<meta |<![CDATA[|<!DOCTYPE |&#"""
_RECORDS = """{"title":"|"body":"|WARC/1.0|Content-Length: """
_LETTERS = ("\u0301", "ế", "đ", "Ư", "\u200b", "\x00", "\ufeff", "\r\n")
WORDS = (
    *(f"{name}:" for name in _FIELDS),
    *_OPERATORS.split("|"),
    *_LINES.split("|"),
    *_MARKUP.split("|"),
    *_RECORDS.split("|"),
    *_LETTERS,
)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape" if data[:1] < b"\x10" else "replace")


def check_snippet(snippet: Snippet) -> None:
    """Marks lie within the text, ascending, and hold something."""
    ends = [at for mark in snippet.highlights for at in mark]
    assert all(0 <= at <= len(snippet.text) for at in ends)
    assert all(a < b for a, b in snippet.highlights)
    assert all(before[1] <= after[0] for before, after in pairwise(snippet.highlights))


def check_result(result: SearchResult, text: str) -> None:
    """What a page of results says is of the query, and of the archive."""
    for problem in result.problems:
        assert 0 <= problem.start <= problem.end <= len(clean_text(text))
    for hit in result.hits:
        check_snippet(hit.title)
        for snippet in hit.snippets:
            check_snippet(snippet)


class Fuzzed:
    """The parts; an archive of the project's own articles is made for those that need it."""

    @cached_property
    def _archive(self) -> Archive:
        index_sources(self._folder / "archive", [CORPUS / "articles"], workers=0)
        return Archive.open(self._folder / "archive")

    @cached_property
    def _folder(self) -> Path:
        folder = Path(mkdtemp())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder

    @cached_property
    def _reader(self) -> ArchiveReader:
        return self._archive.reader()

    @cached_property
    def _client(self) -> FlaskClient:
        return create_app(self._archive).test_client()

    def query(self, data: bytes) -> None:
        """Search for any text; what is counted is what is exported."""
        text = _text(data)
        parse_query(text)
        request = SearchRequest(text, words=Words.ALL, copies=Copies.ALL, meaning=Meaning.OFF)
        result = self._reader.search(request)
        check_result(result, text)
        found = list(self._reader.results(request))
        assert len(found) == result.total, f"{len(found)} of {result.total}"
        assert len({one.id for one in found}) == len(found)

    def completion(self, data: bytes) -> None:
        """Complete any text."""
        for one in self._reader.suggest(_text(data)):
            check_snippet(one.text)
            assert clean_text(one.text.text) == one.text.text

    def files(self, data: bytes) -> None:
        """Read any file; each article can be stored, and each fault is told in one line."""
        if not data:
            return
        ending = ENDINGS[data[0] % len(ENDINGS)]
        file = self._folder / f"tep.{ending}"
        file.write_bytes(data[1:])
        for one in parse_file(file):
            if isinstance(one, Article):
                assert one.title or one.body
                for text in (one.title, one.lead, one.body, one.author or "", one.source or ""):
                    assert clean_text(text) == text
            elif isinstance(one, ParseError):
                assert str(one)
                assert "\n" not in str(one)
                assert not one.reason.startswith(UNFORESEEN)

    def texts(self, data: bytes) -> None:
        """Analyse any text as an article's, and as a line of a page."""
        text = clean_text(_text(data))
        for token in tokenise(text):
            assert 0 <= token.start < token.end <= len(text)
        title, _, body = text.partition("\n")
        analyse(Article(id="a", title=title, lead="", body=body, path="a"))
        for line in text.split("\n"):
            read_byline(line)
            read_date_line(line)
            parse_moment(line)

    def http(self, data: bytes) -> None:
        """Ask for any address: never a fault of the server, and every document is whole."""
        if not data:
            return
        path, _, parameters = PATHS[data[0] % len(PATHS)].partition("?")
        values = iter(_text(data[1:]).split("\n"))
        while "{}" in path:
            path = path.replace("{}", quote(next(values, ""), errors="surrogateescape"), 1)
        asked = [
            (name, value)
            for name, value in zip(parameters.split("&"), values, strict=False)
            if value
        ]
        answer = self._client.get(f"{path}?{urlencode(asked, errors='surrogateescape')}")
        assert answer.status_code < 500 or answer.headers.get("Retry-After"), answer.status
        body = answer.get_data()
        kind = answer.mimetype or ""
        if kind == "application/json":
            json.loads(body)
        elif kind.endswith("xml") and body:
            ElementTree.fromstring(body)
        elif kind.startswith("text/"):
            body.decode("utf-8")
        location = answer.headers.get("Location", "/")
        assert location.startswith(("/", "http://localhost/")), location
        assert not location.startswith("//"), location


def target(name: str) -> Callable[[bytes], None]:
    """The part to feed."""
    fed: Callable[[bytes], None] = getattr(Fuzzed(), name)
    return fed


def seeds(name: str, folders: tuple[Path, ...]) -> Iterator[bytes]:
    """Inputs to begin with: queries and addresses of each kind, the project's own articles, files of folders."""
    if name == "files":
        for folder in (CORPUS, *folders):
            for path in sorted(folder.rglob("*")):
                ending = path.suffix.lstrip(".")
                if path.is_file() and ending in ENDINGS and path.stat().st_size < 1 << 18:
                    yield bytes([ENDINGS.index(ending)]) + path.read_bytes()
        return
    if name == "http":
        for number in range(len(PATHS)):
            for value in ("lũ", "2024-09-18", "1", "csv"):
                yield bytes([number]) + "\n".join([value] * 7).encode()
        return
    for word in WORDS:
        yield f"lũ quét {word}lào cai".encode()
    if name == "texts":
        for path in sorted((CORPUS / "articles").rglob("*.txt")):
            yield path.read_bytes()
