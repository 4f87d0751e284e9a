"""What a half-typed query may become."""
