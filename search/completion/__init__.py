"""Suggestions for a half-typed query."""
