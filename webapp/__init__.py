"""The web application: formats what `search` returns."""

from webapp.app import create_app

__all__ = ["create_app"]
