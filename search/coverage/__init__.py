"""How an archive covers its sources: articles a day, gaps and drops, shares of fields."""
