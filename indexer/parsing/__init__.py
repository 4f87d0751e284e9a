"""Article files of every format -> articles; `registry` says which formats there are."""

from indexer.parsing.kinds import ARTICLE_SUFFIXES, REPORT
from indexer.parsing.registry import (
    Parsed,
    explain_file,
    file_kind,
    holds_records,
    is_read,
    parse_file,
)

__all__ = [
    "ARTICLE_SUFFIXES",
    "REPORT",
    "Parsed",
    "explain_file",
    "file_kind",
    "holds_records",
    "is_read",
    "parse_file",
]
