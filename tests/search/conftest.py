"""An archive whose folder a module makes, open for searching and served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search.archive import Archive
from webapp import create_app


@pytest.fixture(scope="module")
def archive(folder: Path) -> Iterator[Archive]:
    """The archive in the folder that the module's own fixture `folder` gives."""
    with Archive.open(folder) as archive:
        yield archive


@pytest.fixture(scope="module")
def client(archive: Archive) -> FlaskClient:
    """A client of the pages and the API over it."""
    return create_app(archive).test_client(use_cookies=False)
