"""Which articles a query finds, and in which order."""
