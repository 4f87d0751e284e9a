"""Articles out of saved web pages: extractors look and say what they saw; one place weighs."""
