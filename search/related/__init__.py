"""Stories that belong to an article."""
