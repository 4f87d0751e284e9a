"""Presentation of results: snippets, timelines, JSON, exports; no HTML."""
