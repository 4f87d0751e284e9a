"""Vietnamese: Unicode, tone marks, syllables, words. Index side and query side share it."""
