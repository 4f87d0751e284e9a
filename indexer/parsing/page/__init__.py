"""Articles from saved web pages: extractors return evidence, and `html.py` weighs it."""
