"""What every blueprint needs of a request: the archive, the query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import current_app

from search.archive import Archive

MAX_QUERY = 2000
"""Characters of a query that are read; longer ones come from accidents and attacks."""


def archive() -> Archive:
    """The archive that this application searches."""
    return cast(Archive, current_app.config["ARCHIVE"])


def asked(arguments: Mapping[str, str]) -> str:
    """The query of a URL's arguments, cut where it is too long."""
    return arguments.get("q", "").replace("\x00", "")[:MAX_QUERY].strip()
