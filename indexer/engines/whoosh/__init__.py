"""The embedded engine: Whoosh's transactions and merges, postings as arrays."""

from indexer.engines.whoosh.commits import discard_index, holds_index
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.integrity import Salvage, recover_table

__all__ = ["Salvage", "WhooshEngine", "discard_index", "holds_index", "recover_table"]
