"""What a reader sees of an answer: snippets, timelines, JSON, exports; no HTML."""
