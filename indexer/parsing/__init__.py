"""Article files of every format -> articles; `registry` says which formats there are."""

from indexer.parsing.kinds import ARTICLE_SUFFIXES, REPORT, SITEMAP
from indexer.parsing.records.mapping import MAP_FILE, FieldMap, map_of_folder, parse_map
from indexer.parsing.records.reader import RawRecord, Remarks, UnreadKeys, Untitled, unread_fault
from indexer.parsing.registry import (
    Parsed,
    explain_file,
    file_kind,
    holds_records,
    is_read,
    parse_file,
    parse_part,
    parse_parts,
    read_here,
)
from indexer.parsing.resource import PassedOver, Resource
from indexer.parsing.xml.sitemaps import Listed

__all__ = [
    "ARTICLE_SUFFIXES",
    "MAP_FILE",
    "REPORT",
    "SITEMAP",
    "FieldMap",
    "Listed",
    "Parsed",
    "PassedOver",
    "RawRecord",
    "Remarks",
    "Resource",
    "UnreadKeys",
    "Untitled",
    "explain_file",
    "file_kind",
    "holds_records",
    "is_read",
    "map_of_folder",
    "parse_file",
    "parse_map",
    "parse_part",
    "parse_parts",
    "read_here",
    "unread_fault",
]
