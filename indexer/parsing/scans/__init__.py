"""Newspapers that were scanned and whose text was recognised."""
