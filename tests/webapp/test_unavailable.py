"""An archive that cannot answer for a while says when to come again."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import UnavailableError
from search.archive import Archive
from webapp import create_app
from webapp.operations import Settings


@pytest.mark.parametrize("path", ["/healthz", "/search?q=l%C5%A9", "/api/v1/search?q=l%C5%A9"])
def test_what_passes_by_itself_says_when_to_come_again(
    sample_archive: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_node(*_: object, **__: object) -> None:
        raise UnavailableError("a: no node of the cluster answers")

    with Archive.open(sample_archive) as archive:
        client = create_app(archive, Settings(rate_limit="")).test_client()
        monkeypatch.setattr(Archive, "check", no_node)
        monkeypatch.setattr(Archive, "reader", no_node)
        answer = client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    # Where the nodes are is nobody's business.
    assert "no node" not in answer.text
