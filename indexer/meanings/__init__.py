"""Vectors of what articles mean: made by a model, kept beside the index, compared with a query's."""
