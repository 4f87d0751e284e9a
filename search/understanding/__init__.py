"""What the words of a query mean in one archive: spellings, diacritics, other forms."""
