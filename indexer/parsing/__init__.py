"""Bytes of one file in, `Article`s out."""

from indexer.parsing.registry import SUFFIXES, Parsed, parse_file

__all__ = ["SUFFIXES", "Parsed", "parse_file"]
