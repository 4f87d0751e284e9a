"""Bytes of one file in, `Article`s out."""

from indexer.parsing.kinds import ARTICLE_SUFFIXES, REPORT
from indexer.parsing.registry import Parsed, file_kind, holds_records, is_read, parse_file

__all__ = [
    "ARTICLE_SUFFIXES",
    "REPORT",
    "Parsed",
    "file_kind",
    "holds_records",
    "is_read",
    "parse_file",
]
