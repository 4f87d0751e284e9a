"""The meaning of a query's words in one archive: spellings, diacritics, other forms."""
