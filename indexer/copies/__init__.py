"""Copies: one report in several papers, found when its articles are indexed."""
