"""The kind of a file, told by its content; its name decides only where the content leaves it open."""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.parsing.encodings import declared_by_mark, looks_binary

HTML, JSON, CSV, TEXT, MHTML, MARKDOWN = (
    "html", "json", "csv", "text", "mhtml", "markdown",
)  # fmt: skip
XLSX, DOCX, PDF = "xlsx", "docx", "pdf"
RSS, ATOM, NITF, NEWSML, SITEMAP = "rss", "atom", "nitf", "newsml", "sitemap"
ALTO, METS, HOCR = "alto", "mets", "hocr"
ZIP, WACZ, TAR, WARC, ARC = "zip", "wacz", "tar", "warc", "arc"
"""The kinds that are read. Every other name is that of a kind that is not."""

HEAD_BYTES = 8192
"""How much of a file's beginning tells its kind."""

UNKNOWN_BINARY = "binary"
REPORT = "index-report"
"""What `khobao index --report` writes."""


class _Magic(NamedTuple):
    """Bytes at a place of a file that only one kind has there."""

    kind: str
    signature: bytes
    at: int = 0


_MAGIC = (
    _Magic(PDF, b"%PDF-"),
    _Magic("rtf", rb"{\rtf"),
    _Magic("doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    _Magic("jpeg", b"\xff\xd8\xff"),
    _Magic("png", b"\x89PNG"),
    _Magic("gif", b"GIF8"),
    _Magic("webp", b"WEBP", 8),
    _Magic("avif", b"ftypavif", 4),
    _Magic("mp4", b"ftyp", 4),
    _Magic("ico", b"\x00\x00\x01\x00"),
    _Magic("tiff", b"II*\x00"),
    _Magic("tiff", b"MM\x00*"),
    _Magic("jp2", b"\x00\x00\x00\x0cjP  "),
    _Magic("djvu", b"AT&TFORM"),
    _Magic("bmp", b"BM"),
    _Magic("mp3", b"ID3"),
    _Magic("ogg", b"OggS"),
    _Magic("wav", b"WAVE", 8),
    _Magic("flv", b"FLV\x01"),
    _Magic("swf", b"FWS"),
    _Magic("swf", b"CWS"),
    _Magic("woff", b"wOF"),
    _Magic("ttf", b"\x00\x01\x00\x00\x00"),
    _Magic("sqlite", b"SQLite format 3\x00"),
    _Magic("mysql", b"\xfe\x01\x00\x00"),
    _Magic("parquet", b"PAR1"),
    _Magic("avro", b"Obj\x01"),
    _Magic("7z", b"7z\xbc\xaf\x27\x1c"),
    _Magic("rar", b"Rar!\x1a\x07"),
    _Magic("bz2", b"BZh"),
    _Magic("xz", b"\xfd7zXZ\x00"),
    _Magic("zstd", b"\x28\xb5\x2f\xfd"),
    _Magic("gzip", b"\x1f\x8b"),
    _Magic(TAR, b"ustar", 257),
    _Magic("bplist", b"bplist00"),
    _Magic(WARC, b"WARC/"),
    _Magic(ARC, b"filedesc://"),
)
# Agencies' wires (IPTC 7901, ANPA 1312) frame a story by control characters.
_WIRE = re.compile(rb"[\x16\x00\s]*\x01")
_ZIPS = (
    (DOCX, b"word/"),
    (XLSX, b"xl/"),
    ("pptx", b"ppt/"),
    ("epub", b"application/epub+zip"),
    ("odt", b"application/vnd.oasis.opendocument.text"),
    ("ods", b"application/vnd.oasis.opendocument.spreadsheet"),
    (WACZ, b"datapackage.json"),
)
# The first element of an XML document, without its prefix, and what such documents are called.
_ROOTS = {
    "rss": RSS, "rdf": RSS, "feed": ATOM, "nitf": NITF, "newsml": NEWSML, "newsitem": NEWSML,
    "newsmessage": NEWSML, "packageitem": NEWSML, "alto": ALTO, "mets": METS, "pcgts": "page-xml",
    "tei": "tei", "didl": "didl", "urlset": SITEMAP, "sitemapindex": "sitemap index", "opml": "opml", "svg": "svg",
    "mediawiki": "mediawiki", "plist": "plist", "html": HTML,
}  # fmt: skip
# What stands before is read once, whatever follows (*+): trying all its parts again takes for ever.
_XML_START = re.compile(
    r"\s*+(?>(?:<\?[^>]*>|<!--.*?-->|<!doctype[^>\[]*(?:\[[^\]]*\])?[^>]*>)\s*+)*+"
    r"<(?:[\w.-]+:)?(?P<root>[a-z][\w.-]*)",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAGS = (
    "html|head|body|title|meta|div|table|font|center|p|h[1-6]|span|script|style|link|form|main|article"
    "|section"
)
_HTML_START = re.compile(
    rf"\s*+(?>(?:<!--.*?-->|<%.*?%>)\s*+)*+(?:<!doctype\s+html|<(?:{_HTML_TAGS})\b)",
    re.IGNORECASE | re.DOTALL,
)
_HTML_INSIDE = re.compile(
    r"<(?:html|head|body|title|meta\s|link\s+rel|div\s|h1\b|table\b|font\s|p>|br)", re.IGNORECASE
)
_SQL = re.compile(
    r"^(?>--[^\n]*|/\*!?.*?\*/;?|\s+)*+(?:insert\s+into|create\s+(?:table|database)|drop\s+table|set\s+(?:names|sql_mode)"
    r"|lock\s+tables|use\s+`|copy\s+\S+\s*\(|begin;|start\s+transaction)",
    re.IGNORECASE | re.DOTALL,
)
_SQL_NAME = re.compile(
    r"-- (?:mysql|mariadb|postgresql|phpmyadmin|adminer)|^insert into [`\"\w.]+ ", re.I | re.M
)
_MESSAGE = re.compile(
    r"(?:(?:from|to|date|subject|snapshot-content-location|mime-version|message-id|received|return-path"
    r"|content-type|x-[\w-]+):[^\n]*\n(?:[ \t][^\n]*\n)*+){3}",
    re.IGNORECASE,
)
_HOCR = re.compile(r"class\s*=\s*[\"']ocr_page\b|name\s*=\s*[\"']ocr-system", re.IGNORECASE)
_JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".geojson"})
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown"})
"""In a folder without front matter it is a note about the folder, as README.md."""
_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab"})
_HTML_SUFFIXES = frozenset(
    {".html", ".htm", ".xhtml", ".shtml", ".aspx", ".asp", ".php", ".jsp", ".chn"}
)
ARTICLE_SUFFIXES = frozenset(
    {".txt", ".text", *_JSON_SUFFIXES, *_TABLE_SUFFIXES, ".html", ".htm", ".xhtml"}
)
"""A file that is named so is meant to be read: if it cannot be, that is a fault, not a file of another kind."""
TEXT_SUFFIXES = frozenset({".txt", ".text", ".ans", ".asc", ""})
"""Plain text has nothing to be told by: only files named so are taken for articles in a folder."""


