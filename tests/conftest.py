"""Fixtures that several packages' tests use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("khobao", deadline=None, max_examples=60)
settings.load_profile("khobao")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real articles that lie beside the project where its developers test; skipped elsewhere."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real articles, which are not part of the project")
    return folder
