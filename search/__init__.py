"""Query in, ranked hits with snippets out."""