def kind_of(head: bytes, suffix: str, *, named: bool = True) -> str:
    """The kind of a file.

    Args:
        head: its first `HEAD_BYTES`, already decompressed if it was compressed.
        suffix: of its name, in lower case with the dot.
        named: whether the user named the file itself; then plain text is read whatever it is called.

    Returns:
        One of the names above; else the name of a kind that is not read, such as ``rtf``.
    """
    if head.startswith(b"PK\x03\x04"):
        return next((kind for kind, mark in _ZIPS if mark in head), ZIP)
    for kind, signature, at in _MAGIC:
        if head.startswith(signature, at) and not (len(signature) < 4 and not looks_binary(head)):
            return kind
    if _WIRE.match(head):
        return "wire"
    marked = declared_by_mark(head)
    if marked is None and _is_utf16(head):
        marked = "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    if marked is None and looks_binary(head):
        return UNKNOWN_BINARY
    text = head.decode(marked or "latin-1", "replace").lstrip("\ufeff\xef\xbb\xbf")
    return _kind_of_text(text, suffix, named)


def _is_utf16(head: bytes) -> bool:
    """Whether every other byte of most of a file is zero, as in Latin text of UTF-16."""
    sample = head[:512]
    if len(sample) < 4:
        return False
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return (even > 0.4 * half and odd == 0) or (odd > 0.4 * half and even == 0)


def _kind_of_text(text: str, suffix: str, named: bool) -> str:
    start = text.lstrip()
    if start.startswith('{"file": ') and re.match(
        r'\{"file": [^\n]+, "record": [^\n]+, "reason": "', start
    ):
        return REPORT
    if _looks_like_json(start, suffix):
        return JSON
    if start.startswith("<") and (kind := _kind_of_markup(start)) is not None:
        return HOCR if kind == HTML and _HOCR.search(start) else kind
    if suffix not in _JSON_SUFFIXES | _TABLE_SUFFIXES and _MESSAGE.match(start):
        return MHTML if re.search(r"multipart/related|text/html", start, re.I) else "eml"
    if start.startswith("From ") and _MESSAGE.match(start.partition("\n")[2]):
        return "mbox"
    if suffix == ".sql" or (_SQL.match(start[:4096]) and _SQL_NAME.search(text)):
        return "sql"
    return _kind_by_name(text, suffix, named)


def _kind_by_name(text: str, suffix: str, named: bool) -> str:
    """The kind of a text that its content leaves open."""
    if suffix in _JSON_SUFFIXES:
        return JSON
    if suffix in _TABLE_SUFFIXES:
        return CSV
    if suffix in _HTML_SUFFIXES:
        return HTML
    if suffix in _MARKDOWN_SUFFIXES and (named or re.match(r"\s*---[ \t]*\r?\n", text)):
        return MARKDOWN
    if len(_HTML_INSIDE.findall(text)) >= 3 and suffix not in TEXT_SUFFIXES:
        return HTML
    if suffix in TEXT_SUFFIXES or named:
        return TEXT
    return suffix.removeprefix(".")


def _looks_like_json(start: str, suffix: str) -> bool:
    if start[:1] not in ("{", "["):
        return False
    if suffix in _JSON_SUFFIXES:
        return True
    # Script and style sheets begin with brackets as well.
    return re.match(r'\{\s*"[^"\n]*"\s*:|\[\s*[{\["]|\[\s*\]|\{\s*\}', start) is not None


def _kind_of_markup(start: str) -> str | None:
    if _HTML_START.match(start):
        return HTML
    match = _XML_START.match(start)
    if match is None:
        return None
    root = match["root"].lower()
    if root in _ROOTS:
        return _ROOTS[root]
    if re.fullmatch(_HTML_TAGS, root):
        return HTML
    if start.startswith("<?xml"):
        return "xml"
    # Without a declaration it may be a text that begins with a bracket: "<b>" or "<Ảnh>".
    return (
        "xml" if re.search(rf"</(?:[\w.-]+:)?{re.escape(match['root'])}\s*>|xmlns", start) else None
    )
