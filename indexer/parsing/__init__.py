"""Bytes of one file in, `Article`s out."""

from indexer.parsing.registry import SUFFIXES, Parsed, holds_records, parse_file

__all__ = ["SUFFIXES", "Parsed", "holds_records", "parse_file"]
