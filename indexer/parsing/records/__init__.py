"""Articles as records: JSON of any shape that crawlers write, tables of values, one mapping for both."""
