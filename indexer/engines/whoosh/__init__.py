"""The embedded engine: Whoosh's transactions and merges, postings as arrays."""

from indexer.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
