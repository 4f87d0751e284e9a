"""The query language: text -> tree."""
