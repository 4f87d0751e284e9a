"""News formats that are XML."""
